// Where a visitor looks, added up here and sent as sums: no cookie, no name, nothing that leads back to anybody. Not at all
// where a browser asks not to be tracked (venues/domain/attention.py).

import type { Walk } from "./walk";

const [COLUMNS, ROWS] = [24, 12]; // cells of the sphere
const NEAR = 12; // degrees from the middle of the view in which a hotspot counts as looked at
const AWAY = 60_000; // milliseconds without a touch after which nobody is there
const SEND = 60; // seconds

type Counts = Record<string, number>;
type Asks = Navigator & { globalPrivacyControl?: boolean };

export function attend(walk: Walk): void {
  const address = walk.element.dataset.tourCount;
  const asks = navigator as Asks;
  if (!address || asks.doNotTrack === "1" || asks.globalPrivacyControl || !navigator.sendBeacon) return;
  let sums: Record<string, { cells: Counts; hotspots: Counts }> = {};
  let seconds = 0;
  let touched = performance.now();
  for (const event of ["pointerdown", "pointermove", "keydown", "wheel"]) {
    walk.element.addEventListener(event, () => (touched = performance.now()), { passive: true });
  }
  const send = (): void => {
    if (seconds) navigator.sendBeacon(address, JSON.stringify(sums));
    [sums, seconds] = [{}, 0];
  };
  setInterval(() => {
    if (document.hidden || performance.now() - touched > AWAY || !walk.current.base) return;
    const of = (sums[walk.current.id] ??= { cells: {}, hotspots: {} });
    const cell = cellOf(walk.cube.view.yaw, walk.cube.view.pitch);
    of.cells[cell] = (of.cells[cell] ?? 0) + 1;
    const hotspot = walk.reading ?? nearest(walk);
    if (hotspot) of.hotspots[hotspot] = (of.hotspots[hotspot] ?? 0) + 1;
    seconds += 1;
    if (seconds >= SEND) send();
  }, 1000);
  document.addEventListener("visibilitychange", () => document.hidden && send());
  addEventListener("pagehide", send);
}

function cellOf(yaw: number, pitch: number): number {
  const column = Math.floor((((yaw + 180) % 360 + 360) % 360) / (360 / COLUMNS));
  const row = Math.min(ROWS - 1, Math.max(0, Math.floor((90 - pitch) / (180 / ROWS))));
  return row * COLUMNS + column;
}

function nearest(walk: Walk): string | null {
  const { yaw, pitch } = walk.cube.view;
  let [found, least]: [string | null, number] = [null, NEAR];
  for (const one of walk.current.hotspots) {
    const across = ((((one.yaw - yaw + 180) % 360) + 360) % 360) - 180;
    const apart = Math.hypot(across * Math.cos((pitch * Math.PI) / 180), one.pitch - pitch);
    if (apart < least) [found, least] = [one.id, apart];
  }
  return found;
}
