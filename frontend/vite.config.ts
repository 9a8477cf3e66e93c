import { defineConfig } from "vite";

// Every entry is one file a page asks for by name ({% asset "site.css" %}); base.web reads manifest.json.
export default defineConfig({
  base: "./",
  publicDir: false,
  build: {
    outDir: "../src/haihe/base/web/static/haihe/built",
    emptyOutDir: true,
    manifest: "manifest.json",
    modulePreload: false,
    assetsInlineLimit: 0,
    cssCodeSplit: true,
    chunkSizeWarningLimit: 1200, // the map's viewer, which comes only to who looks at the map
    target: "es2020",
    reportCompressedSize: false,
    rollupOptions: {
      preserveEntrySignatures: "allow-extension", // a page's inline script imports `walk` by its address
      output: { hashCharacters: "hex" }, // the edge, and others, know a hash by its digits and keep such a file for ever
      input: {
        site: "src/styles/site.css",
        design: "src/styles/design.css",
        fonts: "generated/fonts.css",
        early: "src/islands/early.ts",
        islands: "src/islands/islands.ts",
        story: "src/islands/story.ts",
        zooming: "src/islands/zooming.ts",
        zoom: "src/styles/zoom.css",
        developers: "src/islands/developers.ts",
        reference: "src/styles/developers.css",
        live: "src/islands/live.ts",
        map: "src/islands/map.ts",
        saved: "src/islands/saved.ts",
        wall: "src/islands/wall.ts",
        sent: "src/islands/sent.ts",
        charts: "src/islands/charts.ts",
        worker: "src/islands/worker.ts",
        begin: "src/tour/begin.ts",
        walk: "src/tour/walk.ts",
        hall: "src/hall/hall.ts",
        compare: "src/islands/compare.ts",
        class: "src/islands/class.ts",
        "class-look": "src/styles/class-look.css",
        "compare-look": "src/styles/compare-look.css",
        "hall-look": "src/styles/hall-look.css",
        author: "src/tour/author/author.ts",
        deposit: "src/deposit/deposit.ts",
        "deposit-look": "src/styles/deposit.css",
        "author-desk": "src/styles/author.css",
        "tour-first": "src/styles/tour.css",
        venues: "src/styles/venues.css",
      },
    },
  },
});
