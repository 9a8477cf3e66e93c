// The author: scenes, hotspots and the plan, placed by dragging in the visitor's own viewer. The whole document is sent with
// each save; the server says what is still to be mended.

import type { Hotspot as Shown, Scene as Walked } from "./scenes";
import { Tiles } from "./tiles";
import { Cube, Looking, Pins } from "./tour";

interface Hotspot {
  id: string;
  kind: Shown["kind"];
  yaw: number; // thousandths of a degree, as in the document
  pitch: number;
  title: string;
  to: string;
  text: string;
}
interface Scene {
  id: string;
  title: string;
  panorama: string;
  alt: string;
  text: string;
  view: { yaw: number; pitch: number; fov: number };
  north: number | null;
  at: [number, number] | null;
  spot: string;
  variant: string;
  hotspots: Hotspot[];
}
interface Panorama {
  id: string;
  title: string;
  state: "waiting" | "tiling" | "ready" | "failed";
  said: string;
  problem: string;
  base: string;
  face: number;
  north: number | null;
}
interface Finding {
  severity: string;
  scene: string;
  hotspot: string;
  said: string;
}
interface Told {
  document: {
    scenes: Scene[];
    start: string;
    plan: { picture: string; alt: string } | null;
    words: Record<string, Record<string, string>>;
  };
  revision: number;
  panoramas: Panorama[];
  pictures: { id: string; title: string; alt: string; src?: string }[];
  findings: Finding[];
  languages: string[];
  save: string;
  take: string;
  look: string;
}

const whole = (degrees: number): number => Math.round(degrees * 1000);

class Author {
  private scene: Scene | null = null;
  private hotspot: Hotspot | null = null;
  private readonly cube: Cube;
  private readonly looking: Looking;
  private readonly pins: Pins;
  private readonly tiles: Tiles;
  private dirty = false;
  private timer = 0;

  constructor(readonly root: HTMLElement, readonly told: Told) {
    const stage = this.one("[data-stage]");
    this.cube = new Cube(this.one<HTMLCanvasElement>("canvas"));
    this.looking = new Looking(this.cube, stage);
    this.pins = new Pins(this.one(".tour"), this.cube, this.looking);
    this.tiles = new Tiles(this.cube);
    this.cube.moved = () => this.pins.place();
    this.looking.settled = () => this.tiles.look();
    this.pins.press = (shown, _pin, event) => {
      event.preventDefault();
      this.choose(this.scene, this.scene?.hotspots.find((one) => one.id === shown.id) ?? null);
    };
    this.drag(stage);
    this.buttons();
    this.upload();
    this.plan();
    this.choose(told.document.scenes.find((one) => one.id === told.document.start) ?? told.document.scenes[0] ?? null, null);
    this.findings(told.findings);
    if (told.panoramas.some((one) => one.state === "waiting" || one.state === "tiling")) this.wait();
    addEventListener("beforeunload", (event) => {
      if (this.dirty) event.preventDefault();
    });
  }

  private one<T extends HTMLElement = HTMLElement>(name: string): T {
    return this.root.querySelector<T>(name)!;
  }

  private word(name: string): string {
    return this.root.dataset[`words${name[0]!.toUpperCase()}${name.slice(1)}`] ?? "";
  }

  // ---- what is shown

  private choose(scene: Scene | null, hotspot: Hotspot | null): void {
    const other = scene !== this.scene;
    this.scene = scene;
    this.hotspot = hotspot;
    if (other && scene) void this.show(scene);
    this.one("[data-empty]").hidden = scene !== null;
    this.lists();
    this.form();
    this.drawPins();
    this.dots();
  }

  private panorama(scene: Scene): Panorama | undefined {
    return this.told.panoramas.find((one) => one.id === scene.panorama);
  }

  private walked(scene: Scene): Walked {
    const panorama = this.panorama(scene);
    const { yaw, pitch, fov } = scene.view;
    return {
      ...scene,
      base: panorama?.state === "ready" ? panorama.base : "",
      face: panorama?.face || 512,
      view: { yaw: yaw / 1000, pitch: pitch / 1000, fov: fov / 1000 },
      north: null,
      hotspots: scene.hotspots.map((one) => ({ ...one, yaw: one.yaw / 1000, pitch: one.pitch / 1000, title: one.title || this.word("untitled") })),
    };
  }

  private async show(scene: Scene): Promise<void> {
    const walked = this.walked(scene);
    this.looking.set(walked.view);
    if (!walked.base) return;
    const strip = await this.tiles.strip(walked).catch(() => null);
    if (strip && this.scene === scene) {
      this.cube.setGround(strip, strip.height);
      this.root.querySelector(".tour")?.classList.add("is-drawn");
      this.tiles.show(walked);
    }
    strip?.close();
  }

  private drawPins(): void {
    if (this.scene) this.pins.show(this.walked(this.scene));
    else this.one("[data-tour-pins]").replaceChildren();
    const chosen = this.hotspot && this.root.querySelector(`[data-pin="${this.hotspot.id}"]`);
    chosen?.classList.add("is-chosen");
  }

  private lists(): void {
    const { scenes, start } = this.told.document;
    this.one("[data-scenes]").replaceChildren(
      ...scenes.map((scene, at) => {
        const item = document.createElement("li");
        const button = this.button(scene.title || this.word("untitled"), () => this.choose(scene, null));
        button.className = "author__scene";
        if (scene === this.scene) button.setAttribute("aria-current", "true");
        const number = document.createElement("b");
        number.textContent = (start ? scene.id === start : at === 0) ? "★" : String(at + 1);
        button.prepend(number);
        const panorama = this.panorama(scene);
        if (panorama?.state === "ready") {
          const picture = new Image(96, 48);
          picture.src = `${panorama.base}preview.jpg`;
          picture.alt = "";
          picture.loading = "lazy";
          button.prepend(picture);
        }
        item.append(button);
        return item;
      }),
    );
    this.one("[data-panoramas]").replaceChildren(
      ...this.told.panoramas.map((panorama) => {
        const item = document.createElement("li");
        const button = this.button(panorama.title, () => this.add(panorama));
        button.className = "author__panorama";
        button.disabled = panorama.state === "failed";
        const state = document.createElement("small");
        state.textContent = panorama.state === "ready" ? "" : [panorama.said, panorama.problem].filter(Boolean).join(" · ");
        button.append(state);
        item.append(button);
        return item;
      }),
    );
  }

  private button(text: string, act: () => void): HTMLButtonElement {
    const made = document.createElement("button");
    made.type = "button";
    made.append(document.createTextNode(text));
    made.addEventListener("click", act);
    return made;
  }

  // ---- scenes and hotspots

  private free(wish: string, taken: string[]): string {
    for (let number = taken.length + 1; ; number += 1) if (!taken.includes(`${wish}-${number}`)) return `${wish}-${number}`;
  }

  private add(panorama: Panorama): void {
    const { scenes } = this.told.document;
    const north = panorama.north === null ? null : whole(panorama.north);
    const scene: Scene = {
      id: this.free("scene", scenes.map((one) => one.id)),
      title: panorama.title,
      panorama: panorama.id,
      alt: "",
      text: "",
      view: { yaw: 0, pitch: 0, fov: 75_000 },
      north,
      at: this.told.document.plan ? [500, 500] : null,
      spot: "",
      variant: "",
      hotspots: [],
    };
    const before = this.scene;
    scenes.push(scene);
    if (before) {
      this.link(before, scene);
      this.link(scene, before);
    }
    this.changed();
    this.choose(scene, null);
  }

  /** A guess to be corrected by hand: ahead where one looked, and back behind. */
  private link(from: Scene, to: Scene): void {
    const guess = from === this.scene ? this.cube.view.yaw : 180;
    const yaw = Math.max(-180, Math.min(180, guess));
    from.hotspots.push({ id: this.free("link", from.hotspots.map((one) => one.id)), kind: "link", yaw: whole(yaw), pitch: -12_000, title: to.title, to: to.id, text: "" });
  }

  private addHotspot(kind: Hotspot["kind"]): void {
    if (!this.scene) return;
    const { yaw, pitch } = this.cube.view;
    const hotspot: Hotspot = { id: this.free(kind, this.scene.hotspots.map((one) => one.id)), kind, yaw: whole(yaw), pitch: whole(pitch), title: "", to: "", text: "" };
    this.scene.hotspots.push(hotspot);
    this.changed();
    this.choose(this.scene, hotspot);
    this.root.querySelector<HTMLInputElement>("[data-form] [name=title]")?.focus();
  }

  private drag(stage: HTMLElement): void {
    let held: { hotspot: Hotspot; moved: boolean } | null = null;
    stage.addEventListener("pointerdown", (event) => {
      const pin = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-pin]") : null;
      const hotspot = this.scene?.hotspots.find((one) => one.id === pin?.dataset.pin);
      if (!pin || !hotspot) return;
      held = { hotspot, moved: false };
      stage.setPointerCapture(event.pointerId);
      event.preventDefault();
    });
    stage.addEventListener("pointermove", (event) => {
      if (!held) return;
      const box = stage.getBoundingClientRect();
      const at = this.cube.direction(((event.clientX - box.left) / box.width) * 2 - 1, 1 - ((event.clientY - box.top) / box.height) * 2);
      held.hotspot.yaw = whole(at.yaw);
      held.hotspot.pitch = whole(at.pitch);
      held.moved = true;
      this.drawPins();
    });
    stage.addEventListener("pointerup", () => {
      if (!held) return;
      const { hotspot, moved } = held;
      held = null;
      if (moved) this.changed();
      this.choose(this.scene, hotspot);
    });
    stage.addEventListener("keydown", (event) => {
      const pin = event.target instanceof HTMLElement ? event.target.dataset.pin : undefined;
      const hotspot = this.scene?.hotspots.find((one) => one.id === pin);
      const step = { ArrowLeft: [-500, 0], ArrowRight: [500, 0], ArrowUp: [0, 500], ArrowDown: [0, -500] }[event.key];
      if (!hotspot || !step) return;
      event.preventDefault();
      hotspot.yaw = ((((hotspot.yaw + step[0]! + 180_000) % 360_000) + 360_000) % 360_000) - 180_000;
      hotspot.pitch = Math.max(-89_000, Math.min(89_000, hotspot.pitch + step[1]!));
      this.changed();
      this.drawPins();
      this.root.querySelector<HTMLElement>(`[data-pin="${hotspot.id}"]`)?.focus();
    });
  }

  // ---- the form

  private form(): void {
    const form = this.one<HTMLFormElement>("[data-form]");
    const subject = this.hotspot ?? this.scene;
    const template = this.one<HTMLTemplateElement>(this.hotspot ? "template[data-hotspot-form]" : "template[data-scene-form]");
    form.replaceChildren(...(subject ? [template.content.cloneNode(true)] : []));
    if (!subject) return;
    for (const label of form.querySelectorAll<HTMLElement>("[data-for]")) {
      if (label.dataset.for !== this.hotspot?.kind) label.remove();
    }
    const to = form.querySelector<HTMLSelectElement>("select[name=to]");
    if (to) this.options(to);
    for (const field of form.querySelectorAll<HTMLInputElement>("[name]")) {
      const name = field.name as "title";
      field.value = subject[name] ?? "";
      field.addEventListener("input", () => {
        subject[name] = field.value;
        this.changed();
        if (name === "title") this.lists();
        if (name === "title" && this.hotspot) this.drawPins();
      });
    }
    this.translations(form);
    form.querySelector("[data-remove]")?.addEventListener("click", () => this.remove());
    const start = form.querySelector<HTMLButtonElement>("[data-start]");
    if (start && this.scene) {
      const here = this.told.document.start === this.scene.id;
      start.textContent = this.word(here ? "start" : "makeStart");
      start.disabled = here;
      start.addEventListener("click", () => {
        this.told.document.start = this.scene!.id;
        this.changed();
        this.choose(this.scene, null);
      });
    }
  }

  private options(select: HTMLSelectElement): void {
    const link = this.hotspot?.kind === "link";
    const listed = link
      ? this.told.document.scenes.filter((one) => one !== this.scene).map((one) => [one.id, one.title])
      : this.told.pictures.map((one) => [one.id, one.title]);
    select.replaceChildren(new Option("—", ""), ...listed.map(([value, text]) => new Option(text, value)));
  }

  private translations(form: HTMLFormElement): void {
    const place = form.querySelector<HTMLElement>("[data-words]");
    if (!place || !this.scene) return;
    if (!this.told.languages.length) return place.remove();
    const key = this.hotspot ? `${this.scene.id}/${this.hotspot.id}` : this.scene.id;
    for (const language of this.told.languages) {
      for (const name of this.hotspot ? ["title", "text"] : ["title", "alt", "text", "variant"]) {
        const own = form.querySelector<HTMLElement>(`[name=${name}]`)?.closest("label");
        const label = document.createElement("label");
        label.textContent = own?.firstChild?.textContent ?? name;
        const field = document.createElement(name === "title" || name === "variant" ? "input" : "textarea");
        const words = (this.told.document.words[language] ??= {});
        field.lang = language;
        field.value = words[`${key}/${name}`] ?? "";
        field.addEventListener("input", () => {
          words[`${key}/${name}`] = field.value;
          this.changed();
        });
        label.append(field);
        place.append(label);
      }
    }
  }

  private remove(): void {
    const { scene, hotspot } = this;
    if (!scene || !confirm(this.word("sure"))) return;
    if (hotspot) {
      scene.hotspots = scene.hotspots.filter((one) => one !== hotspot);
      this.choose(scene, null);
    } else {
      const scenes = this.told.document.scenes.filter((one) => one !== scene);
      this.told.document.scenes = scenes;
      if (this.told.document.start === scene.id) this.told.document.start = "";
      this.choose(scenes[0] ?? null, null);
    }
    this.changed();
  }

  // ---- the plan

  private plan(): void {
    const select = this.one<HTMLSelectElement>("[data-plan]");
    const alt = this.one<HTMLInputElement>("[data-plan-alt]");
    select.replaceChildren(new Option("—", ""), ...this.told.pictures.map((one) => new Option(one.title, one.id)));
    select.value = this.told.document.plan?.picture ?? "";
    alt.value = this.told.document.plan?.alt ?? "";
    const take = (): void => {
      this.told.document.plan = select.value ? { picture: select.value, alt: alt.value } : null;
      this.changed();
      this.dots();
    };
    select.addEventListener("change", () => {
      alt.value = alt.value || (this.told.pictures.find((one) => one.id === select.value)?.alt ?? "");
      take();
    });
    alt.addEventListener("input", take);
    this.dots();
  }

  private dots(): void {
    const ground = this.one("[data-ground]");
    const picture = this.told.pictures.find((one) => one.id === this.told.document.plan?.picture);
    ground.hidden = !picture?.src;
    if (!picture?.src) return;
    this.one<HTMLImageElement>("[data-plan-picture]").src = picture.src;
    this.one("[data-dots]").replaceChildren(
      ...this.told.document.scenes.map((scene) => {
        const dot = this.button("", () => this.choose(scene, null));
        dot.className = "author__dot";
        dot.title = scene.title;
        dot.setAttribute("aria-label", scene.title);
        if (scene === this.scene) dot.setAttribute("aria-current", "true");
        const [x, y] = scene.at ?? [40, 40];
        dot.style.left = `${x / 10}%`;
        dot.style.top = `${y / 10}%`;
        dot.addEventListener("pointerdown", (event) => {
          event.preventDefault();
          dot.setPointerCapture(event.pointerId);
          dot.onpointermove = (moved) => {
            const box = ground.getBoundingClientRect();
            const at = [(moved.clientX - box.left) / box.width, (moved.clientY - box.top) / box.height];
            scene.at = at.map((n) => Math.round(Math.max(0, Math.min(1, n)) * 1000)) as [number, number];
            dot.style.left = `${scene.at[0] / 10}%`;
            dot.style.top = `${scene.at[1] / 10}%`;
            this.changed();
          };
          dot.onpointerup = () => {
            dot.onpointermove = null;
          };
        });
        return dot;
      }),
    );
  }

  // ---- buttons, sending

  private buttons(): void {
    for (const button of this.root.querySelectorAll<HTMLElement>("[data-add]")) {
      button.addEventListener("click", () => this.addHotspot(button.dataset.add as Hotspot["kind"]));
    }
    this.one("[data-save]").addEventListener("click", () => void this.save());
    this.one("[data-first-view]").addEventListener("click", () => {
      if (!this.scene) return;
      const { yaw, pitch, fov } = this.cube.view;
      this.scene.view = { yaw: whole(yaw), pitch: whole(pitch), fov: whole(fov) };
      this.changed();
      this.state(this.word("set"));
    });
    this.one("[data-north]").addEventListener("click", () => {
      if (!this.scene) return;
      this.scene.north = whole(this.cube.view.yaw);
      this.changed();
      this.state(this.word("set"));
    });
    this.one("[data-preview]").addEventListener("click", (event) => {
      if (!this.dirty) return;
      event.preventDefault();
      void this.save().then((saved) => saved && open((event.target as HTMLAnchorElement).href));
    });
  }

  private changed(): void {
    this.dirty = true;
    this.state(this.word("unsaved"));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.save(), 4000) as unknown as number;
  }

  private state(said: string): void {
    this.one("[data-state]").textContent = said;
  }

  private post(address: string, body: BodyInit): Promise<Response> {
    const token = this.one<HTMLInputElement>("[name=csrfmiddlewaretoken]").value;
    return fetch(address, { method: "POST", body, headers: { "X-CSRFToken": token } });
  }

  private async save(): Promise<boolean> {
    clearTimeout(this.timer);
    if (!this.dirty) return true;
    this.dirty = false;
    this.state(this.word("saving"));
    try {
      const { document, revision } = this.told;
      const answer = await this.post(this.told.save, JSON.stringify({ document, revision }));
      const said = (await answer.json()) as { revision: number; findings: Finding[]; said?: string };
      if (!answer.ok) throw new Error(said.said);
      this.told.revision = said.revision;
      const preview = this.one<HTMLAnchorElement>("[data-preview]");
      preview.href = preview.href.replace(/revisions\/\d+/, `revisions/${said.revision}`);
      this.findings(said.findings);
      this.state(this.word("saved"));
      return true;
    } catch (error) {
      this.dirty = true;
      this.state(`${this.word("failed")} ${error instanceof Error ? error.message : ""}`);
      return false;
    }
  }

  private findings(found: Finding[]): void {
    const items = found.map((one) => {
      const item = document.createElement("li");
      item.className = `is-${one.severity}`;
      const scene = this.told.document.scenes.find((other) => other.id === one.scene);
      const hotspot = scene?.hotspots.find((other) => other.id === one.hotspot) ?? null;
      if (scene) item.append(this.button(one.said, () => this.choose(scene, hotspot)));
      else item.textContent = one.said;
      return item;
    });
    if (!items.length) {
      const item = document.createElement("li");
      item.textContent = this.word("allWell");
      items.push(item);
    }
    this.one("[data-findings]").replaceChildren(...items);
  }

  private upload(): void {
    const files = this.one<HTMLInputElement>("[data-files]");
    const send = async (list: FileList | null): Promise<void> => {
      for (const file of list ?? []) {
        this.state(`${this.word("uploading")} ${file.name}`);
        const body = new FormData();
        body.append("file", file);
        const answer = await this.post(this.told.take, body);
        const said = (await answer.json().catch(() => ({}))) as { panorama?: Panorama; said?: string };
        if (said.panorama) this.told.panoramas.unshift(said.panorama);
        this.state(said.said ?? "");
        this.lists();
      }
      this.wait();
    };
    files.addEventListener("change", () => void send(files.files));
    const place = this.one(".author__list");
    place.addEventListener("dragover", (event) => event.preventDefault());
    place.addEventListener("drop", (event) => {
      event.preventDefault();
      void send(event.dataTransfer?.files ?? null);
    });
  }

  /** Until every panorama is cut, ask how far they are. */
  private wait(): void {
    setTimeout(async () => {
      const answer = await fetch(this.told.look);
      if (!answer.ok) return;
      this.told.panoramas = ((await answer.json()) as { panoramas: Panorama[] }).panoramas;
      this.lists();
      if (this.scene && !this.cube.quads.length) void this.show(this.scene);
      if (this.told.panoramas.some((one) => one.state === "waiting" || one.state === "tiling")) this.wait();
    }, 2000);
  }
}

const root = document.querySelector<HTMLElement>("[data-author]");
const told = document.getElementById("author-told")?.textContent;
if (root && told) new Author(root, JSON.parse(told) as Told);
