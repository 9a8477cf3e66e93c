// Tiles of the scene that is looked at: those in sight, sharp enough, nearest to the middle first. A fixed number of them is
// kept, whatever was walked through; what is ahead is fetched as bytes, not as textures.

import { type Cube, FACES, type Quad } from "./cube";
import type { Scene } from "./scenes";

const KEPT = 72; // textures of 512 pixels
const AT_ONCE = 6;
const AHEAD_BYTES = 8 * 1024 * 1024;
const TILE = 512;

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
  private scene: Scene | null = null;
  private readonly loaded = new Map<string, Quad & { level: number }>();
  private loading = new Map<string, AbortController>();
  private readonly failed = new Set<string>();
  private ahead = new Map<string, Blob>();
  private aheadBytes = 0;
  private told = false;

  constructor(readonly cube: Cube) {}

  get isShowing(): boolean {
    return this.scene !== null;
  }

  get isSharp(): boolean {
    return this.told;
  }

  show(scene: Scene): void {
    for (const one of this.loading.values()) one.abort();
    this.loading = new Map();
    for (const quad of this.loaded.values()) this.cube.gl.deleteTexture(quad.texture);
    this.loaded.clear();
    this.failed.clear();
    this.cube.quads = [];
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

  private inSight(scene: Scene, cube: Cube): Wanted[] {
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
      const bytes = this.ahead.get(one.url) ?? (await this.fetched(scene, one.url, control.signal));
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

  private async fetched(scene: Scene, url: string, signal?: AbortSignal): Promise<Blob | null> {
    if (url.startsWith("scene:")) return fromScript(url);
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

  /** Fetch what will be seen first in these scenes, as bytes. */
  async prepare(scenes: Scene[]): Promise<void> {
    if ((navigator as { connection?: { saveData?: boolean } }).connection?.saveData) return;
    for (const scene of scenes) {
      if (!scene.base) continue;
      const there = Object.create(this.cube, { view: { value: scene.view } }) as Cube;
      const urls = this.inSight(scene, there).sort((a, b) => a.level - b.level || a.near - b.near);
      for (const { url } of [{ url: `${scene.base}strip.webp` }, ...urls]) {
        if (this.ahead.has(url) || this.aheadBytes > AHEAD_BYTES) continue;
        const bytes = await this.fetched(scene, url).catch(() => null);
        if (!bytes) break;
        this.ahead.set(url, bytes);
        this.aheadBytes += bytes.size;
      }
    }
  }

  /** Bytes of scenes that are not next any more go. */
  forget(but: Scene[]): void {
    for (const [url, bytes] of this.ahead) {
      if (but.some((scene) => scene.base && url.startsWith(scene.base))) continue;
      this.ahead.delete(url);
      this.aheadBytes -= bytes.size;
    }
  }

  /** The strip of a scene, from what was fetched ahead or from the server; null while it is closed. */
  async strip(scene: Scene): Promise<ImageBitmap | null> {
    const url = `${scene.base}strip.webp`;
    const bytes = this.ahead.get(url) ?? (await this.fetched(scene, url));
    return bytes && createImageBitmap(bytes);
  }
}

type Texts = Record<string, string>;
const scripts = new Map<string, Promise<Texts>>();
const arrived = new Map<string, (texts: Texts) => void>();

/** Where the tour was opened from a disk: the tiles of a scene stand in one script, as text. */
async function fromScript(url: string): Promise<Blob | null> {
  const [scene, ...rest] = url.slice(6).split("/");
  if (!scripts.has(scene!)) {
    scripts.set(
      scene!,
      new Promise((done, failed) => {
        const script = document.createElement("script");
        script.src = `scenes/${scene}.js`;
        script.onerror = failed;
        arrived.set(scene!, done);
        Object.assign(window, { haiheTiles: (name: string, texts: Texts) => arrived.get(name)?.(texts) });
        document.head.append(script);
      }),
    );
    for (const key of [...scripts.keys()].slice(0, -3)) scripts.delete(key);
  }
  const text = (await scripts.get(scene!)!)[rest.join("/")];
  if (text === undefined) return null;
  return new Blob([Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0))]);
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
