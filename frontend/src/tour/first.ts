// Stands in the page itself, so that the first answer is the first view; its policy names this script by its hash
// (venues/first_view.py). Until the picture is on the screen nothing else is asked for; then its tiles are, at once with the
// viewer that shows them.
import { first } from "./poster";
import { AT_ONCE, inSight, pixels } from "./sight";

for (const tour of document.querySelectorAll<HTMLElement>("[data-tour]")) {
  first(tour, async (scene, view) => {
    const viewer = import(/* @vite-ignore */ tour.dataset.tourBegin!) as Promise<typeof import("./begin")>;
    const canvas = pixels(tour.querySelector("canvas")!);
    const wanted = scene?.base && view ? inSight(scene, { view, canvas }).slice(0, AT_ONCE) : [];
    const early = new Map(wanted.map(({ url }) => [url, fetch(url)]));
    const { begin } = await viewer;
    const more = (): Promise<typeof import("./walk")> => import(/* @vite-ignore */ tour.dataset.tourWalk!);
    await begin(tour, more, undefined, early);
  });
}
