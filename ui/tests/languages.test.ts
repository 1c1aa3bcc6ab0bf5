/** Every language against English: the same texts, with the same places, in the plural forms that it has. */
import { expect, test, vi } from "vitest";
import type { Catalogue, Text } from "../src/words/catalogue";
import { de as deFirst } from "../src/words/de";
import { dePublic } from "../src/words/de-public";
import { languageFor, type Translation } from "../src/words/language";
import { zh as zhFirst } from "../src/words/zh";
import { zhPublic } from "../src/words/zh-public";

// Of each language there are two files; no catalogue stands in both.
const [de, zh] = [{ ...deFirst, ...dePublic }, { ...zhFirst, ...zhPublic }];
const english = vi.hoisted(() => new Map<string, unknown>());

// English texts are compiled where they stand; this listens while that happens.
vi.mock("../src/words/catalogue", async (original) => {
  const real = await original<typeof import("../src/words/catalogue")>();
  return { ...real, words: (name: string, texts: Catalogue) => {
    if (english.has(name)) throw new Error(`two catalogues are called "${name}"`);
    english.set(name, texts);
    return real.words(name, texts);
  } };
});

const SOURCES = import.meta.glob("../src/**/*.{ts,tsx}", { query: "?raw", import: "default", eager: true }) as Record<string, string>;
const MODULES = import.meta.glob("../src/**/*.{ts,tsx}");
const MAKING = /\bwords\(\s*"(\w+)"/g;
const made = Object.entries(SOURCES).flatMap(([path, text]) => [...text.matchAll(MAKING)].map(([, name]) => ({ path, name: name ?? "" })));
for (const path of new Set(made.map((one) => one.path))) await MODULES[path]?.();

/** Texts of the server that are looked up by their English form; what they are is held against the server elsewhere. */
const BY_TEXT = new Set(Object.values(SOURCES).flatMap((text) => [...text.matchAll(/\bphrase\(\s*"(\w+)"/g)].map(([, name]) => name ?? "")));
const FORMS = ["zero", "one", "two", "few", "many", "other"];

const isPlural = (value: unknown): value is Exclude<Text, string> =>
  typeof value === "object" && value !== null && "other" in value && Object.keys(value).every((key) => FORMS.includes(key));
const formsOf = (text: Text): Record<string, string> => (typeof text === "string" ? { other: text } : { ...text });
const placesOf = (text: string) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, place]) => place ?? ""))].sort();

/** Each text of a catalogue with its path. */
function flat(value: Catalogue | Text | undefined, path: string): [string, Text][] {
  if (value === undefined) return [];
  if (typeof value === "string" || isPlural(value)) return [[path, value as Text]];
  return Object.entries(value as Catalogue).flatMap(([key, inner]) => flat(inner, `${path}.${key}`));
}

/** What is wrong with a text beside its English. */
function faults(path: string, source: Text, text: Text | undefined, tag: string): string[] {
  if (text === undefined) return [`${path} is missing: ${JSON.stringify(source)}`];
  const known = new Intl.PluralRules(tag).resolvedOptions().pluralCategories as string[];
  const places = placesOf(formsOf(source).other ?? "");
  const [first = ""] = [...(formsOf(source).other ?? "").matchAll(/\{(\w+)\}/g)].map(([, place]) => place);
  const wrong: string[] = [];
  for (const [form, said] of Object.entries(formsOf(text))) {
    if (said.trim() === "") wrong.push(`${path} is empty`);
    const may = placesOf(said).filter((place) => !places.includes(place));
    const must = places.filter((place) => !placesOf(said).includes(place) && !(form !== "other" && place === first));
    if (may.length + must.length > 0) wrong.push(`${path} ${form} has other places: ${said}`);
    if (!known.includes(form)) wrong.push(`${path} has a form that the language does not: ${form}`);
    if (Object.values(formsOf(source)).includes(said) && !said.includes("://") && said.replace(/\{\w+\}/g, "").trim().split(/\s+/).length > 3) wrong.push(`${path} is still English: ${said}`);
  }
  if (typeof text !== "string" && known.some((form) => !(form in text))) wrong.push(`${path} lacks a plural form`);
  if (typeof source !== "string" && typeof text === "string" && known.length > 1 && /\{/.test(formsOf(source).other ?? "")) wrong.push(`${path} has one form only`);
  return wrong;
}

test("every catalogue was found", () => {
  expect([...english.keys()].sort()).toEqual([...new Set(made.map((one) => one.name))].sort());
  expect(english.size).toBeGreaterThan(3);
});

test.each([["de", de], ["zh", zh]] as [string, Translation][])("%s says all that English says, and nothing else", (tag, language) => {
  const texts = new Map(Object.keys(language).filter((name) => !BY_TEXT.has(name)).flatMap((name) => flat(language[name], name)));
  const sources = [...english].flatMap(([name, catalogue]) => flat(catalogue as Catalogue, name));
  const wrong = sources.flatMap(([path, source]) => faults(path, source, texts.get(path), tag));
  const known = new Set(sources.map(([path]) => path));
  expect([...wrong, ...[...texts.keys()].filter((path) => !known.has(path)).map((path) => `${path} is no longer in English`)]).toEqual([]);
});

test.each([["de", de], ["zh", zh]] as [string, Translation][])("%s has no empty text for what the server says", (_tag, language) => {
  const empty = [...BY_TEXT].flatMap((name) => Object.entries(language[name] ?? {})).filter(([key, text]) => key.trim() === "" || String(text).trim() === "");
  expect(empty).toEqual([]);
});

test("no catalogue stands in both files of a language", () => {
  for (const [first, second] of [[deFirst, dePublic], [zhFirst, zhPublic]] as const) expect(Object.keys(first).filter((name) => name in second)).toEqual([]);
});

test("German addresses nobody as du", () => {
  const said = Object.entries(de).flatMap(([name, texts]) => flat(texts, name)).flatMap(([path, text]) => Object.values(formsOf(text)).map((form) => `${path}: ${form}`));
  expect(said.filter((text) => /: .*\b(du|dich|dir|dein\w*)\b/i.test(text))).toEqual([]);
});

test.each([
  [null, ["de-AT", "en"], "de"], [null, ["fr", "zh-TW", "en"], "zh"], [null, ["fr", "pt"], "en"], [null, [], "en"], ["zh", ["de"], "zh"], ["en", ["de"], "en"], ["xx", ["de"], "de"], ["", ["de"], "de"],
])("chosen %j, wanted %j: %s is spoken", (chosen, wanted, language) => expect(languageFor(chosen, wanted)).toBe(language));
