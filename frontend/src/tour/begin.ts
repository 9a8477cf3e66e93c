// The first view in WebGL, once its picture is on the screen: its tiles are asked for before anything else. What the walk
// and the author need of it, too, they take from here, so that it stays one file.

import { Cube } from "./cube";
import { Looking } from "./looking";
import { sharp } from "./marks";
import { Pins } from "./pins";
import { fromHash, type Scene, whole } from "./scenes";
import { type Bytes, Tiles } from "./tiles";

export { Cube, RAD, times } from "./cube";
export { Looking } from "./looking";
export { sharp } from "./marks";
export { Pins } from "./pins";
export { fromHash, toHash, whole } from "./scenes";
export { Tiles } from "./tiles";

type More = (tour: HTMLElement) => Promise<typeof import("./walk")>;

/** fromDisk: where the bytes of an address come from in a tour that was opened without a server. */
export async function begin(tour: HTMLElement, more: More, fromDisk?: Bytes): Promise<void> {
  const canvas = tour.querySelector("canvas");
  const poster = tour.querySelector<HTMLImageElement>("[data-tour-strip]");
  const told = tour.querySelector("#tour-first")?.textContent;
  const stage = tour.querySelector<HTMLElement>("[data-tour-stage]");
  if (!canvas || !told || !stage) return;
  const scene = whole(JSON.parse(told) as Partial<Scene>);
  const wanted = fromHash(location.hash);
  const here = !wanted || wanted.scene === scene.id;
  const view = (here && wanted?.view) || scene.view;
  const cube = new Cube(canvas, true);
  const looking = new Looking(cube, stage);
  const pins = new Pins(tour, cube, looking);
  const tiles = new Tiles(cube, fromDisk);
  cube.moved = () => pins.place();
  looking.settled = () => tiles.look();
  tiles.sharp = () => sharp(tour);
  looking.set(view);
  if (here) tiles.show(scene); // on their way while WebGL starts
  cube.start();
  pins.show(scene);
  if (poster) {
    await poster.decode();
    cube.setGround(poster, poster.naturalHeight);
  }
  requestAnimationFrame(() => {
    tour.classList.add("is-drawn");
    performance.mark("tour-first-view");
    setTimeout(async () => {
      const coming = more(tour);
      const all = tour.dataset.tour ? fetch(tour.dataset.tour) : null;
      const { walk } = await coming;
      await parsed();
      void walk(tour, { cube, looking, pins, tiles }, scene, all);
    }, 0);
  });
}

/** The words below, which the walk reads too, may still be on their way. */
function parsed(): Promise<unknown> | null {
  return document.readyState === "loading" ? new Promise((done) => addEventListener("DOMContentLoaded", done)) : null;
}
