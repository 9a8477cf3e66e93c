// Places over a map, on a canvas of their own: what lies close together is gathered for each zoom once, and only what is
// seen is drawn. Fifty thousand places move as one does, without a graphics card too.

import type { Map as Viewer, MapMouseEvent } from "maplibre-gl";

export interface Spot {
  name: string;
  visitors: string;
  load: number | null;
  shown: string;
}

export interface Look {
  shade: (load: number) => string;
  paper: string;
  ink: string;
  font: string;
  scale: number;
}

type Spots = GeoJSON.FeatureCollection<GeoJSON.Point, Spot>;

interface Group {
  x: number; // of the world in Mercator's projection, 0 to 1 from north-west
  y: number;
  count: number;
  worst: number; // load
  spot: Spot;
}

interface Drawn {
  at: [number, number]; // pixels
  radius: number;
  group: Group;
}

export const UNKNOWN = -1; // the load of a place of which nothing is counted
const NEAR = 56; // pixels
const APART = 15; // from this zoom on nothing is gathered
const TILE = 512; // pixels of the world at zoom 0

const worldX = (lng: number): number => lng / 360 + 0.5;
const worldY = (lat: number): number => 0.5 - Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / (2 * Math.PI);
const lngOf = (x: number): number => (x - 0.5) * 360;
const latOf = (y: number): number => (Math.atan(Math.exp((0.5 - y) * 2 * Math.PI)) * 360) / Math.PI - 90;

/** Groups of one zoom by their cell of the grid; a cell is as wide as places are near. */
class Grid {
  readonly cell: number;
  private readonly cells = new Map<number, Group[]>();

  constructor(spots: Group[], zoom: number) {
    this.cell = NEAR / (TILE * 2 ** zoom);
    const apart = zoom >= APART;
    for (const one of spots) {
      const key = this.key(Math.floor(one.x / this.cell), Math.floor(one.y / this.cell));
      const there = this.cells.get(key);
      if (!there) this.cells.set(key, [apart ? one : { ...one }]);
      else if (apart) there.push(one);
      else join(there[0] as Group, one);
    }
    if (!apart) this.joinNeighbours();
  }

  private key(column: number, row: number): number {
    return row * 2 ** 25 + column;
  }

  /** A group takes in smaller ones whose circles would lie over its own. */
  private joinNeighbours(): void {
    const near = (this.cell * 0.75) ** 2;
    for (const [key, [group]] of [...this.cells].sort((one, other) => (other[1][0]?.count ?? 0) - (one[1][0]?.count ?? 0))) {
      if (!group || !this.cells.has(key)) continue;
      const [column, row] = [key % 2 ** 25, Math.floor(key / 2 ** 25)];
      for (let down = -1; down <= 1; down++) {
        for (let right = -1; right <= 1; right++) {
          const beside = this.key(column + right, row + down);
          const other = beside === key ? undefined : this.cells.get(beside)?.[0];
          if (!other || (other.x - group.x) ** 2 + (other.y - group.y) ** 2 > near) continue;
          join(group, other);
          this.cells.delete(beside);
        }
      }
    }
  }

  /** Groups of the cells that touch a box of the world, and one cell around. */
  *within(left: number, top: number, right: number, bottom: number): Generator<Group> {
    for (let row = Math.floor(top / this.cell) - 1; row <= bottom / this.cell + 1; row++) {
      for (let column = Math.floor(left / this.cell) - 1; column <= right / this.cell + 1; column++) {
        yield* this.cells.get(this.key(column, row)) ?? [];
      }
    }
  }
}

function join(group: Group, other: Group): void {
  const count = group.count + other.count;
  group.x = (group.x * group.count + other.x * other.count) / count;
  group.y = (group.y * group.count + other.y * other.count) / count;
  group.count = count;
  group.worst = Math.max(group.worst, other.worst);
}

/** Lay the places over a map; `told` says what was clicked. Returns how to draw them anew in another look. */
export function lay(map: Viewer, places: Spots, first: Look, told: (spot: Spot, at: [number, number]) => void): (look: Look) => void {
  let look = first;
  const spots = places.features.map(({ geometry, properties }) => {
    const [lng = 0, lat = 0] = geometry.coordinates;
    return { x: worldX(lng), y: worldY(lat), count: 1, worst: properties.load ?? UNKNOWN, spot: properties };
  });
  const grids = new Map<number, Grid>();
  const canvas = document.createElement("canvas");
  canvas.style.position = "absolute";
  canvas.style.inset = "0";
  canvas.style.pointerEvents = "none";
  map.getCanvasContainer().append(canvas);
  const pen = canvas.getContext("2d");
  let seen: Drawn[] = [];

  const draw = (): void => {
    if (!pen) return;
    const { clientWidth: wide, clientHeight: high } = map.getContainer();
    const fine = devicePixelRatio;
    if (canvas.width !== Math.round(wide * fine) || canvas.height !== Math.round(high * fine)) {
      canvas.width = Math.round(wide * fine);
      canvas.height = Math.round(high * fine);
      canvas.style.width = `${wide}px`;
      canvas.style.height = `${high}px`;
    }
    pen.setTransform(fine, 0, 0, fine, 0, 0);
    pen.clearRect(0, 0, wide, high);
    const zoom = Math.min(Math.floor(map.getZoom()), APART);
    const grid = grids.get(zoom) ?? new Grid(spots, zoom);
    grids.set(zoom, grid);
    const size = TILE * 2 ** map.getZoom();
    const middle = map.getCenter();
    const at = map.project(middle);
    const [left, top] = [worldX(middle.lng) - at.x / size, worldY(middle.lat) - at.y / size];
    seen = [];
    for (const group of grid.within(left, top, left + wide / size, top + high / size)) {
      const radius = (group.count === 1 ? 9 : 12 + Math.min(Math.log(group.count) * 1.4, 14)) * look.scale;
      seen.push({ at: [(group.x - left) * size, (group.y - top) * size], radius, group });
    }
    seen.sort((one, other) => one.group.count - other.group.count || one.group.worst - other.group.worst);
    paint(pen, seen, look);
  };
  map.on("render", draw);

  const under = ({ point: { x, y } }: MapMouseEvent): Drawn | undefined =>
    seen.filter((one) => (one.at[0] - x) ** 2 + (one.at[1] - y) ** 2 <= (one.radius + 4) ** 2).pop();
  map.on("mousemove", (event) => (map.getCanvas().style.cursor = under(event) ? "pointer" : ""));
  map.on("click", (event) => {
    const group = under(event)?.group;
    if (!group) return;
    const place: [number, number] = [lngOf(group.x), latOf(group.y)];
    if (group.count === 1) told(group.spot, place);
    else map.easeTo({ center: place, zoom: Math.floor(map.getZoom()) + 2 });
  });
  return (other) => {
    look = other;
    map.triggerRepaint();
  };
}

function paint(pen: CanvasRenderingContext2D, seen: Drawn[], look: Look): void {
  pen.lineWidth = 2;
  pen.strokeStyle = look.paper;
  for (const { at, radius, group } of seen) {
    pen.fillStyle = look.shade(group.worst);
    pen.beginPath();
    pen.arc(...at, radius, 0, 2 * Math.PI);
    pen.fill();
    pen.stroke();
  }
  pen.lineWidth = 4;
  pen.lineJoin = "round";
  pen.textBaseline = "middle";
  const write = (words: string, x: number, y: number): void => {
    pen.strokeText(words, x, y);
    pen.fillText(words, x, y);
  };
  pen.fillStyle = look.ink;
  pen.textAlign = "center";
  pen.font = `${13 * look.scale}px ${look.font}`;
  for (const { at, group } of seen) if (group.count > 1) write(shortened(group.count), ...at);
  pen.textAlign = "left";
  pen.font = `${14 * look.scale}px ${look.font}`;
  names(pen, seen, look.scale, write);
}

/** A name stands beside its place where it covers no other name and no circle; fuller places come first. */
function names(pen: CanvasRenderingContext2D, seen: Drawn[], scale: number, write: (words: string, x: number, y: number) => void): void {
  const taken: [number, number, number, number][] = seen.map(({ at, radius }) => [at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius]);
  for (const { at, radius, group } of [...seen].reverse()) {
    if (group.count > 1) continue;
    const lines = [group.spot.name, group.spot.shown].filter(Boolean);
    const wide = Math.max(...lines.map((line) => pen.measureText(line).width));
    const high = lines.length * 17 * scale;
    const top = at[1] - high / 2;
    const left = [at[0] + radius + 4, at[0] - radius - 4 - wide].find((x) =>
      taken.every(([l, t, r, b]) => x + wide <= l || x >= r || top + high <= t || top >= b),
    );
    if (left === undefined) continue;
    taken.push([left, top, left + wide, top + high]);
    lines.forEach((line, number) => write(line, left, top + (number + 0.5) * 17 * scale));
  }
}

const shortened = (count: number): string => (count < 1000 ? String(count) : count < 10_000 ? `${+(count / 1000).toFixed(1)}k` : `${Math.round(count / 1000)}k`);
