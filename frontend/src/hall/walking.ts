// On foot: where one stands and looks, by keys, pointer, and of itself to a work.

import { before, clamp, type Hall, type Place, RAD, roomAt, round, standable, way, type Work } from "./told";

const SPEED = 2.4; // metres a second
const TURN = 75; // degrees a second, by key

interface Trip {
  points: [number, number][];
  long: number;
  gone: number; // 0 to 1
  to: Place;
  done: (arrived: boolean) => void;
}

export const still = matchMedia("(prefers-reduced-motion: reduce)");

export class Walking {
  place: Place;
  moved: () => void = () => undefined; // draw again
  entered: (room: number) => void = () => undefined;
  private trip: Trip | null = null;
  private room = 0;
  private frame = 0;
  private last = 0;
  private readonly held = new Set<string>();

  constructor(readonly hall: Hall, readonly element: HTMLElement) {
    this.place = { x: 0, z: hall.rooms[0]!.near + 1.1, yaw: 0, pitch: 0 };
    element.addEventListener("keydown", (event) => this.key(event, true));
    element.addEventListener("keyup", (event) => this.key(event, false));
    element.addEventListener("blur", () => this.held.clear());
  }

  get at(): number {
    return this.room;
  }

  set(place: Place): void {
    const [x, z] = standable(this.hall, place.x, place.z);
    this.place = { x, z, yaw: round(place.yaw), pitch: clamp(place.pitch, -60, 60) };
    const room = roomAt(this.hall, z);
    if (room !== this.room) {
      this.room = room;
      this.entered(room);
    }
    this.moved();
  }

  look(yaw: number, pitch: number): void {
    this.stop();
    this.set({ ...this.place, yaw: this.place.yaw + yaw, pitch: this.place.pitch + pitch });
  }

  /** Walk to a work: whether one stands before it then, or somebody turned away meanwhile. */
  visit(work: Work): Promise<boolean> {
    return this.go(before(work));
  }

  go(to: Place): Promise<boolean> {
    this.stop();
    if (still.matches) {
      this.set(to);
      return Promise.resolve(true);
    }
    const points = way(this.hall, [this.place.x, this.place.z], [to.x, to.z]);
    const long = points.reduce((sum, point, at) => sum + (at ? apart(points[at - 1]!, point) : 0), 0);
    return new Promise((done) => {
      this.trip = { points, long, gone: 0, to, done };
      this.run();
    });
  }

  stop(): void {
    this.trip?.done(false);
    this.trip = null;
  }

  private key(event: KeyboardEvent, down: boolean): void {
    if (event.target !== this.element || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = KEYS[event.key];
    if (!key) return;
    event.preventDefault();
    if (!down) return void this.held.delete(key);
    this.stop();
    this.held.add(key);
    this.run();
  }

  private run(): void {
    if (this.frame) return;
    this.last = performance.now();
    this.frame = requestAnimationFrame((now) => this.step(now));
  }

  private step(now: number): void {
    const seconds = Math.min(0.1, Math.max(0, (now - this.last) / 1000));
    this.last = now;
    this.frame = 0;
    if (this.held.size) this.press(seconds);
    else if (this.trip) this.follow(this.trip, seconds);
    if (this.held.size || this.trip) this.frame = requestAnimationFrame((next) => this.step(next));
  }

  private press(seconds: number): void {
    const { x, z, yaw, pitch } = this.place;
    const on = Number(this.held.has("on")) - Number(this.held.has("back"));
    const turn = Number(this.held.has("right")) - Number(this.held.has("left"));
    const step = on * SPEED * seconds;
    this.set({ x: x + Math.sin(yaw * RAD) * step, z: z + Math.cos(yaw * RAD) * step, yaw: yaw + turn * TURN * seconds, pitch });
  }

  /** On the long part of the way one looks ahead, at its end at the work. */
  private follow(trip: Trip, seconds: number): void {
    const lasts = clamp(trip.long / SPEED, 0.5, 6);
    trip.gone = Math.min(1, trip.gone + seconds / lasts);
    const eased = trip.gone < 0.5 ? 2 * trip.gone ** 2 : 1 - 2 * (1 - trip.gone) ** 2;
    const [x, z] = along(trip.points, trip.long * eased);
    const left = trip.long * (1 - eased);
    const [ax, az] = along(trip.points, Math.min(trip.long, trip.long * eased + 1.2));
    const ahead = left > 2.4 && apart([x, z], [ax, az]) > 0.1 ? Math.atan2(ax - x, az - z) / RAD : trip.to.yaw;
    const turn = round(ahead - this.place.yaw);
    const share = 1 - Math.exp(-seconds * 4.5);
    const arrived = trip.gone >= 1 && Math.abs(round(trip.to.yaw - this.place.yaw)) < 0.4;
    const pitch = this.place.pitch + (trip.to.pitch - this.place.pitch) * share;
    this.set(arrived ? trip.to : { x, z, yaw: this.place.yaw + turn * share, pitch });
    if (!arrived) return;
    this.trip = null;
    trip.done(true);
  }
}

const KEYS: Record<string, string> = {
  ArrowUp: "on", w: "on", W: "on", ArrowDown: "back", s: "back", S: "back",
  ArrowLeft: "left", a: "left", A: "left", ArrowRight: "right", d: "right", D: "right",
};

function apart(a: [number, number], b: [number, number]): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

/** The place so many metres along a way. */
function along(points: [number, number][], metres: number): [number, number] {
  let left = metres;
  for (let at = 1; at < points.length; at += 1) {
    const [a, b] = [points[at - 1]!, points[at]!];
    const long = apart(a, b);
    if (left <= long && long > 0) return [a[0] + ((b[0] - a[0]) * left) / long, a[1] + ((b[1] - a[1]) * left) / long];
    left -= long;
  }
  return points[points.length - 1]!;
}
