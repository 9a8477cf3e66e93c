// Tiles of the scene that is looked at: those in sight, sharp enough, nearest to the middle first. A fixed number of them is
// kept, whatever was walked through.

import { type Cube, FACES, type Quad } from "./cube";
import type { Scene } from "./scenes";

const KEPT = 72; // textures of 512 pixels
const AT_ONCE = 6;
const TILE = 512;

export type Bytes = (url: string) => Promise<Blob | null>;

interface Wanted {
  key: string;
  url: string;
  level: number;
  face: number;
  u: number;
  v: number;
  size: number;
  near: number; // to the middle of the view: smaller is nearer
}

export class Tiles {
  closed: (scene: Scene) => void = () => undefined; // its Master was withdrawn
  sharp: (scene: Scene) => void = () => undefined; // everything in sight is there
  ahead: { of(url: string): Blob | undefined } | null = null; // bytes that were fetched before they are wanted
  private scene: Scene | null = null;
  private readonly loaded = new Map<string, Quad & { level: number }>();
  private loading = new Map<string, AbortController>();
  private readonly failed = new Set<string>();
  private told = false;

  /** fromDisk: where the bytes of an address come from in a tour that was opened without a server. */
  constructor(readonly cube: Cube, private readonly fromDisk?: Bytes) {}

  get isShowing(): boolean {
    return this.scene !== null;
  }

  get isSharp(): boolean {
    return this.told;
  }

  /** Let go of everything. */
  end(): void {
    for (const one of this.loading.values()) one.abort();
    this.loading = new Map();
    for (const quad of this.loaded.values()) this.cube.gl.deleteTexture(quad.texture);
    this.loaded.clear();
    this.failed.clear();
    this.cube.quads = [];
    this.scene = null;
  }

  show(scene: Scene): void {
    this.end();
    this.scene = scene;
    this.told = false;
    this.look();
  }

  /** Called whenever the view came to rest, and while it moves a few times a second. */
  look(): void {
    const scene = this.scene;
    if (!scene?.base) return;
    const wanted = this.inSight(scene, this.cube);
    const keys = new Set(wanted.map((one) => one.key));
    for (const [key, one] of this.loading) {
      if (keys.has(key)) continue;
      one.abort();
      this.loading.delete(key);
    }
    for (const key of keys) {
      const quad = this.loaded.get(key);
      if (!quad) continue;
      this.loaded.delete(key); // the most recently seen stand last
      this.loaded.set(key, quad);
    }
    const missing = wanted.filter((one) => !this.loaded.has(one.key) && !this.failed.has(one.key));
    missing.sort((a, b) => Number(a.level > 1) - Number(b.level > 1) || a.near - b.near);
    for (const one of missing) {
      if (this.loading.size >= AT_ONCE) break;
      if (!this.loading.has(one.key)) void this.load(scene, one);
    }
    if (!missing.length && !this.told) {
      this.told = true;
      this.sharp(scene);
    }
  }

  inSight(scene: Scene, cube: Cube): Wanted[] {
    const [wide, tall] = cube.reach();
    const needed = cube.canvas.height / tall; // pixels of a face for one pixel of the screen at the middle
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
            const near = distance(cube, face, column * size, row * size, size, wide, tall);
            if (near === null) continue;
            const name = `${one}/${FACES[face]}${row}_${column}.jpg`;
            found.push({ key: `${scene.id}/${name}`, url: scene.base + name, level: one, face, u: column * size, v: row * size, size, near });
          }
        }
      }
    }
    return found;
  }

  private async load(scene: Scene, one: Wanted): Promise<void> {
    const control = new AbortController();
    this.loading.set(one.key, control);
    try {
      const bytes = this.ahead?.of(one.url) ?? (await this.fetched(scene, one.url, control.signal));
      const bitmap = bytes && (await createImageBitmap(bytes));
      if (!bitmap) {
        this.failed.add(one.key);
      } else if (this.scene === scene && !control.signal.aborted) {
        const { face, u, v, size, level } = one;
        this.loaded.set(one.key, { texture: this.cube.texture(bitmap), face, u, v, size, level });
        this.lay();
      }
      bitmap?.close();
    } catch {
      if (!control.signal.aborted) this.failed.add(one.key);
    }
    if (this.loading.get(one.key) === control) this.loading.delete(one.key);
    if (this.scene === scene) this.look();
  }

  async fetched(scene: Scene, url: string, signal?: AbortSignal): Promise<Blob | null> {
    if (this.fromDisk) return this.fromDisk(url);
    const answer = await fetch(url, { signal });
    if (answer.status === 410 || answer.status === 403) this.closed(scene);
    return answer.ok ? answer.blob() : null;
  }

  private lay(): void {
    for (const [key, quad] of this.loaded) {
      if (this.loaded.size <= KEPT) break;
      this.cube.gl.deleteTexture(quad.texture);
      this.loaded.delete(key);
    }
    this.cube.quads = [...this.loaded.values()].sort((a, b) => a.level - b.level);
    this.cube.ask();
  }
}

const CORNERS = [[0, 0], [0.5, 0], [1, 0], [0, 0.5], [0.5, 0.5], [1, 0.5], [0, 1], [0.5, 1], [1, 1]] as const;

/** How far a part of a face lies from the middle of the view; null where it is out of sight. */
function distance(cube: Cube, face: number, u: number, v: number, size: number, wide: number, tall: number): number | null {
  const { right, up, ahead } = cube.axes();
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
