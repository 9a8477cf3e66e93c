// Panoramas that staff send, and how far they are being cut.

import type { Desk } from "./desk";
import type { Panorama } from "./document";
import { lists } from "./lists";

export function upload(desk: Desk): void {
  const files = desk.one<HTMLInputElement>("[data-files]");
  const send = async (list: FileList | null): Promise<void> => {
    for (const file of list ?? []) {
      desk.saving.state(`${desk.word("uploading")} ${file.name}`);
      const body = new FormData();
      body.append("file", file);
      const answer = await desk.saving.post(desk.told.take, body);
      const said = (await answer.json().catch(() => ({}))) as { panorama?: Panorama; said?: string };
      if (said.panorama) desk.told.panoramas.unshift(said.panorama);
      desk.saving.state(said.said ?? "");
      lists(desk);
    }
    wait(desk);
  };
  files.addEventListener("change", () => void send(files.files));
  const place = desk.one(".author__list");
  place.addEventListener("dragover", (event) => event.preventDefault());
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    void send(event.dataTransfer?.files ?? null);
  });
}

/** Until every panorama is cut, ask how far they are. */
export function wait(desk: Desk): void {
  setTimeout(async () => {
    const answer = await fetch(desk.told.look);
    if (!answer.ok) return;
    desk.told.panoramas = ((await answer.json()) as { panoramas: Panorama[] }).panoramas;
    lists(desk);
    if (desk.scene && !desk.cube.quads.length) void desk.show(desk.scene);
    if (desk.told.panoramas.some((one) => one.state === "waiting" || one.state === "tiling")) wait(desk);
  }, 2000);
}
