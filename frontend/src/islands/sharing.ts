// "Copy link" and "Print" do something only with JavaScript, so they are shown only then.

export function sharing(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const status = button.querySelector("[data-text]");
      try {
        await navigator.clipboard.writeText(button.dataset.copy ?? location.href);
        if (status) status.textContent = button.dataset.done ?? "";
      } catch {
        if (status) status.textContent = button.dataset.failed ?? "";
      }
    });
  }
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}
