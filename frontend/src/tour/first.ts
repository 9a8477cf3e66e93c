// Stands in the page itself, so that the first answer is the first view; its policy names this script by its hash
// (venues/first_view.py). Until the picture is on the screen nothing else is asked for.
import { first } from "./poster";

for (const tour of document.querySelectorAll<HTMLElement>("[data-tour]")) {
  first(tour, async () => {
    const { begin } = (await import(/* @vite-ignore */ tour.dataset.tourBegin!)) as typeof import("./begin");
    await begin(tour, () => import(/* @vite-ignore */ tour.dataset.tourWalk!) as Promise<typeof import("./walk")>);
  });
}
