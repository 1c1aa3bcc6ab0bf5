/** The fields of a monitor: address, check, rhythm and name; the rest in folds that tell what is special in them. */
import { useState } from "preact/hooks";
import type { CheckTypeInfo, CheckTypes } from "../../api/editing";
import { interval } from "../../domain/duration";
import { asDraft, customised, type Draft } from "../../domain/form";
import { pasted, retyped, sectionOf, type Plan, type Section } from "../../domain/monitor-draft";
import type { Field } from "../../domain/schema";
import { LOCAL } from "../../domain/sentences";
import { Assertions } from "../../forms/Assertions";
import { idOf, useEntry } from "../../forms/context";
import type { Editor } from "../../forms/editor";
import { FieldControl, Fields } from "../../forms/FieldControl";
import { Fold } from "../../forms/Fold";
import { Frame } from "../../forms/Frame";
import { Schedule } from "../../forms/Schedule";
import { shown } from "../../forms/typed";
import { regions } from "../../state/probes";
import { t } from "../../words";
import { phrase } from "../../words/catalogue";
import { w } from "../../words/editing";
import { w as f } from "../../words/forms";

interface Props {
  types: CheckTypes;
  plans: ReadonlyMap<string, Plan>;
  plan: Plan;
  editor: Editor<"save" | "another" | "try">;
  /** A new one, for which a pasted text proposes the rest. */
  fresh: boolean;
}

const SECTIONS: readonly Section[] = ["judging", "telling", "sorting", "rest"];

export function MonitorFields(props: Props) {
  const { plan, editor } = props;
  const { draft } = editor.form;
  const settings = asDraft(draft.settings);
  const count = Array.isArray(draft.assertions) ? draft.assertions.length : 0;
  return (
    <>
      <div class="card padded"><Start {...props} />
        {plan.type.passive && <div class="fields"><Schedule fields={plan.common} /></div>}
      </div>
      <div class="card form-folds">
        {plan.own.length > 0 && (
          <Fold title={w.groups.settings(titleOf(plan.type))} digest={digestOf(plan.own, settings)} paths={["settings"]}>
            <Parted fields={plan.own} values={settings} path={["settings"]} />
          </Fold>
        )}
        {plan.type.assertable.length > 0 && (
          <Fold title={w.groups.expect} digest={count > 0 ? w.expectation(count) : w.expectNothing} paths={["assertions", "assertions_match"]}><Assertions type={plan.type} /></Fold>
        )}
        {SECTIONS.map((section) => {
          const fields = sectionOf(plan, section).map(shownOf);
          return fields.length === 0 ? null : (
            <Fold key={section} title={w.groups[section]} digest={digestOf(fields, draft, plan.type.defaults)} paths={fields.map((one) => one.name)}><Parted fields={fields} values={draft} path={[]} defaults={plan.type.defaults} /></Fold>
          );
        })}
      </div>
    </>
  );
}

/** Where there are more regions than one's own, from where it is checked is no matter for a fold. */
function shownOf(field: Field): Field {
  const regional = field.kind === "regions" || field.kind === "consensus";
  return regional && regions.value.some((one) => one.region !== LOCAL) ? { ...field, advanced: false } : field;
}

/** Address, check and name. What is pasted proposes all three; what somebody chose by hand stays. */
function Start({ types, plans, plan, editor, fresh }: Props) {
  const { draft, readOnly } = editor.form;
  const target = useEntry(["target"]);
  const name = useEntry(["name"]);
  const type = useEntry(["type"]);
  const [text, setText] = useState(shown(target.value));
  const [own, setOwn] = useState({ type: !fresh || plan.type.passive, name: !fresh });
  const [clear, setClear] = useState(true);
  const paste = (typed: string) => {
    setText(typed);
    if (!fresh) return target.set(typed || undefined);
    const { draft: next, proposal } = pasted(draft, typed, own);
    setClear(proposal !== null || typed.trim() === "");
    editor.replace(next);
  };
  const choose = (chosen: string) => {
    const next = plans.get(chosen);
    if (!next) return;
    setOwn({ ...own, type: true });
    const moved = retyped(draft, plan, next);
    editor.replace(moved);
    if (!fresh) setText(shown(moved.target));
  };
  const passive = plan.type.passive;
  const every = plan.common.find((one) => one.name === "interval");
  const hint = !clear ? w.address.unclear : fresh && text.trim() !== "" ? w.address.will(titleOf(plan.type), shown(draft.target)) : fresh ? w.address.hint : phrase("schema", plan.type.target_help);
  return (
    <div class="fields start">
      {!passive && (
        <Frame id={target.id} label={w.address.label} help={hint} fault={target.fault} wide>
          {(ties) => <input {...ties} class="big" autofocus={fresh} value={text} placeholder="https://example.com" autocomplete="off" autocapitalize="none" spellcheck={false} readOnly={readOnly} onInput={(event) => paste(event.currentTarget.value)} />}
        </Frame>
      )}
      <Frame id={idOf("type")} label={w.check} fault={type.fault}>
        {(ties) => (
          <select {...ties} value={plan.type.name} disabled={readOnly} onChange={(event) => choose(event.currentTarget.value)}>
            {ordered(types.data).map((one) => <option key={one.name} value={one.name}>{titleOf(one)}</option>)}
          </select>
        )}
      </Frame>
      {!passive && every && <FieldControl field={every} path={["interval"]} />}
      <Frame id={name.id} wide={!passive} label={plan.common.find((one) => one.name === "name")?.label ?? ""} help={passive ? w.jobHelp : undefined} fault={name.fault}>
        {(ties) => <input {...ties} value={shown(name.value)} maxLength={200} placeholder={passive ? w.jobName : ""} autocomplete="off" readOnly={readOnly} onInput={(event) => { setOwn({ ...own, name: event.currentTarget.value !== "" }); name.set(event.currentTarget.value || undefined); }} />}
      </Frame>
    </div>
  );
}

/** Fields that matter, and the others one fold further in. */
export function Parted({ fields, values, path, defaults = {} }: { fields: readonly Field[]; values: Draft; path: readonly string[]; defaults?: Draft }) {
  const plain = fields.filter((field) => !field.advanced);
  const advanced = fields.filter((field) => field.advanced);
  const prefix = path.map((part) => `${part}.`).join("");
  if (plain.length === 0) return <Fields fields={advanced} path={path} />;
  return (
    <>
      <Fields fields={plain} path={path} />
      {advanced.length > 0 && <Fold inner title={f.more} digest={digestOf(advanced, values, defaults)} paths={advanced.map((field) => prefix + field.name)}><Fields fields={advanced} path={path} /></Fold>}
    </>
  );
}

/** What somebody changed in some fields, in a few words; else what can be changed there. */
function digestOf(fields: readonly Field[], values: Draft, defaults: Draft = {}): string {
  const changed = customised(fields, values, defaults);
  if (changed.length > 2) return f.changed(changed.length);
  const names = [...fields.filter((field) => !field.advanced), ...fields.filter((field) => field.advanced)].map((field) => field.label);
  if (changed.length === 0) return names.length > 4 ? w.digestAll(names.slice(0, 4).join(", ")) : names.join(", ");
  return changed.map((field) => (short(field, values[field.name]) ? w.digest(field.label, short(field, values[field.name])) : field.label)).join(" · ");
}

function short(field: Field, value: unknown): string {
  if (typeof value === "boolean") return value ? f.yes : f.no;
  if (field.kind === "duration" && typeof value === "number") return interval(value);
  if (Array.isArray(value)) return value.every((one) => typeof one === "string") ? clipped(value.join(", ")) : String(value.length);
  if (field.kind === "secret" || typeof value === "object") return "";
  const text = field.choices.find((one) => one.value === value)?.label ?? shown(value);
  return clipped(text);
}

/** What is short enough for one line; nothing else. */
function clipped(text: string): string {
  return text.length > 30 || text.includes("\n") ? "" : text;
}

function titleOf(type: CheckTypeInfo): string {
  return t.types[type.name] ?? phrase("schema", type.title);
}

/** The types as people look for them: the web first, what waits last. */
function ordered(types: readonly CheckTypeInfo[]): CheckTypeInfo[] {
  const rank = (type: CheckTypeInfo) => (type.name === "http" ? 0 : type.passive ? 2 : 1);
  return [...types].sort((a, b) => rank(a) - rank(b) || titleOf(a).localeCompare(titleOf(b)));
}
