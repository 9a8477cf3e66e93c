// A guided walk: scene after scene, look after look, with what is told there; it can be held, and taken step by step.

import type { View } from "./cube";
import type { Panels } from "./panels";
import type { Stop } from "./scenes";
import type { Walk } from "./walk";

export class Guide {
  running = false;
  private stops: Stop[] = [];
  private at = 0;
  private timer = 0;
  private sound: HTMLAudioElement | null = null;
  private turning: number[] = [];
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
    this.still();
    this.stand();
  }

  /** Nothing goes on by itself any more. */
  private still(): void {
    clearTimeout(this.timer);
    this.turning.forEach(clearTimeout);
    this.turning = [];
    this.sound?.pause();
    this.sound = null;
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
    this.still();
    const stop = this.stops[this.at];
    if (!stop) return;
    const view = stop.view ?? this.walk.scene(stop.scene)?.view ?? null;
    void this.walk.go(stop.scene, { view, walked: true });
    if (this.words) this.words.textContent = stop.text;
    const place = this.bar?.querySelector("[data-tour-guide-at]");
    if (place) place.textContent = `${this.at + 1} / ${this.stops.length}`;
    if (!this.running) return;
    const begun = performance.now();
    const next = (): void => {
      const left = stop.seconds * 1000 - (performance.now() - begun);
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.on(), Math.max(0, left)) as unknown as number;
    };
    if (stop.sound) this.tell(stop.sound.src, stop.turns ?? [], next);
    else {
      this.turning = (stop.turns ?? []).map(({ at, view: to }) => setTimeout(() => this.turn(to), at * 1000) as unknown as number);
      next();
    }
  }

  /** The recording, and the view that turns with it; where it cannot be heard the stop lasts its seconds. */
  private tell(src: string, turns: NonNullable<Stop["turns"]>, then: () => void): void {
    const sound = (this.sound = new Audio(src));
    let turned = 0;
    sound.addEventListener("timeupdate", () => {
      while (this.sound === sound && turned < turns.length && sound.currentTime >= turns[turned]!.at) this.turn(turns[turned++]!.view);
    });
    const mine = (): void => {
      if (this.sound === sound) then();
    };
    sound.addEventListener("ended", mine);
    sound.addEventListener("error", mine);
    this.walk.element.dataset.tourTells = src;
    sound.play().catch(mine);
  }

  private turn(to: View): void {
    this.walk.looking.turnTo(to, 1600);
  }

  private on(): void {
    if (this.at + 1 < this.stops.length) this.step(1);
    else if (this.walk.element.dataset.tourLoop !== undefined) {
      this.at = 0;
      this.show();
    } else this.hold();
  }
}
