// Scenes and hotspots: made, linked, and brought to their place in the picture.

import { RAD } from "../begin";
import type { Cube } from "../cube";
import type { Desk } from "./desk";
import { free, type Hotspot, type Panorama, type Scene, whole } from "./document";

const PLAYED: Hotspot["kind"][] = ["video", "audio", "object"];

export function add(desk: Desk, panorama: Panorama): void {
  const { scenes } = desk.told.document;
  const north = panorama.north === null ? null : whole(panorama.north);
  const scene: Scene = {
    id: free("scene", scenes.map((one) => one.id)),
    title: panorama.title,
    panorama: panorama.id,
    alt: "",
    text: "",
    view: { yaw: 0, pitch: 0, fov: 75_000 },
    north,
    at: desk.told.document.plan ? [500, 500] : null,
    spot: "",
    variant: "",
    hotspots: [],
  };
  const before = desk.scene;
  scenes.push(scene);
  if (before) {
    link(desk, before, scene);
    link(desk, scene, before);
  }
  desk.changed();
  desk.choose(scene, null);
}

/** A guess to be corrected by hand: ahead where one looked, and back behind. */
function link(desk: Desk, from: Scene, to: Scene): void {
  const guess = from === desk.scene ? desk.cube.view.yaw : 180;
  const yaw = Math.max(-180, Math.min(180, guess));
  from.hotspots.push({ id: free("link", from.hotspots.map((one) => one.id)), kind: "link", yaw: whole(yaw), pitch: -12_000, title: to.title, to: to.id, text: "" });
}

export function addHotspot(desk: Desk, kind: Hotspot["kind"]): void {
  if (!desk.scene) return;
  const { yaw, pitch } = desk.cube.view;
  const hotspot: Hotspot = { id: free(kind, desk.scene.hotspots.map((one) => one.id)), kind, yaw: whole(yaw), pitch: whole(pitch), title: "", to: "", text: "" };
  if (PLAYED.includes(kind)) hotspot.media = { poster: "", captions: [], signed: "", transcript: "" };
  if (kind === "quiz") hotspot.quiz = { choices: [], right: 0, explanation: "" };
  desk.scene.hotspots.push(hotspot);
  desk.changed();
  desk.choose(desk.scene, hotspot);
  desk.root.querySelector<HTMLInputElement>("[data-form] [name=title]")?.focus();
}

/** Hotspots are dragged to their place; arrow keys move the one that has the focus. */
export function drag(desk: Desk, stage: HTMLElement): void {
  let held: { hotspot: Hotspot; moved: boolean } | null = null;
  stage.addEventListener("pointerdown", (event) => {
    const pin = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-pin]") : null;
    const hotspot = desk.scene?.hotspots.find((one) => one.id === pin?.dataset.pin);
    if (!pin || !hotspot) return;
    held = { hotspot, moved: false };
    stage.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  stage.addEventListener("pointermove", (event) => {
    if (!held) return;
    const box = stage.getBoundingClientRect();
    const at = direction(desk.cube, ((event.clientX - box.left) / box.width) * 2 - 1, 1 - ((event.clientY - box.top) / box.height) * 2);
    held.hotspot.yaw = whole(at.yaw);
    held.hotspot.pitch = whole(at.pitch);
    held.moved = true;
    desk.drawPins();
  });
  stage.addEventListener("pointerup", () => {
    if (!held) return;
    const { hotspot, moved } = held;
    held = null;
    if (moved) desk.changed();
    desk.choose(desk.scene, hotspot);
  });
  stage.addEventListener("keydown", (event) => {
    const pin = event.target instanceof HTMLElement ? event.target.dataset.pin : undefined;
    const hotspot = desk.scene?.hotspots.find((one) => one.id === pin);
    const step = { ArrowLeft: [-500, 0], ArrowRight: [500, 0], ArrowUp: [0, 500], ArrowDown: [0, -500] }[event.key];
    if (!hotspot || !step) return;
    event.preventDefault();
    hotspot.yaw = ((((hotspot.yaw + step[0]! + 180_000) % 360_000) + 360_000) % 360_000) - 180_000;
    hotspot.pitch = Math.max(-89_000, Math.min(89_000, hotspot.pitch + step[1]!));
    desk.changed();
    desk.drawPins();
    desk.root.querySelector<HTMLElement>(`[data-pin="${hotspot.id}"]`)?.focus();
  });
}

/** The direction at a place on the screen. */
function direction(cube: Cube, x: number, y: number): { yaw: number; pitch: number } {
  const { right, up, ahead } = cube.axes();
  const [wide, tall] = cube.reach();
  const [a, b, c] = [0, 1, 2].map((n) => ahead[n]! + right[n]! * x * wide + up[n]! * y * tall) as [number, number, number];
  return { yaw: Math.atan2(a, c) / RAD, pitch: Math.atan2(b, Math.hypot(a, c)) / RAD };
}
