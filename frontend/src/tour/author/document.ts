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
}

/** Thousandths of a degree, as the document has them. */
export const whole = (degrees: number): number => Math.round(degrees * 1000);

/** A name that is not taken: "scene-3". */
export function free(wish: string, taken: string[]): string {
  for (let number = taken.length + 1; ; number += 1) if (!taken.includes(`${wish}-${number}`)) return `${wish}-${number}`;
}
