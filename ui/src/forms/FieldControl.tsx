/** Draws one field by its kind. A new type needs nothing here: its schema says which kinds its settings are of. */
import type { ComponentChildren, VNode } from "preact";
import { lazy } from "../components/lazy";
import { asDraft, isObject, type Path } from "../domain/form";
import type { Field, Kind } from "../domain/schema";
import { w } from "../words/forms";
import { afterPublicWords } from "../words/language";
import { Assembled, Lines, Pairs, Secrets } from "./collections";
import { useEntry, type Entry } from "./context";
import { Frame, Group, Tick } from "./Frame";
import { Channels, GroupName, Monitors, Tags } from "./pickers";
import { Secret } from "./Secret";
import { Body, LongText, Quantity, Text } from "./typed";

// What they say of regions comes later than the words of forms.
const Places = lazy(() => afterPublicWords(() => import("./regions")).then((part) => part.Places)) as (props: ControlProps) => VNode;
const Agree = lazy(() => afterPublicWords(() => import("./regions")).then((part) => part.Agree)) as (props: ControlProps) => VNode;

/** What every control is given. */
export interface ControlProps {
  readonly field: Field;
  readonly path: Path;
  readonly entry: Entry;
}

const CONTROLS: Partial<Record<Kind, (props: ControlProps) => VNode>> = {
  text: Text, multiline: LongText, body: Body, number: Quantity, duration: Quantity, secret: Secret, secrets: Secrets, list: Lines, map: Pairs, secretMap: Pairs,
  boolean: Box, choice: Choose, choices: Several, variants: Variants, tags: Tags, group: GroupName, channels: Channels, monitors: Monitors, regions: Places, consensus: Agree,
};

/** One field at its place in the form. */
export function FieldControl({ field, path }: { field: Field; path: Path }) {
  const entry = useEntry(path);
  const Control = CONTROLS[field.kind];
  return Control ? <Control field={field} path={path} entry={entry} /> : null;
}

/** Fields under each other, two beside each other where there is room. */
export function Fields({ fields, path, children }: { fields: readonly Field[]; path: Path; children?: ComponentChildren }) {
  return (
    <div class="fields">
      {fields.map((field) => <FieldControl key={field.name} field={field} path={[...path, field.name]} />)}
      {children}
    </div>
  );
}

function Box({ field, entry }: ControlProps) {
  const on = typeof entry.value === "boolean" ? entry.value : field.initial === true;
  return <Tick id={entry.id} label={field.label} help={field.help} fault={entry.fault} checked={on} disabled={entry.readOnly} onChange={entry.set} />;
}

function Choose({ field, entry }: ControlProps) {
  const now = entry.value ?? field.initial ?? "";
  return (
    <Frame id={entry.id} label={field.label} help={field.help} fault={entry.fault}>
      {(ties) => (
        <select {...ties} value={String(now)} disabled={entry.readOnly} onChange={(event) => entry.set(event.currentTarget.value || undefined)}>
          {field.nullable && <option value="">{w.none}</option>}
          {field.choices.map((one) => <option key={one.value} value={one.value ?? ""}>{one.label}</option>)}
        </select>
      )}
    </Frame>
  );
}

function Several({ field, entry }: ControlProps) {
  const now = list(entry.value ?? field.initial);
  const turn = (value: string, on: boolean) => entry.set(field.choices.flatMap((one) => (one.value !== null && (one.value === value ? on : now.includes(one.value)) ? [one.value] : [])));
  return (
    <Group id={entry.id} label={field.label} help={field.help} fault={entry.fault} wide>
      <div class="ticks">
        {field.choices.map((one) => (
          <label key={one.value} class="tick">
            <input type="checkbox" checked={now.includes(one.value ?? "")} disabled={entry.readOnly} onChange={(event) => turn(one.value ?? "", event.currentTarget.checked)} />{one.label}
          </label>
        ))}
      </div>
    </Group>
  );
}

/** A nested object that has one of several shapes; what two shapes share is kept when the shape changes. */
function Variants({ field, path, entry }: ControlProps) {
  const inside = asDraft(entry.value);
  const variant = isObject(entry.value) ? field.variants.find((one) => one.value === inside[field.tag]) : undefined;
  const choose = (value: string) => {
    const next = field.variants.find((one) => one.value === value);
    const kept = Object.fromEntries(Object.entries(inside).filter(([name]) => next?.fields.some((one) => one.name === name)));
    entry.set(next && { ...kept, [field.tag]: value });
  };
  return (
    <div class="wide">
      <Frame id={entry.id} label={field.label} help={field.help} fault={entry.fault}>
        {(ties) => (
          <select {...ties} value={variant?.value ?? ""} disabled={entry.readOnly} onChange={(event) => choose(event.currentTarget.value)}>
            {field.nullable && <option value="">{w.none}</option>}
            {field.variants.map((one) => <option key={one.value} value={one.value}>{one.label}</option>)}
          </select>
        )}
      </Frame>
      {variant && variant.fields.length > 0 && <Assembled><Fields fields={variant.fields} path={path} /></Assembled>}
    </div>
  );
}

function list(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
