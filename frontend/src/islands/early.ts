// Runs before the first paint: puts the reader's display choices on <html>, so that nothing flashes.
// The bytes of a page are the same for everybody; the choices live in this browser only.
import { blanksWhereNoHan } from "./blank";

try {
  for (const name of ["theme", "size", "arrows"]) {
    const value = localStorage.getItem("haihe." + name);
    if (value && /^[a-z-]+$/.test(value)) document.documentElement.dataset[name] = value;
  }
} catch {
  // storage is closed to us (private mode): the page keeps the system's choice
}
document.documentElement.classList.add("js");
blanksWhereNoHan();
