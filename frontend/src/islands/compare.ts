// Two pictures in deep zoom that move together. Without scripts they stand side by side as they are.

import OpenSeadragon from "openseadragon";

type Viewer = InstanceType<typeof OpenSeadragon.Viewer>;

function compare(root: HTMLElement): void {
  const stages = [...root.querySelectorAll<HTMLElement>("[data-pair-stage]")];
  const viewers = stages.filter((stage) => !stage.dataset.object).map((stage) => opened(stage, root.dataset.failed ?? ""));
  const bar = root.querySelector<HTMLElement>("[data-pair-bar]")!;
  const linked = root.querySelector<HTMLElement>("[data-pair-linked]")!;
  const objects = stages.filter((stage) => stage.dataset.object);
  for (const stage of objects) void turning(stage, root.dataset.failed ?? "");
  const together = (): boolean => linked.getAttribute("aria-pressed") === "true";
  bar.hidden = false;
  let leads = viewers[0]; // whose picture was touched last; the other follows it
  for (const viewer of viewers) {
    for (const event of ["pointerdown", "wheel", "keydown"]) {
      viewer.element.addEventListener(event, () => (leads = viewer), { capture: true, passive: true });
    }
    viewer.addHandler("viewport-change", () => {
      if (!together() || leads !== viewer) return;
      for (const other of viewers) if (other !== viewer) follow(viewer, other);
    });
  }
  root.addEventListener("haihe:turned", (event) => {
    if (!together()) return;
    for (const canvas of canvases(objects)) {
      if (canvas !== event.target) canvas.dispatchEvent(new CustomEvent("haihe:turn", { detail: (event as CustomEvent).detail as unknown }));
    }
  });
  /** A key of an object, pressed for the first of those that move together, or for each. */
  const press = (key: string): void => {
    for (const canvas of together() ? canvases(objects).slice(0, 1) : canvases(objects)) {
      canvas.parentElement?.dispatchEvent(new KeyboardEvent("keydown", { key }));
    }
  };
  const each = (act: (viewer: Viewer) => void): void => {
    leads = viewers[0];
    for (const viewer of together() ? viewers.slice(0, 1) : viewers) act(viewer);
  };
  const scale = (factor: number): void => {
    press(factor > 1 ? "+" : "-");
    each((viewer) => {
      viewer.viewport.zoomBy(factor);
      viewer.viewport.applyConstraints();
    });
  };
  root.querySelector("[data-pair-in]")!.addEventListener("click", () => scale(1.6));
  root.querySelector("[data-pair-out]")!.addEventListener("click", () => scale(1 / 1.6));
  root.querySelector("[data-pair-home]")!.addEventListener("click", () => {
    press("Home");
    each((viewer) => viewer.viewport.goHome());
  });
  linked.addEventListener("click", () => {
    linked.setAttribute("aria-pressed", String(!together()));
    if (together() && viewers.length > 1) follow(viewers[0]!, viewers[1]!);
  });
}

function canvases(objects: HTMLElement[]): HTMLCanvasElement[] {
  return objects.flatMap((stage) => [...stage.querySelectorAll("canvas")]);
}

/** A 3D object in the place of its picture, which stays where it cannot be drawn. */
async function turning(stage: HTMLElement, failed: string): Promise<void> {
  const place = document.createElement("div");
  place.className = "pair__object";
  try {
    const words = JSON.parse(document.getElementById("object-words")?.textContent ?? "{}") as DOMStringMap;
    const [{ turn }, answer] = await Promise.all([import("../object/object"), fetch(stage.dataset.object!)]);
    if (!answer.ok) throw new Error(String(answer.status));
    place.append(await turn(await answer.arrayBuffer(), stage.dataset.label ?? "", words, new AbortController().signal));
    stage.append(place);
    stage.classList.add("is-open");
  } catch {
    const said = Object.assign(document.createElement("p"), { textContent: failed });
    said.setAttribute("role", "status");
    stage.append(said);
  }
}

function opened(stage: HTMLElement, failed: string): Viewer {
  const picture = stage.querySelector("img")!;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const place = document.createElement("div");
  place.className = "pair__zoom";
  stage.append(place);
  const viewer = OpenSeadragon({
    element: place,
    tileSources: stage.dataset.service ? `${stage.dataset.service}/info.json` : { type: "image", url: picture.currentSrc || picture.src },
    showNavigationControl: false,
    showNavigator: false,
    crossOriginPolicy: false,
    animationTime: still ? 0 : 0.4,
    maxZoomPixelRatio: 3,
    visibilityRatio: 0.5,
    drawer: "canvas",
  });
  const canvas = viewer.canvas as HTMLElement;
  canvas.setAttribute("role", "group");
  canvas.setAttribute("aria-label", stage.dataset.label ?? "");
  canvas.setAttribute("aria-describedby", "pair-help");
  viewer.addHandler("open", () => {
    const { viewport } = viewer;
    Object.assign(viewport, { maxZoomLevel: Math.max(viewport.getMaxZoom(), viewport.getHomeZoom() * 4) }); // a small picture too
    stage.classList.add("is-open");
  });
  viewer.addHandler("resize", () => requestAnimationFrame(() => viewer.viewport?.goHome(true))); // a phone was turned
  viewer.addHandler("open-failed", () => {
    const said = document.createElement("p");
    said.setAttribute("role", "status");
    said.textContent = failed;
    place.replaceWith(said); // the picture itself stays
  });
  viewer.addHandler("canvas-key", (event) => {
    const key = (event.originalEvent as KeyboardEvent).key;
    if (key === "0" || key === "Home") viewer.viewport.goHome();
  });
  viewer.addHandler("viewport-change", () => {
    place.dataset.zoom = (viewer.viewport.getZoom() / viewer.viewport.getHomeZoom()).toFixed(2);
  });
  return viewer;
}

/** The same part of the other picture, as many times nearer than its whole. */
function follow(leader: Viewer, other: Viewer): void {
  const [own, its] = [leader.world.getItemAt(0), other.world.getItemAt(0)];
  if (!own || !its) return;
  const [from, to] = [own.getBounds(), its.getBounds()];
  const middle = leader.viewport.getCenter(true);
  const [across, down] = [(middle.x - from.x) / from.width, (middle.y - from.y) / from.height];
  const near = leader.viewport.getZoom(true) / leader.viewport.getHomeZoom();
  other.viewport.zoomTo(near * other.viewport.getHomeZoom(), undefined, true);
  other.viewport.panTo(new OpenSeadragon.Point(to.x + across * to.width, to.y + down * to.height), true);
}

for (const root of document.querySelectorAll<HTMLElement>("[data-pair]")) compare(root);
