// Assignments over the base map. They are read from the drawing that lies below, which stays for who hears the page.

import { Map as Viewer, ScaleControl, setWorkerUrl } from "maplibre-gl";
import type { FitBoundsOptions, LayerSpecification, StyleSpecification } from "maplibre-gl";
import worker from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { baseMap } from "./basemap";
import type { Base } from "./basemap";
import { bounds, corner } from "./citymap";
import { colours, onLook } from "./mapstyle";

type Sent = GeoJSON.FeatureCollection<GeoJSON.Point, { label: string; tone: string }>;

const SENT = "sent";
let laid: Promise<{ map: Viewer; base: Base }> | undefined; // one viewer for a page, whatever stage it lies in

export async function layMap(stage: HTMLElement): Promise<void> {
  laid ??= made(stage);
  const { map, base } = await laid;
  if (!stage.isConnected) return; // the board has drawn itself anew meanwhile
  stage.append(map.getContainer());
  map.resize();
  map.setStyle(style(stage, base));
  map.fitBounds(bounds(sent(stage)), fitting(stage));
}

async function made(stage: HTMLElement): Promise<{ map: Viewer; base: Base }> {
  const said = stage.dataset;
  const base = await baseMap(said.kind ?? "", said.address ?? "", document.documentElement.lang);
  const box = document.createElement("div");
  box.setAttribute("aria-hidden", "true");
  box.style.visibility = "hidden";
  stage.append(box);
  setWorkerUrl(new URL(worker, import.meta.url).href);
  const map = new Viewer({
    container: box,
    style: style(stage, base),
    bounds: bounds(sent(stage)),
    fitBoundsOptions: fitting(stage),
    maxZoom: 18,
    interactive: false,
    attributionControl: false,
    fadeDuration: 0,
    localIdeographFontFamily: getComputedStyle(stage).fontFamily,
  });
  map.addControl(new ScaleControl({ unit: "metric" }), "bottom-left");
  box.append(corner(said));
  await new Promise((done) => map.once("load", done));
  box.style.visibility = "";
  onLook(() => {
    const now = box.parentElement;
    if (now) map.setStyle(style(now, base));
  });
  return { map, base };
}

/** Room for the names, which stand beside their places. */
function fitting(stage: HTMLElement): FitBoundsOptions {
  const edge = Math.min(60, stage.clientWidth / 8, stage.clientHeight / 6) * colours(stage).scale;
  const room = { top: edge, bottom: edge, left: edge, right: edge * 1.6 };
  const little = { top: edge, bottom: edge + 24, left: 80, right: 80 }; // half a name; whose map it is stands below
  return { padding: narrow(stage) ? little : room, maxZoom: 13, animate: false };
}

/** Where names fit over and under their places only. */
function narrow(stage: HTMLElement): boolean {
  return stage.clientWidth < 500;
}

function sent(stage: HTMLElement): Sent {
  const features = [...stage.querySelectorAll<SVGElement>("[data-at]")].map(({ dataset }) => ({
    type: "Feature" as const,
    geometry: { type: "Point" as const, coordinates: (dataset.at ?? "").split(" ").map(Number) },
    properties: { label: dataset.label ?? "", tone: dataset.tone ?? "" },
  }));
  return { type: "FeatureCollection", features };
}

function style(stage: HTMLElement, base: Base): StyleSpecification {
  const paint = colours(stage);
  const good = getComputedStyle(stage).getPropertyValue("--good").trim();
  const over: LayerSpecification[] = [
    { id: "sent-places", type: "circle", source: SENT, paint: { "circle-color": ["case", ["==", ["get", "tone"], "good"], good, paint.river], "circle-radius": 8 * paint.scale, "circle-stroke-color": paint.paper, "circle-stroke-width": 2.5 * paint.scale } },
    {
      id: "sent-names",
      type: "symbol",
      source: SENT,
      layout: { "text-field": ["get", "label"], "text-size": 15 * paint.scale, "text-max-width": 12, "text-variable-anchor": narrow(stage) ? ["top", "bottom"] : ["left", "right", "top", "bottom"], "text-radial-offset": 0.9, "text-justify": "auto" },
      paint: { "text-color": paint.ink, "text-halo-color": paint.paper, "text-halo-width": 2 },
    },
  ];
  return { version: 8, sources: { ...base.sources, [SENT]: { type: "geojson", data: sent(stage) } }, layers: [...base.layers(paint), ...over] };
}
