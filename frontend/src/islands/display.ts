// The panel of display choices, and the button for large type beside it. Without scripts the system's settings decide.
import { choose, chosen, keep } from "./choices";

export function displaySettings(): void {
  const panel = document.querySelector<HTMLDetailsElement>("[data-display-panel]");
  const large = document.querySelector<HTMLButtonElement>("[data-display-large]");
  const inputs = [...(panel?.querySelectorAll<HTMLInputElement>("input[name]") ?? [])];

  // Larger type has the whole page set anew, which takes a slow phone a while: the press itself is seen first.
  const chooseSoon = (name: string, value: string): void => {
    keep(name, value); // who leaves the page at once has chosen all the same
    requestAnimationFrame(() => setTimeout(() => choose(name, value)));
  };
  const show = (): void => {
    for (const input of inputs) input.checked = input.value === chosen(input.name);
    large?.setAttribute("aria-pressed", String(chosen("size") === "large"));
  };
  show();
  document.addEventListener("haihe:display", show);

  if (large) {
    large.addEventListener("click", () => {
      const wanted = large.getAttribute("aria-pressed") !== "true";
      large.setAttribute("aria-pressed", String(wanted));
      chooseSoon("size", wanted ? "large" : "normal");
    });
  }
  if (!panel) return;
  for (const input of inputs) {
    input.addEventListener("change", () => chooseSoon(input.name, input.checked ? input.value : "auto"));
  }
  document.addEventListener("click", (event) => {
    if (!panel.contains(event.target as Node)) panel.open = false;
  });
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !panel.open) return;
    panel.open = false;
    panel.querySelector("summary")?.focus();
  });
}
