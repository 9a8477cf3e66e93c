// Places of a board on the city's map: how full each is against its capacity, gathered while one looks from afar.

import { Map as Viewer, Popup, setWorkerUrl } from "maplibre-gl";
import worker from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { baseMap } from "./basemap";
import { bounds, buttons, corner } from "./citymap";
import { colours, onLook } from "./mapstyle";
import { UNKNOWN, lay } from "./spots";
import type { Look, Spot } from "./spots";

type Places = GeoJSON.FeatureCollection<GeoJSON.Point, Spot>;

/** Room around the places for their names, which stand to the right; a wall has larger letters. */
const fitting = (scale: number) => ({ padding: { top: 36 * scale, bottom: 36 * scale, left: 36 * scale, right: 100 * scale }, maxZoom: 14 });
const PLAIN = 0.1; // of a pixel: a ground of one colour needs no more

export async function openPlaces(stage: HTMLElement): Promise<void> {
  const said = stage.dataset;
  const [places, base] = await Promise.all([
    fetch(said.placemap ?? "").then((answer) => answer.json() as Promise<Places>),
    baseMap(said.kind ?? "", said.address ?? "", document.documentElement.lang),
  ]);
  if (!places.features.length) return;
  const box = document.createElement("div");
  box.className = "citymap__stage";
  stage.append(box);
  setWorkerUrl(new URL(worker, import.meta.url).href);
  const style = () => ({ version: 8 as const, sources: base.sources, layers: base.layers(colours(stage)) });
  const whole = bounds(places);
  const fit = fitting(colours(stage).scale);
  let map: Viewer;
  try {
    map = new Viewer({
      container: box,
      style: style(),
      bounds: whole,
      fitBoundsOptions: fit,
      minZoom: 3,
      maxZoom: 18,
      ...(said.kind ? {} : { pixelRatio: PLAIN }),
      attributionControl: false,
      cooperativeGestures: true,
      dragRotate: false,
      pitchWithRotate: false,
      fadeDuration: 0, // a board is looked at, not admired: letters do not fade while it is moved
      localIdeographFontFamily: getComputedStyle(stage).fontFamily,
      locale: {
        "Map.Title": said.title ?? "",
        "CooperativeGesturesHandler.WindowsHelpText": said.ctrl ?? "",
        "CooperativeGesturesHandler.MacHelpText": (said.ctrl ?? "").replace("Ctrl", "⌘"),
        "CooperativeGesturesHandler.MobileHelpText": said.fingers ?? "",
        "Popup.Close": said.close ?? "",
      },
    });
  } catch (error) {
    box.remove();
    throw error;
  }
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.once("load", () => stage.classList.add("is-moving"));
  const again = lay(map, places, lookOf(stage), ({ name, visitors, shown }, at) => {
    const card = document.createElement("p");
    card.textContent = [name, visitors, shown].filter(Boolean).join(" · ");
    new Popup({ offset: 14, maxWidth: "18rem" }).setLngLat(at).setDOMContent(card).addTo(map);
  });
  stage.append(buttons(map, said, whole, fit), corner(said));
  onLook(() => {
    map.setStyle(style());
    again(lookOf(stage));
  });
  map.once("idle", () => stage.dispatchEvent(new CustomEvent("placemap", { detail: map })));
}

/** Shades by load against capacity, in the page's own colours. */
function lookOf(stage: HTMLElement): Look {
  const { paper, ink, scale } = colours(stage);
  const of = getComputedStyle(stage);
  const shades = ["unknown", "free", "half", "crowded", "full"].map((name) => of.getPropertyValue(`--load-${name}`).trim());
  const from = [UNKNOWN, 0, 50, 80, 100];
  const shade = (load: number): string => shades[from.filter((least) => load >= least).length - 1] ?? "";
  return { shade, paper, ink, scale, font: of.fontFamily };
}
