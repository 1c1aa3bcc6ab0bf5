/** Controls in which something is typed: text, numbers with their unit, durations. */
import { useEffect, useState } from "preact/hooks";
import { parseDuration, writeDuration } from "../domain/duration";
import { isObject, same } from "../domain/form";
import { w } from "../words/forms";
import { useFormState } from "./context";
import type { ControlProps } from "./FieldControl";
import { Frame } from "./Frame";

export function Text({ field, entry }: ControlProps) {
  return (
    <Frame id={entry.id} label={field.label} help={field.help} fault={entry.fault}>
      {(ties) => (
        <>
          <input {...ties} value={shown(entry.value)} placeholder={field.placeholder || shown(field.initial)} autocomplete="off" autocapitalize="none" spellcheck={false} readOnly={entry.readOnly}
            list={field.suggest.length > 0 ? `${entry.id}-list` : undefined} onInput={(event) => entry.set(event.currentTarget.value || undefined)} />
          <Suggested id={entry.id} texts={field.suggest} />
        </>
      )}
    </Frame>
  );
}

export function LongText({ field, entry }: ControlProps) {
  const text = shown(entry.value);
  return (
    <Frame id={entry.id} label={field.label} help={field.help} fault={entry.fault} wide>
      {(ties) => <textarea {...ties} rows={Math.min(12, Math.max(3, text.split("\n").length + 1))} value={text} placeholder={field.placeholder} spellcheck={false} readOnly={entry.readOnly} onInput={(event) => entry.set(event.currentTarget.value || undefined)} />}
    </Frame>
  );
}

/** What is sent with a request: text, or JSON that was stored as such; typed over, it is text. */
export function Body({ field, entry, path }: ControlProps) {
  const form = useFormState();
  const kind = path.slice(0, -1).reduce<unknown>((inner, name) => (isObject(inner) ? inner[name] : undefined), form.draft);
  const asForm = isObject(kind) && kind.body_type === "form" && isObject(entry.value);
  const text = typeof entry.value === "string" || entry.value === undefined ? shown(entry.value) : asForm ? new URLSearchParams(entry.value as Record<string, string>).toString() : JSON.stringify(entry.value, null, 2);
  return <LongText field={field} path={path} entry={{ ...entry, value: text }} />;
}

/** A number with its unit, or a duration; what cannot be read stays as it was typed, and the server says so too. */
export function Quantity({ field, entry }: ControlProps) {
  const { defaults } = useFormState();
  const lasting = field.kind === "duration";
  const [parse, show] = lasting ? [parseDuration, writeDuration] : [parseNumber, String];
  const draw = (value: unknown) => (typeof value === "number" ? show(value) : shown(value));
  const [text, setText] = useState(() => draw(entry.value));
  const valueOf = (typed: string) => (typed.trim() === "" ? undefined : parse(typed) ?? typed);
  useEffect(() => {
    if (!same(valueOf(text), entry.value)) setText(draw(entry.value));
  }, [entry.value]);
  const type = (typed: string) => {
    setText(typed);
    entry.set(valueOf(typed));
  };
  const usual = field.initial ?? defaults[field.name];
  const fault = typeof entry.value === "string" ? (lasting ? w.duration : w.number) : entry.fault;
  return (
    <Frame id={entry.id} label={field.label} help={field.help} fault={fault}>
      {(ties) => (
        <div class="measured">
          <input {...ties} value={text} inputMode={lasting ? "text" : "decimal"} placeholder={usual === undefined || usual === null ? field.placeholder : draw(usual)} autocomplete="off" autocapitalize="none" spellcheck={false}
            readOnly={entry.readOnly} list={field.suggest.length > 0 ? `${entry.id}-list` : undefined} onInput={(event) => type(event.currentTarget.value)} onBlur={() => setText(draw(entry.value))} />
          <Suggested id={entry.id} texts={field.suggest} />
          {!lasting && field.unit && <span aria-hidden="true">{field.unit}</span>}
        </div>
      )}
    </Frame>
  );
}

function Suggested({ id, texts }: { id: string; texts: readonly string[] }) {
  if (texts.length === 0) return null;
  return <datalist id={`${id}-list`}>{texts.map((one) => <option key={one} value={one} />)}</datalist>;
}

function parseNumber(text: string): number | null {
  const plain = text.trim().replace(",", ".");
  return /^-?\d*\.?\d+(e\d+)?$/i.test(plain) && Number.isFinite(Number(plain)) ? Number(plain) : null;
}

/** A value as text; nothing for none. */
export function shown(value: unknown): string {
  return value === undefined || value === null ? "" : String(value);
}
