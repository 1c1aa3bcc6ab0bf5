/** Builds the dashboard into the Python package; the server serves index.html for routes and /assets/ for the rest. */
import { defineConfig } from "vite";

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
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        // Two files make the shell (libraries and state; the first page); each page behind it is one of its own.
        codeSplitting: { groups: [{ name: "core", test: /node_modules|src\/(state|api|words\/(en|index)\.|components\/(Button|Panel|StatusIcon|Pill|Logo|LinkState|IncidentCard|Strip|canvas)|domain\/(format|sentences|status|strip|filters|routes|shortcuts))/ },
          { name: "page-parts", test: /src\/(words\/(en-)?pages|components\/(When|Waterfall|Dialog|Timeline|Help)|state\/resource|domain\/(told|timeline))/ }] },
      },
    },
  },
  server: {
    host: "127.0.0.1",
    // `asura` runs beside `npm run dev`; its API is reached through the same origin.
    proxy: { "/api": process.env.ASURA_URL ?? "http://127.0.0.1:8090" },
  },
});
