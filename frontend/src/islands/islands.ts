import { displaySwitches } from "./display";
import { scrollers } from "./scrollers";
import { sharing } from "./sharing";

displaySwitches();
scrollers();
sharing();
