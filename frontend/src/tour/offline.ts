// The whole viewer as one plain script, for tours that are opened from a disk.
import { tours } from "./begin";
import { fromScript } from "./disk";
import * as walk from "./walk";

tours(async () => walk, fromScript);
