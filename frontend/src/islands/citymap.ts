// The map of the city in MapLibre: our places over the base map that the operator gave, else over a plain ground.
// Nothing is asked of anybody but this portal, and of the operator's own tile server where there is one.

import "maplibre-gl/dist/maplibre-gl.css";
import { Map as Viewer, Popup, ScaleControl, setWorkerUrl } from "maplibre-gl";
import type { FitBoundsOptions, GeoJSONSource, LngLatBoundsLike, MapGeoJSONFeature } from "maplibre-gl";
import worker from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { baseMap } from "./basemap";
import { PLACES, colours, onLook, placeLayers } from "./mapstyle";

type Place = { name: string; kind: string; path: string; stories: number; here?: boolean };
type Places = GeoJSON.FeatureCollection<GeoJSON.Point, Place>;

const CITY_ZOOM = 15; // one place alone is shown with its neighbourhood
const FIT = { padding: { top: 50, bottom: 50, left: 40, right: 110 }, maxZoom: CITY_ZOOM }; // names stand to the right

export async function openMap(stage: HTMLElement): Promise<void> {
  const said = stage.dataset;
  const [places, base] = await Promise.all([
    fetch(said.places ?? "").then((answer) => answer.json() as Promise<Places>),
    baseMap(said.kind ?? "", said.address ?? "", document.documentElement.lang),
  ]);
  if (!places.features.length) return;
  for (const one of places.features) one.properties.here = one.properties.path === said.here;

  const box = document.createElement("div");
  box.className = "citymap__stage";
  stage.append(box);
  setWorkerUrl(new URL(worker, import.meta.url).href);
  const style = () => ({
    version: 8 as const,
    sources: { ...base.sources, [PLACES]: { type: "geojson" as const, data: places, cluster: true, clusterRadius: 28, clusterMaxZoom: 13 } },
    layers: [...base.layers(colours()), ...placeLayers(colours())],
  });
  const whole = bounds(places);
  const here = places.features.find((one) => one.properties.path === said.here);
  let map: Viewer;
  try {
    map = new Viewer({
      container: box,
      style: style(),
      ...(here ? { center: here.geometry.coordinates as [number, number], zoom: CITY_ZOOM - 1 } : { bounds: whole, fitBoundsOptions: FIT }),
      minZoom: 3,
      maxZoom: 18,
      attributionControl: false,
      cooperativeGestures: true,
      dragRotate: false,
      pitchWithRotate: false,
      localIdeographFontFamily: getComputedStyle(document.body).fontFamily,
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
  map.addControl(new ScaleControl({ unit: "metric" }), "bottom-left");
  map.once("load", () => stage.classList.add("is-moving"));
  whilePlacesAreAsked(map, said);
  stage.append(buttons(map, said, whole), corner(said));
  onLook(() => void map.setStyle(style()));
}

export function bounds(places: GeoJSON.FeatureCollection<GeoJSON.Point>): LngLatBoundsLike {
  const lng = places.features.map((one) => one.geometry.coordinates[0] ?? 0);
  const lat = places.features.map((one) => one.geometry.coordinates[1] ?? 0);
  return [Math.min(...lng), Math.min(...lat), Math.max(...lng), Math.max(...lat)];
}

function whilePlacesAreAsked(map: Viewer, said: DOMStringMap): void {
  map.on("click", "clusters", async ({ features }) => {
    const one = features?.[0];
    if (!one) return;
    const zoom = await map.getSource<GeoJSONSource>(PLACES)?.getClusterExpansionZoom(Number(one.properties.cluster_id));
    map.easeTo({ center: point(one), zoom });
  });
  map.on("click", "places", ({ features }) => {
    const one = features?.[0];
    if (one) new Popup({ offset: 14, maxWidth: "18rem" }).setLngLat(point(one)).setDOMContent(card(one.properties as Place, said)).addTo(map);
  });
  for (const layer of ["clusters", "places"]) {
    map.on("mouseenter", layer, () => (map.getCanvas().style.cursor = "pointer"));
    map.on("mouseleave", layer, () => (map.getCanvas().style.cursor = ""));
  }
}

export function point(one: MapGeoJSONFeature): [number, number] {
  return (one.geometry as GeoJSON.Point).coordinates as [number, number];
}

function card(place: Place, said: DOMStringMap): HTMLElement {
  const made = document.createElement("div");
  made.className = "citymap__card";
  const link = document.createElement("a");
  link.href = place.path;
  link.textContent = place.name;
  const more = document.createElement("p");
  const stories = (place.stories === 1 ? said.one : said.many)?.replace("{n}", String(place.stories)) ?? "";
  more.textContent = [place.kind, stories].filter(Boolean).join(" · ");
  made.append(link, more);
  return made;
}

export function buttons(map: Viewer, said: DOMStringMap, whole: LngLatBoundsLike, fit: FitBoundsOptions = FIT): HTMLElement {
  const bar = document.createElement("div");
  bar.className = "citymap__bar";
  const one = (words: string, sign: string, press: () => void): void => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "citymap__button";
    made.title = words;
    made.setAttribute("aria-label", words);
    made.textContent = sign;
    made.addEventListener("click", press);
    bar.append(made);
  };
  one(said.closer ?? "", "+", () => map.zoomIn());
  one(said.further ?? "", "−", () => map.zoomOut());
  one(said.whole ?? "", "▢", () => map.fitBounds(whole, fit));
  return bar;
}

export function corner(said: DOMStringMap): HTMLElement {
  const made = document.createElement("p");
  made.className = "citymap__corner";
  made.textContent = [said.attribution, said.approval].filter(Boolean).join(" · ");
  made.hidden = !made.textContent;
  return made;
}
