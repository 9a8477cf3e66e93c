import { defineConfig } from "vite";

// What turns 3D objects, as one plain script beside a tour that opens without a server (venues/domain/packing.py).
export default defineConfig({
  publicDir: false,
  build: {
    outDir: "../src/haihe/base/web/static/haihe/built/offline",
    emptyOutDir: false, // after vite.offline.config.ts, beside its script
    target: "es2020",
    reportCompressedSize: false,
    lib: { entry: "src/object/object.ts", formats: ["iife"], name: "haiheObject", fileName: () => "object.js" },
  },
});
