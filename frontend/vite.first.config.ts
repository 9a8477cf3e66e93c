import { defineConfig } from "vite";

// The script of a tour's first view, which stands in the page itself (venues/first_view.py).
export default defineConfig({
  publicDir: false,
  build: {
    outDir: "../src/haihe/base/web/static/haihe/built/first",
    emptyOutDir: true,
    target: "es2020",
    reportCompressedSize: false,
    lib: { entry: "src/tour/first.ts", formats: ["iife"], name: "haiheFirst", fileName: () => "first.js" },
  },
});
