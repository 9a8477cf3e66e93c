// Tiles of the scene that is looked at: those in sight, sharp enough, nearest to the middle first. A fixed number of them is
// kept, whatever was walked through.

import type { Cube, Quad } from "./cube";
import type { Scene } from "./scenes";
import { AT_ONCE, inSight, type Wanted } from "./sight";

const KEPT = 72; // textures of 512 pixels

export type Bytes = (url: string) => Promise<Blob | null>;
export type Early = Map<string, Promise<Response>>; // answers on their way, by address

export class Tiles {
  closed: (scene: Scene) => void = () => undefined; // its Master was withdrawn
  sharp: (scene: Scene) => void = () => undefined; // everything in sight is there
  ahead: { of(url: string): Blob | undefined } | null = null; // bytes that were fetched before they are wanted
  private scene: Scene | null = null;
  private readonly loaded = new Map<string, Quad & { level: number }>();
  private loading = new Map<string, AbortController>();
  private readonly failed = new Set<string>();
  private told = false;

  /** fromDisk: where the bytes of an address come from in a tour that was opened without a server; early: what was asked for. */
  constructor(readonly cube: Cube, private readonly fromDisk?: Bytes, private readonly early: Early = new Map()) {}

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
    const wanted = inSight(scene, this.cube);
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
    for (const one of missing) {
      if (this.loading.size >= AT_ONCE) break;
      if (!this.loading.has(one.key)) void this.load(scene, one);
    }
    if (!missing.length && !this.told) {
      this.told = true;
      this.sharp(scene);
    }
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
    const coming = this.early.get(url);
    this.early.delete(url);
    const answer = await (coming ?? fetch(url, { signal }));
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
