/** The expectations of a monitor: what must hold of an answer, one line each. */
import { useState } from "preact/hooks";
import type { CheckTypeInfo } from "../api/editing";
import type { Assertion } from "../api/types";
import { about, compared, fresh, readValue, takesList, takesValue, writeValue } from "../domain/assertions";
import { w } from "../words/forms";
import { faultText, useEntry, useFormState } from "./context";

const texts = w.assertions as unknown as { subjects: Record<string, string>; ops: Record<string, string>; severities: Record<string, string> };

export function Assertions({ type }: { type: CheckTypeInfo }) {
  const entry = useEntry(["assertions"]);
  const match = useEntry(["assertions_match"]);
  const [said, say] = useState("");
  const all = Array.isArray(entry.value) ? (entry.value as Assertion[]) : [];
  const change = (next: readonly Assertion[]) => entry.set(next.length > 0 ? next : undefined);
  const at = (index: number, one: Assertion) => change(all.map((old, place) => (place === index ? one : old)));
  const remove = (index: number) => {
    change(all.filter((_, place) => place !== index));
    say(w.assertions.moved(index + 1));
  };
  const add = () => {
    const unused = type.assertable.find((on) => !all.some((one) => one.on === on)) ?? type.assertable[0] ?? "";
    change([...all, fresh(type.assertable.includes("status") && all.length === 0 ? "status" : unused, type.operators)]);
  };
  const overall = useGeneralFault();
  return (
    <div class="expectations" id={entry.id} tabIndex={-1}>
      {all.length === 0 && <p class="soft">{w.assertions.none(type.assertable.includes("status") ? w.assertions.status : w.assertions.answer)}</p>}
      {all.map((one, index) => <Row key={index} one={one} index={index} type={type} readOnly={entry.readOnly} change={(next) => at(index, next)} remove={() => remove(index)} />)}
      {overall && <p class="field-problem">{overall}</p>}
      <div class="actions">
        {!entry.readOnly && <button type="button" class="text-button" onClick={add}>{w.assertions.add}</button>}
        {all.length > 1 && (
          <label class="match">{w.assertions.match}{" "}
            <select id={match.id} value={String(match.value ?? "all")} disabled={match.readOnly} onChange={(event) => match.set(event.currentTarget.value)}>
              <option value="all">{w.assertions.all}</option><option value="any">{w.assertions.any}</option>
            </select>
          </label>
        )}
      </div>
      <p class="hidden" role="status">{said}</p>
    </div>
  );
}

interface RowProps {
  one: Assertion;
  index: number;
  type: CheckTypeInfo;
  readOnly: boolean;
  change: (next: Assertion) => void;
  remove: () => void;
}

function Row({ one, index, type, readOnly, change, remove }: RowProps) {
  const faults = useRowFaults(index);
  const id = `field-assertions-${index}`;
  const ops = type.operators[one.on] ?? [];
  const op = one.op ?? "eq";
  const named = one.on === "header" ? "name" : one.on === "json" ? "path" : null;
  const tie = (key: string) => (faults.keys.has(key) ? { "aria-invalid": "true" as const, "aria-describedby": `${id}-fault` } : {});
  return (
    <div class={`expectation${faults.text ? " wrong" : ""}`} role="group" aria-label={w.assertions.row(index + 1)}>
      <select aria-label={w.assertions.on} value={one.on} disabled={readOnly} {...tie("on")} onChange={(event) => change(about(one, event.currentTarget.value, type.operators))}>
        {(type.assertable.includes(one.on) ? type.assertable : [one.on, ...type.assertable]).map((on) => <option key={on} value={on}>{texts.subjects[on] ?? on}</option>)}
      </select>
      {named && <input aria-label={w.assertions[named]} value={one[named] ?? ""} placeholder={named === "name" ? w.assertions.header : w.assertions.json} autocomplete="off" autocapitalize="none" spellcheck={false} readOnly={readOnly} {...tie(named)} onInput={(event) => change({ ...one, [named]: event.currentTarget.value })} />}
      <select aria-label={w.assertions.op} value={op} disabled={readOnly} {...tie("op")} onChange={(event) => change(compared(one, event.currentTarget.value))}>
        {(ops.includes(op) ? ops : [op, ...ops]).map((name) => <option key={name} value={name}>{texts.ops[name] ?? name}</option>)}
      </select>
      {takesValue(op) && <Value one={one} op={op} readOnly={readOnly} tie={tie("value")} change={change} />}
      <select class="else" aria-label={w.assertions.severity} value={one.severity ?? "down"} disabled={readOnly} {...tie("severity")} onChange={(event) => change({ ...one, severity: event.currentTarget.value })}>
        {Object.entries(texts.severities).map(([value, text]) => <option key={value} value={value}>{text}</option>)}
      </select>
      {!readOnly && <button type="button" class="close" aria-label={w.assertions.remove(index + 1)} onClick={remove}>×</button>}
      {faults.text && <p id={`${id}-fault`} class="field-problem">{faults.text}</p>}
    </div>
  );
}

function Value({ one, op, readOnly, tie, change }: { one: Assertion; op: string; readOnly: boolean; tie: object; change: (next: Assertion) => void }) {
  const [text, setText] = useState(() => writeValue(one.value));
  const known = writeValue(one.value);
  const drawn = writeValue(readValue(op, text)) === known ? text : known;
  const type = (typed: string) => {
    setText(typed);
    change({ ...one, value: readValue(op, typed) });
  };
  return <input aria-label={takesList(op) ? w.assertions.values : w.assertions.value} value={drawn} placeholder={takesList(op) ? w.assertions.values : w.assertions.value} autocomplete="off" spellcheck={false} readOnly={readOnly} {...tie} onInput={(event) => type(event.currentTarget.value)} />;
}

/** What is wrong with one line, and which of its parts are meant. */
function useRowFaults(index: number): { text: string; keys: ReadonlySet<string> } {
  const { placed } = useFormState();
  const prefix = `assertions[${index}]`;
  const mine = (placed.at.get("assertions") ?? []).filter((error) => error.path === prefix || error.path.startsWith(`${prefix}.`));
  return { text: mine.map((error) => faultText({ ...error, path: "" }, "")).join(" "), keys: new Set(mine.map((error) => error.path.slice(prefix.length + 1))) };
}

/** What is wrong with the expectations as a whole. */
function useGeneralFault(): string {
  const { placed } = useFormState();
  return (placed.at.get("assertions") ?? []).filter((error) => error.path === "assertions").map((error) => faultText(error, "assertions")).join(" ");
}
