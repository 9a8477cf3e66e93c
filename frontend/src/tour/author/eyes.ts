// A stereo picture: how its two pictures lie, and which is the left eye's. The server cuts it again where that changes.

import type { Desk } from "./desk";
import type { Panorama } from "./document";
import { lists, pressable } from "./lists";
import { wait } from "./uploading";

const LAYOUTS = ["", "mono", "top-bottom", "left-right"];

export function eyes(desk: Desk, panorama: Panorama): HTMLElement {
  const place = document.createElement("div");
  place.className = "author__eyes";
  const label = document.createElement("label");
  label.textContent = desk.word("layout");
  const select = document.createElement("select");
  const named = desk.word("layouts").split("|");
  select.replaceChildren(...LAYOUTS.map((value, at) => new Option(named[at] ?? value, value)));
  select.value = panorama.layout;
  select.addEventListener("change", () => void send(desk, panorama, { layout: select.value }));
  label.append(select);
  place.append(label);
  if (panorama.eyes.length) {
    if (panorama.looksSwapped) place.append(Object.assign(document.createElement("small"), { textContent: desk.word("looksSwapped") }));
    const button = pressable(desk.word("exchange"), () => void send(desk, panorama, { exchange: "1" }));
    button.className = "button button-small button-secondary";
    place.append(button);
  }
  return place;
}

async function send(desk: Desk, panorama: Panorama, told: Record<string, string>): Promise<void> {
  const body = new FormData();
  for (const [name, value] of Object.entries({ panorama: panorama.id, ...told })) body.append(name, value);
  const answer = await desk.saving.post(desk.told.layOut, body).catch(() => null);
  const said = ((await answer?.json().catch(() => null)) ?? {}) as { panorama?: Panorama; said?: string };
  if (said.panorama) desk.told.panoramas = desk.told.panoramas.map((one) => (one.id === panorama.id ? said.panorama! : one));
  desk.saving.state(said.panorama ? "" : (said.said ?? desk.word("failed")));
  lists(desk);
  if (desk.scene?.panorama === panorama.id) void desk.show(desk.scene);
  if (said.panorama?.state === "waiting") wait(desk);
}
