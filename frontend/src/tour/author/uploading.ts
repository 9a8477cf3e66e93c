// Panoramas, sets of pictures that make one, and 360° films that staff send, and how far they are being cut.

import type { Desk } from "./desk";
import type { File as Medium, Panorama } from "./document";
import { lists } from "./lists";
import { keep } from "./preparing";

interface Said {
  panorama?: Panorama;
  media?: Medium;
  film?: string;
  asked?: string;
  said?: string;
}

export function upload(desk: Desk): void {
  const files = desk.one<HTMLInputElement>("[data-files]");
  const kind = desk.one<HTMLSelectElement>("[data-kind-of-files]");
  const fov = desk.one<HTMLInputElement>("[data-fov]");
  kind.addEventListener("change", () => (fov.closest("label")!.hidden = kind.value !== "fisheye"));
  const send = async (list: FileList | null): Promise<void> => {
    const sent = [...(list ?? [])];
    files.value = "";
    const set = kind.value || (sixFaces(sent.map((one) => one.name)) ? "faces" : "");
    const said: string[] = [];
    for (const together of set ? [sent] : sent.map((one) => [one])) {
      if (together.length) said.push(await one(desk, together, set, fov.value));
    }
    desk.saving.state(said.filter(Boolean).join(" "));
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

const FACES = ["f b l r u d", "0 1 2 3 4 5 6", "px nx py ny pz nz posx posy posz negx negy negz", "front back left right up down top bottom", "ft bk lf rt up dn"].map(
  (names) => [...names.split(" "), ...names.split(" ").flatMap((name) => [name.slice(1), `_${name}`, `-${name}`])].filter(Boolean),
);

/** Six names that differ in a few letters alone. */
function sixFaces(names: string[]): boolean {
  if (names.length !== 6) return false;
  const stems = names.map((name) => name.replace(/\.[^.]*$/, "").toLowerCase());
  let alike = stems[0]!;
  while (!stems.every((stem) => stem.startsWith(alike))) alike = alike.slice(0, -1);
  const rests = stems.map((stem) => stem.slice(alike.length));
  return rests.every((rest) => rest.length <= 6) && FACES.some((face) => rests.every((rest) => face.includes(rest)));
}

async function one(desk: Desk, files: File[], kind: string, fov: string): Promise<string> {
  desk.saving.state(`${desk.word("uploading")} ${files.map((file) => file.name).join(", ")}`);
  const body = new FormData();
  for (const file of files) body.append("file", file);
  body.append("kind", kind);
  if (kind === "fisheye") body.append("fov", fov);
  let said = await post(desk, body);
  if (said.media) desk.told.media.unshift(said.media);
  if (said.film && confirm(said.asked)) {
    const again = new FormData();
    again.append("film", said.film);
    again.append("spherical", "mono");
    said = await post(desk, again);
  }
  if (said.panorama) keep(desk, said.panorama);
  lists(desk);
  return said.panorama ? "" : (said.said ?? said.asked ?? desk.word("failed"));
}

async function post(desk: Desk, body: FormData): Promise<Said> {
  const answer = await desk.saving.post(desk.told.take, body).catch(() => null);
  return ((await answer?.json().catch(() => null)) ?? {}) as Said;
}

let waiting = false;

/** Until every panorama is cut and looked through, ask how far they are. */
export function wait(desk: Desk): void {
  if (waiting) return;
  waiting = true;
  setTimeout(async () => {
    waiting = false;
    const also = desk.told.document.scenes.map((scene) => `also=${scene.panorama}`).join("&");
    const answer = await fetch(`${desk.told.look}?${also}`).catch(() => null);
    if (!answer?.ok) return wait(desk);
    const before = desk.scene && desk.panorama(desk.scene);
    desk.told.panoramas = ((await answer.json()) as { panoramas: Panorama[] }).panoramas;
    lists(desk);
    const now = desk.scene && desk.panorama(desk.scene);
    if (desk.scene && now && (now.state !== before?.state || now.found.state !== before.found.state)) desk.again(desk.scene);
    const busy = (panorama: Panorama): boolean => ["waiting", "tiling"].includes(panorama.state) || panorama.found.state === "looking";
    if (desk.told.panoramas.some(busy)) wait(desk);
  }, 2000);
}
