// Charts of the figures: what stands in the table beside them, drawn. Without JavaScript the tables are the page.
const places = [...document.querySelectorAll<HTMLElement>("[data-chart]")];

const show = async (place: HTMLElement): Promise<void> => {
  const told = document.getElementById(place.dataset.chart ?? "")?.textContent;
  if (!told) return;
  place.hidden = false;
  try {
    const { draw } = await import("./charting");
    draw(place, JSON.parse(told));
  } catch {
    if (place.querySelector(".tourism-drawn")) return; // what came with the page stays
    place.hidden = true;
    place.parentElement?.querySelector("details")?.setAttribute("open", "");
  }
};

const seen = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      seen.unobserve(entry.target);
      void show(entry.target as HTMLElement);
    }
  },
  { rootMargin: "400px" },
);
for (const place of places) {
  place.hidden = false; // it takes its room before it is drawn, so that nothing moves
  seen.observe(place);
}

// The drawn map of a board becomes one to move about in; where it cannot (no WebGL, no network) the drawing stays.
const maps = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    maps.unobserve(entry.target);
    const stage = entry.target as HTMLElement;
    import("./placemap").then(({ openPlaces }) => openPlaces(stage)).catch(() => stage.classList.remove("is-moving"));
  }
});
for (const stage of document.querySelectorAll("[data-placemap]")) maps.observe(stage);

// A wall shows new figures by itself, and goes on with what it has where there is no network.
const refresh = Number(document.body.dataset.wallRefresh ?? 0);
if (refresh > 0) {
  setInterval(async () => {
    try {
      const answer = await fetch(location.href, { cache: "no-store" });
      if (answer.ok) location.reload();
    } catch {
      document.body.dataset.stale = "";
    }
  }, refresh * 1000);
}
export {};
