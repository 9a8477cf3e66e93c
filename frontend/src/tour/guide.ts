// A guided walk: scene after scene, look after look, with what is told there; it can be held, and taken step by step.

import type { Panels } from "./panels";
import type { Stop } from "./scenes";
import type { Walk } from "./walk";

export class Guide {
  running = false;
  private stops: Stop[] = [];
  private at = 0;
  private timer = 0;
  private readonly bar: HTMLElement | null;
  private readonly words: HTMLElement | null;

  constructor(readonly walk: Walk, readonly panels: Panels) {
    const tour = walk.element;
    this.bar = tour.querySelector<HTMLElement>("[data-tour-guide]");
    this.words = tour.querySelector<HTMLElement>("[data-tour-caption]");
    const on = (name: string, act: () => void): void =>
      tour.querySelector(`[data-tour-guide-${name}]`)?.addEventListener("click", act);
    on("hold", () => (this.running ? this.hold() : this.go()));
    on("next", () => this.step(1));
    on("back", () => this.step(-1));
    on("end", () => this.end());
    for (const opener of document.querySelectorAll<HTMLElement>("[data-tour-route]")) {
      opener.hidden = false;
      opener.addEventListener("click", () => this.start(opener.dataset.tourRoute!));
    }
  }

  start(route: string): void {
    const found = this.walk.tour.routes.find((one) => one.id === route);
    this.stops = (found?.stops ?? []).filter((stop) => this.walk.scene(stop.scene)?.base);
    if (!this.stops.length || !this.bar) return;
    this.panels.close(false);
    this.at = 0;
    this.bar.hidden = false;
    this.walk.element.classList.add("is-guided");
    this.bar.querySelector<HTMLElement>("[data-tour-guide-hold]")?.focus({ preventScroll: true });
    this.go();
  }

  go(): void {
    this.running = true;
    this.show();
    this.stand();
  }

  hold(): void {
    this.running = false;
    clearTimeout(this.timer);
    this.stand();
  }

  end(): void {
    this.hold();
    if (this.bar) this.bar.hidden = true;
    if (this.words) this.words.textContent = "";
    this.walk.element.classList.remove("is-guided");
    this.walk.looking.element.focus({ preventScroll: true });
  }

  step(by: number): void {
    this.at = Math.max(0, Math.min(this.stops.length - 1, this.at + by));
    this.show();
  }

  private stand(): void {
    this.bar?.querySelector("[data-tour-guide-hold]")?.setAttribute("aria-pressed", String(!this.running));
  }

  private show(): void {
    clearTimeout(this.timer);
    const stop = this.stops[this.at];
    if (!stop) return;
    const view = stop.view ?? this.walk.scene(stop.scene)?.view ?? null;
    void this.walk.go(stop.scene, { view, walked: true });
    if (this.words) this.words.textContent = stop.text;
    const place = this.bar?.querySelector("[data-tour-guide-at]");
    if (place) place.textContent = `${this.at + 1} / ${this.stops.length}`;
    if (!this.running) return;
    this.timer = setTimeout(() => {
      if (this.at + 1 < this.stops.length) this.step(1);
      else if (this.walk.element.dataset.tourLoop !== undefined) {
        this.at = 0;
        this.show();
      } else this.hold();
    }, stop.seconds * 1000) as unknown as number;
  }
}
