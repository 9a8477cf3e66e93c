// What every page has; the rest is loaded where a page names it ({% island "story" %}).
import { moveByArrows } from "./arrows";
import { facesWhereNone } from "./faces";
import { displaySettings } from "./display";
import { scrollers } from "./scrollers";

facesWhereNone();
displaySettings();
scrollers();
moveByArrows();
