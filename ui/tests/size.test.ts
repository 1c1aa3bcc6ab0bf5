/** The size budget: what a first visit loads, and everything together. Builds for real. */
import { gzipSync } from "node:zlib";
import { build, type Rolldown } from "vite";
import { beforeAll, expect, test } from "vitest";

/** Gzipped: what the overview needs, in English, and in the longest of the other languages. */
const FIRST_LOAD = 40_000;
const FIRST_LOAD_ELSEWHERE = 66_000;
const SHELL_JS = 33_100;
/** Before compression, in English. The wish was 200 kB; a fourth of that is the chart, and a third of what is here are words; 90 kB are status pages and maintenance, 30 kB probes and regions, and 6 kB backups. */
const ALL_JS_RAW = 523_000;
const LANGUAGE = /^assets\/(de|zh)-/;

const packed = (text: string | Uint8Array) => gzipSync(text, { level: 9 }).length;
const sum = (sizes: number[]) => sizes.reduce((all, size) => all + size, 0);

let chunks: Rolldown.OutputChunk[] = [];
let assets: Rolldown.OutputAsset[] = [];
let html = "";

beforeAll(async () => {
  process.env.NODE_ENV = "production";
  const { output } = (await build({ root: `${import.meta.dirname}/..`, mode: "production", logLevel: "silent", build: { write: false } })) as Rolldown.RolldownOutput;
  chunks = output.filter((file) => file.type === "chunk");
  assets = output.filter((file) => file.type === "asset");
  html = String(assets.find((file) => file.fileName === "index.html")?.source);
}, 60_000);

/** The files that the page names, and what they import. */
function shell(): Rolldown.OutputChunk[] {
  const found = new Set<Rolldown.OutputChunk>();
  const add = (name: string) => {
    const chunk = chunks.find((one) => one.fileName === name);
    if (!chunk || found.has(chunk)) return;
    found.add(chunk);
    chunk.imports.forEach(add);
  };
  for (const [, name] of html.matchAll(/(?:src|href)="\/([^"]+\.js)"/g)) add(name ?? "");
  return [...found];
}

const scripts = () => sum(shell().map((chunk) => packed(chunk.code)));
const styles = () => sum(assets.flatMap((file) => (file.fileName.endsWith(".css") && html.includes(file.fileName) ? [packed(file.source)] : [])));
const firstLoad = () => scripts() + styles() + packed(html);

test("the first load stays small", () => {
  console.log(`first load: ${scripts()} B of JavaScript, ${styles()} B of CSS and ${packed(html)} B of HTML, gzipped`);
  expect(scripts()).toBeLessThanOrEqual(SHELL_JS);
  expect(firstLoad()).toBeLessThanOrEqual(FIRST_LOAD);
});

test("all of it stays small, in English and in the longest of the other languages", () => {
  const languages = chunks.filter((chunk) => LANGUAGE.test(chunk.fileName));
  const english = sum(chunks.filter((chunk) => !languages.includes(chunk)).map((chunk) => chunk.code.length));
  const largest = Math.max(...languages.map((chunk) => packed(chunk.code)));
  console.log(`all JavaScript: ${english} B; ${languages.map((chunk) => `${chunk.fileName} ${chunk.code.length} B, ${packed(chunk.code)} B gzipped`).join("; ")}`);
  for (const chunk of [...chunks].sort((a, b) => b.code.length - a.code.length)) console.log(`  ${chunk.fileName}: ${chunk.code.length} B`);
  expect(english).toBeLessThanOrEqual(ALL_JS_RAW);
  expect(firstLoad() + largest).toBeLessThanOrEqual(FIRST_LOAD_ELSEWHERE);
});

test("the page asks at once for all that the overview needs, and for no language", () => {
  const names = shell().map((chunk) => chunk.fileName);
  const holds = (module: string) => names.includes(chunks.find((chunk) => chunk.moduleIds.some((id) => id.endsWith(module)))?.fileName ?? "");
  expect([holds("/src/main.ts"), holds("/src/start.tsx"), holds("/src/pages/Overview.tsx")]).toEqual([true, true, true]);
  expect(names.filter((name) => LANGUAGE.test(name))).toEqual([]);
});

test("no word is made before the language is chosen", () => {
  const main = chunks.find((chunk) => chunk.isEntry);
  const early = [main, ...(main?.imports ?? []).map((name) => chunks.find((chunk) => chunk.fileName === name))];
  expect(early.flatMap((chunk) => chunk?.moduleIds ?? []).filter((id) => /\/src\/words\/(?!catalogue|language)/.test(id))).toEqual([]);
});

test("words that come later stand only in files that wait for them", () => {
  const late = chunks.filter((chunk) => chunk.moduleIds.some((id) => /\/src\/words\/(statusPages|posts|maintenance|subscribers|settings|probes|regions)\./.test(id))).map((chunk) => chunk.fileName);
  const waiting = /\/src\/(pages\/((Edit)?(Maintenance|StatusPages?|NewPost)|Probes|Settings|SecondStepFirst|regions\/\w+)|forms\/regions)\./;
  const others = chunks.filter((chunk) => !late.includes(chunk.fileName) && !(chunk.facadeModuleId && waiting.test(chunk.facadeModuleId)));
  expect(late.length).toBeGreaterThan(0);
  expect(others.filter((chunk) => chunk.imports.some((name) => late.includes(name))).map((chunk) => chunk.fileName)).toEqual([]);
});

test("files name each other relatively, and the page holds no inline script and no inline style", () => {
  expect(chunks.filter((chunk) => /["'`(]\/assets\//.test(chunk.code)).map((chunk) => chunk.fileName)).toEqual([]);
  expect(html).not.toMatch(/<script(?![^>]*src=)|<style|style=/);
});
