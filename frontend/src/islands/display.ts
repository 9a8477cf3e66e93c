// The panel of display choices, and the button for large type beside it. Without scripts the system's settings decide.
import { choose, chosen } from "./choices";

export function displaySettings(): void {
  const panel = document.querySelector<HTMLDetailsElement>("[data-display-panel]");
  const large = document.querySelector<HTMLButtonElement>("[data-display-large]");
  const inputs = [...(panel?.querySelectorAll<HTMLInputElement>("input[name]") ?? [])];

  const show = (): void => {
    for (const input of inputs) input.checked = input.value === chosen(input.name);
    large?.setAttribute("aria-pressed", String(chosen("size") === "large"));
  };
  show();
  document.addEventListener("haihe:display", show);

  if (large) {
    large.addEventListener("click", () => choose("size", chosen("size") === "large" ? "normal" : "large"));
  }
  if (!panel) return;
  for (const input of inputs) {
    input.addEventListener("change", () => choose(input.name, input.checked ? input.value : "auto"));
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
