// The desk: what is chosen, and the visitor's own viewer that shows it.

import { Cube, Looking, Pins, Tiles } from "../begin";
import type { Scene as Walked } from "../scenes";
import { Ahead, RARER } from "../walk";
import type { Hotspot, Panorama, Scene, Told } from "./document";
import { form } from "./form";
import { lists } from "./lists";
import { ovals } from "./masks";
import { dots } from "./plan";
import { Saving } from "./saving";

export class Desk {
  scene: Scene | null = null;
  hotspot: Hotspot | null = null;
  preparing = false; // what is done to the picture is open
  readonly opened = new Set<string>(); // routes that are open
  readonly saving: Saving;
  readonly cube: Cube;
  readonly looking: Looking;
  private readonly pins: Pins;
  private readonly tiles: Tiles;
  private readonly ahead: Ahead;

  constructor(readonly root: HTMLElement, readonly told: Told) {
    this.saving = new Saving(this);
    this.cube = new Cube(this.one<HTMLCanvasElement>("canvas"));
    this.looking = new Looking(this.cube, this.one("[data-stage]"));
    this.pins = new Pins(this.one(".tour"), this.cube, this.looking);
    Object.assign(this.pins.signs, RARER);
    this.tiles = new Tiles(this.cube);
    this.ahead = new Ahead(this.tiles);
    this.cube.moved = () => {
      this.pins.place();
      ovals(this);
    };
    this.looking.settled = () => this.tiles.look();
    this.pins.press = (shown, _pin, event) => {
      event.preventDefault();
      this.choose(this.scene, this.scene?.hotspots.find((one) => one.id === shown.id) ?? null);
    };
  }

  one<T extends HTMLElement = HTMLElement>(name: string): T {
    return this.root.querySelector<T>(name)!;
  }

  /** Words of the page in the language of staff, by name. */
  word(name: string): string {
    return this.told.said[name] ?? this.root.dataset[`words${name[0]!.toUpperCase()}${name.slice(1)}`] ?? "";
  }

  changed(): void {
    this.saving.changed();
  }

  choose(scene: Scene | null, hotspot: Hotspot | null): void {
    const other = scene !== this.scene;
    this.scene = scene;
    this.hotspot = hotspot;
    if (other && scene) void this.show(scene);
    this.one("[data-empty]").hidden = scene !== null;
    lists(this);
    form(this);
    this.drawPins();
    dots(this);
  }

  /** What is chosen as it is now. */
  redraw(): void {
    form(this);
    this.cube.ask();
  }

  /** The picture of a scene became another one. */
  again(scene: Scene): void {
    lists(this);
    if (scene !== this.scene) return;
    const { yaw, pitch, fov } = this.cube.view;
    void this.show(scene).then(() => this.looking.set({ yaw, pitch, fov }));
    this.redraw();
  }

  panorama(scene: Scene): Panorama | undefined {
    return this.told.panoramas.find((one) => one.id === scene.panorama);
  }

  private walked(scene: Scene): Walked {
    const panorama = this.panorama(scene);
    const { yaw, pitch, fov } = scene.view;
    const { film: _film, ...told } = scene;
    return {
      ...told,
      base: panorama?.state === "ready" ? panorama.base : "",
      face: panorama?.face || 512,
      view: { yaw: yaw / 1000, pitch: pitch / 1000, fov: fov / 1000 },
      north: null,
      hotspots: scene.hotspots.map(({ media: _media, quiz: _quiz, ...one }) => ({ ...one, yaw: one.yaw / 1000, pitch: one.pitch / 1000, title: one.title || this.word("untitled") })),
    };
  }

  async show(scene: Scene): Promise<void> {
    const walked = this.walked(scene);
    this.looking.set(walked.view);
    if (!walked.base) return;
    const strip = await this.ahead.strip(walked).catch(() => null);
    if (strip && this.scene === scene) {
      this.cube.setGround(strip, strip.height);
      this.root.querySelector(".tour")?.classList.add("is-drawn");
      this.tiles.show(walked);
    }
    strip?.close();
  }

  drawPins(): void {
    if (this.scene) this.pins.show(this.walked(this.scene));
    else this.one("[data-tour-pins]").replaceChildren();
    const chosen = this.hotspot && this.root.querySelector(`[data-pin="${this.hotspot.id}"]`);
    chosen?.classList.add("is-chosen");
  }
}
