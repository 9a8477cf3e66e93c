// The way into a hall. What draws it (three.js) is fetched when somebody walks in; the list of works stands for everybody.

import type { Hall } from "./told";

type Within = InstanceType<typeof import("./inside").Inside>;

function hall(root: HTMLElement): void {
  const door = root.querySelector<HTMLButtonElement>("[data-hall-enter]");
  if (!door || !root.querySelector("canvas")) return;
  let within: Within | null = null;
  const show = (inside: boolean): void => {
    for (const part of root.querySelectorAll<HTMLElement>("[data-hall-stage], [data-hall-bar]")) part.hidden = !inside;
    for (const part of root.querySelectorAll<HTMLElement>("[data-hall-where], [data-hall-panel]")) part.hidden = true;
    root.classList.toggle("is-inside", inside);
    root.classList.remove("is-drawn");
  };
  const leave = (): void => {
    if (document.fullscreenElement) void document.exitFullscreen();
    within?.end();
    within = null;
    const canvas = root.querySelector("canvas")!;
    canvas.replaceWith(canvas.cloneNode()); // its context was given back
    show(false);
    door.focus({ preventScroll: true });
  };
  const enter = async (work = ""): Promise<void> => {
    if (within) return;
    door.disabled = true;
    root.setAttribute("aria-busy", "true");
    try {
      const [{ Inside }, told] = await Promise.all([import("./inside"), tell(root)]);
      show(true);
      within = new Inside(fresh(root), told, leave);
      within.start(work);
      root.scrollIntoView({ block: "start" });
    } catch (error) {
      show(false);
      root.querySelector("[data-hall-said]")!.textContent = root.dataset.hallBroken ?? "";
      const list = root.querySelector<HTMLElement>(".hall__list");
      list?.focus();
      console.warn(error);
    }
    door.disabled = false;
    root.removeAttribute("aria-busy");
  };
  door.hidden = false;
  door.addEventListener("click", () => void enter());
  const mode = new URLSearchParams(location.search);
  if (mode.has("kiosk") || mode.has("wall")) void enter();
  for (const link of document.querySelectorAll<HTMLElement>("[data-hall-visit]")) {
    link.hidden = false;
    link.addEventListener("click", () => void enter(link.dataset.hallVisit));
  }
}

/** Its buttons without what listened to them on an earlier visit. */
function fresh(root: HTMLElement): HTMLElement {
  for (const name of ["[data-hall-bar]", "[data-hall-stage]", "[data-hall-panel]"]) {
    const part = root.querySelector(name);
    part?.replaceWith(part.cloneNode(true));
  }
  return root;
}

async function tell(root: HTMLElement): Promise<Hall> {
  const inline = root.querySelector("#hall-whole")?.textContent;
  if (inline) return JSON.parse(inline) as Hall;
  const answer = await fetch(root.dataset.hall ?? "");
  if (!answer.ok) throw new Error(`${answer.status}`);
  return (await answer.json()) as Hall;
}

for (const root of document.querySelectorAll<HTMLElement>("[data-hall]")) hall(root);
