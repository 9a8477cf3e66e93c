// The theme and large-type switches. A button carries data-display="theme|size" and cycles through data-values.

function current(name: string, values: string[]): string {
  const value = document.documentElement.dataset[name];
  return value && values.includes(value) ? value : (values[0] ?? "");
}

function show(button: HTMLButtonElement, value: string): void {
  const label = button.getAttribute(`data-label-${value}`);
  const text = button.querySelector("[data-text]");
  if (label && text) text.textContent = label;
  if (button.hasAttribute("aria-pressed")) button.setAttribute("aria-pressed", String(value === "large"));
  button.dataset.value = value;
}

export function displaySwitches(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-display]")) {
    const name = button.dataset.display ?? "";
    const values = (button.dataset.values ?? "").split(" ");
    show(button, current(name, values));
    button.hidden = false;
    button.addEventListener("click", () => {
      const next = values[(values.indexOf(current(name, values)) + 1) % values.length] ?? "";
      document.documentElement.dataset[name] = next;
      try {
        localStorage.setItem("haihe." + name, next);
      } catch {
        // not kept beyond this page
      }
      show(button, next);
    });
  }
}
