// The whole viewer as one plain script, for tours that are opened from a disk.
import { begin } from "./begin";
import { fileOnDisk, fromScript, script } from "./disk";
import { ways } from "./exhibits";
import { first } from "./poster";
import * as walk from "./walk";

ways.bytes = fileOnDisk;
ways.drawing = async () => {
  await script("object.js"); // stands there where the tour has objects
  return (window as unknown as { haiheObject: Awaited<ReturnType<typeof ways.drawing>> }).haiheObject;
};
for (const tour of document.querySelectorAll<HTMLElement>("[data-tour]")) {
  first(tour, () => begin(tour, async () => walk, fromScript));
}
