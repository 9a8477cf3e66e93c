// A 3D object that is turned by hand, by keys or by buttons. Loaded, with three.js, when somebody wants to turn one.

import { ACESFilmicToneMapping, Box3, type Object3D, PerspectiveCamera, PMREMGenerator, Scene, Sphere, SRGBColorSpace, Vector3, WebGLRenderer } from "three";
import { RoomEnvironment } from "three/examples/jsm/environments/RoomEnvironment.js";
import { fit } from "../fitting";
import { read } from "./reading";

const RAD = Math.PI / 180;
const STEP = 15; // degrees a key turns
const NEAR = { least: 1.15, most: 6 }; // distance from the middle, in radii of the object

type Words = DOMStringMap;

/** A stage with the object on it; the signal lets go of everything. */
export async function turn(bytes: ArrayBuffer, title: string, words: Words, ended: AbortSignal): Promise<HTMLElement> {
  const model = await read(bytes);
  const made = document.createElement("div");
  made.className = "turning";
  const stage = document.createElement("div");
  stage.className = "turning__stage";
  stage.tabIndex = 0;
  stage.setAttribute("role", "group");
  stage.setAttribute("aria-label", `${title}. ${words.keys ?? ""}`);
  const canvas = document.createElement("canvas");
  canvas.setAttribute("aria-hidden", "true");
  stage.append(canvas);
  const view = new Turning(canvas, model, ended);
  made.append(stage, buttons(view, stage, words));
  pointing(view, stage);
  stage.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !view.key(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  });
  return made;
}

class Turning {
  yaw = 25;
  pitch = 12;
  near = 2.6;
  private readonly renderer: WebGLRenderer;
  private readonly scene = new Scene();
  private readonly camera = new PerspectiveCamera(38, 1, 0.01, 100);
  private readonly middle: Vector3;
  private readonly radius: number;
  private waiting = 0;
  private led = false; // it follows another object

  constructor(readonly canvas: HTMLCanvasElement, model: Object3D, ended: AbortSignal) {
    this.renderer = new WebGLRenderer({ canvas, antialias: true, alpha: true });
    this.renderer.outputColorSpace = SRGBColorSpace;
    this.renderer.toneMapping = ACESFilmicToneMapping;
    const light = new PMREMGenerator(this.renderer);
    this.scene.environment = light.fromScene(new RoomEnvironment(), 0.04).texture;
    light.dispose();
    this.scene.add(model);
    const around = new Box3().setFromObject(model).getBoundingSphere(new Sphere());
    [this.middle, this.radius] = [around.center, around.radius || 1];
    const watcher = new ResizeObserver(() => this.resize());
    watcher.observe(canvas);
    ended.addEventListener("abort", () => {
      watcher.disconnect();
      cancelAnimationFrame(this.waiting);
      this.scene.environment?.dispose();
      forget(this.scene);
      this.renderer.dispose();
      this.renderer.forceContextLoss();
    });
    canvas.dataset.view = this.told;
    canvas.addEventListener("haihe:turn", (event) => {
      [this.yaw, this.pitch, this.near] = (event as CustomEvent<[number, number, number]>).detail;
      this.led = true;
      this.ask();
      this.led = false;
    });
  }

  private get told(): string {
    return [this.yaw, this.pitch, this.near].map((n) => Math.round(n * 10) / 10).join(" ");
  }

  /** Whether the key was one of its own. */
  key(key: string): boolean {
    const [yaw, pitch, near] = ({
      ArrowLeft: [-STEP, 0, 1], ArrowRight: [STEP, 0, 1], ArrowUp: [0, STEP, 1], ArrowDown: [0, -STEP, 1],
      "+": [0, 0, 0.8], "=": [0, 0, 0.8], "-": [0, 0, 1.25], _: [0, 0, 1.25],
    } as Record<string, [number, number, number]>)[key] ?? [0, 0, 0];
    if (key === "Home" || key === "0") this.begin();
    else if (near) this.by(yaw, pitch, near);
    else return false;
    return true;
  }

  begin(): void {
    [this.yaw, this.pitch, this.near] = [25, 12, 2.6];
    this.ask();
  }

  by(yaw: number, pitch: number, near = 1): void {
    this.yaw = (((this.yaw + yaw) % 360) + 360) % 360;
    this.pitch = Math.max(-89, Math.min(89, this.pitch + pitch));
    this.near = Math.max(NEAR.least, Math.min(NEAR.most, this.near * near));
    this.ask();
  }

  private resize(): void {
    if (fit(this.renderer, this.camera)) this.ask();
  }

  /** Draw with the next frame. */
  private ask(): void {
    this.canvas.dataset.view = this.told;
    if (!this.led) this.canvas.dispatchEvent(new CustomEvent("haihe:turned", { bubbles: true, detail: [this.yaw, this.pitch, this.near] }));
    this.waiting ||= requestAnimationFrame(() => {
      this.waiting = 0;
      const far = this.radius * this.near * Math.max(1, 1 / this.camera.aspect) * 1.1;
      const [yaw, pitch] = [this.yaw * RAD, this.pitch * RAD];
      const away = new Vector3(Math.sin(yaw) * Math.cos(pitch), Math.sin(pitch), Math.cos(yaw) * Math.cos(pitch));
      this.camera.position.copy(this.middle).addScaledVector(away, far);
      [this.camera.near, this.camera.far] = [far / 100, far + this.radius * 4];
      this.camera.lookAt(this.middle);
      this.camera.updateProjectionMatrix();
      this.renderer.render(this.scene, this.camera);
      this.canvas.dataset.drawn = "";
    });
  }
}

/** What lies in the memory of the screen is given back. */
function forget(scene: Object3D): void {
  scene.traverse((one) => {
    const { geometry, material } = one as { geometry?: { dispose: () => void }; material?: unknown };
    geometry?.dispose();
    for (const each of [material].flat() as ({ dispose: () => void } & Record<string, unknown>)[]) {
      if (!each) continue;
      for (const value of Object.values(each)) {
        if (value && typeof value === "object" && "isTexture" in value) (value as unknown as { dispose: () => void }).dispose();
      }
      each.dispose();
    }
  });
}

/** One finger or the mouse turns, two fingers or the wheel come nearer. */
function pointing(view: Turning, stage: HTMLElement): void {
  const held = new Map<number, PointerEvent>();
  const apart = (): number => {
    const [one, other] = [...held.values()];
    return one && other ? Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) : 0;
  };
  stage.addEventListener("pointerdown", (event) => {
    held.set(event.pointerId, event);
    stage.setPointerCapture(event.pointerId);
  });
  stage.addEventListener("pointermove", (event) => {
    const before = held.get(event.pointerId);
    if (!before) return;
    const gap = apart();
    held.set(event.pointerId, event);
    const turned = 200 / stage.clientHeight;
    if (held.size === 1) view.by((before.clientX - event.clientX) * turned, (event.clientY - before.clientY) * turned);
    else if (gap && apart()) view.by(0, 0, gap / apart());
  });
  for (const name of ["pointerup", "pointercancel"] as const) stage.addEventListener(name, (event) => held.delete(event.pointerId));
  stage.addEventListener("wheel", (event) => {
    event.preventDefault();
    view.by(0, 0, Math.exp(event.deltaY / 600));
  }, { passive: false });
}

function buttons(view: Turning, stage: HTMLElement, words: Words): HTMLElement {
  const bar = document.createElement("div");
  bar.className = "turning__bar";
  const add = (sign: string | Node, name: string, act: () => void): void => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "turning__knob";
    button.append(sign);
    button.setAttribute("aria-label", name);
    button.title = name;
    button.addEventListener("click", act);
    bar.append(button);
  };
  add("←", words.left ?? "", () => view.by(-STEP, 0));
  add("→", words.right ?? "", () => view.by(STEP, 0));
  add("↑", words.up ?? "", () => view.by(0, STEP));
  add("↓", words.down ?? "", () => view.by(0, -STEP));
  add("+", words.nearer ?? "", () => view.by(0, 0, 0.8));
  add("−", words.farther ?? "", () => view.by(0, 0, 1.25));
  add("⟲", words.begin ?? "", () => view.begin());
  if (document.fullscreenEnabled) {
    add(whole(), words.full ?? "", () => void (document.fullscreenElement ? document.exitFullscreen() : stage.parentElement!.requestFullscreen()));
  }
  return bar;
}

/** The sign of a full screen; no typeface that is everywhere has one. */
function whole(): SVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", "M4.5 9.5v-5h5M14.5 4.5h5v5M19.5 14.5v5h-5M9.5 19.5h-5v-5");
  svg.append(path);
  return svg;
}
