// Which tiles are in sight, and how one looks. Axes as the tiling engine has them: x right, y up, z ahead; yaw grows to the
// right, pitch upwards, degrees.

import type { Scene } from "./scenes";

export interface View {
  yaw: number;
  pitch: number;
  fov: number; // vertical
}

/** Where one's right, up and ahead lead. */
export interface Ahead {
  right: number[];
  up: number[];
  ahead: number[];
}

interface Size {
  width: number;
  height: number;
}

interface Eyes {
  view: View;
  canvas: Size;
}

export interface Wanted {
  key: string;
  url: string;
  level: number;
  face: number;
  u: number;
  v: number;
  size: number;
  near: number; // to the middle of the view: smaller is nearer
}

export const AT_ONCE = 6;
export const FACES = "frblud";
export const RAD = Math.PI / 180;
const TILE = 512;

/** Pixels that are drawn for an element. */
export function pixels({ clientWidth, clientHeight }: Element): Size {
  const ratio = Math.min(devicePixelRatio || 1, 2, 3000 / Math.max(clientWidth, 1));
  return { width: Math.max(1, Math.round(clientWidth * ratio)), height: Math.max(1, Math.round(clientHeight * ratio)) };
}

export function axes(view: View): Ahead {
  const y = view.yaw * RAD;
  const p = view.pitch * RAD;
  const [sy, cy, sp, cp] = [Math.sin(y), Math.cos(y), Math.sin(p), Math.cos(p)];
  return { right: [cy, 0, -sy], up: [-sy * sp, cp, -cy * sp], ahead: [sy * cp, sp, cy * cp] };
}

export function reach(view: View, { width, height }: Size): [number, number] {
  const tall = Math.tan((view.fov * RAD) / 2);
  return [(tall * width) / height, tall];
}

/** Tiles of what one looks at, in the order in which they are wanted. */
export function inSight(scene: Scene, eyes: Eyes): Wanted[] {
  const [wide, tall] = reach(eyes.view, eyes.canvas);
  const needed = eyes.canvas.height / tall; // pixels of a face for one pixel of the screen at the middle
  const top = Math.log2(scene.face / 256);
  let level = 1;
  while (level < top && 256 * 2 ** level < needed * 0.85) level += 1;
  const found: Wanted[] = [];
  for (const one of level > 2 ? [1, level] : [level]) {
    const side = Math.max(1, (256 * 2 ** one) / TILE);
    for (let face = 0; face < 6; face += 1) {
      for (let row = 0; row < side; row += 1) {
        for (let column = 0; column < side; column += 1) {
          const size = 1 / side;
          const near = distance(eyes.view, face, column * size, row * size, size, wide, tall);
          if (near === null) continue;
          const name = `${one}/${FACES[face]}${row}_${column}.jpg`;
          found.push({ key: `${scene.id}/${name}`, url: scene.base + name, level: one, face, u: column * size, v: row * size, size, near });
        }
      }
    }
  }
  return found.sort((a, b) => Number(a.level > 1) - Number(b.level > 1) || a.near - b.near);
}

const CORNERS = [[0, 0], [0.5, 0], [1, 0], [0, 0.5], [0.5, 0.5], [1, 0.5], [0, 1], [0.5, 1], [1, 1]] as const;

/** How far a part of a face lies from the middle of the view; null where it is out of sight. */
function distance(view: View, face: number, u: number, v: number, size: number, wide: number, tall: number): number | null {
  const { right, up, ahead } = axes(view);
  let near = Infinity;
  const out = [true, true, true, true, true];
  for (const [a, b] of CORNERS) {
    const d = along(face, (u + a * size) * 2 - 1, (v + b * size) * 2 - 1);
    const [x, y, z] = [right, up, ahead].map((axis) => axis[0]! * d[0]! + axis[1]! * d[1]! + axis[2]! * d[2]!) as [number, number, number];
    if (x < z * wide) out[0] = false;
    if (-x < z * wide) out[1] = false;
    if (y < z * tall) out[2] = false;
    if (-y < z * tall) out[3] = false;
    if (z > 0) {
      out[4] = false;
      near = Math.min(near, Math.hypot(x, y) / z);
    }
  }
  return out.some(Boolean) ? null : near;
}

function along(face: number, u: number, v: number): number[] {
  switch (face) {
    case 0:
      return [u, -v, 1];
    case 1:
      return [1, -v, -u];
    case 2:
      return [-u, -v, -1];
    case 3:
      return [-1, -v, u];
    case 4:
      return [u, 1, v];
    default:
      return [u, -1, -v];
  }
}
