// What is painted on the spot: plaster, floor, labels and headings. No file is fetched for them.

import { CanvasTexture, RepeatWrapping, SRGBColorSpace, type Texture } from "three";

const SERIF = '"Songti SC", "Source Han Serif SC", "Noto Serif CJK SC", "Noto Serif SC", "Haihe Serif", serif';
const SANS = '"PingFang SC", "HarmonyOS Sans SC", "Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", sans-serif';

/** Colours of walls, floor and words of each look (venues/blocks.py: Walls); ambient: how bright it is between lamps. */
export const LOOKS: Record<string, { wall: string; floor: [string, string]; words: string; ceiling: string; ambient: number }> = {
  paper: { wall: "#efe9dc", floor: ["#b79468", "#a98457"], words: "#3b2f24", ceiling: "#cfc8ba", ambient: 0.66 },
  sand: { wall: "#c8bfb2", floor: ["#8d7a66", "#7f6d5a"], words: "#2f2a25", ceiling: "#a9a196", ambient: 0.66 },
  river: { wall: "#3f6a7d", floor: ["#8f7758", "#81694b"], words: "#f1f5f4", ceiling: "#24343c", ambient: 0.56 },
  celadon: { wall: "#9fb8a7", floor: ["#a58a66", "#967a56"], words: "#1f2f28", ceiling: "#8fa195", ambient: 0.66 },
  cinnabar: { wall: "#7d2a22", floor: ["#6b5138", "#5e462f"], words: "#f7e9d7", ceiling: "#2a1512", ambient: 0.5 },
  night: { wall: "#2b3038", floor: ["#4a4038", "#40372f"], words: "#eef0f2", ceiling: "#14171b", ambient: 0.4 },
};

function canvas(width: number, height: number): [HTMLCanvasElement, CanvasRenderingContext2D] {
  const made = document.createElement("canvas");
  [made.width, made.height] = [width, height];
  return [made, made.getContext("2d")!];
}

function texture(from: HTMLCanvasElement, repeated = false): Texture {
  const made = new CanvasTexture(from);
  made.colorSpace = SRGBColorSpace;
  made.anisotropy = 8;
  if (repeated) made.wrapS = made.wrapT = RepeatWrapping;
  return made;
}

/** The same figures each time, so that a hall looks the same at every visit. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
}

/** Two metres of plaster, white: its colour comes with the wall. */
export function plaster(): Texture {
  const [made, to] = canvas(512, 512);
  const next = chance(7);
  to.fillStyle = "#fff";
  to.fillRect(0, 0, 512, 512);
  for (let n = 0; n < 9000; n += 1) {
    to.fillStyle = next() > 0.5 ? "#00000004" : "#ffffff10";
    const size = 0.7 + next() * 1.4;
    to.fillRect(next() * 512, next() * 512, size * (1 + next() * 3), size);
  }
  return texture(made, true);
}

/** Two metres of boards. */
export function boards([light, dark]: [string, string]): Texture {
  const [made, to] = canvas(512, 512);
  const next = chance(11);
  const wide = 64;
  for (let row = 0; row < 512 / wide; row += 1) {
    let at = -next() * 200;
    while (at < 512) {
      const long = 170 + next() * 190;
      to.fillStyle = next() > 0.5 ? light : dark;
      to.fillRect(row * wide, at, wide, long);
      for (let line = 0; line < 12; line += 1) {
        to.fillStyle = next() > 0.6 ? "#ffffff0b" : "#0000000d";
        to.fillRect(row * wide + next() * wide, at + next() * long * 0.4, 1, long * (0.3 + next() * 0.6));
      }
      to.fillStyle = "#0000002a";
      to.fillRect(row * wide, at + long - 1, wide, 1.5);
      at += long;
    }
    to.fillStyle = "#00000030";
    to.fillRect(row * wide, 0, 1.5, 512);
  }
  return texture(made, true);
}

/** A soft dark patch: what a frame throws on the wall. */
export function shade(): Texture {
  const [made, to] = canvas(64, 64);
  to.filter = "blur(7px)";
  to.fillStyle = "#000";
  to.fillRect(13, 13, 38, 38);
  return texture(made);
}

/** A museum's label; also how tall it is for a width of 1. */
export function label(number: string, title: string, about: string): [Texture, number] {
  const [wide, edge] = [384, 26];
  const [, measure] = canvas(1, 1);
  measure.font = `600 30px ${SERIF}`;
  const titles = lines(measure, title, wide - 2 * edge).slice(0, 3);
  measure.font = `22px ${SANS}`;
  const abouts = about ? lines(measure, about, wide - 2 * edge).slice(0, 3) : [];
  const tall = 2 * edge + 26 + titles.length * 40 + abouts.length * 31 + (abouts.length ? 8 : 0);
  const [made, to] = canvas(wide, tall);
  to.fillStyle = "#fbf9f4";
  to.fillRect(0, 0, wide, tall);
  to.textBaseline = "top";
  to.fillStyle = "#8a6a3c";
  to.font = `20px ${SANS}`;
  to.fillText(number, edge, edge - 4);
  to.fillStyle = "#1d1a17";
  to.font = `600 30px ${SERIF}`;
  titles.forEach((line, at) => to.fillText(line, edge, edge + 26 + at * 40));
  to.fillStyle = "#55504a";
  to.font = `22px ${SANS}`;
  abouts.forEach((line, at) => to.fillText(line, edge, edge + 36 + titles.length * 40 + at * 31));
  return [texture(made), tall / wide];
}

/** A heading on a wall, on nothing; how wide it is for a height of 1. */
export function heading(words: string, colour: string): [Texture, number] {
  const font = `600 92px ${SERIF}`;
  const [, measure] = canvas(1, 1);
  measure.font = font;
  const wide = Math.min(2000, Math.ceil(measure.measureText(words).width) + 40);
  const [made, to] = canvas(wide, 140);
  to.font = font;
  to.fillStyle = colour;
  to.textBaseline = "middle";
  to.textAlign = "center";
  to.fillText(words, wide / 2, 74, wide - 20);
  return [texture(made), wide / 140];
}

/** Words in lines of at most so many pixels; Chinese breaks anywhere, Latin between words. */
function lines(to: CanvasRenderingContext2D, words: string, most: number): string[] {
  const parts = words.match(/[\u2e80-\uffef]|[^\s\u2e80-\uffef]+\s*|\s+/g) ?? [];
  const found: string[] = [];
  let line = "";
  for (const part of parts) {
    if (line && to.measureText(line + part.trimEnd()).width > most) {
      found.push(line.trimEnd());
      line = "";
    }
    line += line ? part : part.trimStart();
  }
  return line ? [...found, line.trimEnd()] : found;
}
