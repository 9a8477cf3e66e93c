// What is drawn: one camera at the visitor's eyes, only when something changed.

import { PerspectiveCamera, Raycaster, Scene, Vector2, Vector3, WebGLRenderer } from "three";
import { fit } from "../fitting";
import { build } from "./building";
import { Works } from "./hanging";
import type { Walking } from "./walking";
import { type Hall, RAD, type Work } from "./told";

const EYE = 1.6; // of the visitor
const WIDE = 62; // degrees to the sides that are seen at least, on a phone held upright

export class View {
  readonly works: Works;
  private readonly renderer: WebGLRenderer;
  private readonly scene = new Scene();
  private readonly camera = new PerspectiveCamera(58, 1, 0.05, 200);
  private readonly watcher: ResizeObserver;
  private waiting = 0;
  drawn: () => void = () => undefined;

  constructor(readonly canvas: HTMLCanvasElement, readonly hall: Hall, readonly walking: Walking, numbered: (number: number) => string) {
    this.renderer = new WebGLRenderer({ canvas, antialias: true });
    this.works = new Works(hall, numbered, () => this.ask());
    this.scene.add(build(hall), this.works.group);
    this.camera.rotation.order = "YXZ";
    walking.moved = () => this.ask();
    this.watcher = new ResizeObserver(() => this.resize());
    this.watcher.observe(canvas);
    this.resize();
    this.works.look(walking.at);
  }

  private resize(): void {
    if (!fit(this.renderer, this.camera)) return;
    this.camera.fov = Math.min(84, Math.max(58, (2 * Math.atan(Math.tan((WIDE / 2) * RAD) / this.camera.aspect)) / RAD));
    this.camera.updateProjectionMatrix();
    this.ask();
  }

  /** Move what is seen aside, in pixels of the canvas: words stand before the rest of it. */
  aside(left: number, up: number): void {
    const { clientWidth, clientHeight } = this.canvas;
    if (left || up) this.camera.setViewOffset(clientWidth, clientHeight, left, up, clientWidth, clientHeight);
    else this.camera.clearViewOffset();
    this.ask();
  }

  /** Draw with the next frame. */
  ask(): void {
    this.waiting ||= requestAnimationFrame(() => {
      this.waiting = 0;
      const { x, z, yaw, pitch } = this.walking.place;
      this.camera.position.set(x, EYE, -z);
      this.camera.rotation.set(pitch * RAD, -yaw * RAD, 0);
      this.renderer.render(this.scene, this.camera);
      this.drawn();
    });
  }

  /** What lies under a place on the screen (pixels of the canvas): a work, or a place on the floor. */
  under(left: number, top: number): { work?: Work; floor?: [number, number] } {
    const { clientWidth, clientHeight } = this.canvas;
    const ray = new Raycaster();
    this.camera.updateMatrixWorld();
    ray.setFromCamera(new Vector2((left / clientWidth) * 2 - 1, 1 - (top / clientHeight) * 2), this.camera);
    for (const { object, point } of ray.intersectObject(this.scene, true)) {
      const work = this.hall.works.find((one) => one.id === object.userData.work);
      if (work) return { work };
      if (object.name === "floor") return { floor: [point.x, -point.z] };
      if (object.parent?.parent !== this.works.group) return {}; // a wall stands before it
    }
    return {};
  }

  /** Where the middle of a work lies on the screen, in pixels; null where it is behind or far off. */
  project(work: Work): [number, number] | null {
    const at = new Vector3(work.x, this.hall.eye, -work.z).project(this.camera);
    if (at.z > 1 || Math.abs(at.x) > 1.1 || Math.abs(at.y) > 1.1) return null;
    return [((at.x + 1) / 2) * this.canvas.clientWidth, ((1 - at.y) / 2) * this.canvas.clientHeight];
  }

  /** Give everything back; the canvas is not drawn on again. */
  end(): void {
    this.watcher.disconnect();
    cancelAnimationFrame(this.waiting);
    this.renderer.dispose();
    this.renderer.forceContextLoss();
  }

  get textures(): number {
    return this.renderer.info.memory.textures;
  }
}
