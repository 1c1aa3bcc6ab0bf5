/** Controls for several values: lines, names with values, secrets. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { asDraft, same, STARS } from "../domain/form";
import { w } from "../words/forms";
import type { ControlProps } from "./FieldControl";
import { Frame, Group } from "./Frame";
import { shown } from "./typed";

/** Fields that belong to the one above them. */
export function Assembled({ children }: { children: ComponentChildren }) {
  return <div class="assembled">{children}</div>;
}

/** A list of texts, one on each line, so that many can be pasted at once. */
export function Lines({ field, entry }: ControlProps) {
  const read = (typed: string) => typed.split("\n").map((line) => line.trim()).filter(Boolean);
  const [text, setText] = useState(() => list(entry.value).join("\n"));
  useEffect(() => {
    if (!same(read(text), list(entry.value))) setText(list(entry.value).join("\n"));
  }, [entry.value]);
  const type = (typed: string) => {
    setText(typed);
    const lines = read(typed);
    entry.set(lines.length > 0 ? lines : undefined);
  };
  return (
    <Frame id={entry.id} label={field.label} help={`${field.help} ${w.perLine}`.trim()} fault={entry.fault} wide>
      {(ties) => <textarea {...ties} rows={Math.min(8, Math.max(2, text.split("\n").length))} value={text} placeholder={field.placeholder} spellcheck={false} autocapitalize="none" readOnly={entry.readOnly} onInput={(event) => type(event.currentTarget.value)} />}
    </Frame>
  );
}

type Pair = readonly [string, string];

/** Names with values, such as headers. Of secret ones the stored value stays until another is typed, or the name changes. */
export function Pairs({ field, entry }: ControlProps) {
  const secret = field.kind === "secretMap";
  const [pairs, setPairs] = useState<readonly Pair[]>(() => pairsOf(entry.value));
  useEffect(() => {
    if (!same(objectOf(pairs) ?? {}, asDraft(entry.value))) setPairs(pairsOf(entry.value));
  }, [entry.value]);
  const change = (next: readonly Pair[]) => {
    setPairs(next);
    entry.set(objectOf(next));
  };
  const at = (index: number, pair: Pair) => change(pairs.map((old, place) => (place === index ? pair : old)));
  const rename = (index: number, [, value]: Pair, name: string) => at(index, [name, value === STARS ? "" : value]);
  return (
    <Group id={entry.id} label={field.label} help={field.help} fault={entry.fault} wide>
      {pairs.map((pair, index) => (
        <div key={index} class="pair">
          <input aria-label={w.nameOf(index + 1)} value={pair[0]} placeholder={w.name} autocomplete="off" autocapitalize="none" spellcheck={false} readOnly={entry.readOnly} onInput={(event) => rename(index, pair, event.currentTarget.value)} />
          <input aria-label={w.valueOf(index + 1)} type={(secret ? "password" : "text") as "password"} value={pair[1] === STARS ? "" : pair[1]} placeholder={pair[1] === STARS ? w.secret.keptRow : w.value} autocomplete={secret ? "new-password" : "off"} spellcheck={false} readOnly={entry.readOnly} onInput={(event) => at(index, [pair[0], event.currentTarget.value])} />
          {!entry.readOnly && <button type="button" class="close" aria-label={w.remove(pair[0] || String(index + 1))} onClick={() => change(pairs.filter((_, place) => place !== index))}>×</button>}
        </div>
      ))}
      {!entry.readOnly && <button type="button" class="text-button" onClick={() => setPairs([...pairs, ["", ""]])}>{w.add}</button>}
    </Group>
  );
}

/** A list of secrets. Stored ones are kept by their place, so only the last of them can be taken out. */
export function Secrets({ field, entry }: ControlProps) {
  const values = list(entry.value);
  const rows = values.length > 0 ? values : [""];
  const kept = rows.lastIndexOf(STARS);
  const change = (next: readonly string[]) => entry.set(next.length > 0 ? next : undefined);
  return (
    <Group id={entry.id} label={field.label} help={field.help} fault={entry.fault} wide>
      {rows.map((value, index) => (
        <div key={index} class="pair single">
          {value === STARS
            ? <span class="kept">{w.secret.kept}</span>
            : <input aria-label={w.valueOf(index + 1)} type="password" value={shown(value)} placeholder={field.placeholder || w.value} autocomplete="new-password" spellcheck={false} readOnly={entry.readOnly} onInput={(event) => change(rows.map((old, place) => (place === index ? event.currentTarget.value : old)))} />}
          {!entry.readOnly && index >= kept && rows.length > 1 && <button type="button" class="close" aria-label={w.remove(String(index + 1))} onClick={() => change(rows.filter((_, place) => place !== index))}>×</button>}
        </div>
      ))}
      {!entry.readOnly && <button type="button" class="text-button" onClick={() => change([...rows, ""])}>{w.add}</button>}
    </Group>
  );
}

function pairsOf(value: unknown): Pair[] {
  return Object.entries(asDraft(value)).map(([name, text]) => [name, shown(text)]);
}

function objectOf(pairs: readonly Pair[]): Record<string, string> | undefined {
  const named = pairs.filter(([name]) => name.trim() !== "").map(([name, value]) => [name.trim(), value]);
  return named.length > 0 ? Object.fromEntries(named) : undefined;
}

function list(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
