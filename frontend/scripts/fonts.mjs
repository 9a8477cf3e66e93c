// Makes generated/fonts.css (Han, subset files by unicode-range; loaded only where a machine has no Han face at all) and
// generated/latin.css (the serif of English titles, part of every page's style sheet), and puts one whole file of each face where haihe.base.web.fonts finds it for pictures and PDFs. All faces: SIL OFL 1.1.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);
const here = dirname(new URL(import.meta.url).pathname);
const folder = (name) => dirname(require.resolve(`${name}/package.json`));

const webFaces = [
  { family: "Haihe Sans", from: "@fontsource-variable/noto-sans-sc", only: /./ },
  { family: "Haihe Serif", from: "@fontsource-variable/noto-serif-sc", only: /./ },
  { family: "Haihe Latin Serif", from: "@fontsource-variable/source-serif-4", only: /-latin(-ext)?-wght/ },
];

const css = (faces) => faces.map(({ family, from, only }) => {
  const source = readFileSync(join(folder(from), "index.css"), "utf8");
  return source
    .split("@font-face")
    .slice(1)
    .map((rule) => "@font-face" + rule.slice(0, rule.indexOf("}") + 1))
    .filter((rule) => only.test(rule))
    .map((rule) =>
      rule
        .replace(/font-family: '[^']+'/, `font-family: "${family}"`)
        .replace(/url\(\.\//, `url(${folder(from)}/`),
    )
    .join("\n");
}).join("\n");

const generated = join(here, "..", "generated");
mkdirSync(generated, { recursive: true });
writeFileSync(join(generated, "fonts.css"), css(webFaces.slice(0, 2)));
writeFileSync(join(generated, "latin.css"), css(webFaces.slice(2)));

const whole = join(here, "..", "..", "src", "haihe", "base", "web", "fonts", "whole");
mkdirSync(whole, { recursive: true });
const files = [
  ["noto-sans-sc", "400Regular", "NotoSansSC_400Regular.ttf", "sans.ttf"],
  ["noto-sans-sc", "700Bold", "NotoSansSC_700Bold.ttf", "sans-bold.ttf"],
  ["noto-serif-sc", "400Regular", "NotoSerifSC_400Regular.ttf", "serif.ttf"],
  ["noto-serif-sc", "700Bold", "NotoSerifSC_700Bold.ttf", "serif-bold.ttf"],
];
for (const [face, weight, file, name] of files) {
  const from = folder(`@expo-google-fonts/${face}`);
  copyFileSync(join(from, weight, file), join(whole, name));
  copyFileSync(join(from, "LICENSE_FONT"), join(whole, `${face}.LICENSE`));
}
