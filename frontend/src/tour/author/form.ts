// The form on the right: what a scene or a hotspot says, in every language of the tour.

import type { Desk } from "./desk";
import type { Hotspot } from "./document";
import { lists } from "./lists";
import { film, media } from "./media";
import { preparing } from "./preparing";
import { quiz } from "./quiz";

/** The properties of what is chosen. */
export function form(desk: Desk): void {
  const place = desk.one<HTMLFormElement>("[data-form]");
  const subject = desk.hotspot ?? desk.scene;
  const template = desk.one<HTMLTemplateElement>(desk.hotspot ? "template[data-hotspot-form]" : "template[data-scene-form]");
  place.replaceChildren(...(subject ? [template.content.cloneNode(true)] : []));
  if (!subject) return;
  for (const label of place.querySelectorAll<HTMLElement>("[data-for]")) {
    if (!label.dataset.for!.split(" ").includes(desk.hotspot?.kind ?? "")) label.remove();
  }
  const to = place.querySelector<HTMLSelectElement>("select[name=to]");
  if (desk.hotspot?.media) media(desk, desk.hotspot, desk.hotspot.media, place);
  else if (to) options(desk, to);
  if (desk.hotspot?.quiz) quiz(desk, desk.hotspot.quiz, place);
  for (const field of place.querySelectorAll<HTMLInputElement>("[name]")) {
    const name = field.name as "title";
    field.value = subject[name] ?? "";
    field.addEventListener("input", () => {
      subject[name] = field.value;
      desk.changed();
      if (name === "title") lists(desk);
      if (name === "title" && desk.hotspot) desk.drawPins();
    });
  }
  translations(desk, place);
  if (desk.scene && !desk.hotspot) {
    film(desk, desk.scene, place);
    preparing(desk, desk.scene, place);
  }
  place.querySelector("[data-remove]")?.addEventListener("click", () => remove(desk));
  const start = place.querySelector<HTMLButtonElement>("[data-start]");
  if (start && desk.scene) {
    const here = desk.told.document.start === desk.scene.id;
    start.textContent = desk.word(here ? "start" : "makeStart");
    start.disabled = here;
    start.addEventListener("click", () => {
      desk.told.document.start = desk.scene!.id;
      desk.changed();
      desk.choose(desk.scene, null);
    });
  }
}

function options(desk: Desk, select: HTMLSelectElement): void {
  const link = desk.hotspot?.kind === "link";
  const listed = link
    ? desk.told.document.scenes.filter((one) => one !== desk.scene).map((one) => [one.id, one.title])
    : desk.told.pictures.map((one) => [one.id, one.title]);
  select.replaceChildren(new Option("—", ""), ...listed.map(([value, text]) => new Option(text, value)));
}

function translations(desk: Desk, form: HTMLFormElement): void {
  const place = form.querySelector<HTMLElement>("[data-words]");
  if (!place || !desk.scene) return;
  if (!desk.told.languages.length) return place.remove();
  const key = desk.hotspot ? `${desk.scene.id}/${desk.hotspot.id}` : desk.scene.id;
  for (const language of desk.told.languages) {
    for (const name of desk.hotspot ? translated(desk.hotspot) : ["title", "alt", "text", "variant", ...(desk.scene.film ? ["transcript"] : [])]) {
      const own = form.querySelector<HTMLElement>(`[name=${name}], [data-media=${name}], [data-${name}]`)?.closest("label");
      const label = document.createElement("label");
      label.textContent = own?.firstChild?.textContent ?? desk.hotspot?.quiz?.choices[Number(name.slice(7)) - 1] ?? name;
      const field = document.createElement(name === "title" || name === "variant" ? "input" : "textarea");
      const words = (desk.told.document.words[language] ??= {});
      field.lang = language;
      field.value = words[`${key}/${name}`] ?? "";
      field.addEventListener("input", () => {
        words[`${key}/${name}`] = field.value;
        desk.changed();
      });
      label.append(field);
      place.append(label);
    }
  }
}

/** Names of the words of a hotspot that can be said in another language. */
function translated(hotspot: Hotspot): string[] {
  return ["title", "text", ...(hotspot.media && hotspot.kind !== "object" ? ["transcript"] : []), ...asked(hotspot)];
}

function asked(hotspot: Hotspot): string[] {
  return hotspot.quiz ? [...hotspot.quiz.choices.map((_choice, at) => `choice-${at + 1}`), "explanation"] : [];
}

function remove(desk: Desk): void {
  const { scene, hotspot } = desk;
  if (!scene || !confirm(desk.word("sure"))) return;
  if (hotspot) {
    scene.hotspots = scene.hotspots.filter((one) => one !== hotspot);
    desk.choose(scene, null);
  } else {
    const scenes = desk.told.document.scenes.filter((one) => one !== scene);
    desk.told.document.scenes = scenes;
    if (desk.told.document.start === scene.id) desk.told.document.start = "";
    desk.choose(scenes[0] ?? null, null);
  }
  desk.changed();
}
