// Buttons and what a machine can do besides: full screen, tilting the phone, reading aloud, number keys, kiosk and wall.

import type { Film } from "./film";
import type { Group } from "./group";
import type { Guide } from "./guide";
import type { Panels } from "./panels";
import type { Scene } from "./scenes";
import type { Walk } from "./walk";

const KIOSK_SECONDS = 60;
const WALL_SECONDS = 20;

export function senses(walk: Walk, panels: Panels, guide: Guide): void {
  const tour = walk.element;
  const asked = new URLSearchParams(location.search);
  const on = (name: string, act: (button: HTMLElement) => void): HTMLElement | null => {
    const button = tour.querySelector<HTMLElement>(`[data-tour-${name}]`);
    button?.addEventListener("click", () => {
      walk.looking.idle();
      act(button);
    });
    return button;
  };
  on("in", () => walk.looking.zoom(0.8));
  on("out", () => walk.looking.zoom(1.25));
  const full = on("full", () => void (document.fullscreenElement ? document.exitFullscreen() : tour.requestFullscreen()));
  if (full) full.hidden = !document.fullscreenEnabled;
  void glasses(on, walk);
  compass(walk);
  tilting(walk, on);
  reading(walk, panels, on);
  keys(walk, panels);
  films(walk);
  group(walk, on, asked.get("visit") ?? "");
  if (asked.has("kiosk")) kiosk(walk, guide);
  if (asked.has("wall")) wall(walk, guide);
}

/** The button stands only where a headset answers; what draws for it is fetched when it is pressed. */
async function glasses(on: (name: string, act: (button: HTMLElement) => void) => HTMLElement | null, walk: Walk): Promise<void> {
  const { xr } = navigator as { xr?: { isSessionSupported(mode: string): Promise<boolean> } };
  const button = on("xr", async () => {
    const { Immersive } = await import("./immersive");
    await Immersive.enter(walk).catch(() => undefined);
  });
  if (button && (await xr?.isSessionSupported("immersive-vr").catch(() => false))) button.hidden = false;
}

/** What a group visit needs is fetched when its button is pressed, or by the address of one: `?visit=123456`. */
function group(walk: Walk, on: (name: string, act: (button: HTMLElement) => void) => HTMLElement | null, code: string): void {
  let opened: Promise<Group> | null = null;
  const open = (button: HTMLElement, joined = ""): void => {
    if (opened) return void opened.then((one) => one.show(one.box.hidden));
    opened = import("./group").then((module) => module.Group.open(walk, button, button.dataset.tourGroup!, joined));
    opened.catch(() => (opened = null));
  };
  const button = on("group", (pressed) => open(pressed));
  if (button && /^\d{6}$/.test(code)) open(button, code);
}

/** What plays a scene that moves is fetched with the first of them. */
function films(walk: Walk): void {
  let shown: Film | null = null;
  const arrived = async (scene: Scene): Promise<void> => {
    shown?.end();
    shown = null;
    if (!scene.film?.src) return;
    const { Film } = await import("./film");
    if (walk.current === scene && !shown) shown = new Film(walk, scene, scene.film);
  };
  const changed = walk.changed;
  walk.changed = (scene) => {
    changed(scene);
    void arrived(scene);
  };
  void arrived(walk.current);
}

function compass(walk: Walk): void {
  const needle = walk.element.querySelector<HTMLElement>("[data-tour-compass]");
  walk.changedView = () => {
    const { north } = walk.current;
    if (!needle) return;
    needle.hidden = north === null;
    const sign = needle.querySelector("svg");
    if (north !== null && sign) sign.style.transform = `rotate(${Math.round(north - walk.cube.view.yaw)}deg)`;
  };
  needle?.addEventListener("click", () => walk.looking.turnTo({ yaw: walk.current.north ?? 0, pitch: 0 }));
  walk.changedView();
}

type Asks = typeof DeviceOrientationEvent & { requestPermission?: () => Promise<string> };

function tilting(walk: Walk, on: (name: string, act: (button: HTMLElement) => void) => HTMLElement | null): void {
  let before: { yaw: number; pitch: number } | null = null;
  const tilted = (event: DeviceOrientationEvent): void => {
    if (event.alpha === null || event.beta === null || event.gamma === null) return;
    const now = looks(event.alpha, event.beta, event.gamma, screen.orientation?.angle ?? 0);
    if (before) {
      const { yaw, pitch } = walk.cube.view;
      walk.looking.set({ yaw: yaw + now.yaw - before.yaw, pitch: pitch + now.pitch - before.pitch });
    }
    before = now;
  };
  const button = on("tilt", async (pressed) => {
    const held = pressed.getAttribute("aria-pressed") === "true";
    if (!held && (await (DeviceOrientationEvent as Asks).requestPermission?.()) === "denied") return;
    pressed.setAttribute("aria-pressed", String(!held));
    before = null;
    if (held) removeEventListener("deviceorientation", tilted);
    else addEventListener("deviceorientation", tilted);
  });
  if (button) button.hidden = !("DeviceOrientationEvent" in window && matchMedia("(pointer: coarse)").matches);
}

/** Where the back of the device points: yaw to the right, pitch upwards, degrees (W3C Device Orientation, Z-X'-Y''). */
export function looks(alpha: number, beta: number, gamma: number, turned: number): { yaw: number; pitch: number } {
  const [a, b, c] = [alpha, beta, gamma].map((n) => (n * Math.PI) / 180) as [number, number, number];
  const east = -Math.cos(a) * Math.sin(c) - Math.sin(a) * Math.sin(b) * Math.cos(c);
  const north = -Math.sin(a) * Math.sin(c) + Math.cos(a) * Math.sin(b) * Math.cos(c);
  const up = -Math.cos(b) * Math.cos(c);
  void turned; // where the back points does not depend on how the picture on the front is turned
  return { yaw: (Math.atan2(east, north) * 180) / Math.PI, pitch: (Math.asin(Math.max(-1, Math.min(1, up))) * 180) / Math.PI };
}

function reading(walk: Walk, panels: Panels, on: (name: string, act: (button: HTMLElement) => void) => HTMLElement | null): void {
  const button = on("aloud", () => {
    if (speechSynthesis.speaking) return speechSynthesis.cancel();
    const words = document.getElementById(`s-${walk.current.id}`)?.querySelector<HTMLElement>("[data-tour-words]");
    const speech = new SpeechSynthesisUtterance(words?.innerText ?? walk.current.alt);
    speech.lang = words?.closest<HTMLElement>("[lang]")?.lang ?? document.documentElement.lang;
    panels.say(button?.dataset.tourAloud ?? "");
    speechSynthesis.speak(speech);
  });
  if (button) button.hidden = !("speechSynthesis" in window);
  addEventListener("pagehide", () => speechSynthesis?.cancel());
}

/** As in a museum: the number of a place leads to it. */
function keys(walk: Walk, panels: Panels): void {
  let typed = "";
  let timer = 0;
  walk.element.addEventListener("keydown", (event) => {
    if (!/^\d$/.test(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    typed += event.key;
    clearTimeout(timer);
    timer = setTimeout(() => {
      const scene = walk.tour.scenes[Number(typed) - 1];
      typed = "";
      if (scene) void walk.go(scene.id);
    }, 700) as unknown as number;
    panels.say(typed);
  });
}

/** In a lobby: nobody's traces stay, and who comes next begins at the beginning. */
function kiosk(walk: Walk, guide: Guide): void {
  document.documentElement.classList.add("is-kiosk");
  let timer = 0;
  const again = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      guide.end();
      const start = walk.scene(walk.tour.start) ?? walk.tour.scenes[0]!;
      void walk.go(start.id).then(() => walk.looking.turnTo(start.view));
    }, KIOSK_SECONDS * 1000) as unknown as number;
  };
  for (const event of ["pointerdown", "keydown", "wheel"]) addEventListener(event, again, { passive: true });
  walk.looking.idle = again;
  again();
}

/** On a wall: the guided walk without end, or scene after scene. */
function wall(walk: Walk, guide: Guide): void {
  document.documentElement.classList.add("is-wall");
  walk.element.dataset.tourLoop = "";
  const route = walk.tour.routes[0];
  if (route) return guide.start(route.id);
  let at = 0;
  setInterval(() => {
    const shown = walk.tour.scenes.filter((one) => one.base);
    at = (at + 1) % shown.length;
    void walk.go(shown[at]!.id);
  }, WALL_SECONDS * 1000);
}
