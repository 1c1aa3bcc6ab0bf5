/** What the controls of one form share: the draft, what is stored, and the errors by path. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { FieldError } from "../api/types";
import { read, type Draft, type Path, type Placed } from "../domain/form";
import { w } from "../words/forms";

/** A form that is being filled in. */
export interface FormState {
  readonly draft: Draft;
  /** What the server holds; empty for something new. */
  readonly stored: Draft;
  readonly placed: Placed;
  readonly readOnly: boolean;
  /** What is taken for numbers that are left out. */
  readonly defaults: Draft;
  set(path: Path, value: unknown): void;
}

export const FormContext = createContext<FormState>({ draft: {}, stored: {}, placed: { at: new Map(), rest: [] }, readOnly: false, defaults: {}, set: () => undefined });

export function useFormState(): FormState {
  return useContext(FormContext);
}

/** One value of the form: what it is, what is stored, how it is changed, and what is wrong with it. */
export interface Entry {
  readonly id: string;
  readonly value: unknown;
  readonly stored: unknown;
  readonly fault: string;
  readonly readOnly: boolean;
  set(value: unknown): void;
}

/** The value at a path of the form. */
export function useEntry(path: Path): Entry {
  const form = useFormState();
  const name = path.join(".");
  return {
    id: idOf(name), value: read(form.draft, path), stored: read(form.stored, path), readOnly: form.readOnly,
    fault: (form.placed.at.get(name) ?? []).map((error) => faultText(error, name)).join(" "),
    set: (value) => form.set(path, value),
  };
}

/** The id of the control of a path. */
export function idOf(name: string): string {
  return `field-${name}`;
}

/** What is wrong, with the line or entry that it is about: "Line 2: must be a host". */
export function faultText(error: FieldError, path: string): string {
  const text = error.message.charAt(0).toUpperCase() + error.message.slice(1);
  const inner = error.path.slice(path.length);
  const line = /^\[(\d+)\]/.exec(inner)?.[1];
  if (line !== undefined) return w.line(Number(line) + 1, text);
  return inner.startsWith(".") ? w.within(inner.slice(1), text) : text;
}
