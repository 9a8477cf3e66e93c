// Colours of the map out of the page's own, so that it follows the reader's theme; and the places over it.

import type { LayerSpecification } from "maplibre-gl";

export const PLACES = "our-places";

export interface Colours {
  ground: string;
  paper: string;
  ink: string;
  faint: string;
  river: string;
  onRiver: string;
  brick: string;
  water: string;
  green: string;
  building: string;
  road: string;
  edge: string;
  rail: string;
  scale: number; // of letters: large type and walls have a larger root
}

/** A share of one colour laid over another, both "#rrggbb", as MapLibre takes it. */
function mixed(over: string, under: string, share: number): string {
  const part = (colour: string, at: number): number => parseInt(colour.slice(at, at + 2), 16);
  return "#" + [1, 3, 5].map((at) => Math.round(part(over, at) * share + part(under, at) * (1 - share)).toString(16).padStart(2, "0")).join("");
}

/** Colours as they stand at a place of the page. */
export function colours(place: Element = document.documentElement): Colours {
  const of = getComputedStyle(place);
  const pen = document.createElement("canvas").getContext("2d");
  // a style sheet may say #000 or red; a canvas gives every colour back as #rrggbb
  const token = (name: string): string => {
    const said = of.getPropertyValue(`--${name}`).trim();
    if (!pen) return said;
    pen.fillStyle = said;
    return String(pen.fillStyle);
  };
  const [paper, tint, ink, river] = [token("paper"), token("tint"), token("ink"), token("river")];
  return {
    ground: tint,
    paper,
    ink,
    faint: token("ink-faint"),
    river,
    onRiver: token("on-river"),
    brick: token("brick"),
    water: mixed(river, tint, 0.24),
    green: mixed(token("tone-2"), tint, 0.16),
    building: mixed(ink, tint, 0.09),
    road: paper === tint ? mixed(ink, paper, 0.2) : paper,
    edge: mixed(ink, tint, 0.24),
    rail: mixed(ink, tint, 0.4),
    scale: parseFloat(of.fontSize) / 16,
  };
}

export function placeLayers(colours: Colours): LayerSpecification[] {
  const own = ["!", ["has", "point_count"]] as ["!", ["has", string]];
  return [
    { id: "clusters", type: "circle", source: PLACES, filter: ["has", "point_count"], paint: { "circle-color": colours.river, "circle-radius": 15, "circle-stroke-color": colours.paper, "circle-stroke-width": 2.5 } },
    { id: "counts", type: "symbol", source: PLACES, filter: ["has", "point_count"], layout: { "text-field": ["get", "point_count_abbreviated"], "text-size": 14 * colours.scale, "text-allow-overlap": true }, paint: { "text-color": colours.onRiver } },
    { id: "places", type: "circle", source: PLACES, filter: own, paint: { "circle-color": ["case", ["get", "here"], colours.brick, colours.river], "circle-radius": ["case", ["get", "here"], 10, 8], "circle-stroke-color": colours.paper, "circle-stroke-width": 2.5 } },
    {
      id: "names",
      type: "symbol",
      source: PLACES,
      filter: own,
      layout: { "text-field": ["get", "name"], "text-size": 15 * colours.scale, "text-variable-anchor": ["left", "right", "top", "bottom"], "text-radial-offset": 0.9, "text-justify": "auto", "symbol-sort-key": ["case", ["get", "here"], 0, 1] },
      paint: { "text-color": colours.ink, "text-halo-color": colours.paper, "text-halo-width": 2 },
    },
  ];
}

/** Called whenever the page changes its look: theme, size of type, contrast. */
export function onLook(changed: () => void): void {
  new MutationObserver(changed).observe(document.documentElement, { attributeFilter: ["class", "data-theme", "data-size"] });
  for (const asked of ["(prefers-color-scheme: dark)", "(prefers-contrast: more)"]) matchMedia(asked).addEventListener("change", changed);
}
