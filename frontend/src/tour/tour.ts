import { tours } from "./begin";

tours(() => import("./walk"));
