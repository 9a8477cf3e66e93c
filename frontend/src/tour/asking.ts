// A question, and the card of stamps that right answers fill. What was answered stays on this device.

import type { Hotspot, Quiz, Scene } from "./scenes";
import { Stamps } from "./stamps";
import type { Walk } from "./walk";

interface Card {
  title: string;
  stamps: { key: string; title: string }[];
}

function make<K extends keyof HTMLElementTagNameMap>(name: K, className = "", text = ""): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function words(walk: Walk): DOMStringMap {
  return walk.tour.said.stamps ?? {};
}

/** The question as a form: arrow keys choose, Enter answers. */
export function asking(hotspot: Hotspot, quiz: Quiz, walk: Walk): Node[] {
  const said = words(walk);
  const scene = walk.current;
  const form = make("form", "quiz");
  const field = make("fieldset");
  field.append(make("legend", "", hotspot.text));
  quiz.choices.forEach((choice, at) => {
    const label = make("label", "quiz__choice");
    const radio = make("input");
    Object.assign(radio, { type: "radio", name: "choice", value: String(at) });
    label.append(radio, make("span", "", choice));
    field.append(label);
  });
  const told = make("p", "quiz__told");
  told.setAttribute("role", "status");
  const button = make("button", "panel__zoom", said.answer);
  const after = make("div");
  form.append(field, button, told, after);
  const right = (): void => {
    field.disabled = true;
    button.remove();
    told.className = "quiz__told quiz__told--right";
    told.textContent = said.right ?? "";
    const earned = make("p", "quiz__earned", said.stamped);
    earned.append(seal(scene.title, true));
    after.replaceChildren(...quiz.explanation.split("\n\n").filter(Boolean).map((part) => make("p", "", part)), earned);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = form.querySelector<HTMLInputElement>("input:checked");
    if (chosen && Number(chosen.value) === quiz.right) {
      stamps(walk).take(`${scene.id}/${hotspot.id}`);
      return right();
    }
    told.className = "quiz__told quiz__told--wrong";
    told.textContent = (chosen ? said.wrong : said.choose) ?? "";
  });
  if (stamps(walk).at(`${scene.id}/${hotspot.id}`)) {
    form.querySelector<HTMLInputElement>(`input[value="${quiz.right}"]`)!.checked = true;
    right();
  }
  return [form];
}

const kept = new WeakMap<Walk, Stamps>();

function stamps(walk: Walk): Stamps {
  const place = walk.element.querySelector<HTMLElement>("[data-tour-stamps]");
  const shared = new URLSearchParams(location.search).has("kiosk"); // one device for everybody: nothing is kept
  const made = kept.get(walk) ?? new Stamps(shared ? "" : (place?.dataset.tourStamps ?? ""));
  kept.set(walk, made);
  return made;
}

/** Every route whose places ask something has a card; where none does, the tour has one. */
function all(walk: Walk): Card[] {
  const asked = (scenes: Scene[]): Card["stamps"] =>
    scenes.flatMap((scene) => scene.hotspots.filter((one) => one.quiz).map((one) => ({ key: `${scene.id}/${one.id}`, title: scene.title })));
  const { scenes, routes } = walk.tour;
  const found = routes.map((route) => {
    const places = [...new Set(route.stops.map((stop) => stop.scene))];
    return { title: route.title, stamps: asked(places.flatMap((key) => scenes.filter((one) => one.id === key))) };
  });
  const filled = found.filter((card) => card.stamps.length);
  return filled.length ? filled : [{ title: walk.element.getAttribute("aria-label") ?? "", stamps: asked(scenes) }];
}

/** The cards in the panel; close: after they were forgotten. */
export function cards(walk: Walk, close: () => void): Node[] {
  const said = words(walk);
  const found: Node[] = all(walk).map((card) => drawn(card, walk));
  const foot = make("p", "stamps__kept", `${said.kept ?? ""} `);
  const forget = make("button", "panel__zoom", said.forget);
  forget.type = "button";
  forget.addEventListener("click", () => {
    stamps(walk).forget();
    close();
  });
  foot.append(forget);
  return [...found, foot];
}

function drawn(card: Card, walk: Walk): HTMLElement {
  const said = words(walk);
  const section = make("section", "stamps");
  const held = card.stamps.filter((one) => stamps(walk).at(one.key)).length;
  const count = (said.of ?? "").replace("{held}", String(held)).replace("{all}", String(card.stamps.length));
  const list = make("ol", "stamps__list");
  for (const one of card.stamps) {
    const day = stamps(walk).at(one.key);
    const item = make("li");
    item.append(seal(one.title, Boolean(day)), make("span", "stamps__day", day || (said.missing ?? "")));
    list.append(item);
  }
  section.append(make("h3", "", card.title), make("p", "stamps__count", count), list);
  if (held < card.stamps.length) return section;
  const print = make("button", "panel__zoom", said.print);
  print.type = "button";
  print.addEventListener("click", () => printed(section, walk));
  section.append(make("p", "", said.ready), print);
  return section;
}

/** A seal with the first characters of a place's name; its whole name for who cannot see it. */
function seal(title: string, held: boolean): HTMLElement {
  const made = make("span", held ? "seal is-held" : "seal");
  const face = make("span", "seal__face", [...title.replace(/\s+/g, "")].slice(0, 4).join(""));
  face.setAttribute("aria-hidden", "true");
  made.append(face, make("span", "seal__name", title));
  return made;
}

/** The card alone on the paper. */
function printed(section: HTMLElement, walk: Walk): void {
  const said = words(walk);
  const card = make("section", "stampcard");
  const copy = section.cloneNode(true) as HTMLElement;
  for (const extra of copy.querySelectorAll("button, :scope > p:not(.stamps__count)")) extra.remove();
  card.append(make("p", "stampcard__kind", said.card), make("h2", "", walk.element.getAttribute("aria-label") ?? ""), copy);
  document.body.append(card);
  document.body.classList.add("is-stamping");
  addEventListener("afterprint", () => {
    card.remove();
    document.body.classList.remove("is-stamping");
  }, { once: true });
  print();
}
