// Stands in the page itself, so that the first answer is the first view; its policy names this script by its hash
// (venues/first_view.py). What it needs besides comes by the address the page gives.
import { tours } from "./begin";

tours((tour) => import(/* @vite-ignore */ tour.dataset.tourWalk!) as Promise<typeof import("./walk")>);
