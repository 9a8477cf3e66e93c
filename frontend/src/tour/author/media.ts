// A video, a recording or an object: its file, what stands beside it, and a file that staff send. A file that cannot be shown is
// refused by the server in words; the tour stays as it was.

import type { Desk } from "./desk";
import type { File, Hotspot, Media, Scene } from "./document";

export function media(desk: Desk, hotspot: Hotspot, told: Media, form: HTMLElement): void {
  const refused = form.querySelector<HTMLElement>("[data-refused]")!;
  const say = (words: string): void => {
    refused.textContent = words;
    refused.hidden = !words;
  };
  const draw = (): void => {
    const main = form.querySelector<HTMLSelectElement>("select[name=to]")!;
    files(desk, main, hotspot.to);
    for (const field of form.querySelectorAll<HTMLSelectElement | HTMLTextAreaElement>("[data-media]")) {
      const name = field.dataset.media as "poster" | "signed" | "transcript";
      if (field instanceof HTMLSelectElement) {
        if (name === "poster") chosen(field, desk.told.pictures.map((one) => [one.id, one.title]), told.poster);
        else files(desk, field, told[name]);
      } else field.value = told[name];
    }
    for (const field of form.querySelectorAll<HTMLSelectElement>("[data-captions]")) {
      const held = told.captions.find((one) => one.language === field.dataset.captions)?.file ?? "";
      field.dataset.kind = "captions";
      files(desk, field, held);
    }
  };
  draw();
  for (const field of form.querySelectorAll<HTMLSelectElement | HTMLTextAreaElement>("[data-media]")) {
    field.addEventListener("input", () => {
      told[field.dataset.media as "poster"] = field.value;
      desk.changed();
    });
  }
  for (const field of form.querySelectorAll<HTMLSelectElement>("[data-captions]")) {
    field.addEventListener("input", () => {
      const language = field.dataset.captions!;
      const others = told.captions.filter((one) => one.language !== language);
      told.captions = field.value ? [...others, { language, file: field.value }] : others;
      desk.changed();
    });
  }
  form.querySelector<HTMLInputElement>("[data-send]")?.addEventListener("change", async (event) => {
    const input = event.target as HTMLInputElement;
    const file = input.files?.[0];
    input.value = "";
    if (!file) return;
    say("");
    desk.saving.state(`${desk.word("uploading")} ${file.name}`);
    const body = new FormData();
    body.append("file", file);
    const answer = await desk.saving.post(desk.told.takeMedia, body).catch(() => null);
    const said = ((await answer?.json().catch(() => null)) ?? {}) as { media?: File; said?: string };
    desk.saving.state("");
    if (!said.media) return say(said.said ?? `${desk.word("failed")} ${file.name}`);
    desk.told.media.unshift(said.media);
    if (desk.hotspot !== hotspot) return;
    take(hotspot, told, said.media);
    desk.changed();
    draw();
  });
}

/** Captions and transcript of a scene that is a film. */
export function film(desk: Desk, scene: Scene, form: HTMLElement): void {
  if (!desk.panorama(scene)?.film) return;
  const told = (scene.film ??= { poster: "", captions: [], signed: "", transcript: "" });
  const place = document.createElement("fieldset");
  place.className = "author__captions";
  place.append(Object.assign(document.createElement("legend"), { textContent: desk.word("filmWords") }));
  for (const [language, name] of [["zh-hans", "中文"], ["en", "English"]] as const) {
    const field = document.createElement("select");
    field.dataset.kind = "captions";
    files(desk, field, told.captions.find((one) => one.language === language)?.file ?? "");
    field.addEventListener("change", () => {
      const others = told.captions.filter((one) => one.language !== language);
      told.captions = field.value ? [...others, { language, file: field.value }] : others;
      desk.changed();
    });
    const label = Object.assign(document.createElement("label"), { textContent: `WebVTT (${name})` });
    label.append(field);
    place.append(label);
  }
  const words = document.createElement("textarea");
  [words.rows, words.value] = [4, told.transcript];
  words.addEventListener("input", () => {
    told.transcript = words.value;
    desk.changed();
  });
  const label = Object.assign(document.createElement("label"), { textContent: desk.word("transcript") });
  label.append(words);
  place.append(label, sending(desk, () => desk.redraw()));
  form.append(place);
}

/** A button that sends a file for hotspots, scenes or routes. */
export function sending(desk: Desk, then: () => void): HTMLElement {
  const label = document.createElement("label");
  label.className = "button button-small button-secondary author__upload";
  label.textContent = desk.word("sendFile");
  const input = document.createElement("input");
  input.type = "file";
  input.addEventListener("change", async () => {
    const file = input.files?.[0];
    if (!file) return;
    const body = new FormData();
    body.append("file", file);
    const answer = await desk.saving.post(desk.told.takeMedia, body).catch(() => null);
    const said = ((await answer?.json().catch(() => null)) ?? {}) as { media?: File; said?: string };
    desk.saving.state(said.media ? "" : (said.said ?? desk.word("failed")));
    if (said.media) desk.told.media.unshift(said.media);
    then();
  });
  label.append(input);
  return label;
}

/** A file that was just sent goes where it is missing. */
function take(hotspot: Hotspot, told: Media, file: File): void {
  if (file.kind === hotspot.kind && !(file.kind === "video" && hotspot.to)) hotspot.to = file.id;
  else if (file.kind === "video") told.signed ||= file.id;
  else if (file.kind === "captions") {
    const language = ["zh-hans", "en"].find((one) => !told.captions.some((held) => held.language === one));
    if (language) told.captions = [...told.captions, { language, file: file.id }];
  }
}

function files(desk: Desk, field: HTMLSelectElement, held: string): void {
  const listed = desk.told.media.filter((one) => one.kind === field.dataset.kind);
  chosen(field, listed.map((one) => [one.id, `${one.title} · ${one.size}`]), held);
}

function chosen(field: HTMLSelectElement, listed: string[][], held: string): void {
  field.replaceChildren(new Option("—", ""), ...listed.map(([value, text]) => new Option(text, value)));
  field.value = held;
}
