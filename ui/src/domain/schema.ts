/** From the JSON Schema of a type to the fields of its form. Pure: a new type, or a new setting, needs nothing here. */
import { phrase } from "../words/catalogue";

/** The part of JSON Schema that the server writes, with its hints for forms. */
export interface Schema {
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly advanced?: boolean;
  readonly placeholder?: string;
  readonly multiline?: boolean;
  readonly unit?: string;
  readonly unique?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
  readonly suggest?: readonly string[];
  readonly group?: string;
  readonly only?: string;
  readonly control?: string;
}

/** How a field is entered. */
export type Kind =
  | "text" | "multiline" | "number" | "duration" | "boolean" | "choice" | "choices" | "list" | "map" | "secret" | "secrets" | "secretMap"
  | "variants" | "body" | "tags" | "group" | "channels" | "monitors" | "regions" | "consensus" | "other";

export interface Choice {
  readonly value: string | null;
  readonly label: string;
}

/** One of several shapes of a nested object, told apart by `tag`. */
export interface Variant {
  readonly value: string;
  readonly label: string;
  readonly fields: readonly Field[];
}

/** One field, ready to be drawn. */
export interface Field {
  readonly name: string;
  readonly kind: Kind;
  readonly label: string;
  readonly help: string;
  readonly placeholder: string;
  readonly unit: string;
  readonly advanced: boolean;
  readonly group: string;
  /** Another way of entering it than its type says; empty when there is none. */
  readonly control: string;
  /** "checked" or "heartbeat": which types it is for; empty for all. */
  readonly only: string;
  readonly required: boolean;
  /** Whether null is a value of it: what it is when it is left empty. */
  readonly nullable: boolean;
  readonly multiline: boolean;
  /** What a copy must not take along. */
  readonly unique: boolean;
  /** What it is while nobody has said; undefined when the server decides. */
  readonly initial: unknown;
  readonly choices: readonly Choice[];
  readonly suggest: readonly string[];
  readonly maxLength: number | undefined;
  /** The variants of a nested object, and the property that names the one chosen. */
  readonly variants: readonly Variant[];
  readonly tag: string;
}

const CONTROLS: readonly string[] = ["body", "tags", "group", "channels", "monitors", "choices", "regions", "consensus"];

/** The fields of an object's schema, in the order of the server. */
export function fieldsOf(schema: Schema, root: Schema = schema): Field[] {
  return Object.entries(schema.properties ?? {}).map(([name, property]) => fieldOf(name, property, schema, root));
}

function fieldOf(name: string, property: Schema, parent: Schema, root: Schema): Field {
  const parts = flat(property, root);
  const inner = parts.filter((part) => part.type !== "null");
  const core = inner[0] ?? {};
  const nullable = inner.length < parts.length || (core.enum?.includes(null) ?? false);
  const kind = kindOf(property, core, inner);
  const words = core.items?.enum ?? core.enum ?? Object.keys(property.labels ?? {});
  const choices = kind === "choice" || kind === "choices" ? choicesOf(words, property.labels ?? {}) : [];
  return {
    name, kind, nullable, choices,
    label: said(property.title ?? capital(name.replace(/_/g, " "))),
    help: said(property.description ?? ""),
    placeholder: property.placeholder ?? "",
    unit: said(property.unit ?? ""),
    advanced: property.advanced ?? false,
    group: typeof property.group === "string" ? property.group : "",
    control: property.control ?? "",
    only: property.only ?? "",
    required: parent.required?.includes(name) ?? false,
    multiline: property.multiline ?? false,
    unique: property.unique ?? false,
    initial: property.default,
    suggest: property.suggest ?? [],
    maxLength: core.maxLength,
    ...(kind === "variants" ? variantsOf(property, inner, root) : { variants: [], tag: "" }),
  };
}

function kindOf(property: Schema, core: Schema, inner: readonly Schema[]): Kind {
  if (property.control) return CONTROLS.includes(property.control) ? (property.control as Kind) : "other";
  if (core.enum) return "choice";
  switch (core.type) {
    case "boolean": return "boolean";
    case "integer": case "number": return property.unit === "s" ? "duration" : "number";
    case "string": return isSecret(core) ? "secret" : property.multiline ? "multiline" : "text";
    case "array": return core.items?.enum ? "choices" : isSecret(core.items) ? "secrets" : "list";
    case "object":
      if (typeof core.additionalProperties === "object") return isSecret(core.additionalProperties) ? "secretMap" : "map";
      return inner.every((part) => part.properties) ? "variants" : "other";
    default: return "other";
  }
}

function variantsOf(property: Schema, inner: readonly Schema[], root: Schema): { variants: Variant[]; tag: string } {
  const tag = Object.keys(inner[0]?.properties ?? {}).find((name) => inner.every((part) => part.properties?.[name]?.enum?.length === 1)) ?? "";
  const variants = inner.map((part): Variant => {
    const value = String(part.properties?.[tag]?.enum?.[0] ?? "");
    return { value, label: said(property.labels?.[value] ?? (part.description ?? value).replace(/\.$/, "")), fields: fieldsOf(part, root).filter((field) => field.name !== tag) };
  });
  return { variants, tag };
}

/** The alternatives of a schema without the layers between: references followed, alternatives within alternatives laid side by side. */
function flat(schema: Schema, root: Schema): Schema[] {
  if (schema.$ref) {
    const found = root.$defs?.[schema.$ref.replace(/^.*\//, "")];
    return found ? flat(found, root) : [];
  }
  return schema.anyOf ? schema.anyOf.flatMap((part) => flat(part, root)) : [schema];
}

function choicesOf(words: readonly unknown[], labels: Readonly<Record<string, string>>): Choice[] {
  const order = Object.keys(labels);
  const rank = (word: string) => (order.includes(word) ? order.indexOf(word) : order.length);
  const known = words.filter((word) => word !== null).map(String);
  return known.sort((a, b) => rank(a) - rank(b)).map((value) => ({ value, label: said(labels[value] ?? value) }));
}

/** Words of the server in the reader's language. */
function said(english: string): string {
  return phrase("schema", english);
}

function isSecret(schema: Schema | undefined): boolean {
  return schema?.format === "password";
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
