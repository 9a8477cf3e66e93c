// Walking: scenes, panels, the plan, guided walks. Loaded after the first view.

import { Ahead } from "./ahead";
import { attend } from "./attention";
import { fromHash, sharp, toHash, whole } from "./begin";
import type { Cube } from "./cube";
import { Guide } from "./guide";
import { Leaving } from "./leaving";
import type { Looking } from "./looking";
import { Panels } from "./panels";
import type { Pins } from "./pins";
import type { Scene, Tour } from "./scenes";
import { senses } from "./senses";
import type { Tiles } from "./tiles";

/** What the first view is drawn with. */
interface Drawn {
  cube: Cube;
  looking: Looking;
  pins: Pins;
  tiles: Tiles;
}

export { Ahead, RARER }; // the author takes them from here, so that the walk stays one file

const ASK_AGAIN = 5000; // milliseconds, in which somebody who stands in a scene learns that it was withdrawn

export class Walk {
  current: Scene;
  changed: (scene: Scene) => void = () => undefined;
  changedView: () => void = () => undefined;
  settled: () => void = () => undefined; // the first scene is sharp
  reading: string | null = null; // the hotspot whose words are open
  readonly cube: Cube;
  readonly looking: Looking;
  readonly pins: Pins;
  readonly tiles: Tiles;
  private readonly coming: Ahead;
  private readonly leaving: Leaving;
  private going = 0;
  private lastLook = 0;

  constructor(readonly element: HTMLElement, readonly tour: Tour, drawn: Drawn, first: Scene) {
    const { cube, looking, pins, tiles } = drawn;
    [this.cube, this.looking, this.pins, this.tiles] = [cube, looking, pins, tiles];
    this.coming = new Ahead(tiles);
    this.leaving = new Leaving(cube);
    this.current = first;
    tiles.closed = (scene) => this.close(scene);
    tiles.sharp = (scene) => {
      if (scene === this.current) sharp(element);
      this.ahead(scene);
    };
    cube.moved = () => {
      pins.place();
      this.changedView();
      const now = performance.now();
      if (now - this.lastLook < 150) return;
      this.lastLook = now;
      tiles.look();
    };
    looking.settled = () => {
      tiles.look();
      this.remember();
    };
    setInterval(() => document.hidden || void this.coming.ask(this.current), ASK_AGAIN);
  }

  /** Once the line is free: what will be seen next, and what waits for the first scene. */
  ahead(scene: Scene): void {
    this.settled();
    void this.coming.prepare(this.next(scene));
  }

  scene(key: string): Scene | undefined {
    return this.tour.scenes.find((one) => one.id === key);
  }

  /** Where one can go from here, the nearest to what is looked at first. */
  next(scene: Scene): Scene[] {
    const keys = scene.hotspots.filter((one) => one.kind === "link").map((one) => one.to);
    const linked = keys.map((key) => this.scene(key)).filter((one) => one !== undefined);
    return [...new Set([...linked, ...this.variants(scene)])].filter((one) => one.base && one !== scene).slice(0, 4);
  }

  variants(scene: Scene): Scene[] {
    return scene.spot ? this.tour.scenes.filter((one) => one.spot === scene.spot && one.base) : [];
  }

  /** Go to a scene. keep: look where one looked; walked: the screen moves as if one stepped ahead. */
  async go(key: string, how: { view?: Scene["view"] | null; keep?: boolean; walked?: boolean } = {}): Promise<void> {
    const scene = this.scene(key);
    if (!scene || !scene.base) return;
    if (scene === this.current) {
      if (how.view) this.looking.turnTo(how.view, 900);
      return;
    }
    const turn = ++this.going;
    const ground = await this.coming.strip(scene).catch(() => null);
    if (turn !== this.going || !ground) {
      ground?.close();
      return;
    }
    this.looking.stop();
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches) this.leaving.leave(how.walked ?? false);
    this.current = scene;
    this.element.classList.remove("is-sharp");
    this.cube.setGround(ground, ground.height);
    ground.close();
    if (!how.keep) this.looking.set(how.view ?? scene.view);
    this.pins.show(scene);
    this.tiles.show(scene);
    this.coming.forget([scene, ...this.next(scene)]);
    this.changed(scene);
    this.remember();
  }

  /** A scene whose picture was withdrawn while somebody walks: it is left by the nearest way that is open. */
  private close(scene: Scene): void {
    if (!scene.base) return;
    scene.base = "";
    const other = this.next(scene)[0] ?? this.tour.scenes.find((one) => one.base);
    if (scene === this.current && other) void this.go(other.id);
    this.changed(this.current);
  }

  private remember(): void {
    if (this.element.dataset.tourHash === undefined) return;
    const said = toHash(this.current.id, this.cube.view);
    if (location.hash !== said) history.replaceState(history.state, "", said);
  }
}

/** all: the answer with the whole tour, which was asked for already; null for a draft, which has no address of its own. */
export async function walk(element: HTMLElement, drawn: Drawn, first: Scene, all: Promise<Response> | null): Promise<void> {
  const inline = element.querySelector("#tour-whole")?.textContent ?? "";
  const tour = (all ? await (await all).json() : JSON.parse(inline)) as Tour;
  tour.scenes = tour.scenes.map((one) => (one.id === first.id ? first : whole(one))); // the first is being drawn
  rarer(drawn.pins, first);
  const walking = new Walk(element, tour, drawn, first);
  const panels = new Panels(walking);
  const guide = new Guide(walking, panels);
  senses(walking, panels, guide);
  attend(walking);
  document.documentElement.classList.add("js"); // ahead of the style that takes away what would need scripts
  element.classList.add("is-walking");
  const wanted = fromHash(location.hash);
  if (wanted && element.dataset.tourHash !== undefined) {
    const up = (): void => scrollTo(0, 0); // the same name leads into the words where there are no scripts
    up();
    addEventListener("load", up, { once: true });
  }
  if (wanted && wanted.scene !== first.id && walking.scene(wanted.scene)?.base) void walking.go(wanted.scene, { view: wanted.view });
  else if (!drawn.tiles.isShowing) drawn.tiles.show(first);
  addEventListener("hashchange", () => {
    const asked = fromHash(location.hash);
    if (asked) void walking.go(asked.scene, { view: asked.view });
  });
  const [panelStyle, ...others] = (element.dataset.tourStyle ?? "").split(" ").filter(Boolean);
  if (panelStyle) rest([panelStyle]);
  const once = new Promise<void>((done) => {
    walking.settled = done;
    setTimeout(done, 4000);
  });
  if (drawn.tiles.isSharp) walking.ahead(first);
  await once; // what is seen first has the line for itself
  rest(others);
}

const RARER = {
  video: "M4.5 6.5h10v11h-10ZM14.5 10.5l5-3v9l-5-3",
  audio: "M5 10v4h3l4 3.5v-11L8 10ZM15 9.5a4 4 0 0 1 0 5M17.3 7.5a7 7 0 0 1 0 9",
  object: "m12 4.5 6.5 3.7v7.6L12 19.5l-6.5-3.7V8.2ZM5.5 8.2l6.5 3.6 6.5-3.6M12 11.8v7.7",
  quiz: "M9 9.5a3 3 0 1 1 4.2 2.8c-.8.4-1.2 1-1.2 2M12 17.5v.2",
} as const;

/** Signs that the first view can do without. */
function rarer(pins: Pins, first: Scene): void {
  Object.assign(pins.signs, RARER);
  if (first.hotspots.some((one) => one.kind in RARER)) pins.show(first);
}

/** What the page needs besides the tour: the style of its words, the islands of every page. */
function rest(addresses: string[]): void {
  for (const address of addresses) {
    if (address.endsWith(".css")) {
      const link = document.createElement("link");
      link.rel = "stylesheet";
      link.href = address;
      document.head.append(link);
    } else {
      const script = document.createElement("script");
      script.type = "module";
      script.src = address;
      document.head.append(script);
    }
  }
}
