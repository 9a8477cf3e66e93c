// A tour as the server tells it (venues/domain/showing.py).

import type { View } from "./cube";

export interface Picture {
  src: string;
  srcset: string;
  width: number;
  height: number;
  alt: string;
  zoom: string;
}

/** The file of a hotspot that plays or shows one; without `src` it must not be shown now, and its words are told. */
export interface Media {
  src?: string;
  type?: string;
  bytes?: number;
  captions?: { src: string; lang: string; name: string }[];
  signed?: { src: string; type: string };
  transcript?: string;
}

/** What moves in a scene; half: of a stereo film, what a flat screen shows. */
export interface Film extends Media {
  half?: string;
}

export interface Quiz {
  choices: string[];
  right: number;
  explanation: string;
}

export interface Hotspot {
  id: string;
  kind: "link" | "text" | "picture" | "release" | "page" | "video" | "audio" | "object" | "quiz";
  yaw: number;
  pitch: number;
  title: string;
  to: string;
  text: string;
  picture?: Picture;
  media?: Media;
  quiz?: Quiz;
}

export interface Scene {
  id: string;
  title: string;
  alt: string;
  base: string; // address of its tiles, with a slash at the end; "" while it is closed
  other?: string; // of a stereo picture the tiles of the right eye
  face: number; // pixels of a face at the highest level
  view: View;
  north: number | null;
  at: [number, number] | null;
  spot: string;
  variant: string;
  film?: Film;
  hotspots: Hotspot[];
}

export interface Stop {
  scene: string;
  view: View | null;
  seconds: number;
  text: string;
  sound?: { src: string; lang: string };
  turns?: { at: number; view: View }[]; // seconds after the stop began
}

export interface Tour {
  start: string;
  scenes: Scene[];
  routes: { id: string; title: string; stops: Stop[] }[];
  said: { exhibits?: DOMStringMap; stamps?: DOMStringMap; film?: DOMStringMap };
}

/** A scene as it was sent, without what is empty, made whole. */
export function whole(sent: Partial<Scene>): Scene {
  const hotspots = (sent.hotspots ?? []).map((one) => ({ ...NO_HOTSPOT, ...one }));
  return { ...NO_SCENE, ...sent, hotspots };
}

const NO_HOTSPOT: Hotspot = { id: "", kind: "text", yaw: 0, pitch: 0, title: "", to: "", text: "" };
const NO_SCENE = { id: "", title: "", alt: "", base: "", face: 512, view: { yaw: 0, pitch: 0, fov: 75 }, north: null, at: null, spot: "", variant: "" };

/** "#s-hall/12.5,-3,75": a scene, and where to look. The part before the slash is the scene's place in the words. */
export function fromHash(hash: string): { scene: string; view: View | null } | null {
  const found = /^#s-([a-z0-9-]+)(?:\/(-?[\d.]+),(-?[\d.]+),([\d.]+))?$/.exec(hash);
  if (!found) return null;
  const [yaw, pitch, fov] = [Number(found[2]), Number(found[3]), Number(found[4])];
  return { scene: found[1]!, view: found[2] && [yaw, pitch, fov].every(Number.isFinite) ? { yaw, pitch, fov } : null };
}

export function toHash(scene: string, view: View): string {
  return `#s-${scene}/${[view.yaw, view.pitch, view.fov].map((n) => Math.round(n * 10) / 10).join(",")}`;
}
