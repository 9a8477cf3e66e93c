// What a hotspot plays or turns. Loaded when the first of them is opened; the object's drawing (three.js) when somebody
// wants to turn it.

import type { Hotspot, Media } from "./scenes";
import type { Walk } from "./walk";

export interface Exhibit {
  nodes: Node[];
  leave: () => void; // stops what plays, lets go what is drawn
}
type Drawn = typeof import("../object/object");

/** Where the drawing of objects and their bytes come from; a tour that was opened from a disk has its own ways. */
export const ways = {
  drawing: (): Promise<Drawn> => import("../object/object"),
  bytes: async (src: string): Promise<ArrayBuffer> => {
    const answer = await fetch(src);
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.arrayBuffer();
  },
};

export function exhibit(hotspot: Hotspot, walk: Walk): Exhibit {
  const said = walk.tour.said.exhibits ?? {};
  const media = hotspot.media ?? {};
  const made = !media.src ? still(hotspot) : hotspot.kind === "object" ? object(hotspot, media, said) : played(hotspot, media, said);
  if (media.transcript) made.nodes.push(transcript(media.transcript, hotspot.kind === "audio", said));
  return made;
}

/** What must not be shown now has its picture and its words. */
function still(hotspot: Hotspot): Exhibit {
  const figure = document.createElement("figure");
  figure.append(...[poster(hotspot)].filter((one) => one !== null));
  return { nodes: [figure], leave: () => undefined };
}

function poster(hotspot: Hotspot): HTMLImageElement | null {
  if (!hotspot.picture) return null;
  const { src, width, height, alt } = hotspot.picture;
  const picture = new Image(width, height);
  [picture.src, picture.alt] = [src, alt];
  return picture;
}

function played(hotspot: Hotspot, media: Media, said: DOMStringMap): Exhibit {
  const player = document.createElement(hotspot.kind === "audio" ? "audio" : "video");
  [player.controls, player.preload, player.src] = [true, "metadata", media.src ?? ""];
  player.setAttribute("aria-label", hotspot.title);
  media.captions?.forEach((one, at) => {
    const track = document.createElement("track");
    Object.assign(track, { kind: "captions", src: one.src, srclang: one.lang, label: one.name, default: at === 0 });
    player.append(track);
  });
  const figure = document.createElement("figure");
  figure.className = `exhibit exhibit--${hotspot.kind}`;
  if (player instanceof HTMLVideoElement) {
    player.playsInline = true;
    if (hotspot.picture) Object.assign(player, { poster: hotspot.picture.src, width: hotspot.picture.width, height: hotspot.picture.height });
  }
  figure.append(player);
  const failed = status();
  player.addEventListener("error", () => (failed.textContent = said.failed ?? ""));
  if (media.signed) signed(figure, player, media.signed.src, said);
  figure.append(failed);
  return { nodes: [figure], leave: () => player.pause() };
}

const SIGNED = "haihe-signed"; // who wants it once wants it always, on this device

/** The interpreter's film, in step with the other. */
function signed(figure: HTMLElement, player: HTMLMediaElement, src: string, said: DOMStringMap): void {
  const second = document.createElement("video");
  second.className = "exhibit__signed";
  Object.assign(second, { muted: true, playsInline: true, preload: "none", src, hidden: true });
  second.setAttribute("aria-label", said.signed ?? "");
  const step = (): void => {
    if (Math.abs(second.currentTime - player.currentTime) > 0.3) second.currentTime = player.currentTime;
    second.playbackRate = player.playbackRate;
  };
  const follow = (): void => {
    if (second.hidden) return;
    step();
    if (player.paused) second.pause();
    else void second.play().catch(() => undefined);
  };
  for (const event of ["play", "playing", "pause", "seeked", "ratechange", "ended"]) player.addEventListener(event, follow);
  player.addEventListener("timeupdate", () => second.hidden || step());
  const button = document.createElement("button");
  button.type = "button";
  button.className = "panel__zoom";
  button.textContent = said.sign ?? "";
  const show = (wanted: boolean): void => {
    second.hidden = !wanted;
    button.setAttribute("aria-pressed", String(wanted));
    if (wanted) follow();
    else second.pause();
  };
  button.addEventListener("click", () => {
    show(second.hidden);
    remember(!second.hidden);
  });
  figure.append(second, button);
  show(remembered());
}

function remembered(): boolean {
  try {
    return localStorage.getItem(SIGNED) === "1";
  } catch {
    return false; // storage is shut
  }
}

function remember(wanted: boolean): void {
  try {
    if (wanted) localStorage.setItem(SIGNED, "1");
    else localStorage.removeItem(SIGNED);
  } catch {
    // storage is shut: it is asked again next time
  }
}

/** The object's picture until somebody wants to turn it. */
function object(hotspot: Hotspot, media: Media, said: DOMStringMap): Exhibit {
  const figure = document.createElement("figure");
  figure.className = "exhibit exhibit--object";
  const picture = poster(hotspot);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "panel__zoom";
  button.textContent = `${said.turn ?? ""} · ${((media.bytes ?? 0) / 1e6).toFixed(1)} MB`;
  const failed = status();
  const ended = new AbortController();
  button.addEventListener("click", async () => {
    button.disabled = true;
    failed.textContent = said.loading ?? "";
    try {
      const [{ turn }, bytes] = await Promise.all([ways.drawing(), ways.bytes(media.src ?? "")]);
      if (ended.signal.aborted) return;
      const stage = await turn(bytes, hotspot.title, said, ended.signal);
      if (ended.signal.aborted) return;
      picture?.remove();
      button.remove();
      failed.textContent = "";
      figure.prepend(stage);
      stage.querySelector<HTMLElement>("[tabindex]")?.focus({ preventScroll: true });
    } catch {
      failed.textContent = said.failed ?? "";
      button.disabled = false;
    }
  });
  if (picture) figure.append(picture);
  figure.append(button, failed);
  return { nodes: [figure], leave: () => ended.abort() };
}

function transcript(words: string, open: boolean, said: DOMStringMap): HTMLElement {
  const details = document.createElement("details");
  details.className = "exhibit__said";
  details.open = open;
  const summary = document.createElement("summary");
  summary.textContent = said.transcript ?? "";
  details.append(summary, ...words.split("\n\n").map((part) => Object.assign(document.createElement("p"), { textContent: part })));
  return details;
}

function status(): HTMLElement {
  const made = document.createElement("p");
  made.className = "exhibit__state";
  made.setAttribute("role", "status");
  return made;
}
