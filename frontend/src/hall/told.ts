// A hall as the server tells it (venues/domain/exhibitions/showing.py). Metres; x to the right, z ahead of who comes in.

export interface Room {
  id: string;
  title: string;
  walls: string;
  half: number; // of its width
  near: number; // z of the wall one comes in by
  far: number;
}

export interface Work {
  id: string;
  room: number;
  title: string;
  about: string;
  src: string;
  turn: number; // degrees: 0 faces who comes in, 90 hangs on the left wall, -90 on the right
  stand: [x: number, z: number];
  x: number;
  z: number;
  width: number;
  height: number;
}

export interface Hall {
  height: number;
  eye: number;
  door: number;
  rooms: Room[];
  works: Work[];
}

export interface Place {
  x: number;
  z: number;
  yaw: number; // degrees, to the right
  pitch: number;
}

export const RAD = Math.PI / 180;
const APART = 0.5; // metres one keeps from a wall

/** The room of a place; in a doorway the room it leads out of. */
export function roomAt(hall: Hall, z: number): number {
  const found = hall.rooms.findIndex((room, at) => z < (hall.rooms[at + 1]?.near ?? Infinity));
  return Math.max(0, found);
}

/** The nearest place to (x, z) where one can stand. */
export function standable(hall: Hall, x: number, z: number): [number, number] {
  const room = hall.rooms[roomAt(hall, z)]!;
  const next = hall.rooms[roomAt(hall, z) + 1];
  const first = room === hall.rooms[0];
  const through = Math.abs(x) < hall.door / 2 - 0.35;
  const near = room.near + APART;
  const far = room.far - APART;
  if ((z > far && next && through) || (z < near && !first && through)) return [x, z];
  return [clamp(x, APART - room.half, room.half - APART), clamp(z, near, far)];
}

/** The way on foot: straight in a room, through the middle of each doorway between. */
export function way(hall: Hall, from: [number, number], to: [number, number]): [number, number][] {
  const [a, b] = [roomAt(hall, from[1]), roomAt(hall, to[1])];
  const points: [number, number][] = [from];
  for (let at = a; at !== b; at += Math.sign(b - a)) {
    const [room, other] = [hall.rooms[at]!, hall.rooms[at + Math.sign(b - a)]!];
    points.push(b > a ? [0, room.far - 0.6] : [0, room.near + 0.6], b > a ? [0, other.near + 0.6] : [0, other.far - 0.6]);
  }
  points.push(to);
  return points;
}

/** Where one looks at a work from. */
export function before(work: Work): Place {
  const [x, z] = work.stand;
  return { x, z, yaw: Math.atan2(work.x - x, work.z - z) / RAD, pitch: 0 };
}

export function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}

/** From one heading to another the shorter way round, -180 to 180. */
export function round(degrees: number): number {
  return ((((degrees + 180) % 360) + 360) % 360) - 180;
}
