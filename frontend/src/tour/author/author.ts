// The author: scenes, hotspots and the plan, placed by dragging in the visitor's own viewer. The whole document is sent with
// each save; the server says what is still to be mended.

import { Desk } from "./desk";
import { type Hotspot, type Told, whole } from "./document";
import { matching } from "./matching";
import { addHotspot, drag } from "./placing";
import { plan } from "./plan";
import { routes } from "./routes";
import { upload, wait } from "./uploading";

function author(root: HTMLElement, told: Told): void {
  const desk = new Desk(root, told);
  drag(desk, desk.one("[data-stage]"));
  buttons(desk);
  upload(desk);
  plan(desk);
  routes(desk);
  matching(desk);
  const { scenes, start } = told.document;
  desk.choose(scenes.find((one) => one.id === start) ?? scenes[0] ?? null, null);
  desk.saving.findings(told.findings);
  if (told.panoramas.some((one) => one.state === "waiting" || one.state === "tiling" || one.found.state === "looking")) wait(desk);
}

function buttons(desk: Desk): void {
  for (const button of desk.root.querySelectorAll<HTMLElement>("[data-add]")) {
    button.addEventListener("click", () => addHotspot(desk, button.dataset.add as Hotspot["kind"]));
  }
  desk.one("[data-save]").addEventListener("click", () => void desk.saving.save());
  desk.one("[data-first-view]").addEventListener("click", () => {
    if (!desk.scene) return;
    const { yaw, pitch, fov } = desk.cube.view;
    desk.scene.view = { yaw: whole(yaw), pitch: whole(pitch), fov: whole(fov) };
    desk.changed();
    desk.saving.state(desk.word("set"));
  });
  desk.one("[data-north]").addEventListener("click", () => {
    if (!desk.scene) return;
    desk.scene.north = whole(desk.cube.view.yaw);
    desk.changed();
    desk.saving.state(desk.word("set"));
  });
  desk.one("[data-preview]").addEventListener("click", (event) => {
    if (!desk.saving.dirty) return;
    event.preventDefault();
    void desk.saving.save().then((saved) => saved && open((event.target as HTMLAnchorElement).href));
  });
}

const root = document.querySelector<HTMLElement>("[data-author]");
const told = document.getElementById("author-told")?.textContent;
if (root && told) author(root, JSON.parse(told) as Told);
