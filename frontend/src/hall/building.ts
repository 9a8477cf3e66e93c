// Walls, floors and lamps of the hall. Light is worked out once, at each corner of a fine net: lamps before the works, dusk
// in the corners; so the slowest phone draws it.

import {
  BoxGeometry,
  BufferAttribute,
  Color,
  DoubleSide,
  Group,
  Mesh,
  MeshBasicMaterial,
  PlaneGeometry,
  type Texture,
} from "three";
import { boards, heading, LOOKS, plaster } from "./painting";
import type { Hall, Room, Work } from "./told";

const NET = 0.22; // metres between corners
export const DOOR_TALL = 2.7;
type Light = (along: number, up: number) => number;
type Look = (typeof LOOKS)[string];

/** Place something on a wall: at (x, z), facing as a work with this turn does. Three.js looks to -z, the hall to +z. */
export function placed<T extends Mesh | Group>(thing: T, x: number, y: number, z: number, turn: number, out = 0): T {
  const facing = (turn * Math.PI) / 180;
  thing.position.set(x + Math.sin(facing) * out, y, -(z - Math.cos(facing) * out));
  thing.rotation.y = facing;
  return thing;
}

export function build(hall: Hall): Group {
  const all = new Group();
  const wall = plaster();
  const floors = new Map<string, Texture>();
  hall.rooms.forEach((room, at) => {
    const look = LOOKS[room.walls] ?? LOOKS.paper!;
    const works = hall.works.filter((work) => work.room === at);
    const next = hall.rooms[at + 1];
    const floor = floors.get(room.walls) ?? boards(look.floor);
    floors.set(room.walls, floor);
    all.add(...sides(hall, room, works, look, wall, at > 0, next));
    all.add(ground(hall, room, works, look, floor), ...above(hall, room, works, look));
    if (next) all.add(...doorway(hall, room, next, look, floor));
  });
  return all;
}

function sides(hall: Hall, room: Room, works: Work[], look: Look, map: Texture, entered: boolean, next: Room | undefined): Mesh[] {
  const { half, near, far } = room;
  const made: Mesh[] = [];
  const long = far - near;
  const middle = (near + far) / 2;
  for (const [x, turn] of [[-half, 90], [half, -90]] as const) {
    const lamps = works.filter((work) => work.turn === turn).map((work) => [(work.z - middle) * (turn === 90 ? 1 : -1), work.width] as const);
    made.push(placed(net(long, hall.height, lit(lamps, long, hall.height, look), look.wall, map), x, hall.height / 2, middle, turn));
  }
  const ahead = works.filter((work) => work.turn === 0).map((work) => [work.x, work.width] as const);
  for (const [z, turn, open] of [[far, 0, next !== undefined], [near, 180, entered]] as const) {
    const light = lit(turn === 0 ? ahead : [], half * 2, hall.height, look);
    if (!open) {
      made.push(placed(net(half * 2, hall.height, light, look.wall, map), 0, hall.height / 2, z, turn));
      continue;
    }
    const side = half - hall.door / 2;
    const off = hall.door / 2 + side / 2;
    for (const way of [-1, 1]) {
      const piece: Light = (along, up) => light(along + way * off, up);
      made.push(placed(net(side, hall.height, piece, look.wall, map), turn === 0 ? way * off : -way * off, hall.height / 2, z, turn));
    }
    const tall = hall.height - DOOR_TALL;
    made.push(placed(net(hall.door, tall, (along, up) => light(along, up + DOOR_TALL), look.wall, map), 0, DOOR_TALL + tall / 2, z, turn));
    if (turn === 0 && next?.title) made.push(title(next.title, look, Math.min(hall.door + 2, half * 1.6), DOOR_TALL + 0.55, z, 0));
  }
  if (!entered && room.title) made.push(title(room.title, look, half * 1.6, 2.3, near, 180));
  return made;
}

function title(words: string, look: Look, most: number, y: number, z: number, turn: number): Mesh {
  const [map, ratio] = heading(words, look.words);
  const tall = Math.min(0.5, most / ratio);
  const sign = new Mesh(new PlaneGeometry(tall * ratio, tall), new MeshBasicMaterial({ map, transparent: true }));
  return placed(sign, 0, y, z, turn, 0.02);
}

/** How bright a wall is: by its lamps, darker towards corners, floor and ceiling. */
function lit(lamps: readonly (readonly [number, number])[], long: number, tall: number, look: Look): Light {
  return (along, up) => {
    const corner = 1 - 0.3 * Math.exp(-(long / 2 - Math.abs(along)) / 0.5);
    const edge = 1 - 0.28 * Math.exp(-up / 0.3) - 0.34 * Math.exp(-(tall - up) / 0.7);
    const pools = lamps.reduce((sum, [at, width]) => {
      const across = (along - at) / (0.55 + width * 0.62);
      const lift = (up - 1.75) / 1.25;
      return sum + 0.72 * Math.exp(-across * across - lift * lift * (lift > 0 ? 0.8 : 1.1));
    }, 0);
    return look.ambient * corner * edge + pools * (look.ambient < 0.6 ? 1.7 : 0.7); // a dark wall shows its lamps more
  };
}

/** A flat piece with light at each corner of its net; uv in pairs of metres. */
function net(wide: number, tall: number, light: Light, colour: string, map: Texture): Mesh {
  const shape = new PlaneGeometry(wide, tall, Math.max(1, Math.round(wide / NET)), Math.max(1, Math.round(tall / NET)));
  const [at, uv] = [shape.attributes.position!, shape.attributes.uv!];
  const base = new Color(colour);
  const colours = new Float32Array(at.count * 3);
  for (let n = 0; n < at.count; n += 1) {
    const bright = Math.min(2.4, light(at.getX(n), at.getY(n) + tall / 2));
    colours.set([base.r * bright, base.g * bright, base.b * bright * (1 - 0.05 * Math.min(1, bright))], n * 3);
    uv.setXY(n, at.getX(n) / 2, at.getY(n) / 2);
  }
  shape.setAttribute("color", new BufferAttribute(colours, 3));
  return new Mesh(shape, new MeshBasicMaterial({ map, vertexColors: true }));
}

function flat(mesh: Mesh, room: Room, y: number, up: boolean): Mesh {
  mesh.rotation.x = up ? -Math.PI / 2 : Math.PI / 2;
  mesh.position.set(0, y, -(room.near + room.far) / 2);
  return mesh;
}

function ground(hall: Hall, room: Room, works: Work[], look: Look, map: Texture): Mesh {
  const [wide, long] = [room.half * 2, room.far - room.near];
  const middle = (room.near + room.far) / 2;
  const light: Light = (x, along) => {
    const z = along - long / 2;
    const edge = 1 - 0.34 * Math.exp(-(room.half - Math.abs(x)) / 0.35) - 0.34 * Math.exp(-(long / 2 - Math.abs(z)) / 0.35);
    const pools = works.reduce((sum, work) => {
      const [dx, dz] = [x - (work.x + work.stand[0]) / 2, z + middle - (work.z + work.stand[1]) / 2];
      return sum + 0.3 * Math.exp(-(dx * dx + dz * dz) / 1.6);
    }, 0);
    return (look.ambient * 0.92 + Math.min(0.45, pools)) * edge;
  };
  const mesh = net(wide, long, light, "#ffffff", map);
  mesh.name = "floor";
  return flat(mesh, room, 0, true);
}

/** The ceiling, the rail of the lamps, and a lamp before each work. */
function above(hall: Hall, room: Room, works: Work[], look: Look): Mesh[] {
  const [wide, long] = [room.half * 2, room.far - room.near];
  const plane = new Mesh(new PlaneGeometry(wide, long), new MeshBasicMaterial({ color: look.ceiling }));
  const made = [flat(plane, room, hall.height, false)];
  const [black, glow] = [new MeshBasicMaterial({ color: "#1b1c1e" }), new MeshBasicMaterial({ color: "#fff6e2" })];
  const y = hall.height - 0.22;
  const off = 1.15; // from the wall
  const box = (w: number, h: number, d: number, x: number, z: number, level = y, material = black): void => {
    const mesh = new Mesh(new BoxGeometry(w, h, d), material);
    mesh.position.set(x, level, -z);
    made.push(mesh);
  };
  for (const side of [-1, 1]) box(0.05, 0.05, long - 1, side * (room.half - off), (room.near + room.far) / 2);
  if (works.some((work) => work.turn === 0)) box(wide - 2.4, 0.05, 0.05, 0, room.far - off);
  for (const work of works) {
    const x = work.x + Math.sin((work.turn * Math.PI) / 180) * off;
    const z = work.z - Math.cos((work.turn * Math.PI) / 180) * off;
    box(0.1, 0.16, 0.1, x, z, y - 0.09);
    box(0.07, 0.02, 0.07, x, z, y - 0.18, glow);
  }
  return made;
}

/** What one walks through: jambs, lintel and threshold, in shadow. */
function doorway(hall: Hall, room: Room, next: Room, look: Look, map: Texture): Mesh[] {
  const thick = next.near - room.far;
  const middle = (next.near + room.far) / 2;
  const material = new MeshBasicMaterial({ color: new Color(look.wall).multiplyScalar(0.42), side: DoubleSide });
  const made: Mesh[] = [];
  for (const side of [-1, 1]) {
    const jamb = new Mesh(new PlaneGeometry(thick, DOOR_TALL), material);
    jamb.rotation.y = Math.PI / 2;
    jamb.position.set((side * hall.door) / 2, DOOR_TALL / 2, -middle);
    made.push(jamb);
  }
  for (const [y, surface] of [[DOOR_TALL, material], [0, new MeshBasicMaterial({ map, color: "#8a8a8a" })]] as const) {
    const piece = new Mesh(new PlaneGeometry(hall.door, thick), surface);
    piece.rotation.x = y ? Math.PI / 2 : -Math.PI / 2;
    piece.position.set(0, y, -middle);
    piece.name = y ? "" : "floor";
    made.push(piece);
  }
  return made;
}
