// The first view: drawn from what stands in the page itself. Its tiles are asked for before anything else is.

import { Cube, RAD, type View } from "./cube";
import { Looking } from "./looking";
import { sharp } from "./marks";
import { Pins } from "./pins";
import { fromHash, type Scene, whole } from "./scenes";
import { type Bytes, Tiles } from "./tiles";

type More = (tour: HTMLElement) => Promise<typeof import("./walk")>;

async function begin(tour: HTMLElement, more: More, fromDisk?: Bytes): Promise<void> {
  const canvas = tour.querySelector("canvas");
  const poster = tour.querySelector<HTMLImageElement>("[data-tour-strip]");
  const told = tour.querySelector("#tour-first")?.textContent;
  const stage = tour.querySelector<HTMLElement>("[data-tour-stage]");
  if (!canvas || !told || !stage) return;
  const scene = whole(JSON.parse(told) as Partial<Scene>);
  const wanted = fromHash(location.hash);
  const here = !wanted || wanted.scene === scene.id;
  const view = (here && wanted?.view) || scene.view;
  if (poster) {
    lay(poster, stage, view);
    await painted();
  }
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

/** The face that is looked at, where the panorama will show it and as large, as far as it fills the stage so. */
function lay(poster: HTMLElement, { clientWidth, clientHeight }: HTMLElement, { yaw, pitch, fov }: View): void {
  const face = Math.round(yaw / 90);
  const side = Math.max(clientHeight / Math.tan((fov * RAD) / 2), clientHeight, clientWidth);
  const away = (angle: number, shown: number): number => {
    const room = (side - shown) / 2;
    return Math.max(-room, Math.min(room, (Math.tan(angle * RAD) * side) / 2));
  };
  if (Math.abs(pitch) > 45) return;
  const [across, down] = [away(90 * face - yaw, clientWidth), away(pitch, clientHeight)];
  poster.style.cssText = `--side:${side}px;--face:${(face + 4) % 4};--across:${across}px;--down:${down}px`;
}

/** Once what is there has been drawn: WebGL takes its time to start, and nothing else is drawn meanwhile. */
function painted(): Promise<unknown> {
  return new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
}

/** The words below, which the walk reads too, may still be on their way. */
function parsed(): Promise<unknown> | null {
  return document.readyState === "loading" ? new Promise((done) => addEventListener("DOMContentLoaded", done)) : null;
}

export function tours(more: More, fromDisk?: Bytes): void {
  for (const tour of document.querySelectorAll<HTMLElement>("[data-tour]")) {
    begin(tour, more, fromDisk).catch(() => tour.classList.add("is-flat")); // the words below tell the tour
  }
}
