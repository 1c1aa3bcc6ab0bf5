/** Turns a catalogue of texts into words: plain ones stay text, those with `{places}` become functions of them. */

/** One text, or one for each plural form of its first place; the forms are those of Intl.PluralRules. */
export type Text = string | { readonly other: string; readonly one?: string; readonly few?: string; readonly many?: string; readonly two?: string; readonly zero?: string };
export interface Catalogue { readonly [name: string]: Text | Catalogue }

type Places<S> = S extends `${string}{${string}}${infer Rest}` ? [place: string | number, ...Places<Rest>] : [];
type Word<T> = T extends { readonly other: infer S } ? (...places: Places<S>) => string
  : T extends string ? (Places<T> extends [] ? string : (...places: Places<T>) => string)
  : { readonly [K in keyof T]: Word<T[K]> };
/** What a catalogue becomes: the places of the English text, in their order, are the arguments. */
export type Words<C> = { readonly [K in keyof C]: Word<C[K]> };

const PLACE = /\{(\w+)\}/g;
let spoken = "en";
let plural = new Intl.PluralRules(spoken);
let translated: Catalogue = {};

/** Chooses the language; to be called before the first words are made. */
export function speak(tag: string, texts: Catalogue): void {
  spoken = tag;
  plural = new Intl.PluralRules(tag);
  translated = texts;
}

/** Adds catalogues of the chosen language that came later; to be called before their words are made. */
export function learn(texts: Catalogue): void {
  translated = { ...translated, ...texts };
}

/** The tag of the chosen language, for the formats of numbers and dates. */
export function language(): string {
  return spoken;
}

/** The words of an English catalogue, in the chosen language where it has them. */
export function words<const C extends Catalogue>(name: string, english: C): Words<C> {
  return compile(english, translated[name]) as Words<C>;
}

/** A text that the server says in English, such as a label in a schema, in the chosen language where the catalogue `name` has it. */
export function phrase(name: string, english: string): string {
  const known = translated[name];
  const found = known === undefined || isText(known) ? undefined : known[english];
  return typeof found === "string" ? found : english;
}

function compile(english: Text | Catalogue, other: Text | Catalogue | undefined): unknown {
  const pattern = typeof english === "string" ? english : "other" in english ? english.other : null;
  if (typeof pattern !== "string") {
    const inner = isText(other) ? undefined : other;
    return Object.fromEntries(Object.entries(english).map(([key, text]) => [key, compile(text as Text | Catalogue, inner?.[key])]));
  }
  const places = [...pattern.matchAll(PLACE)].map(([, place]) => place as string);
  const text = isText(other) ? other : (english as Text);
  if (places.length === 0) return typeof text === "string" ? text : text.other;
  return (...values: (string | number)[]) => form(text, values[0]).replace(PLACE, (whole, place: string) => String(values[places.indexOf(place)] ?? whole));
}

function isText(value: Text | Catalogue | undefined): value is Text {
  return typeof value === "string" || (value !== undefined && typeof value.other === "string");
}

function form(text: Text, n: string | number | undefined): string {
  return typeof text === "string" ? text : text[plural.select(Number(n))] ?? text.other;
}
