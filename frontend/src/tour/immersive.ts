// The tour in a headset (WebXR): hotspots as signs in space, chosen by looking or pointing; scenes change inside the
// session. Without the library of anybody: the same ground and tiles, through two eyes.

import { RAD, Tiles, times } from "./begin";
import type { Axes, Cube, Placed } from "./cube";
import type { Hotspot, Scene } from "./scenes";
import type { Walk } from "./walk";

// The parts of WebXR that are used; TypeScript's own library does not know it.
interface Vector {
  x: number;
  y: number;
  z: number;
  w: number;
}
interface Pose {
  transform: { orientation: Vector };
}
interface View extends Pose {
  eye: "left" | "right" | "none";
  projectionMatrix: Float32Array;
}
interface Frame {
  getViewerPose(space: object): (Pose & { views: View[] }) | null;
  getPose(space: object, base: object): Pose | null;
}
interface Source {
  targetRaySpace: object;
  gamepad?: { axes: readonly number[] };
}
interface Session extends EventTarget {
  inputSources: Iterable<Source>;
  updateRenderState(state: { baseLayer: Layer }): void;
  requestReferenceSpace(kind: string): Promise<object>;
  requestAnimationFrame(draw: (time: number, frame: Frame) => void): number;
  end(): Promise<void>;
}
interface Layer {
  framebuffer: WebGLFramebuffer | null;
  getViewport(view: View): { x: number; y: number; width: number; height: number };
}
interface Headset {
  isSessionSupported(mode: string): Promise<boolean>;
  requestSession(mode: string): Promise<Session>;
}
declare const XRWebGLLayer: new (session: Session, gl: WebGLRenderingContext) => Layer;

const NEAR = Math.cos(14 * RAD); // how far beside a sign one may look and still mean it
const SNAP = 30; // degrees of one turn by the stick

export const headset = (navigator as { xr?: Headset }).xr;

/** What the right eye sees of a stereo picture: ground and tiles of its own, drawn by the same cube. */
class RightEye {
  private readonly tiles: Tiles;

  private constructor(readonly cube: Cube, scene: Scene) {
    this.tiles = new Tiles(cube);
    this.tiles.show(scene);
  }

  static async see(cube: Cube, scene: Scene): Promise<RightEye> {
    const right = { ...scene, base: scene.other! };
    const own = Object.create(cube, { ground: { value: null, writable: true }, groundSide: { value: 0, writable: true }, quads: { value: [], writable: true } }) as Cube;
    const eye = new RightEye(own, right);
    const bytes = await eye.tiles.fetched(right, `${right.base}strip.webp`);
    const strip = bytes && (await createImageBitmap(bytes));
    if (strip) own.setGround(strip, strip.height);
    strip?.close();
    return eye;
  }

  look(): void {
    this.tiles.look();
  }

  close(): void {
    this.tiles.end();
    this.cube.endGround();
  }
}

export class Immersive {
  private right: RightEye | null = null;
  private turned = 0; // degrees by which the room is turned against the headset's own
  private signs: { hotspot: Hotspot | null; direction: number[]; placed: Placed }[] = [];
  private looked = 0;
  private held = false;
  private over = false;

  private constructor(readonly walk: Walk, readonly session: Session, readonly layer: Layer, readonly space: object) {}

  static async enter(walk: Walk): Promise<Immersive> {
    const session = await headset!.requestSession("immersive-vr");
    const { gl } = walk.cube;
    await (gl as unknown as { makeXRCompatible?: () => Promise<void> }).makeXRCompatible?.();
    const layer = new XRWebGLLayer(session, gl);
    session.updateRenderState({ baseLayer: layer });
    const inside = new Immersive(walk, session, layer, await session.requestReferenceSpace("local"));
    inside.begin();
    return inside;
  }

  private begin(): void {
    const { walk } = this;
    walk.cube.immersed = true;
    this.turned = walk.cube.view.yaw;
    this.show();
    const changed = walk.changed;
    walk.changed = (scene) => {
      changed(scene);
      this.show();
    };
    this.session.addEventListener("select", (event) => this.choose(event as Event & { inputSource?: Source; frame?: Frame }));
    this.session.addEventListener("end", () => {
      walk.changed = changed;
      this.clear();
      this.right?.close();
      this.right = null;
      this.over = true;
      walk.cube.immersed = false;
      walk.cube.gl.bindFramebuffer(walk.cube.gl.FRAMEBUFFER, null);
      walk.cube.ask();
    });
    this.session.requestAnimationFrame((time, frame) => this.draw(time, frame));
  }

  private draw(time: number, frame: Frame): void {
    this.session.requestAnimationFrame((later, next) => this.draw(later, next));
    const pose = frame.getViewerPose(this.space);
    if (!pose) return;
    const { cube, tiles } = this.walk;
    const { gl } = cube;
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.layer.framebuffer);
    gl.clear(gl.COLOR_BUFFER_BIT);
    for (const view of pose.views) {
      const { x, y, width, height } = this.layer.getViewport(view);
      gl.viewport(x, y, width, height);
      const [right, up, ahead] = this.axes(view.transform.orientation);
      const p = view.projectionMatrix;
      const middle = plus(ahead, plus(times(right, p[8]! / p[0]!), times(up, p[9]! / p[5]!)));
      (view.eye === "right" && this.right ? this.right.cube : cube).paint(
        {
          rays: [times(right, 1 / p[0]!), times(up, 1 / p[5]!), middle],
          places: [plus(times(right, p[0]!), times(ahead, -p[8]!)), plus(times(up, p[5]!), times(ahead, -p[9]!)), ahead],
        },
        this.signs.map((sign) => sign.placed),
      );
    }
    const ahead = this.axes(pose.transform.orientation)[2];
    cube.view = { yaw: Math.atan2(ahead[0]!, ahead[2]!) / RAD, pitch: Math.asin(ahead[1]!) / RAD, fov: 90 };
    if (time - this.looked > 200) {
      this.looked = time;
      tiles.look();
      this.right?.look();
    }
    this.stick();
  }

  /** Axes of an orientation in our own: z is ahead here, behind there. */
  private axes({ x, y, z, w }: Vector): Axes {
    const turn = (a: number, b: number, c: number): number[] => {
      const [i, j, k] = [y * c - z * b, z * a - x * c, x * b - y * a].map((n) => 2 * n) as [number, number, number];
      const out = [a + w * i + y * k - z * j, b + w * j + z * i - x * k, -(c + w * k + x * j - y * i)];
      const [sine, cosine] = [Math.sin(this.turned * RAD), Math.cos(this.turned * RAD)];
      return [out[0]! * cosine + out[2]! * sine, out[1]!, out[2]! * cosine - out[0]! * sine];
    };
    return [turn(1, 0, 0), turn(0, 1, 0), turn(0, 0, -1)];
  }

  /** Turn by steps: a smooth turn makes people ill. */
  private stick(): void {
    for (const source of this.session.inputSources) {
      const pushed = source.gamepad?.axes[2] ?? 0;
      if (Math.abs(pushed) < 0.3) this.held = false;
      else if (Math.abs(pushed) > 0.7 && !this.held) {
        this.held = true;
        this.turned += Math.sign(pushed) * SNAP;
      }
    }
  }

  private choose(event: Event & { inputSource?: Source; frame?: Frame }): void {
    const told = this.signs.find((sign) => sign.hotspot === null);
    if (told) {
      this.walk.cube.gl.deleteTexture(told.placed.texture);
      this.signs = this.signs.filter((sign) => sign !== told);
      return;
    }
    const pointed = event.inputSource && event.frame?.getPose(event.inputSource.targetRaySpace, this.space);
    const { yaw, pitch } = this.walk.cube.view;
    const ray = pointed ? this.axes(pointed.transform.orientation)[2] : toward(yaw, pitch);
    const near = (sign: { direction: number[] }): number => sign.direction.reduce((sum, n, at) => sum + n * ray[at]!, 0);
    const best = [...this.signs].sort((a, b) => near(b) - near(a))[0];
    if (!best?.hotspot || near(best) < NEAR) return;
    const { hotspot } = best;
    if (hotspot.kind === "link") void this.walk.go(hotspot.to);
    else this.signs.push(this.sign(null, hotspot.yaw, hotspot.pitch, `${hotspot.title}\n\n${hotspot.text}`, 0.5));
  }

  /** Both eyes, where the scene has a picture for each; until the right one's is there both see the same. */
  private async stereo(): Promise<void> {
    this.right?.close();
    this.right = null;
    const scene = this.walk.current;
    if (!scene.other) return;
    const eye = await RightEye.see(this.walk.cube, scene).catch(() => null);
    if (this.over || this.walk.current !== scene) eye?.close();
    else this.right = eye;
  }

  private show(): void {
    void this.stereo();
    this.clear();
    this.signs = this.walk.current.hotspots.map((one) => this.sign(one, one.yaw, one.pitch, `${one.kind === "link" ? "↑ " : ""}${one.title}`, 0.2));
  }

  private clear(): void {
    for (const { placed } of this.signs) this.walk.cube.gl.deleteTexture(placed.texture);
    this.signs = [];
  }

  /** Words in space, at a distance of one, `half` its width to each side. */
  private sign(hotspot: Hotspot | null, yaw: number, pitch: number, words: string, half: number): Immersive["signs"][number] {
    const drawn = written(words);
    const direction = toward(yaw, pitch);
    const right = [Math.cos(yaw * RAD), 0, -Math.sin(yaw * RAD)];
    const down = times(toward(yaw, pitch + 90), -1);
    const ways = [times(right, half), times(down, (half * drawn.height) / drawn.width), direction];
    return { hotspot, direction, placed: { texture: this.walk.cube.texture(drawn), ways, part: [0, 0, 1] } };
  }
}

function toward(yaw: number, pitch: number): number[] {
  const flat = Math.cos(pitch * RAD);
  return [Math.sin(yaw * RAD) * flat, Math.sin(pitch * RAD), Math.cos(yaw * RAD) * flat];
}

function plus(a: number[], b: number[]): number[] {
  return a.map((n, at) => n + b[at]!);
}

function written(words: string): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d")!;
  const font = '36px "PingFang SC", "Noto Sans CJK SC", "Noto Sans SC", sans-serif';
  const lines: string[] = [];
  for (const paragraph of words.split("\n").slice(0, 12)) {
    let line = "";
    pen.font = font;
    for (const part of paragraph.match(/[\u2e80-\uffff]|[^\u2e80-\uffff\s]+\s*|\s+/g) ?? [""]) {
      if (line && pen.measureText(line + part).width > 600) {
        lines.push(line);
        line = "";
      }
      line += part;
    }
    lines.push(line);
  }
  canvas.width = 660;
  canvas.height = Math.min(1000, lines.length * 52 + 40);
  pen.fillStyle = "#0b1517";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.font = font;
  pen.fillStyle = "#ffffff";
  lines.forEach((line, at) => pen.fillText(line, 30, 62 + at * 52));
  return canvas;
}
