// Makes generated/colours.css of haihe/base/web/colours.json: the reader's choice (data-theme), else the system's.
// haihe.base.web.colours reads the same file, so that what staff choose is judged against the grounds readers see.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const here = dirname(new URL(import.meta.url).pathname);
const source = join(here, "..", "..", "src", "haihe", "base", "web", "colours.json");
const themes = JSON.parse(readFileSync(source, "utf8"));
const SYSTEM = {
  dark: "(prefers-color-scheme: dark)",
  "contrast-light": "(prefers-contrast: more)",
  contrast: "(prefers-contrast: more) and (prefers-color-scheme: dark)",
};
const chosen = Object.keys(themes).map((name) => `[data-theme="${name}"]`);

const rules = Object.entries(themes).map(([name, { scheme, ...colours }]) => {
  const lines = Object.entries(colours).map(([token, value]) => `--${token}: ${value};`);
  const body = `{ color-scheme: ${scheme}; ${lines.join(" ")} }`;
  if (name === "light") return `:root, :root[data-theme="light"] ${body}`;
  const own = `:root[data-theme="${name}"] ${body}`;
  return `@media ${SYSTEM[name]} { :root:not(${chosen.join(", ")}) ${body} }\n${own}`;
});
const generated = join(here, "..", "generated");
mkdirSync(generated, { recursive: true });
writeFileSync(join(generated, "colours.css"), rules.join("\n") + "\n");
