// Wall mode: one story at a time, large, turning by itself; arrow keys turn by hand, the space bar holds. New stories are
// fetched while it runs, and a wall without a network goes on with what it has.

const SECONDS = 14;
const ANEW = 5 * 60 * 1000;

function start(wall: HTMLElement): void {
  let slides = [...wall.querySelectorAll<HTMLElement>(".wall__story")];
  if (!slides.length) return;
  let at = 0;
  let held = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const place = wall.querySelector<HTMLElement>("[data-wall-place]");
  const hold = wall.querySelector<HTMLButtonElement>("[data-wall-hold]");
  const clock = wall.querySelector<HTMLElement>("[data-wall-clock]");

  const show = (next: number): void => {
    at = (next + slides.length) % slides.length;
    slides.forEach((slide, number) => {
      slide.hidden = number !== at;
    });
    for (const number of [at, (at + 1) % slides.length]) {
      const picture = slides[number]?.querySelector("img");
      if (picture) picture.loading = "eager";
    }
    if (place) place.textContent = `${at + 1} / ${slides.length}`;
  };
  const setHeld = (value: boolean): void => {
    held = value;
    hold?.setAttribute("aria-pressed", String(held));
  };
  wall.classList.add("is-turning");
  setHeld(held);
  show(0);
  if (hold) {
    hold.hidden = false;
    hold.addEventListener("click", () => setHeld(!held));
  }
  wall.querySelector("[data-wall-full]")?.addEventListener("click", () => void document.documentElement.requestFullscreen?.());
  document.addEventListener("keydown", (event) => {
    if (event.key === "ArrowRight" || event.key === "PageDown") show(at + 1);
    else if (event.key === "ArrowLeft" || event.key === "PageUp") show(at - 1);
    else if (event.key === " " && !(event.target instanceof HTMLButtonElement)) setHeld(!held);
    else return;
    event.preventDefault();
  });
  setInterval(() => {
    if (!held) show(at + 1);
  }, SECONDS * 1000);

  const tick = (): void => {
    if (clock) clock.textContent = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false });
  };
  tick();
  setInterval(tick, 5000);

  setInterval(async () => {
    try {
      const answer = await fetch(location.pathname, { cache: "no-cache" });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = [...page.querySelectorAll<HTMLElement>(".wall__story")];
      if (!fresh.length) return;
      slides[0]?.parentElement?.replaceChildren(...fresh);
      slides = fresh;
      show(0);
    } catch {
      // no network: the wall goes on
    }
  }, ANEW);
}

const wall = document.querySelector<HTMLElement>("[data-wall]");
if (wall) start(wall);
