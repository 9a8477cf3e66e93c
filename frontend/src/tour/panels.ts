// What opens over the picture: what is told of a place or an object, the list of scenes, the plan. Focus goes in and comes
// back; the words come from the page below, where they stand for everybody.

import type { Walk } from "./walk";
import type { Hotspot, Scene } from "./scenes";

export class Panels {
  private readonly panel: HTMLElement;
  private readonly body: HTMLElement;
  private readonly title: HTMLElement;
  private readonly said: HTMLElement;
  private from: HTMLElement | null = null;
  private leaving: (() => void) | null = null; // of what plays in the panel
  private dots = new Map<string, HTMLButtonElement>();

  constructor(readonly walk: Walk) {
    const tour = walk.element;
    this.panel = tour.querySelector<HTMLElement>("[data-tour-panel]")!;
    this.body = this.panel.querySelector<HTMLElement>("[data-tour-body]")!;
    this.title = this.panel.querySelector<HTMLElement>("[data-tour-title]")!;
    this.said = tour.querySelector<HTMLElement>("[data-tour-said]")!;
    this.panel.querySelector("[data-tour-close]")?.addEventListener("click", () => this.close());
    tour.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !this.panel.hidden && !document.fullscreenElement) this.close();
    });
    walk.pins.press = (hotspot, pin, event) => this.press(hotspot, pin, event);
    for (const opener of tour.querySelectorAll<HTMLElement>("[data-tour-open]")) {
      opener.addEventListener("click", () => this.named(opener.dataset.tourOpen!, opener));
    }
    for (const link of document.querySelectorAll<HTMLAnchorElement>("[data-tour-scene]")) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        void walk.go(link.dataset.tourScene!);
        tour.scrollIntoView({ block: "start" });
        walk.looking.element.focus({ preventScroll: true });
      });
    }
    const stamps = tour.querySelector<HTMLElement>("[data-tour-stamps]");
    stamps?.addEventListener("click", async () => {
      if (!this.panel.hidden && this.panel.dataset.shows === "stamps") return this.close();
      const { cards } = await import("./asking");
      this.open(stamps.textContent?.trim() ?? "", cards(walk, () => this.close()), stamps, "stamps");
    });
    const changed = walk.changed;
    walk.changed = (scene) => {
      changed(scene);
      this.arrived(scene);
    };
    this.arrived(walk.current, true);
    this.plan();
  }

  say(words: string): void {
    this.said.textContent = words;
  }

  /** The scene's name above, its variants, its dot on the plan; said aloud to who cannot see it. */
  private arrived(scene: Scene, first = false): void {
    const name = this.walk.element.querySelector("[data-tour-name]");
    if (name) name.textContent = scene.title;
    this.walk.looking.element.setAttribute("aria-label", scene.title);
    if (!first) {
      this.close(false);
      this.say(`${scene.title}. ${scene.alt}`);
    }
    this.variants(scene);
    for (const [key, dot] of this.dots) {
      if (key === scene.id) dot.setAttribute("aria-current", "true");
      else dot.removeAttribute("aria-current");
    }
    for (const link of document.querySelectorAll<HTMLElement>("[data-tour-scene]")) {
      if (link.dataset.tourScene === scene.id) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  private variants(scene: Scene): void {
    const place = this.walk.element.querySelector<HTMLElement>("[data-tour-variants]");
    if (!place) return;
    const all = this.walk.variants(scene);
    place.hidden = all.length < 2;
    const held = place.contains(document.activeElement);
    place.replaceChildren(
      ...all.map((one) => {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = one.variant || one.title;
        button.setAttribute("aria-pressed", String(one === scene));
        button.addEventListener("click", () => void this.walk.go(one.id, { keep: true }));
        return button;
      }),
    );
    if (held) place.querySelector<HTMLElement>("[aria-pressed=true]")?.focus();
  }

  private press(hotspot: Hotspot, pin: HTMLElement, event: Event): void {
    this.walk.looking.idle();
    if (hotspot.kind === "release" || hotspot.kind === "page") return;
    if (event instanceof MouseEvent && (event.ctrlKey || event.metaKey || event.shiftKey)) return;
    event.preventDefault();
    if (hotspot.kind === "link") {
      const held = document.activeElement === pin;
      void this.walk.go(hotspot.to, { walked: true }).then(() => {
        if (held) this.walk.looking.element.focus({ preventScroll: true });
      });
      return;
    }
    this.walk.looking.turnTo({ yaw: hotspot.yaw, pitch: hotspot.pitch, fov: Math.min(this.walk.cube.view.fov, 60) });
    this.open(hotspot.title, told(hotspot, this.walk.element.dataset.tourZoom ?? ""), pin);
    this.walk.reading = hotspot.id;
    if (hotspot.media || hotspot.quiz) void this.more(hotspot);
  }

  /** What plays, turns or asks comes when it is wanted; until then, and without it, its picture and words stand there. */
  private async more(hotspot: Hotspot): Promise<void> {
    if (hotspot.quiz) {
      const { asking } = await import("./asking");
      if (this.walk.reading === hotspot.id) this.body.replaceChildren(...asking(hotspot, hotspot.quiz, this.walk));
      return;
    }
    const { exhibit } = await import("./exhibits");
    if (this.walk.reading !== hotspot.id) return;
    const { nodes, leave } = exhibit(hotspot, this.walk);
    this.body.querySelector(":scope > img")?.remove();
    this.body.prepend(...nodes.slice(0, 1)); // then what is told of it, then what is said in it
    this.body.append(...nodes.slice(1));
    this.leaving = leave;
  }

  /** "about" this place, "scenes", "plan", "help". */
  private named(name: string, opener: HTMLElement): void {
    if (!this.panel.hidden && this.panel.dataset.shows === name) return this.close();
    const title = opener.getAttribute("aria-label") ?? opener.textContent?.trim() ?? "";
    if (name === "about") {
      const words = document.getElementById(`s-${this.walk.current.id}`)?.querySelector("[data-tour-words]");
      const copy = words?.cloneNode(true) as HTMLElement | undefined;
      this.open(this.walk.current.title, copy ? [...copy.childNodes] : [], opener, name);
      return;
    }
    const kept = this.walk.element.querySelector<HTMLTemplateElement>(`template[data-tour-${name}]`);
    const content = kept ? [...(kept.content.cloneNode(true) as DocumentFragment).childNodes] : [];
    this.open(title, name === "scenes" ? [this.places()] : content, opener, name);
    if (name === "plan") this.plan();
  }

  open(title: string, content: Node[], from: HTMLElement, shows = ""): void {
    this.leave();
    this.title.textContent = title;
    this.body.replaceChildren(...content);
    this.panel.dataset.shows = shows;
    this.walk.reading = null;
    this.panel.hidden = false;
    this.from = from;
    this.title.focus({ preventScroll: true });
  }

  close(back = true): void {
    if (this.panel.hidden) return;
    const held = this.panel.contains(document.activeElement);
    this.leave();
    this.panel.hidden = true;
    this.walk.reading = null;
    this.body.replaceChildren();
    speechSynthesis?.cancel();
    if (back && held) (this.from?.isConnected ? this.from : this.walk.looking.element).focus({ preventScroll: true });
  }

  private leave(): void {
    this.leaving?.();
    this.leaving = null;
  }

  /** Every open place, by number. */
  private places(): HTMLElement {
    const list = document.createElement("ol");
    list.className = "places";
    for (const scene of this.walk.tour.scenes) {
      const item = document.createElement("li");
      if (!scene.base) item.hidden = true; // the numbers of the others stay
      const link = document.createElement("a");
      link.href = `#s-${scene.id}`;
      const title = document.createElement("b");
      title.textContent = scene.title;
      link.append(title);
      if (scene.variant) {
        const variant = document.createElement("span");
        variant.textContent = scene.variant;
        link.append(variant);
      }
      if (scene === this.walk.current) link.setAttribute("aria-current", "true");
      link.addEventListener("click", (event) => {
        event.preventDefault();
        void this.walk.go(scene.id);
        this.close();
      });
      item.append(link);
      list.append(item);
    }
    return list;
  }

  /** Dots on the plan, where each scene stands. */
  private plan(): void {
    const place = this.body.querySelector<HTMLElement>("[data-tour-dots]");
    this.dots.clear();
    if (!place) return;
    for (const scene of this.walk.tour.scenes) {
      if (!scene.at || !scene.base || this.walk.variants(scene)[0] !== undefined && this.walk.variants(scene)[0] !== scene) continue;
      const dot = document.createElement("button");
      dot.type = "button";
      dot.className = "dot";
      dot.style.left = `${scene.at[0] / 10}%`;
      dot.style.top = `${scene.at[1] / 10}%`;
      const name = document.createElement("span");
      name.textContent = scene.title;
      dot.append(name);
      dot.addEventListener("click", () => {
        void this.walk.go(scene.id);
        this.close();
      });
      const here = scene === this.walk.current || (scene.spot !== "" && scene.spot === this.walk.current.spot);
      if (here) dot.setAttribute("aria-current", "true");
      this.dots.set(scene.id, dot);
      place.append(dot);
    }
  }
}

function told(hotspot: Hotspot, zoom: string): Node[] {
  const found: Node[] = [];
  if (hotspot.picture) {
    const { src, srcset, width, height, alt, zoom: service } = hotspot.picture;
    const picture = new Image(width, height);
    picture.src = src;
    if (srcset) [picture.srcset, picture.sizes] = [srcset, "(min-width: 60em) 26rem, 90vw"];
    picture.alt = alt;
    found.push(picture);
    if (service && zoom && !hotspot.media) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "panel__zoom";
      button.textContent = zoom;
      button.addEventListener("click", async () => {
        const { closely } = await import("./closely");
        closely(service, alt);
      });
      found.push(button);
    }
  }
  for (const part of hotspot.text.split("\n\n").filter(Boolean)) {
    const paragraph = document.createElement("p");
    paragraph.textContent = part;
    found.push(paragraph);
  }
  return found;
}
