// A film's poster comes when the reader comes near it: as an attribute it would come at once, however far below it stands.

export function films(): void {
  const near = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting || !(target instanceof HTMLVideoElement)) continue;
        near.unobserve(target);
        target.poster = target.dataset.poster ?? "";
      }
    },
    { rootMargin: "100% 0px" },
  );
  for (const film of document.querySelectorAll("video[data-poster]")) near.observe(film);
}
