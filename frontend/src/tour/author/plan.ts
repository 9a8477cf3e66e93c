// The plan: its picture, and where on it each scene stands.

import type { Desk } from "./desk";
import { pressable } from "./lists";

export function plan(desk: Desk): void {
  const select = desk.one<HTMLSelectElement>("[data-plan]");
  const alt = desk.one<HTMLInputElement>("[data-plan-alt]");
  select.replaceChildren(new Option("—", ""), ...desk.told.pictures.map((one) => new Option(one.title, one.id)));
  select.value = desk.told.document.plan?.picture ?? "";
  alt.value = desk.told.document.plan?.alt ?? "";
  const take = (): void => {
    desk.told.document.plan = select.value ? { picture: select.value, alt: alt.value } : null;
    desk.changed();
    dots(desk);
  };
  select.addEventListener("change", () => {
    alt.value = alt.value || (desk.told.pictures.find((one) => one.id === select.value)?.alt ?? "");
    take();
  });
  alt.addEventListener("input", take);
  dots(desk);
}

export function dots(desk: Desk): void {
  const ground = desk.one("[data-ground]");
  const picture = desk.told.pictures.find((one) => one.id === desk.told.document.plan?.picture);
  ground.hidden = !picture?.src;
  if (!picture?.src) return;
  desk.one<HTMLImageElement>("[data-plan-picture]").src = picture.src;
  desk.one("[data-dots]").replaceChildren(
    ...desk.told.document.scenes.map((scene) => {
      const dot = pressable("", () => desk.choose(scene, null));
      dot.className = "author__dot";
      dot.title = scene.title;
      dot.setAttribute("aria-label", scene.title);
      if (scene === desk.scene) dot.setAttribute("aria-current", "true");
      const [x, y] = scene.at ?? [40, 40];
      dot.style.left = `${x / 10}%`;
      dot.style.top = `${y / 10}%`;
      dot.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        dot.setPointerCapture(event.pointerId);
        dot.onpointermove = (moved) => {
          const box = ground.getBoundingClientRect();
          const at = [(moved.clientX - box.left) / box.width, (moved.clientY - box.top) / box.height];
          scene.at = at.map((n) => Math.round(Math.max(0, Math.min(1, n)) * 1000)) as [number, number];
          dot.style.left = `${scene.at[0] / 10}%`;
          dot.style.top = `${scene.at[1] / 10}%`;
          desk.changed();
        };
        dot.onpointerup = () => {
          dot.onpointermove = null;
        };
      });
      return dot;
    }),
  );
}
