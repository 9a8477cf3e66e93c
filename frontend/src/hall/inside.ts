// Inside the hall: works reached by Tab, by pointing, one after the other, on a guided walk. Loaded with three.js when
// somebody walks in.

import { Panel } from "./panel";
import { type Hall, type Work } from "./told";
import { View } from "./view";
import { Walking } from "./walking";

const GUIDED = { least: 8, most: 40, letter: 0.11 }; // seconds before a work, by how much is told of it
const PIXELS = 7; // a finger moves so far in what is still a tap
const IDLE = 60; // seconds without a touch, after which a kiosk begins again

export class Inside {
  private readonly walking: Walking;
  private readonly view: View;
  private readonly panel: Panel;
  private readonly stage: HTMLElement;
  private at = -1; // the work before which one stands, by its place in the list
  private timer = 0;
  private guided = false;
  private readonly ended = new AbortController();

  constructor(readonly root: HTMLElement, readonly hall: Hall, private readonly leave: () => void) {
    this.stage = this.one("[data-hall-stage]");
    const canvas = this.one<HTMLCanvasElement>("canvas");
    this.walking = new Walking(hall, this.stage);
    this.panel = new Panel(root);
    this.panel.go = (id) => void this.visit(hall.works.findIndex((work) => work.id === id));
    this.view = new View(canvas, hall, this.walking, (number) => said(root.dataset.hallNumber, { number }));
    this.panel.changed = () => {
      const [right, below] = this.panel.takes;
      this.view.aside(right / 2, below / 3);
    };
    this.walking.entered = (room) => this.entered(room);
    this.view.drawn = () => this.place();
    this.pins();
    this.pointing(canvas);
    this.buttons();
    this.entered(0);
    this.now();
  }

  private one<T extends HTMLElement = HTMLElement>(name: string): T {
    return this.root.querySelector<T>(name)!;
  }

  start(id: string): void {
    const asked = this.hall.works.findIndex((work) => work.id === id);
    if (asked >= 0) void this.visit(asked);
    const mode = new URLSearchParams(location.search);
    if (mode.has("kiosk") || mode.has("wall")) this.guide(true);
    if (mode.has("kiosk")) this.kiosk();
    this.stage.focus({ preventScroll: true });
  }

  /** Walk to a work and say where one is. */
  async visit(at: number, told = false): Promise<void> {
    const work = this.hall.works[at];
    if (!work) return;
    this.at = at;
    this.now();
    if (this.panel.isOpen && !told) this.panel.close();
    const arrived = await this.walking.visit(work);
    if (!arrived || this.at !== at) return;
    this.say([said(this.root.dataset.hallNumber, { number: at + 1 }), work.title, work.about].filter(Boolean).join(" "));
    if (told) this.panel.about(work, null, false);
  }

  private now(): void {
    const work = this.hall.works[Math.max(0, this.at)]!;
    this.one("[data-hall-now]").textContent = this.at < 0 ? "" : work.title;
    this.one<HTMLButtonElement>("[data-hall-back]").disabled = this.at <= 0;
    this.one<HTMLButtonElement>("[data-hall-on]").disabled = this.at === this.hall.works.length - 1;
    this.one<HTMLButtonElement>("[data-hall-about]").disabled = this.at < 0;
  }

  private say(words: string): void {
    this.one("[data-hall-said]").textContent = words;
  }

  private entered(room: number): void {
    this.view.works.look(room);
    const { title } = this.hall.rooms[room]!;
    const number = said(this.root.dataset.hallRoom, { number: room + 1, count: this.hall.rooms.length });
    const where = this.hall.rooms.length > 1 ? [number, title].filter(Boolean).join(" · ") : title;
    const sign = this.one("[data-hall-where]");
    [sign.textContent, sign.hidden] = [where, !where];
    if (where) this.say(where);
  }

  /** A button for each work, in the order of the list: who tabs to one walks to it. */
  private pins(): void {
    this.one("[data-hall-pins]").replaceChildren(
      ...this.hall.works.map((work, at) => {
        const item = document.createElement("li");
        const button = document.createElement("button");
        button.type = "button";
        button.className = "hall__pin";
        button.dataset.hallPin = work.id;
        const look = document.createElement("span");
        look.className = "visually-hidden";
        look.textContent = `${this.root.dataset.hallLook ?? ""} ${at + 1} `;
        button.append(look, work.title);
        button.addEventListener("focus", () => {
          if (!button.matches(":focus-visible")) return;
          this.root.scrollIntoView({ block: "start" }); // where the focus came from may have moved the page
          void this.visit(at);
        });
        button.addEventListener("click", () => this.read(at, button));
        item.append(button);
        return item;
      }),
    );
  }

  private read(at: number, from: HTMLElement): void {
    const work = this.hall.works[at];
    if (!work) return;
    if (this.panel.shows === work.id) return this.panel.close();
    if (at !== this.at) void this.visit(at);
    this.panel.about(work, from);
  }

  private place(): void {
    for (const button of this.root.querySelectorAll<HTMLElement>("[data-hall-pin]:focus")) {
      const work = this.hall.works.find((one) => one.id === button.dataset.hallPin)!;
      const at = this.view.project(work) ?? [this.stage.clientWidth / 2, this.stage.clientHeight / 2];
      button.style.transform = `translate(${Math.round(at[0])}px, ${Math.round(at[1])}px)`;
    }
    this.root.classList.add("is-drawn");
  }

  private pointing(canvas: HTMLCanvasElement): void {
    let from: PointerEvent | null = null;
    let far = 0;
    this.stage.addEventListener("pointerdown", (event) => {
      if (event.target instanceof Element && event.target.closest("button")) return;
      this.guide(false);
      [from, far] = [event, 0];
      this.stage.setPointerCapture(event.pointerId);
    });
    this.stage.addEventListener("pointermove", (event) => {
      if (!from || event.pointerId !== from.pointerId) return;
      const [x, y] = [event.clientX - from.clientX, event.clientY - from.clientY];
      far += Math.hypot(x, y);
      from = event;
      const turn = 62 / this.stage.clientHeight;
      if (far > PIXELS) this.walking.look(-x * turn, y * turn);
    });
    this.stage.addEventListener("pointerup", (event) => {
      if (!from || event.pointerId !== from.pointerId) return;
      from = null;
      if (far > PIXELS) return;
      const edge = canvas.getBoundingClientRect();
      const { work, floor } = this.view.under(event.clientX - edge.left, event.clientY - edge.top);
      const at = work ? this.hall.works.indexOf(work) : -1;
      if (at >= 0 && at === this.at) this.read(at, this.stage);
      else if (at >= 0) void this.visit(at);
      else if (floor) void this.walking.go({ x: floor[0], z: floor[1], yaw: this.walking.place.yaw, pitch: 0 });
    });
    this.stage.addEventListener("pointercancel", () => (from = null));
    this.stage.addEventListener("keydown", (event) => event.target === this.stage && event.key !== "Tab" && this.guided && this.guide(false));
  }

  private buttons(): void {
    const on = (name: string, act: (button: HTMLElement) => void): void =>
      this.one(`[data-hall-${name}]`).addEventListener("click", (event) => act(event.currentTarget as HTMLElement));
    on("back", () => (this.guide(false), void this.visit(this.at - 1)));
    on("on", () => (this.guide(false), void this.visit(this.at + 1)));
    on("about", (button) => (this.guide(false), this.read(this.at, button)));
    on("guide", () => this.guide(!this.guided));
    on("plan", (button) => this.panel.plan(button, button.getAttribute("aria-label") ?? "", this.hall.works[this.at]?.id ?? ""));
    on("full", () => void (document.fullscreenElement ? document.exitFullscreen() : this.root.requestFullscreen()));
    on("leave", () => this.leave());
    this.one("[data-hall-full]").hidden = !document.fullscreenEnabled;
    const escape = (event: KeyboardEvent): void => {
      if (event.key === "Escape" && this.panel.isOpen) this.panel.close();
    };
    this.root.addEventListener("keydown", escape, { signal: this.ended.signal });
  }

  /** From work to work by itself, telling of each; somebody's hand ends it. */
  guide(run: boolean): void {
    clearTimeout(this.timer);
    if (this.guided && !run) this.panel.close();
    this.guided = run;
    this.one("[data-hall-guide]").setAttribute("aria-pressed", String(run));
    if (run) void this.step(this.at + 1 < this.hall.works.length ? this.at + 1 : 0);
  }

  private async step(at: number): Promise<void> {
    await this.visit(at, true);
    if (!this.guided) return;
    const words = document.getElementById(this.hall.works[at]!.id)?.querySelector<HTMLElement>("[data-hall-words]")?.textContent ?? "";
    const seconds = Math.min(GUIDED.most, Math.max(GUIDED.least, words.length * GUIDED.letter));
    const next = at + 1;
    this.timer = window.setTimeout(() => {
      if (next < this.hall.works.length) void this.step(next);
      else if (new URLSearchParams(location.search).has("wall")) void this.step(0);
      else this.guide(false);
    }, seconds * 1000);
  }

  /** In a lobby: who comes next begins at the beginning. */
  private kiosk(): void {
    let timer = 0;
    const again = (): void => {
      clearTimeout(timer);
      timer = window.setTimeout(() => {
        this.panel.close();
        this.at = -1;
        this.guide(true);
      }, IDLE * 1000);
    };
    for (const event of ["pointerdown", "keydown"]) addEventListener(event, again, { passive: true, signal: this.ended.signal });
    this.ended.signal.addEventListener("abort", () => clearTimeout(timer));
    again();
  }

  end(): void {
    this.ended.abort();
    this.guide(false);
    this.walking.stop();
    this.view.end();
  }

  get textures(): number {
    return this.view.textures;
  }
}

/** "No. {number}" with its values. */
function said(words: string | undefined, values: Record<string, number>): string {
  return (words ?? "").replace(/\{(\w+)\}/g, (_all, name: string) => String(values[name] ?? ""));
}
