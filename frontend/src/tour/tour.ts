// The entry of a tour's page; what the author shares with it is handed on from here, so that it stays one file.
import { tours } from "./begin";

export { Cube } from "./cube";
export { Looking } from "./looking";
export { Pins } from "./pins";

tours(() => import("./walk"));
