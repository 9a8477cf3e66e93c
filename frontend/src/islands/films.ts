// A film's poster goes when the film comes: what plays may have another shape.

export function films(): void {
  for (const film of document.querySelectorAll<HTMLVideoElement>("[data-film]")) {
    film.addEventListener("playing", () => film.parentElement?.classList.add("is-playing"), { once: true });
  }
}
