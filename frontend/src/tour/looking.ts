// Turning by finger, mouse, wheel and keys, and smooth turns to a place.

import { type Cube, RAD, type View } from "./cube";

export const still = matchMedia("(prefers-reduced-motion: reduce)");

export class Looking {
  idle: () => void = () => undefined; // somebody did something
  settled: () => void = () => undefined; // the view came to rest
  private turning = 0;
  private speed: [number, number] = [0, 0];
  private resting = 0;
  private readonly fingers = new Map<number, PointerEvent>();

  constructor(readonly cube: Cube, readonly element: HTMLElement) {
    element.addEventListener("pointerdown", (event) => this.down(event));
    element.addEventListener("pointermove", (event) => this.move(event));
    for (const end of ["pointerup", "pointercancel"] as const) element.addEventListener(end, (event) => this.up(event));
    element.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    element.addEventListener("keydown", (event) => this.key(event));
  }

  set(view: Partial<View>): void {
    const old = this.cube.view;
    const { yaw, pitch, fov } = { ...old, ...view };
    this.cube.view = {
      yaw: ((((yaw + 180) % 360) + 360) % 360) - 180,
      pitch: Math.max(-89, Math.min(89, pitch)),
      fov: Math.max(25, Math.min(100, fov)),
    };
    this.cube.ask();
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.settled(), 120) as unknown as number;
  }

  stop(): void {
    cancelAnimationFrame(this.turning);
    this.turning = 0;
  }

  /** Turn the shorter way round, at once where motion is not wanted. */
  turnTo(to: Partial<View>, milliseconds = 600): void {
    this.stop();
    const from = this.cube.view;
    const aim = { ...from, ...to };
    if (still.matches || milliseconds <= 0) return this.set(aim);
    const round = ((((aim.yaw - from.yaw + 180) % 360) + 360) % 360) - 180;
    const begun = performance.now();
    const step = (now: number): void => {
      const gone = Math.min(1, Math.max(0, (now - begun) / milliseconds));
      const eased = gone < 0.5 ? 2 * gone * gone : 1 - 2 * (1 - gone) * (1 - gone);
      this.set({
        yaw: from.yaw + round * eased,
        pitch: from.pitch + (aim.pitch - from.pitch) * eased,
        fov: from.fov + (aim.fov - from.fov) * eased,
      });
      this.turning = gone < 1 ? requestAnimationFrame(step) : 0;
    };
    this.turning = requestAnimationFrame(step);
  }

  zoom(factor: number): void {
    const fov = this.cube.view.fov * factor;
    this.idle();
    this.turnTo({ fov: Math.max(25, Math.min(100, fov)) }, 250);
  }

  private down(event: PointerEvent): void {
    if (event.target instanceof Element && event.target.closest("button, a, summary")) return;
    this.stop();
    this.idle();
    this.fingers.set(event.pointerId, event);
    this.element.setPointerCapture(event.pointerId);
    this.speed = [0, 0];
  }

  private move(event: PointerEvent): void {
    const before = this.fingers.get(event.pointerId);
    if (!before) return;
    this.fingers.set(event.pointerId, event);
    const perPixel = (2 * Math.tan((this.cube.view.fov * RAD) / 2)) / this.element.clientHeight / RAD;
    if (this.fingers.size === 2) {
      const other = [...this.fingers.values()].find((one) => one.pointerId !== event.pointerId)!;
      const apart = (one: PointerEvent): number => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
      this.set({ fov: (this.cube.view.fov * apart(before)) / Math.max(20, apart(event)) });
      return;
    }
    const turn: [number, number] = [(before.clientX - event.clientX) * perPixel, (event.clientY - before.clientY) * perPixel];
    this.speed = [this.speed[0] * 0.6 + turn[0] * 0.4, this.speed[1] * 0.6 + turn[1] * 0.4];
    this.set({ yaw: this.cube.view.yaw + turn[0], pitch: this.cube.view.pitch + turn[1] });
  }

  private up(event: PointerEvent): void {
    if (!this.fingers.delete(event.pointerId) || this.fingers.size || still.matches) return;
    const glide = (): void => {
      this.speed = [this.speed[0] * 0.93, this.speed[1] * 0.93];
      if (Math.abs(this.speed[0]) + Math.abs(this.speed[1]) < 0.03) return;
      this.set({ yaw: this.cube.view.yaw + this.speed[0], pitch: this.cube.view.pitch + this.speed[1] });
      this.turning = requestAnimationFrame(glide);
    };
    glide();
  }

  private wheel(event: WheelEvent): void {
    if (!event.ctrlKey && document.fullscreenElement === null && !this.element.closest("[data-fixed]")) return;
    event.preventDefault();
    this.idle();
    this.set({ fov: this.cube.view.fov * Math.exp(event.deltaY * 0.001) });
  }

  private key(event: KeyboardEvent): void {
    if (event.target !== this.element || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = this.cube.view.fov / 6;
    const turn = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] }[event.key];
    if (turn) this.turnTo({ yaw: this.cube.view.yaw + turn[0]!, pitch: Math.max(-89, Math.min(89, this.cube.view.pitch + turn[1]!)) }, 200);
    else if (event.key === "+" || event.key === "=") this.zoom(0.8);
    else if (event.key === "-") this.zoom(1.25);
    else return;
    this.idle();
    event.preventDefault();
  }
}
