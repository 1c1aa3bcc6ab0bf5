/** What a form holds and what is sent: reading and changing by path, bodies, changes, and where errors belong. Pure. */
import type { FieldError } from "../api/types";
import type { Field } from "./schema";

/** The body that is being made; what is absent takes its default. */
export type Draft = Readonly<Record<string, unknown>>;
export type Path = readonly string[];

/** What the server answers instead of a secret, and what keeps it when it is sent back. */
export const STARS = "********";

/** The value at a path. */
export function read(draft: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, name) => (isObject(inner) ? inner[name] : undefined), draft);
}

/** The draft with another value at a path; undefined takes it out. */
export function write(draft: Draft, path: Path, value: unknown): Draft {
  const [name, ...rest] = path;
  if (name === undefined) return draft;
  const inner = rest.length === 0 ? value : write(isObject(draft[name]) ? draft[name] : {}, rest, value);
  const { [name]: _, ...others } = draft;
  return inner === undefined ? others : { ...draft, [name]: inner };
}

/** Whether two values are the same JSON; the order of names does not count. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((one, index) => same(one, b[index]));
  if (!isObject(a) || !isObject(b)) return false;
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return names.every((name) => same(a[name], b[name]));
}

/** The values that somebody chose: what is empty, or as it is anyway, is left out, so that defaults can change with the product. */
export function chosen(fields: readonly Field[], values: Draft): Draft {
  const kept = fields.flatMap((field) => {
    const value = values[field.name];
    const empty = field.kind === "choices" ? value === undefined : blank(value);
    const plain = field.required || !empty ? value : undefined;
    return plain === undefined || same(plain, field.initial) ? [] : [[field.name, plain]];
  });
  return Object.fromEntries(kept);
}

/** A change of an object that says null where something was taken out; what is the same is left out. */
export function patchOf(before: Draft, after: Draft): Draft {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return Object.fromEntries(names.flatMap((name): [string, unknown][] => {
    const [old, now] = [before[name], after[name]];
    if (same(old, now)) return [];
    if (isObject(old) && isObject(now)) return [[name, patchOf(old, now)]];
    return [[name, now ?? null]];
  }));
}

/** What a PATCH has to say, field by field; what was cleared goes back to its default. */
export function changesOf(fields: readonly Field[], before: Draft, after: Draft, defaults: Draft): Draft {
  const retyped = before.type !== after.type;
  const changed = fields.flatMap((field): [string, unknown][] => {
    const [old, now] = [before[field.name], after[field.name]];
    const belongs = retyped && (field.name === "settings" || field.name === "assertions");
    if (belongs) return [[field.name, now ?? (field.name === "settings" ? {} : [])]];
    if (same(old, now)) return [];
    if (field.name === "settings") return [[field.name, patchOf(asDraft(old), asDraft(now))]];
    return [[field.name, now ?? field.initial ?? defaults[field.name] ?? null]];
  });
  return Object.fromEntries(changed);
}

/** The settings that another type of the same kind of thing still understands. */
export function carried(values: Draft, from: readonly Field[], to: readonly Field[]): Draft {
  const both = to.filter((field) => from.some((old) => old.name === field.name && old.kind === field.kind && (field.choices.length === 0 || field.choices.some((choice) => choice.value === values[field.name]))));
  return Object.fromEntries(both.flatMap((field) => (field.name in values ? [[field.name, values[field.name]]] : [])));
}

/** A place of the form that shows errors. */
export interface Spot { readonly path: string; readonly label: string }

/** Every place at which fields show errors; those within a nested object too. */
export function spotsOf(fields: readonly Field[], values: Draft, prefix = ""): Spot[] {
  return fields.flatMap((field) => {
    const spot = { path: prefix + field.name, label: field.label };
    const inside = values[field.name];
    const variant = isObject(inside) ? field.variants.find((one) => one.value === inside[field.tag]) : undefined;
    return variant && isObject(inside) ? [spot, ...spotsOf(variant.fields, inside, `${spot.path}.`)] : [spot];
  });
}

/** Errors by the path of the field that shows them, and those that no field shows. */
export interface Placed {
  readonly at: ReadonlyMap<string, readonly FieldError[]>;
  readonly rest: readonly FieldError[];
}

/** Gives each error to the field that lies deepest on its path. */
export function place(errors: readonly FieldError[], spots: readonly Spot[]): Placed {
  const at = new Map<string, FieldError[]>();
  const rest: FieldError[] = [];
  for (const error of errors) {
    const home = spots.map((spot) => spot.path).filter((path) => covers(path, error.path)).sort((a, b) => b.length - a.length)[0];
    if (home === undefined) rest.push(error);
    else at.set(home, [...(at.get(home) ?? []), error]);
  }
  return { at, rest };
}

/** Whether a path is another one or lies around it: `settings.names` covers `settings.names[3]`. */
export function covers(path: string, inner: string): boolean {
  return inner === path || (inner.startsWith(path) && /^[.[]/.test(inner.slice(path.length)));
}

/** The fields that differ from what they are by themselves, for the line of a folded section. */
export function customised(fields: readonly Field[], values: Draft, defaults: Draft = {}): Field[] {
  const own = chosen(fields, values);
  return fields.filter((field) => field.name in own && !same(own[field.name], defaults[field.name]));
}

/** A value as an object; an empty one when it is none. */
export function asDraft(value: unknown): Draft {
  return isObject(value) ? value : {};
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function blank(value: unknown): boolean {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0) || (isObject(value) && Object.keys(value).length === 0);
}
