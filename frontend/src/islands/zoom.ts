// Deep zoom in a dialog, loaded when somebody asks for it. The buttons are ours: OpenSeadragon's are pictures without words.

import OpenSeadragon from "openseadragon";

type Words = Record<"in" | "out" | "home" | "close" | "failed", string>;

function button(text: string, sign: string, press: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "zoom__button";
  made.setAttribute("aria-label", text);
  made.title = text;
  made.textContent = sign;
  made.addEventListener("click", press);
  return made;
}

export function openZoom(service: string, label: string, words: Words): void {
  const dialog = document.createElement("dialog");
  dialog.className = "zoom";
  dialog.setAttribute("aria-label", label || words.home);
  const stage = document.createElement("div");
  stage.className = "zoom__stage";
  const bar = document.createElement("div");
  bar.className = "zoom__bar";
  const said = document.createElement("p");
  said.className = "zoom__said";
  said.setAttribute("role", "status");
  dialog.append(stage, said, bar);
  document.body.append(dialog);
  dialog.showModal();

  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const viewer = OpenSeadragon({
    element: stage,
    tileSources: `${service}/info.json`,
    showNavigationControl: false,
    showNavigator: false,
    crossOriginPolicy: false,
    animationTime: still ? 0 : 0.6,
    maxZoomPixelRatio: 2,
    visibilityRatio: 0.6,
    drawer: "canvas",
  });
  viewer.addHandler("open-failed", () => {
    said.textContent = words.failed;
  });
  const scale = (factor: number): void => {
    viewer.viewport.zoomBy(factor);
    viewer.viewport.applyConstraints();
  };
  const close = button(words.close, "×", () => dialog.close());
  bar.append(
    button(words.in, "+", () => scale(1.6)),
    button(words.out, "−", () => scale(1 / 1.6)),
    button(words.home, "▢", () => viewer.viewport.goHome()),
    close,
  );
  close.focus();
  dialog.addEventListener("close", () => {
    viewer.destroy();
    dialog.remove();
  });
}
