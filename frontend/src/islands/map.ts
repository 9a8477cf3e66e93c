// The drawn map of a page becomes one that can be moved: by itself on the map's own page, where asked on others. The
// viewer is loaded only then; where it cannot run (no WebGL, no network) the drawing stays.

export {};

async function move(stage: HTMLElement): Promise<void> {
  const { openMap } = await import("./citymap");
  await openMap(stage);
}

for (const stage of document.querySelectorAll<HTMLElement>("[data-map]")) {
  const button = stage.querySelector<HTMLButtonElement>("[data-map-open]");
  const start = (): void => {
    button?.remove();
    move(stage).catch(() => stage.classList.remove("is-moving"));
  };
  if (stage.dataset.map === "now") {
    const seen = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      seen.disconnect();
      setTimeout(start, 300); // after the page itself
    });
    seen.observe(stage);
  } else if (button) {
    button.hidden = false;
    button.addEventListener("click", start);
  }
}
