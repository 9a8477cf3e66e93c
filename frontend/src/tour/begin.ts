// The first view: drawn from what stands in the page itself. Everything else is fetched once this picture is there.

import { Cube } from "./cube";
import { Looking } from "./looking";
import { Pins } from "./pins";
import { fromHash, type Scene, whole } from "./scenes";

async function begin(tour: HTMLElement, more: () => Promise<typeof import("./walk")>): Promise<void> {
  const canvas = tour.querySelector("canvas");
  const poster = tour.querySelector<HTMLImageElement>("[data-tour-strip]");
  const told = tour.querySelector("#tour-first")?.textContent;
  const stage = tour.querySelector<HTMLElement>("[data-tour-stage]");
  if (!canvas || !told || !stage) return;
  const scene = whole(JSON.parse(told) as Partial<Scene>);
  const cube = new Cube(canvas);
  const looking = new Looking(cube, stage);
  const pins = new Pins(tour, cube, looking);
  cube.moved = () => pins.place();
  pins.show(scene);
  const wanted = fromHash(location.hash);
  looking.set(wanted?.scene === scene.id && wanted.view ? wanted.view : scene.view);
  if (poster) {
    await poster.decode();
    cube.setGround(poster, poster.naturalHeight);
  }
  requestAnimationFrame(() => {
    tour.classList.add("is-drawn");
    performance.mark("tour-first-view");
    setTimeout(async () => {
      const { walk } = await more();
      void walk(tour, cube, looking, pins, scene);
    }, 0);
  });
}

export function tours(more: () => Promise<typeof import("./walk")>): void {
  for (const tour of document.querySelectorAll<HTMLElement>("[data-tour]")) {
    begin(tour, more).catch(() => tour.classList.add("is-flat")); // the words below tell the tour
  }
}
