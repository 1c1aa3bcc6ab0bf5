/** Builds the dashboard into the Python package; the server serves index.html for routes and /assets/ for the rest. */
import { defineConfig } from "vite";

/** Pages that load after the shell, and what only they need. */
const PAGES = /\/src\/(pages\/(?!overview)(?!Overview)|components\/(AddMonitor|Chart)|words\/(signing|settings)|domain\/(strength|device|audit|target|evidence|expectations|series|pages|snooze))/;
const PARTS = /\/src\/(words\/((en-)?pages|copy)|api\/accounts|components\/(Copy|When|Waterfall|Dialog|Timeline|Help)|state\/resource|domain\/(told|timeline|phases))/;

export default defineConfig({
  base: "/",
  // Vite 8 transforms JSX itself, so no Preact plug-in is needed.
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: process.env.ASURA_UI_OUT ?? "../asura/web/static",
    emptyOutDir: true,
    target: "es2022",
    // The content policy forbids data: addresses, so every picture stays a file.
    assetsInlineLimit: 0,
    // The page tells the browser about the shell's files; pages behind it are loaded ahead when it stands.
    modulePreload: { polyfill: false, resolveDependencies: (_file, files, { hostType }) => (hostType === "html" ? files : []) },
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        // One file is the shell, one what several pages behind it share, and each such page is one of its own.
        codeSplitting: {
          // In this order: a group takes along what its modules import, and the shell imports nothing of the parts.
          groups: [
            { name: "shell", test: (id: string) => /node_modules|\/src\//.test(id) && !PAGES.test(id) && !PARTS.test(id), priority: 2 },
            { name: "parts", test: PARTS, priority: 1 },
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
