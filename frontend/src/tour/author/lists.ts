// The lists on the left: the scenes of the tour, and the panoramas that scenes can be made of.

import type { Desk } from "./desk";
import { eyes } from "./eyes";
import { add } from "./placing";
import { fisheye, small } from "./preparing";

export function lists(desk: Desk): void {
  const { scenes, start } = desk.told.document;
  desk.one("[data-scenes]").replaceChildren(
    ...scenes.map((scene, at) => {
      const item = document.createElement("li");
      const button = pressable(scene.title || desk.word("untitled"), () => desk.choose(scene, null));
      button.className = "author__scene";
      if (scene === desk.scene) button.setAttribute("aria-current", "true");
      const number = document.createElement("b");
      number.textContent = (start ? scene.id === start : at === 0) ? "★" : String(at + 1);
      button.prepend(number);
      const panorama = desk.panorama(scene);
      if (panorama?.state === "ready") {
        const picture = new Image(96, 48);
        picture.src = `${panorama.base}preview.jpg`;
        picture.alt = "";
        picture.loading = "lazy";
        button.prepend(picture);
      }
      item.append(button);
      return item;
    }),
  );
  desk.one("[data-panoramas]").replaceChildren(
    ...desk.told.panoramas.filter((one) => one.made !== "retouch").map((panorama) => {
      const item = document.createElement("li");
      const button = pressable(panorama.title, () => add(desk, panorama));
      button.className = "author__panorama";
      button.disabled = panorama.state === "failed";
      const state = document.createElement("small");
      state.textContent = panorama.state === "ready" ? "" : [panorama.said, panorama.problem].filter(Boolean).join(" · ");
      button.append(state);
      item.append(button);
      if (panorama.looks.includes("fisheye")) item.append(small(desk.word("isFisheye"), () => void fisheye(desk, panorama, "")));
      if (panorama.state === "failed" || panorama.eyes.length || panorama.layout) item.append(eyes(desk, panorama));
      return item;
    }),
  );
}

export function pressable(text: string, act: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.append(document.createTextNode(text));
  made.addEventListener("click", act);
  return made;
}
