// The choices of a quiz, one a line, the right one, and why.

import type { Quiz } from "../scenes";
import type { Desk } from "./desk";

const MOST = 8;

export function quiz(desk: Desk, told: Quiz, form: HTMLElement): void {
  const choices = form.querySelector<HTMLTextAreaElement>("[data-choices]")!;
  const right = form.querySelector<HTMLSelectElement>("[data-right]")!;
  const explanation = form.querySelector<HTMLTextAreaElement>("[data-explanation]")!;
  const draw = (): void => {
    right.replaceChildren(...told.choices.map((words, at) => new Option(words, String(at))));
    right.value = String(told.right);
  };
  choices.value = told.choices.join("\n");
  explanation.value = told.explanation;
  draw();
  choices.addEventListener("input", () => {
    told.choices = choices.value.split("\n").map((line) => line.trim()).filter(Boolean).slice(0, MOST);
    told.right = Math.max(0, Math.min(told.right, told.choices.length - 1));
    draw();
    desk.changed();
  });
  right.addEventListener("input", () => {
    told.right = Number(right.value);
    desk.changed();
  });
  explanation.addEventListener("input", () => {
    told.explanation = explanation.value;
    desk.changed();
  });
}
