// A strip that scrolls sideways shows a shadow on the side where more is; its current entry is brought into view.

export function scrollers(): void {
  for (const strip of document.querySelectorAll<HTMLElement>("[data-scroller]")) {
    const here = strip.querySelector<HTMLElement>("[aria-current]");
    if (here) strip.scrollLeft = here.offsetLeft - strip.clientWidth / 2 + here.clientWidth / 2;
    const mark = (): void => {
      strip.classList.toggle("more-after", strip.scrollLeft + strip.clientWidth < strip.scrollWidth - 4);
      strip.classList.toggle("more-before", strip.scrollLeft > 4);
    };
    strip.addEventListener("scroll", mark, { passive: true });
    new ResizeObserver(mark).observe(strip);
    mark();
  }
}
