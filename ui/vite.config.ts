/** Builds the dashboard into the Python package; the server serves index.html for routes and /assets/ for the rest. */
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { defineConfig, type Plugin, type Rolldown } from "vite";

const MAIN = resolve(import.meta.dirname, "src/main.ts");
const START = resolve(import.meta.dirname, "src/start.tsx");
const PACKED = /\.(js|css|svg)$/;
/** Smaller files are not worth a second one. */
const PACKED_FROM = 600;

/** The pages about what the public sees, and the settings: their words come later than those of other pages, so nothing of them may stand in a file that others load too. */
const PUBLIC = /\/src\/(words\/(statusPages|posts|maintenance|subscribers|settings)\.|domain\/(maintenance|page-draft|post)\.|api\/status\.|components\/Whole\.|pages\/(maintenance|statuspages|settings)\/)/;

/** What is said of probes and regions comes with the same words. */
const REGIONS = /\/src\/(words\/(probes|regions)\.|domain\/(probes|probe-setup|regions)\.|style\/probes\.|pages\/(probes|regions)\/|forms\/regions\.)/;

type Graph = Rolldown.ChunkingContext;

/** What a module imports, directly or not, without what it loads later. */
function closure(root: string, graph: Graph): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (id: string) => {
    if (found.has(id)) return;
    found.add(id);
    graph.getModuleInfo(id)?.importedIds.forEach(add);
  };
  add(root);
  return found;
}

/** A group of what a module imports; the graph is complete when groups are made, so it is walked once. */
function groupOf(name: string, root: string, { priority, also }: { priority: number; also?: RegExp }): Rolldown.CodeSplittingGroup {
  const known = new WeakMap<Graph, ReadonlySet<string>>();
  return {
    priority,
    debugName: name,
    name: (id, graph) => {
      if (!known.has(graph)) known.set(graph, closure(root, graph));
      return known.get(graph)?.has(id) || also?.test(id) ? name : null;
    },
  };
}

/** Tells the browser about the files of the start at once: it need not wait for the file that asks for them. */
function preloadStart(): Plugin {
  return {
    name: "preload-start",
    transformIndexHtml: {
      order: "post",
      handler(_html, { bundle }) {
        const chunks = Object.values(bundle ?? {}).filter((file) => file.type === "chunk");
        const start = chunks.find((chunk) => chunk.moduleIds.includes(START));
        const entry = chunks.find((chunk) => chunk.isEntry);
        const wanted = new Set([start?.fileName, ...(entry?.imports ?? []), ...(start?.imports ?? [])].filter((name): name is string => name !== undefined));
        wanted.delete(entry?.fileName ?? "");
        return [...wanted].map((name) => ({ tag: "link", attrs: { rel: "modulepreload", crossorigin: true, href: `/${name}` }, injectTo: "head" as const }));
      },
    },
  };
}

/** Lays a gzip and a brotli file beside each file, as small as they get: the server only has to choose. */
function packFiles(): Plugin {
  return {
    name: "pack-files",
    apply: "build",
    writeBundle({ dir = "" }) {
      for (const name of readdirSync(dir, { recursive: true, encoding: "utf8" }).filter((one) => PACKED.test(one))) {
        const body = readFileSync(join(dir, name));
        if (body.length < PACKED_FROM) continue;
        writeFileSync(join(dir, `${name}.gz`), gzipSync(body, { level: 9 }));
        writeFileSync(join(dir, `${name}.br`), brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: body.length } }));
      }
    },
  };
}

export default defineConfig({
  base: "/",
  plugins: [preloadStart(), packFiles()],
  // Files refer to each other relatively, so that only the page has to know where the server is mounted.
  experimental: { renderBuiltUrl: (name, { hostType }) => (hostType === "html" ? `/${name}` : { relative: true }) },
  // Vite 8 transforms JSX itself, so no Preact plug-in is needed; calls of `h` are shorter than those of the automatic runtime.
  oxc: { jsx: { runtime: "classic", pragma: "jsxH", pragmaFrag: "jsxFragment" }, jsxInject: `import { h as jsxH, Fragment as jsxFragment } from "preact"` },
  build: {
    outDir: process.env.ASURA_UI_OUT ?? "../asura/web/static",
    emptyOutDir: true,
    target: "es2022",
    // The content policy forbids data: addresses, so every picture stays a file.
    assetsInlineLimit: 0,
    // Pages behind the start are loaded ahead when it stands, so nothing has to be preloaded for them.
    modulePreload: false,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          // What chooses the language comes first and alone; then the frame with the overview; each page and each language has
          // a file of its own, and what several pages need is in one more.
          groups: [
            groupOf("main", MAIN, { priority: 4, also: /rolldown\/runtime/ }),
            groupOf("shell", START, { priority: 3 }),
            { name: "chart", test: /\/node_modules\/uplot\//, priority: 2 },
            { name: "forms", test: (id) => /\/src\/forms\//.test(id) && !REGIONS.test(id), priority: 2 },
            { name: "parts", test: (id) => !PUBLIC.test(id) && !REGIONS.test(id), minShareCount: 2, priority: 1 },
            { name: "regions", test: REGIONS, minShareCount: 2, priority: 0 },
            { name: "public", test: PUBLIC, minShareCount: 2, priority: 0 },
          ],
        },
      },
    },
  },
  server: {
    host: "127.0.0.1",
    // `asura` runs beside `npm run dev`; its API is reached through the same origin.
    proxy: { "/api": process.env.ASURA_URL ?? "http://127.0.0.1:8090" },
  },
});
