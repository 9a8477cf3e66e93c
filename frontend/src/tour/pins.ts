// Hotspots: real buttons and links in reading order. Whoever tabs to one has the view turned to it.

import type { Cube } from "./cube";
import type { Looking } from "./looking";
import type { Hotspot, Scene } from "./scenes";

export class Pins {
  /** Signs by kind; those of rarer kinds come with the walk. */
  readonly signs: Partial<Record<Hotspot["kind"], string>> = {
    link: "M12 5.5 5 13h4.2v5.5h5.6V13H19Z",
    text: "M12 10.5V17M12 7v.2",
    picture: "M4.5 6h15v12h-15ZM5 16l4.5-4.5 3.5 3.5 2-2 4 4",
    release: "M7 5h10v14H7ZM9.5 9h5M9.5 12.5h5",
    page: "M13 5h6v6M19 5l-8 8M16 14v5H5V8h5",
  };
  press: (hotspot: Hotspot, pin: HTMLElement, event: Event) => void = () => undefined;
  private readonly list: HTMLElement;
  private pins: { hotspot: Hotspot; element: HTMLElement }[] = [];

  constructor(readonly tour: HTMLElement, readonly cube: Cube, readonly looking: Looking) {
    this.list = tour.querySelector<HTMLElement>("[data-tour-pins]")!;
  }

  show(scene: Scene): void {
    this.list.replaceChildren();
    this.pins = scene.hotspots.map((hotspot) => {
      const item = document.createElement("li");
      const element = this.made(hotspot);
      const name = document.createElement("span");
      name.className = "pin__name";
      name.textContent = hotspot.title;
      const kind = document.createElement("span");
      kind.className = "visually-hidden";
      kind.textContent = `${this.tour.getAttribute(`data-tour-${hotspot.kind}`) ?? ""} `;
      element.append(sign(this.signs[hotspot.kind]), kind, name);
      element.addEventListener("focus", () => {
        if (element.matches(":focus-visible")) this.looking.turnTo({ yaw: hotspot.yaw, pitch: hotspot.pitch });
      });
      element.addEventListener("click", (event) => this.press(hotspot, element, event));
      item.append(element);
      this.list.append(item);
      return { hotspot, element };
    });
    this.place();
  }

  private made(hotspot: Hotspot): HTMLElement {
    const link = hotspot.kind === "link" || hotspot.kind === "release" || hotspot.kind === "page";
    const element = document.createElement(link ? "a" : "button");
    element.className = `pin pin--${hotspot.kind}`;
    element.dataset.pin = hotspot.id;
    if (element instanceof HTMLAnchorElement) element.href = hotspot.kind === "link" ? `#s-${hotspot.to}` : hotspot.to;
    else (element as HTMLButtonElement).type = "button";
    return element;
  }

  place(): void {
    const { clientWidth, clientHeight } = this.cube.canvas;
    for (const { hotspot, element } of this.pins) {
      const at = this.cube.project(hotspot.yaw, hotspot.pitch);
      const inside = at !== null && Math.abs(at[0]) < 1.15 && Math.abs(at[1]) < 1.1;
      element.classList.toggle("is-away", !inside);
      const [x, y] = inside ? at : [0, 0];
      element.style.transform = `translate(${Math.round(((x + 1) / 2) * clientWidth)}px, ${Math.round(((1 - y) / 2) * clientHeight)}px)`;
    }
  }
}

function sign(drawn = ""): SVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", drawn);
  svg.append(path);
  return svg;
}
