// A group visit: a guide leads, followers see the same view, may look around by themselves, and ask by text. Fetched when
// somebody wants one (venues/group.py keeps the visit).

import type { View } from "./cube";
import type { Walk } from "./walk";

const EVERY = 300; // milliseconds between two views that the guide sends

interface Led extends View {
  scene: string;
}

export class Group {
  private stream: EventSource | null = null;
  private visit = ""; // its address
  private key = "";
  private timer = 0;
  private last = "";
  private free = false; // a follower who looks around
  private led: Led | null = null;

  private constructor(readonly walk: Walk, readonly box: HTMLElement, private readonly from: HTMLElement) {
    this.on("close", () => this.show(false));
    this.on("lead", () => void this.lead());
    this.on("end", () => void this.end());
    this.on("leave", () => this.leave());
    this.on("back", () => this.follow(false));
    this.form("join", (sent) => void this.join(String(sent.get("code"))));
    this.form("ask", (sent, form) => void this.ask(String(sent.get("text")), form));
    for (const event of ["pointerdown", "keydown", "wheel"]) {
      walk.looking.element.addEventListener(event, () => this.led && !this.key && this.follow(true), { passive: true });
    }
    addEventListener("pagehide", () => this.key && navigator.sendBeacon(`${this.visit}end`, JSON.stringify({ key: this.key })));
  }

  /** Open the box; code: follow this group at once. */
  static async open(walk: Walk, from: HTMLElement, address: string, code = ""): Promise<Group> {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${answer.status}`);
    const made = document.createElement("template");
    made.innerHTML = await answer.text();
    const box = made.content.querySelector<HTMLElement>("[data-group]")!;
    walk.element.append(box);
    const group = new Group(walk, box, from);
    group.one("title").focus({ preventScroll: true });
    if (code) void group.join(code);
    return group;
  }

  show(open: boolean): void {
    this.box.hidden = !open;
    (open ? this.one("title") : this.from).focus({ preventScroll: true });
  }

  private one<T extends HTMLElement = HTMLElement>(name: string): T {
    return this.box.querySelector<T>(`[data-group-${name}]`)!;
  }

  private on(name: string, act: () => void): void {
    this.one(name).addEventListener("click", act);
  }

  private form(name: string, act: (sent: FormData, form: HTMLFormElement) => void): void {
    const form = this.one<HTMLFormElement>(name);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      act(new FormData(form), form);
    });
  }

  private say(name: string): void {
    this.one("said").textContent = this.box.dataset[name] ?? "";
  }

  private stage(name: "choose" | "leading" | "following"): void {
    for (const one of ["choose", "leading", "following"]) this.one(one).hidden = one !== name;
  }

  private async lead(): Promise<void> {
    const tour = location.pathname.replace(/embed\/$/, "");
    const answer = await post("/visit/", { tour });
    if (answer?.status !== 201) return this.say("groupRefused");
    const { code, key } = (await answer.json()) as { code: string; key: string };
    [this.visit, this.key] = [`/visit/${code}/`, key];
    this.one("code").textContent = code;
    this.one<HTMLInputElement>("link").value = `${location.origin}${tour}?visit=${code}`;
    this.one("questions").replaceChildren();
    this.stage("leading");
    this.say("");
    this.listen(`${this.visit}stream?key=${encodeURIComponent(key)}`);
    this.stream?.addEventListener("followers", (event) => {
      this.one("followers").textContent = (this.box.dataset.groupMany ?? "").replace("{count}", (event as MessageEvent<string>).data);
    });
    this.stream?.addEventListener("question", (event) => this.asked(JSON.parse((event as MessageEvent<string>).data) as string));
    this.last = "";
    this.timer = window.setInterval(() => void this.tell(), EVERY);
  }

  private async tell(): Promise<void> {
    const { yaw, pitch, fov } = this.walk.cube.view;
    const seen = { scene: this.walk.current.id, yaw, pitch, fov };
    const told = JSON.stringify(seen);
    if (told === this.last) return;
    this.last = told;
    const answer = await post(`${this.visit}view`, { key: this.key, ...seen });
    if (!answer?.ok) this.last = ""; // with the next look
  }

  private asked(text: string): void {
    const item = document.createElement("li");
    item.textContent = text;
    this.one("questions").prepend(item);
    this.one("none").hidden = true;
    this.one("said").textContent = text;
  }

  private async join(code: string): Promise<void> {
    const address = `/visit/${code}/`;
    const answer = await fetch(address).catch(() => null);
    const told = answer?.ok ? ((await answer.json()) as { tour: string }) : null;
    if (!told) return this.say("groupUnknown");
    if (told.tour !== location.pathname.replace(/embed\/$/, "")) return location.assign(`${told.tour}?visit=${code}`);
    this.visit = address;
    this.stage("following");
    this.follow(false);
    this.listen(`${address}stream`);
    this.stream?.addEventListener("view", (event) => {
      this.led = JSON.parse((event as MessageEvent<string>).data) as Led;
      if (!this.free) this.look();
    });
  }

  private listen(address: string): void {
    this.stream?.close();
    this.stream = new EventSource(address);
    this.stream.addEventListener("ended", () => {
      this.leave();
      this.say("groupEnded");
    });
    this.stream.addEventListener("error", () => this.say("groupLost"));
    this.stream.addEventListener("open", () => this.key ? this.say("") : this.follow(this.free));
  }

  /** Look where the guide looks. */
  private look(): void {
    if (!this.led) return;
    const { scene, ...view } = this.led;
    if (scene !== this.walk.current.id) void this.walk.go(scene, { view, walked: true });
    else this.walk.looking.turnTo(view, EVERY * 1.5);
  }

  private follow(free: boolean): void {
    this.free = free;
    this.one("back").hidden = !free;
    this.say(free ? "groupFree" : "groupFollows");
    if (!free) this.look();
  }

  private async ask(text: string, form: HTMLFormElement): Promise<void> {
    const answer = await post(`${this.visit}ask`, { text });
    this.say(answer?.ok ? "groupSent" : "groupRefused");
    if (answer?.ok) form.reset();
  }

  private async end(): Promise<void> {
    await post(`${this.visit}end`, { key: this.key });
    this.leave();
    this.say("groupEnded");
  }

  private leave(): void {
    this.stream?.close();
    clearInterval(this.timer);
    [this.stream, this.key, this.led, this.free] = [null, "", null, false];
    this.stage("choose");
    this.say("");
  }
}

function post(address: string, told: object): Promise<Response | null> {
  return fetch(address, { method: "POST", body: JSON.stringify(told), headers: { "Content-Type": "application/json" } }).catch(() => null);
}
