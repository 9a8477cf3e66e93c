// The picture of the first view, which stands in the page itself, where the panorama will show it.

import { RAD, type View } from "./cube";
import { fromHash, type Scene, whole } from "./scenes";

const UNTOLD = 400; // milliseconds: a picture that is out of sight is never told of

/** Lay the picture; then: once it is on the screen, for it would take the line from it, and WebGL the machine. */
export function first(tour: HTMLElement, then: () => Promise<void>): void {
  poster(tour).then(then).catch(() => tour.classList.add("is-flat")); // the words below tell the tour
}

async function poster(tour: HTMLElement): Promise<void> {
  const picture = tour.querySelector<HTMLImageElement>("[data-tour-strip]");
  const told = tour.querySelector("#tour-first")?.textContent;
  if (!picture?.parentElement || !told) return;
  const scene = whole(JSON.parse(told) as Partial<Scene>);
  const wanted = fromHash(location.hash);
  lay(picture, picture.parentElement, (wanted?.scene === scene.id && wanted.view) || scene.view);
  await seen(picture);
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

/** As the browser tells (Element Timing), else once it was drawn. */
async function seen(poster: HTMLImageElement): Promise<void> {
  await poster.decode().catch(() => undefined);
  await frame();
  await frame();
  if (!PerformanceObserver.supportedEntryTypes.includes("element")) return;
  await new Promise<void>((done) => {
    new PerformanceObserver((_told, ear) => done(ear.disconnect())).observe({ type: "element", buffered: true });
    setTimeout(done, UNTOLD);
  });
}

function frame(): Promise<unknown> {
  return new Promise(requestAnimationFrame);
}
