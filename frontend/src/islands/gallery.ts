// A gallery opens in a dialog over the page: arrow keys, swipe and buttons turn it. Without scripts it is a grid.

export function galleries(): void {
  const words = document.querySelector<HTMLElement>("[data-gallery-words]")?.dataset;
  for (const gallery of document.querySelectorAll<HTMLElement>("[data-gallery]")) {
    const figures = [...gallery.querySelectorAll("figure")];
    figures.forEach((figure, number) => {
      const picture = figure.querySelector("img");
      if (!picture || !words) return;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "gallery__open";
      button.setAttribute("aria-label", `${words.open ?? ""} ${number + 1}/${figures.length}: ${picture.alt}`);
      picture.replaceWith(button);
      button.append(picture);
      button.addEventListener("click", () => view(figures, number, words));
    });
  }
}

function view(figures: HTMLElement[], first: number, words: DOMStringMap): void {
  const dialog = document.createElement("dialog");
  dialog.className = "viewer";
  dialog.dataset.ownArrows = "";
  const count = document.createElement("p");
  count.className = "viewer__count number";
  count.setAttribute("aria-live", "polite");
  const figure = document.createElement("figure");
  let at = first;

  const show = (): void => {
    const source = figures[at];
    if (!source) return;
    const picture = source.querySelector("img")?.cloneNode() as HTMLImageElement;
    picture.sizes = "100vw";
    picture.loading = "eager";
    const caption = source.querySelector("figcaption")?.cloneNode(true);
    figure.replaceChildren(picture, ...(caption ? [caption] : []));
    count.textContent = `${at + 1} / ${figures.length}`;
  };
  const turn = (by: number): void => {
    at = (at + by + figures.length) % figures.length;
    show();
  };
  const control = (label: string, text: string, act: () => void): HTMLButtonElement => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "viewer__button";
    button.setAttribute("aria-label", label);
    button.textContent = text;
    button.addEventListener("click", act);
    return button;
  };
  const bar = document.createElement("div");
  bar.className = "viewer__bar";
  bar.append(
    control(words.previous ?? "", "‹", () => turn(-1)),
    count,
    control(words.next ?? "", "›", () => turn(1)),
    control(words.close ?? "", "×", () => dialog.close()),
  );
  dialog.append(bar, figure);
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") turn(-1);
    if (event.key === "ArrowRight") turn(1);
  });
  let touched = 0;
  dialog.addEventListener("touchstart", (event) => (touched = event.touches[0]?.clientX ?? 0), { passive: true });
  dialog.addEventListener("touchend", (event) => {
    const moved = (event.changedTouches[0]?.clientX ?? 0) - touched;
    if (Math.abs(moved) > 50) turn(moved > 0 ? -1 : 1);
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    figures[at]?.querySelector<HTMLElement>(".gallery__open")?.focus();
  });
  document.body.append(dialog);
  show();
  dialog.showModal();
}
