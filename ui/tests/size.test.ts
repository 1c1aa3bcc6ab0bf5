/** The size budget: what a first visit loads, and everything together. Builds for real. */
import { gzipSync } from "node:zlib";
import { build, type Rolldown } from "vite";
import { expect, test } from "vitest";

const SHELL_JS = 25_600;
const SHELL_CSS = 6_000;
const ALL_JS_RAW = 200_000;

test("the shell stays small", async () => {
  process.env.NODE_ENV = "production";
  const output = (await build({ root: `${import.meta.dirname}/..`, mode: "production", logLevel: "silent", build: { write: false } })) as Rolldown.RolldownOutput;
  const chunks = output.output.filter((file) => file.type === "chunk");
  const shell = new Set<string>();
  const add = (name: string) => {
    const chunk = chunks.find((one) => one.fileName === name);
    if (!chunk || shell.has(name)) return;
    shell.add(name);
    chunk.imports.forEach(add);
  };
  const page = output.output.find((file) => file.fileName === "index.html");
  const html = String(page?.type === "asset" && page.source);
  for (const [, name] of html.matchAll(/(?:src|href)="\/([^"]+\.js)"/g)) add(name ?? "");
  const packed = (text: string | Uint8Array) => gzipSync(text, { level: 9 }).length;
  const sum = (sizes: number[]) => sizes.reduce((all, size) => all + size, 0);
  const js = sum(chunks.filter((chunk) => shell.has(chunk.fileName)).map((chunk) => packed(chunk.code)));
  const css = sum(output.output.flatMap((file) => (file.type === "asset" && file.fileName.endsWith(".css") ? [packed(file.source)] : [])));
  const raw = sum(chunks.map((chunk) => chunk.code.length));
  console.log(`shell: ${js} B of JavaScript and ${css} B of CSS, gzipped; all JavaScript: ${raw} B`);
  expect(shell.size).toBeGreaterThan(0);
  expect(js).toBeLessThanOrEqual(SHELL_JS);
  expect(css).toBeLessThanOrEqual(SHELL_CSS);
  expect(raw).toBeLessThanOrEqual(ALL_JS_RAW);
  // The content policy of the server allows neither inline scripts nor inline styles.
  expect(html).not.toMatch(/<script(?![^>]*src=)|<style|style=/);
}, 60_000);
