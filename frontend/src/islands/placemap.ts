// Places of a board on the city's map: how full each is against its capacity, gathered while one looks from afar.

import { Map as Viewer, Popup, setWorkerUrl } from "maplibre-gl";
import type { ExpressionSpecification, GeoJSONSource, LayerSpecification } from "maplibre-gl";
import worker from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { baseMap } from "./basemap";
import { bounds, buttons, corner, point } from "./citymap";
import { PLACES, colours } from "./mapstyle";
import type { Colours } from "./mapstyle";

type Place = { name: string; visitors: string; load: number | null; shown: string };
type Places = GeoJSON.FeatureCollection<GeoJSON.Point, Place>;

/** Room around the places for their names, which stand to the right; a wall has larger letters. */
const fitting = (scale: number) => ({ padding: { top: 36 * scale, bottom: 36 * scale, left: 36 * scale, right: 100 * scale }, maxZoom: 14 });
const UNKNOWN = -1; // a place of which nothing is counted

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
  const worst = { worst: ["max", ["coalesce", ["get", "load"], UNKNOWN]] };
  const style = () => ({
    version: 8 as const,
    sources: { ...base.sources, [PLACES]: { type: "geojson" as const, data: places, cluster: true, clusterRadius: 56, clusterMaxZoom: 14, clusterProperties: worst } },
    layers: [...base.layers(colours(stage)), ...loads(colours(stage), getComputedStyle(stage))],
  });
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
  whilePlacesAreAsked(map);
  stage.append(buttons(map, said, whole, fit), corner(said));
  const anew = (): void => void map.setStyle(style());
  new MutationObserver(anew).observe(document.documentElement, { attributeFilter: ["class"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", anew);
  map.once("idle", () => stage.dispatchEvent(new CustomEvent("placemap", { detail: map })));
}

/** Circles over the ground: shade by load against capacity, from the page's own shades. */
function loads(colours: Colours, of: CSSStyleDeclaration): LayerSpecification[] {
  const shade = (name: string): string => of.getPropertyValue(`--load-${name}`).trim();
  const step = (value: ExpressionSpecification): ExpressionSpecification =>
    ["step", value, shade("unknown"), 0, shade("free"), 50, shade("half"), 80, shade("crowded"), 100, shade("full")];
  const own: ["!", ["has", string]] = ["!", ["has", "point_count"]];
  const rim = { "circle-stroke-color": colours.paper, "circle-stroke-width": 2 };
  const size = colours.scale;
  const letters = { "text-color": colours.ink, "text-halo-color": colours.paper, "text-halo-width": 2 };
  return [
    { id: "clusters", type: "circle", source: PLACES, filter: ["has", "point_count"], paint: { "circle-color": step(["get", "worst"]), "circle-radius": ["interpolate", ["linear"], ["ln", ["get", "point_count"]], 0, 12 * size, 10, 26 * size], ...rim } },
    { id: "places", type: "circle", source: PLACES, filter: own, paint: { "circle-color": step(["coalesce", ["get", "load"], UNKNOWN]), "circle-radius": 9 * size, ...rim } },
    { id: "counts", type: "symbol", source: PLACES, filter: ["has", "point_count"], layout: { "text-field": ["get", "point_count_abbreviated"], "text-size": 13 * size, "text-allow-overlap": true }, paint: letters },
    {
      id: "names",
      type: "symbol",
      source: PLACES,
      filter: own,
      layout: { "text-field": ["format", ["get", "name"], {}, "\n", {}, ["get", "shown"], { "font-scale": 0.9 }], "text-size": 14 * size, "text-variable-anchor": ["left", "right", "top", "bottom"], "text-radial-offset": 0.9, "text-justify": "auto", "symbol-sort-key": ["-", ["coalesce", ["get", "load"], UNKNOWN]] },
      paint: letters,
    },
  ];
}

function whilePlacesAreAsked(map: Viewer): void {
  map.on("click", "clusters", async ({ features }) => {
    const one = features?.[0];
    if (!one) return;
    const zoom = await map.getSource<GeoJSONSource>(PLACES)?.getClusterExpansionZoom(Number(one.properties.cluster_id));
    map.easeTo({ center: point(one), zoom });
  });
  map.on("click", "places", ({ features }) => {
    const one = features?.[0];
    if (!one) return;
    const { name, visitors, shown } = one.properties as Place;
    const card = document.createElement("p");
    card.textContent = [name, visitors, shown].filter(Boolean).join(" · ");
    new Popup({ offset: 14, maxWidth: "18rem" }).setLngLat(point(one)).setDOMContent(card).addTo(map);
  });
}
