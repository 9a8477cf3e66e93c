// Arrow keys move between links, for television sets and readers with four keys and one to press. On where the device
// has no pointer, or where the reader turned it on; a page that scrolls by arrows is left alone otherwise.

const FOCUSABLE = "a[href]:not(.skip), button:not([disabled]), summary, input:not([type=hidden]), select, textarea, [tabindex='0']";
const WAYS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export function moveByArrows(): void {
  document.addEventListener("keydown", (event) => {
    const way = WAYS[event.key];
    const at = document.activeElement;
    if (!way || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || keepsArrows(at, way)) return;
    if (!on()) return;
    const next = nearest(at instanceof HTMLElement ? at : document.body, way);
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
}

function on(): boolean {
  return document.documentElement.dataset.arrows === "on" || matchMedia("(pointer: none)").matches;
}

// A field needs its arrows; a text field lets go upwards and downwards.
function keepsArrows(at: Element | null, way: [number, number]): boolean {
  if (!(at instanceof HTMLElement)) return false;
  if (at.closest("[data-own-arrows]")) return true;
  if (at instanceof HTMLSelectElement || at instanceof HTMLTextAreaElement || at.isContentEditable) return true;
  if (at instanceof HTMLInputElement) return !["checkbox", "search", "text"].includes(at.type) || way[0] !== 0 && at.type !== "checkbox";
  return false;
}

function nearest(from: HTMLElement, [x, y]: [number, number]): HTMLElement | null {
  const here = from === document.body ? new DOMRect(0, scrollY > 0 ? 0 : -1, innerWidth, 0) : area(from);
  let best: HTMLElement | null = null;
  let least = Infinity;
  for (const one of document.querySelectorAll<HTMLElement>(FOCUSABLE)) {
    if (one === from || !one.checkVisibility({ visibilityProperty: true }) || one.closest("details:not([open]) > :not(summary)")) continue;
    const there = area(one);
    const along = x ? (x > 0 ? there.left - here.right : here.left - there.right) : y > 0 ? there.top - here.bottom : here.top - there.bottom;
    const ahead = x ? x * (middle(there.left, there.right) - middle(here.left, here.right)) : y * (middle(there.top, there.bottom) - middle(here.top, here.bottom));
    if (along < -4 && ahead <= 4) continue;
    if (along < -0.6 * (x ? there.width : there.height)) continue;
    const across = x ? gap(here.top, here.bottom, there.top, there.bottom) : gap(here.left, here.right, there.left, there.right);
    const skew = x ? Math.abs(middle(here.top, here.bottom) - middle(there.top, there.bottom)) : Math.abs(here.left - there.left);
    const far = Math.max(along, 0) + 3 * across + 0.05 * skew;
    if (far < least) {
      least = far;
      best = one;
    }
  }
  return best;
}

// What the eye sees as the target: a teaser's whole card, not only its title.
function area(one: HTMLElement): DOMRect {
  const card = one.closest(".teaser__title") ? one.closest(".teaser") : null;
  return (card ?? one).getBoundingClientRect();
}

function middle(a: number, b: number): number {
  return (a + b) / 2;
}

function gap(a: number, b: number, c: number, d: number): number {
  return Math.max(0, Math.max(a, c) - Math.min(b, d));
}
