// Guided routes: stops in their order, each a view with its words, a recording, and views to which the picture turns while it plays.

import type { Desk } from "./desk";
import { free, type Route, type Stop, whole } from "./document";
import { sending } from "./media";
import { labelled, make, small } from "./preparing";

export function routes(desk: Desk): void {
  const place = desk.one("[data-routes]");
  place.replaceChildren(
    ...desk.told.document.routes.map((route) => one(desk, route)),
    small(desk.word("addRoute"), () => {
      const id = free("route", desk.told.document.routes.map((other) => other.id));
      desk.told.document.routes.push({ id, title: "", stops: [] });
      changed(desk);
    }),
    sending(desk, () => routes(desk)),
  );
}

function changed(desk: Desk): void {
  desk.changed();
  routes(desk);
}

function one(desk: Desk, route: Route): HTMLElement {
  const place = make("details", "author__route");
  place.open = desk.opened.has(route.id);
  place.addEventListener("toggle", () => (place.open ? desk.opened.add(route.id) : desk.opened.delete(route.id)));
  place.append(make("summary", "", `${route.title || desk.word("untitled")} · ${route.stops.length}`));
  const title = text(desk, "input", route.title, (value) => (route.title = value));
  const list = make("ol");
  list.append(...route.stops.map((stop, at) => item(desk, route, stop, at)));
  const add = small(desk.word("addStop"), () => {
    if (!desk.scene) return;
    route.stops.push({ scene: desk.scene.id, view: here(desk), seconds: 12, text: "" });
    desk.opened.add(route.id);
    changed(desk);
  });
  const remove = small(desk.word("removeRoute"), () => {
    if (!confirm(desk.word("sure"))) return;
    desk.told.document.routes = desk.told.document.routes.filter((other) => other !== route);
    changed(desk);
  });
  place.append(labelled(desk.word("routeTitle"), title), ...english(desk, `route:${route.id}/title`), list, add, remove);
  return place;
}

function here(desk: Desk): { yaw: number; pitch: number; fov: number } {
  const { yaw, pitch, fov } = desk.cube.view;
  return { yaw: whole(yaw), pitch: whole(pitch), fov: whole(fov) };
}

function item(desk: Desk, route: Route, stop: Stop, at: number): HTMLElement {
  const place = make("li");
  const scene = desk.told.document.scenes.find((other) => other.id === stop.scene);
  place.append(
    small(scene?.title || stop.scene, () => {
      if (scene && scene !== desk.scene) desk.choose(scene, null);
      turn(desk, stop.view ?? scene?.view ?? null);
    }),
  );
  const seconds = text(desk, "input", String(stop.seconds), (value) => (stop.seconds = Math.max(3, Math.min(600, Math.round(Number(value)) || 12))));
  Object.assign(seconds, { type: "number", min: "3", max: "600" });
  place.append(
    labelled(desk.word("seconds"), seconds),
    labelled(desk.word("stopText"), text(desk, "textarea", stop.text, (value) => (stop.text = value))),
    ...english(desk, `route:${route.id}/${at + 1}`),
    ...spoken(desk, stop),
    ...turns(desk, stop),
  );
  const order = make("p");
  const move = (by: number): void => {
    route.stops.splice(at, 1);
    route.stops.splice(at + by, 0, stop);
    swap(desk, route, at, at + by);
    changed(desk);
  };
  if (at > 0) order.append(small(desk.word("earlier"), () => move(-1)));
  if (at + 1 < route.stops.length) order.append(small(desk.word("later"), () => move(1)));
  order.append(
    small(desk.word("removeStop"), () => {
      route.stops.splice(at, 1);
      for (let number = at; number < route.stops.length; number += 1) swap(desk, route, number, number + 1);
      changed(desk);
    }),
  );
  place.append(order);
  return place;
}

/** Translations stand under the place of a stop; they move with it. */
function swap(desk: Desk, route: Route, one: number, other: number): void {
  for (const words of Object.values(desk.told.document.words)) {
    const [first, second] = [`route:${route.id}/${one + 1}`, `route:${route.id}/${other + 1}`];
    [words[first], words[second]] = [words[second] ?? "", words[first] ?? ""];
  }
}

function turn(desk: Desk, view: { yaw: number; pitch: number; fov: number } | null): void {
  if (view) desk.looking.turnTo({ yaw: view.yaw / 1000, pitch: view.pitch / 1000, fov: view.fov / 1000 }, 600);
}

function text<K extends "input" | "textarea">(desk: Desk, name: K, held: string, take: (value: string) => void): HTMLElementTagNameMap[K] {
  const field = make(name);
  if (field instanceof HTMLInputElement) field.type = "text";
  field.value = held;
  field.addEventListener("input", () => {
    take(field.value);
    desk.changed();
  });
  return field;
}

function english(desk: Desk, key: string): Node[] {
  return desk.told.languages.map((language) => {
    const words = (desk.told.document.words[language] ??= {});
    const field = text(desk, key.endsWith("/title") ? "input" : "textarea", words[key] ?? "", (value) => (words[key] = value));
    field.lang = language;
    return labelled(desk.word("english"), field);
  });
}

/** A recording in each language of the tour; it plays at the stop, and the next follows when it has ended. */
function spoken(desk: Desk, stop: Stop): Node[] {
  const listed = desk.told.media.filter((one) => one.kind === "audio");
  if (!listed.length) return [make("p", "author__hint", desk.word("noRecording"))];
  return ["zh-hans", "en"].map((language) => {
    const field = make("select");
    field.append(new Option("—", ""), ...listed.map((one) => new Option(`${one.title} · ${one.size}`, one.id)));
    field.value = stop.spoken?.find((one) => one.language === language)?.file ?? "";
    field.addEventListener("change", () => {
      const others = (stop.spoken ?? []).filter((one) => one.language !== language);
      stop.spoken = field.value ? [...others, { language, file: field.value }] : others;
      desk.changed();
    });
    return labelled(`${desk.word("narration")} (${language === "en" ? "English" : "中文"})`, field);
  });
}

function turns(desk: Desk, stop: Stop): Node[] {
  const list = make("ul", "author__turns");
  (stop.turns ??= []).forEach((one, at) => {
    const field = make("input");
    Object.assign(field, { type: "number", min: "0", max: "600", step: "0.5", value: String(one.at / 1000) });
    field.addEventListener("change", () => {
      one.at = Math.max(0, Math.min(600_000, Math.round(Number(field.value) * 1000) || 0));
      stop.turns!.sort((a, b) => a.at - b.at);
      changed(desk);
    });
    const line = make("li");
    line.append(
      labelled(desk.word("turnAt"), field),
      small(desk.word("lookAt"), () => turn(desk, one.view)),
      small(desk.word("remove"), () => {
        stop.turns!.splice(at, 1);
        changed(desk);
      }),
    );
    list.append(line);
  });
  const add = small(desk.word("addTurn"), () => {
    stop.turns!.push({ at: (stop.turns!.at(-1)?.at ?? 0) + 4000, view: here(desk) });
    changed(desk);
  });
  return [list, add];
}
