// What will be seen next, fetched as bytes, not as textures, and let go once it is not next any more.

import { inSight } from "./begin";
import type { Scene } from "./scenes";
import type { Tiles } from "./tiles";

const MOST = 8 * 1024 * 1024; // bytes

export class Ahead {
  private readonly kept = new Map<string, Blob>();
  private size = 0;

  constructor(readonly tiles: Tiles) {
    tiles.ahead = this;
  }

  of(url: string): Blob | undefined {
    return this.kept.get(url);
  }

  /** Fetch what will be seen first in these scenes, as bytes. */
  async prepare(scenes: Scene[]): Promise<void> {
    if ((navigator as { connection?: { saveData?: boolean } }).connection?.saveData) return;
    for (const scene of scenes) {
      if (!scene.base) continue;
      const urls = inSight(scene, { view: scene.view, canvas: this.tiles.cube.canvas });
      for (const { url } of [{ url: `${scene.base}strip.webp` }, ...urls]) {
        if (this.kept.has(url) || this.size > MOST) continue;
        const bytes = await this.tiles.fetched(scene, url).catch(() => null);
        if (!bytes) break;
        this.kept.set(url, bytes);
        this.size += bytes.size;
      }
    }
  }

  /** Bytes of scenes that are not next any more go. */
  forget(but: Scene[]): void {
    for (const [url, bytes] of this.kept) {
      if (but.some((scene) => scene.base && url.startsWith(scene.base))) continue;
      this.kept.delete(url);
      this.size -= bytes.size;
    }
  }

  /** Whether a scene that is shown is still open: `tiles.closed` is called where it is not. */
  async ask(scene: Scene): Promise<void> {
    if (scene.base) await this.tiles.fetched(scene, `${scene.base}strip.webp`).catch(() => null);
  }

  /** The strip of a scene, from what was fetched ahead or from the server; null while it is closed. */
  async strip(scene: Scene): Promise<ImageBitmap | null> {
    const url = `${scene.base}strip.webp`;
    const before = this.kept.get(url);
    if (before) void this.ask(scene); // what came ahead may have been withdrawn since
    const bytes = before ?? (await this.tiles.fetched(scene, url));
    return bytes && createImageBitmap(bytes);
  }
}
