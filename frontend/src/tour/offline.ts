// The whole viewer as one plain script, for tours that are opened from a disk.
import { tours } from "./begin";
import { fileOnDisk, fromScript, script } from "./disk";
import { ways } from "./exhibits";
import * as walk from "./walk";

ways.bytes = fileOnDisk;
ways.drawing = async () => {
  await script("object.js"); // stands there where the tour has objects
  return (window as unknown as { haiheObject: Awaited<ReturnType<typeof ways.drawing>> }).haiheObject;
};
tours(async () => walk, fromScript);
