import { defineConfig } from "vite";

// One plain script for tours that open without a server (venues/domain/packing.py): browsers load no modules from a disk.
export default defineConfig({
  publicDir: false,
  build: {
    outDir: "../src/haihe/base/web/static/haihe/built/offline",
    emptyOutDir: true,
    target: "es2020",
    reportCompressedSize: false,
    lib: { entry: "src/tour/offline.ts", formats: ["iife"], name: "haiheTour", fileName: () => "tour.js" },
    rollupOptions: { external: [/islands\/zoom/, /object\/object/], output: { globals: () => "undefined" } },
  },
});
