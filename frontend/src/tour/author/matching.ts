// Over the whole tour: one exposure and white balance, and links by GPS and compass. Proposals, which staff take one by one.

import type { Desk } from "./desk";
import { free } from "./document";
import { make, retouch, small } from "./preparing";

interface Tone {
  scene: string;
  panorama: string;
  now: [number, number, number];
  gain: [number, number, number];
}
interface Link {
  from: string;
  to: string;
  yaw: number | null;
  pitch: number;
  bearing: number;
  metres: number | null;
}

export function matching(desk: Desk): void {
  const place = desk.one("[data-proposed]");
  desk.one("[data-tone]").addEventListener("click", () => void tone(desk, place));
  desk.one("[data-links]").addEventListener("click", () => void links(desk, place));
}

/** What the server proposes for the draft as it is saved. */
async function proposed<T>(desk: Desk, address: string): Promise<T[] | null> {
  desk.saving.state(desk.word("asking"));
  if (!(await desk.saving.save())) return null;
  const answer = await fetch(address).catch(() => null);
  desk.saving.state(answer?.ok ? "" : desk.word("failed"));
  return answer?.ok ? ((await answer.json()) as { proposed: T[] }).proposed : null;
}

function heading(desk: Desk, place: HTMLElement, name: string, none: boolean): HTMLElement {
  const list = make("ul", "author__proposals");
  const close = small(desk.word("close"), () => place.replaceChildren());
  const title = make("h2", "", desk.word(name));
  title.tabIndex = -1;
  place.replaceChildren(title, make("p", "author__hint", desk.word(none ? `${name}None` : `${name}Hint`)), list, close);
  title.focus();
  return list;
}

async function tone(desk: Desk, place: HTMLElement): Promise<void> {
  const listed = await proposed<Tone>(desk, desk.told.tone);
  if (!listed) return;
  const list = heading(desk, place, "toneTitle", !listed.length);
  for (const one of listed) {
    const scene = desk.told.document.scenes.find((other) => other.id === one.scene);
    if (!scene) continue;
    const item = make("li");
    item.append(make("strong", "", scene.title || desk.word("untitled")));
    for (const [name, gain] of [["before", one.now], ["after", one.gain]] as const) {
      const picture = new Image(256, 128);
      picture.src = `${desk.told.tone}${one.panorama}/?gain=${gain.join(",")}`;
      picture.alt = `${scene.title}: ${desk.word(name)}`;
      const figure = make("figure");
      figure.append(picture, make("figcaption", "", desk.word(name)));
      item.append(figure);
    }
    item.append(
      small(desk.word("take"), () => {
        const panorama = desk.panorama(scene);
        if (panorama) void retouch(desk, scene, { ...panorama.recipe, gain: one.gain });
        item.remove();
      }, false),
      small(desk.word("leaveIt"), () => item.remove()),
    );
    list.append(item);
  }
}

async function links(desk: Desk, place: HTMLElement): Promise<void> {
  const listed = await proposed<Link>(desk, desk.told.links);
  if (!listed) return;
  const { scenes } = desk.told.document;
  const list = heading(desk, place, "linksTitle", !listed.length);
  const takers: (() => void)[] = [];
  for (const one of listed) {
    const [from, to] = [one.from, one.to].map((key) => scenes.find((scene) => scene.id === key));
    if (!from || !to) continue;
    const item = make("li");
    const way = one.metres === null ? desk.word("byPlan") : `${one.metres} m`;
    const turn = one.yaw === null ? desk.word("noNorth") : `${Math.round(one.bearing)}°`;
    item.append(make("span", "", `${from.title} → ${to.title} · ${way} · ${turn}`));
    const take = (): void => {
      if (!item.isConnected) return;
      const id = free("link", from.hotspots.map((spot) => spot.id));
      from.hotspots.push({ id, kind: "link", yaw: one.yaw ?? 0, pitch: one.pitch, title: to.title, to: to.id, text: "" });
      item.remove();
      desk.changed();
      if (desk.scene === from) desk.drawPins();
    };
    takers.push(take);
    item.append(small(desk.word("take"), take, false), small(desk.word("leaveIt"), () => item.remove()));
    list.append(item);
  }
  if (takers.length > 1) list.before(small(desk.word("takeAll"), () => takers.forEach((take) => take()), false));
}
