/** Fields of forms that have no schema on the server: what they are called is said here. */
import type { Field, Kind } from "./schema";

/** A field with everything that nobody names left blank. */
export function fieldFor(name: string, kind: Kind, label: string, more: Partial<Field> = {}): Field {
  return {
    name, kind, label, help: "", placeholder: "", unit: "", advanced: false, group: "", control: "", only: "", required: false, nullable: false, multiline: kind === "multiline",
    unique: false, initial: undefined, choices: [], suggest: [], maxLength: undefined, variants: [], tag: "", ...more,
  };
}

/** The choices of a field, in the order of their words. */
export function choicesFor(words: Readonly<Record<string, string>>): Field["choices"] {
  return Object.entries(words).map(([value, label]) => ({ value, label }));
}
