// What is told of a work, or the plan. Focus goes in and comes back; the words are those of the list below.

import type { Work } from "./told";

export class Panel {
  go: (id: string) => void = () => undefined;
  private readonly panel: HTMLElement;
  private readonly title: HTMLElement;
  private readonly body: HTMLElement;
  private from: HTMLElement | null = null;
  shows = "";
  changed: () => void = () => undefined; // opened or closed

  constructor(readonly root: HTMLElement) {
    this.panel = root.querySelector<HTMLElement>("[data-hall-panel]")!;
    this.title = root.querySelector<HTMLElement>("[data-hall-panel-title]")!;
    this.body = root.querySelector<HTMLElement>("[data-hall-panel-body]")!;
    root.querySelector("[data-hall-close]")?.addEventListener("click", () => this.close());
  }

  /** How much of the stage its words take: from the right on a wide screen, from below on a narrow one. */
  get takes(): [right: number, below: number] {
    if (this.panel.hidden) return [0, 0];
    const [own, all] = [this.panel.getBoundingClientRect(), this.root.getBoundingClientRect()];
    return own.width > all.width * 0.7 ? [0, all.bottom - own.top] : [all.right - own.left, 0];
  }

  get isOpen(): boolean {
    return !this.panel.hidden;
  }

  /** focused: the words have the focus; on a guided walk they do not. */
  about(work: Work, from: HTMLElement | null, focused = true): void {
    const listed = document.getElementById(work.id);
    const found: Node[] = [];
    for (const name of [".catalogue__line", "[data-hall-words]"]) {
      const part = listed?.querySelector(name);
      if (part) found.push(part.cloneNode(true));
    }
    const zoom = listed?.querySelector<HTMLElement>("a[data-zoom]");
    if (zoom) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "hall__zoom";
      button.append(...[...zoom.childNodes].map((node) => node.cloneNode(true)));
      button.addEventListener("click", () => zoom.click());
      found.push(button);
    }
    this.open(work.title, found, from, work.id, focused);
  }

  plan(from: HTMLElement, name: string, here: string): void {
    if (this.shows === "plan") return this.close();
    const drawing = this.root.querySelector<HTMLTemplateElement>("[data-hall-plan-drawing]")?.content.cloneNode(true) as DocumentFragment;
    for (const mark of drawing.querySelectorAll<SVGAElement>("[data-hall-go]")) {
      if (mark.dataset.hallGo === here) mark.setAttribute("aria-current", "true");
      mark.addEventListener("click", (event) => {
        event.preventDefault();
        this.close();
        this.go(mark.dataset.hallGo!);
      });
    }
    this.open(name, [drawing], from, "plan", true);
  }

  private open(title: string, content: Node[], from: HTMLElement | null, shows: string, focused: boolean): void {
    this.title.textContent = title;
    this.body.replaceChildren(...content);
    this.body.scrollTop = 0;
    [this.panel.hidden, this.shows, this.from] = [false, shows, from];
    this.changed();
    if (focused) this.title.focus({ preventScroll: true });
  }

  close(): void {
    const held = this.panel.contains(document.activeElement);
    [this.panel.hidden, this.shows] = [true, ""];
    this.changed();
    if (held) this.from?.focus({ preventScroll: true });
  }
}
