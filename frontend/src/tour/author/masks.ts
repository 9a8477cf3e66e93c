// Faces and plates: proposed by the server, decided by staff one by one, laid when they say so.

import type { Desk } from "./desk";
import type { Panorama, Scene } from "./document";
import { ask, make, retouch, small } from "./preparing";
import { wait } from "./uploading";

const OWN = 8000; // thousandths of a degree of a mask that staff lay where they look

export function masks(desk: Desk, scene: Scene, panorama: Panorama): Node[] {
  const found = panorama.found;
  const listed = found.masks ?? [];
  const list = make("ul", "author__masks");
  list.append(...listed.map((_one, number) => item(desk, scene, panorama, number)));
  const looking = found.state === "looking";
  const search = small(desk.word(looking ? "beingLooked" : "lookForFaces"), async () => {
    if (await ask(desk, desk.told.faces, { panorama: panorama.id })) wait(desk);
    desk.redraw();
  });
  search.disabled = looking;
  const own = small(desk.word("maskHere"), async () => {
    const { yaw, pitch } = desk.cube.view;
    const at = [Math.round(yaw * 1000), Math.round(pitch * 1000), OWN, OWN].join(",");
    await ask(desk, desk.told.decide, { panorama: panorama.id, at });
    desk.redraw();
  });
  const nodes: Node[] = [make("h3", "", desk.word("masks")), search, own, list];
  if (found.state === "done" && !listed.length) nodes.push(make("p", "author__hint", desk.word("noFaces")));
  const wanted = listed.filter((one) => one.decided === "mask").map((one) => one.at);
  if (JSON.stringify(wanted) !== JSON.stringify(panorama.recipe.masks)) {
    nodes.push(small(desk.word("layMasks"), () => void retouch(desk, scene, panorama.recipe), false));
  }
  return nodes;
}

function item(desk: Desk, scene: Scene, panorama: Panorama, number: number): HTMLElement {
  const mask = panorama.found.masks![number]!;
  const [yaw, pitch, wide] = mask.at;
  const place = make("li");
  const name = `${desk.word(mask.kind)} ${number + 1}`;
  const look = small(name, () => desk.looking.turnTo({ yaw: yaw / 1000, pitch: pitch / 1000, fov: Math.max(25, Math.min(90, wide / 250)) }, 500));
  look.title = desk.word("lookAt");
  place.append(look);
  for (const decision of ["mask", "leave"] as const) {
    const button = small(desk.word(decision), async () => {
      await ask(desk, desk.told.decide, { panorama: panorama.id, number: String(number), decision });
      desk.redraw();
    });
    button.setAttribute("aria-pressed", String(mask.decided === decision));
    button.setAttribute("aria-label", `${desk.word(decision)}: ${name}`);
    place.append(button);
  }
  return place;
}

/** Where masks lie in the view: an oval for each that is not left. */
export function ovals(desk: Desk): void {
  const place = desk.one("[data-ovals]");
  const scene = desk.scene;
  const panorama = scene && desk.panorama(scene);
  const listed = desk.preparing ? (panorama?.found.masks ?? []).filter((one) => one.decided !== "leave") : [];
  const canvas = desk.cube.canvas;
  const scale = canvas.clientHeight / desk.cube.view.fov;
  place.replaceChildren(
    ...listed.flatMap((one) => {
      const at = desk.cube.project(one.at[0] / 1000, one.at[1] / 1000);
      if (!at) return [];
      const oval = make("i", one.decided === "mask" ? "is-masked" : "");
      oval.style.cssText = `left:${50 + at[0] * 50}%;top:${50 - at[1] * 50}%;width:${(one.at[2] / 1000) * scale}px;height:${(one.at[3] / 1000) * scale}px`;
      return [oval];
    }),
  );
}
