// A drawing of three.js as large as its canvas stands on the page.

import type { PerspectiveCamera, WebGLRenderer } from "three";

/** Fit picture and camera to the canvas; false where it has no room yet. */
export function fit(renderer: WebGLRenderer, camera: PerspectiveCamera): boolean {
  const { clientWidth, clientHeight } = renderer.domElement;
  if (!clientWidth || !clientHeight) return false;
  renderer.setPixelRatio(Math.min(devicePixelRatio || 1, 2, 2600 / clientWidth));
  renderer.setSize(clientWidth, clientHeight, false);
  camera.aspect = clientWidth / clientHeight;
  return true;
}
