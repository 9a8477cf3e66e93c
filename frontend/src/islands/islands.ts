// What every page has; the rest is loaded where a page names it ({% island "story" %}).
import { moveByArrows } from "./arrows";
import { displaySettings } from "./display";
import { scrollers } from "./scrollers";

if (document.documentElement.classList.contains("no-han")) void import("./faces").then((faces) => faces.bringFaces());
displaySettings();
scrollers();
moveByArrows();
