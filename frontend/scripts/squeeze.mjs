// Lays a gzip and a brotli form beside every built script and style sheet; the edge, and nginx, send these.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const here = dirname(new URL(import.meta.url).pathname);
const built = join(here, "..", "..", "src", "haihe", "base", "web", "static", "haihe", "built", "assets");
for (const name of readdirSync(built)) {
  if (!/\.(m?js|css)$/.test(name)) continue;
  const whole = readFileSync(join(built, name));
  writeFileSync(join(built, `${name}.gz`), gzipSync(whole, { level: 9 }));
  const quality = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: whole.length };
  writeFileSync(join(built, `${name}.br`), brotliCompressSync(whole, { params: quality }));
}
