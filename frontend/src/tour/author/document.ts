// What the author's page is told, and what it sends back: the document of a tour (venues/domain/tours/document.py).

import type { Hotspot as Shown, Quiz } from "../scenes";

/** What stands beside the file of a video, a recording or an object. */
export interface Media {
  poster: string;
  captions: { language: string; file: string }[];
  signed: string;
  transcript: string;
}

export interface Hotspot {
  id: string;
  kind: Shown["kind"];
  yaw: number; // thousandths of a degree, as in the document
  pitch: number;
  title: string;
  to: string;
  text: string;
  media?: Media;
  quiz?: Quiz;
}
export interface File {
  id: string;
  title: string;
  kind: "video" | "audio" | "captions" | "object";
  size: string;
  src: string;
}
export interface Scene {
  id: string;
  title: string;
  panorama: string;
  alt: string;
  text: string;
  view: { yaw: number; pitch: number; fov: number };
  north: number | null;
  at: [number, number] | null;
  spot: string;
  variant: string;
  film?: Media;
  hotspots: Hotspot[];
}
export interface Panorama {
  id: string;
  title: string;
  state: "waiting" | "tiling" | "ready" | "failed";
  said: string;
  problem: string;
  base: string;
  face: number;
  north: number | null;
  eyes: string[]; // halves of the left and the right eye; none where both see the same
  layout: string;
  looksSwapped: boolean;
  made: string; // "faces", "fisheye", "retouch", "film", or "" where it is what came in
  origin: string; // id of the panorama that was retouched; its own where none was
  recipe: Recipe;
  lens: { fov: number | null; sure: number | null } | null;
  looks: string; // what one that could not be cut seems to be
  found: { state?: "looking" | "done"; masks?: Mask[] };
  film: boolean;
}
export interface Mask {
  kind: "face" | "plate" | "own";
  at: [yaw: number, pitch: number, wide: number, high: number]; // thousandths of a degree
  decided: "" | "mask" | "leave";
}
export interface Recipe {
  gain: [number, number, number];
  nadir: { kind: string; reach: number; mark: string } | null;
  masks: number[][];
}
export interface Stop {
  scene: string;
  view: Scene["view"] | null;
  seconds: number;
  text: string;
  spoken?: { language: string; file: string }[];
  turns?: { at: number; view: Scene["view"] }[];
}
export interface Route {
  id: string;
  title: string;
  stops: Stop[];
}
export interface Finding {
  severity: string;
  scene: string;
  hotspot: string;
  said: string;
}
export interface Told {
  document: {
    scenes: Scene[];
    start: string;
    plan: { picture: string; alt: string } | null;
    routes: Route[];
    words: Record<string, Record<string, string>>;
  };
  revision: number;
  panoramas: Panorama[];
  pictures: { id: string; title: string; alt: string; src?: string }[];
  media: File[];
  findings: Finding[];
  languages: string[];
  save: string;
  take: string;
  takeMedia: string;
  look: string;
  layOut: string;
  fisheye: string;
  retouch: string;
  faces: string;
  decide: string;
  tone: string;
  links: string;
  said: Record<string, string>;
}

/** Thousandths of a degree, as the document has them. */
export const whole = (degrees: number): number => Math.round(degrees * 1000);

/** A name that is not taken: "scene-3". */
export function free(wish: string, taken: string[]): string {
  for (let number = taken.length + 1; ; number += 1) if (!taken.includes(`${wish}-${number}`)) return `${wish}-${number}`;
}
