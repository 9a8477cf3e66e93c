// What is done to the picture of a scene: what covers the tripod, what is masked, its tone. The server makes another panorama of
// it by a recipe; the scene shows that one, and the picture as it came in can be taken back at any time.

import type { Desk } from "./desk";
import type { Panorama, Recipe, Scene } from "./document";
import { lists, pressable } from "./lists";
import { masks } from "./masks";
import { wait } from "./uploading";

export function preparing(desk: Desk, scene: Scene, place: HTMLElement): void {
  const panorama = desk.panorama(scene);
  if (!panorama || panorama.state === "failed") return;
  const details = make("details", "author__preparing");
  details.open = desk.preparing;
  details.addEventListener("toggle", () => (desk.preparing = details.open));
  details.append(make("summary", "", desk.word("picture")));
  if (panorama.film) details.append(make("p", "author__hint", desk.word("filmHint")));
  else details.append(...nadir(desk, scene, panorama), ...masks(desk, scene, panorama), ...undo(desk, scene, panorama));
  if (panorama.lens) details.append(...lens(desk, panorama));
  place.append(details);
}

export function make<K extends keyof HTMLElementTagNameMap>(name: K, className = "", text = ""): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

export function small(text: string, act: () => void, secondary = true): HTMLButtonElement {
  const made = pressable(text, act);
  made.className = `button button-small${secondary ? " button-secondary" : ""}`;
  return made;
}

export function labelled(text: string, field: HTMLElement): HTMLLabelElement {
  const label = make("label", "", text);
  label.append(field);
  return label;
}

function nadir(desk: Desk, scene: Scene, panorama: Panorama): Node[] {
  const held = panorama.recipe.nadir;
  const kind = make("select");
  kind.append(...["", "blur", "fill", "mark"].map((value, at) => new Option(desk.word("nadirs").split("|")[at] ?? value, value)));
  kind.value = held?.kind ?? "";
  const reach = make("input");
  Object.assign(reach, { type: "range", min: "5", max: "60", value: String((held?.reach ?? 25_000) / 1000) });
  const mark = make("select");
  mark.append(new Option("—", ""), ...desk.told.pictures.map((one) => new Option(one.title, one.id)));
  mark.value = held?.mark ?? "";
  const [far, logo] = [labelled(desk.word("reach"), reach), labelled(desk.word("mark"), mark)];
  const look = (): void => {
    far.hidden = !kind.value;
    logo.hidden = kind.value !== "mark";
  };
  kind.addEventListener("change", () => {
    look();
    if (kind.value) desk.looking.turnTo({ yaw: desk.cube.view.yaw, pitch: -85, fov: 90 }, 500);
  });
  look();
  const take = small(desk.word("cover"), () => {
    const told = kind.value ? { kind: kind.value, reach: Number(reach.value) * 1000, mark: kind.value === "mark" ? mark.value : "" } : null;
    void retouch(desk, scene, { ...panorama.recipe, nadir: told });
  });
  return [labelled(desk.word("nadir"), kind), far, logo, take];
}

function undo(desk: Desk, scene: Scene, panorama: Panorama): Node[] {
  if (panorama.origin === panorama.id) return [];
  return [small(desk.word("asItCame"), () => {
    scene.panorama = panorama.origin;
    desk.changed();
    desk.again(scene);
  })];
}

function lens(desk: Desk, panorama: Panorama): Node[] {
  const field = make("input");
  Object.assign(field, { type: "number", min: "181", max: "240", step: "0.5", value: String(panorama.lens?.fov ?? "") });
  return [labelled(desk.word("fov"), field), small(desk.word("again"), () => void fisheye(desk, panorama, field.value))];
}

/** A picture that could not be cut is one of fisheye circles; or its lenses see another angle than was measured. */
export async function fisheye(desk: Desk, panorama: Panorama, fov: string): Promise<void> {
  if (await ask(desk, desk.told.fisheye, { panorama: panorama.id, fov })) wait(desk);
}

/** The scene shows what the recipe makes of its picture; an empty one gives the picture as it came in. */
export async function retouch(desk: Desk, scene: Scene, recipe: Recipe): Promise<void> {
  const made = await ask(desk, desk.told.retouch, { panorama: scene.panorama, recipe: JSON.stringify(recipe) });
  if (!made) return;
  if (scene.panorama !== made.id) {
    scene.panorama = made.id;
    desk.changed();
  }
  desk.again(scene);
  if (made.state !== "ready") wait(desk);
}

/** Ask the server; the panorama it answers with takes its place among those that are known. */
export async function ask(desk: Desk, address: string, told: Record<string, string>): Promise<Panorama | null> {
  const body = new FormData();
  for (const [name, value] of Object.entries(told)) body.append(name, value);
  const answer = await desk.saving.post(address, body).catch(() => null);
  const said = ((await answer?.json().catch(() => null)) ?? {}) as { panorama?: Panorama; said?: string };
  if (!said.panorama) {
    desk.saving.state(said.said ?? desk.word("failed"));
    return null;
  }
  keep(desk, said.panorama);
  lists(desk);
  return said.panorama;
}

export function keep(desk: Desk, panorama: Panorama): void {
  const others = desk.told.panoramas.filter((one) => one.id !== panorama.id);
  desk.told.panoramas = [panorama, ...others];
  for (const one of others) if (one.origin === panorama.origin) one.found = panorama.found;
}
