// What every page has; the rest is loaded where a page names it ({% island "story" %}).
import { moveByArrows } from "./arrows";
import { displaySettings } from "./display";
import { scrollers } from "./scrollers";

displaySettings();
scrollers();
moveByArrows();
