// The base map as MapLibre takes it. Vector tiles are drawn in the portal's own colours; layers are taken as Protomaps
// names them (earth, landuse, water, roads, buildings, places) or as OpenMapTiles does (transportation, building ...).

import { addProtocol } from "maplibre-gl";
import type { ExpressionSpecification, FilterSpecification, LayerSpecification, SourceSpecification } from "maplibre-gl";
import { PMTiles, Protocol } from "pmtiles";
import type { Colours } from "./mapstyle";

const BASE = "base";
const VECTOR = 1; // PMTiles' number of the tile type MVT

export interface Base {
  sources: Record<string, SourceSpecification>;
  layers: (colours: Colours) => LayerSpecification[];
}

const ground = (colours: Colours): LayerSpecification => ({ id: "ground", type: "background", paint: { "background-color": colours.ground } });

export async function baseMap(kind: string, address: string, language: string): Promise<Base> {
  if (!kind) return { sources: {}, layers: (colours) => [ground(colours)] };
  if (kind === "pmtiles") return fromArchive(new URL(address, location.href).href, language);
  if (kind === "vector") return { sources: { [BASE]: { type: "vector", tiles: [address], maxzoom: 14 } }, layers: drawn(language, null) };
  return raster({ type: "raster", tiles: [address], tileSize: 256, maxzoom: 18 });
}

async function fromArchive(address: string, language: string): Promise<Base> {
  const protocol = new Protocol();
  const archive = new PMTiles(address);
  protocol.add(archive);
  addProtocol("pmtiles", protocol.tile);
  const url = `pmtiles://${address}`;
  const { tileType } = await archive.getHeader();
  if (tileType !== VECTOR) return raster({ type: "raster", url, tileSize: 256 });
  const { vector_layers: named } = (await archive.getMetadata()) as { vector_layers?: { id: string }[] };
  return { sources: { [BASE]: { type: "vector", url } }, layers: drawn(language, named ? new Set(named.map((one) => one.id)) : null) };
}

function raster(source: SourceSpecification): Base {
  const layer: LayerSpecification = { id: "tiles", type: "raster", source: BASE };
  return { sources: { [BASE]: source }, layers: (colours) => [ground(colours), layer] };
}

const KIND: ExpressionSpecification = ["coalesce", ["get", "kind"], ["get", "class"], ""];
const is = (...kinds: string[]): FilterSpecification => ["in", KIND, ["literal", kinds]];
const GREEN = ["park", "grass", "wood", "forest", "garden", "nature_reserve", "cemetery", "pitch", "recreation_ground", "golf_course", "scrub"];
const BIG = ["highway", "motorway", "trunk", "primary"];
const MIDDLE = ["major_road", "secondary", "tertiary", "medium_road"];
const SMALL = ["minor_road", "minor", "other", "service", "path", "pedestrian"];
const RAILS = ["rail", "railway", "transit"];
const widths = (small: number, large: number): ExpressionSpecification => ["interpolate", ["exponential", 1.6], ["zoom"], 9, small, 17, large];

type Unplaced = Omit<Extract<LayerSpecification, { source: string }>, "source" | "source-layer">;

/** The vector layers that the tiles have (`present`; null: unknown, all are tried), drawn in the page's colours. */
function drawn(language: string, present: Set<string> | null): Base["layers"] {
  const name: ExpressionSpecification = language.startsWith("zh")
    ? ["coalesce", ["get", "name:zh"], ["get", "name"], ""]
    : ["coalesce", ["get", "name:en"], ["get", "name_en"], ["get", "name"], ""];
  return (colours) => {
    const layers: LayerSpecification[] = [ground(colours)];
    const on = (layer: string, one: Unplaced): void => {
      if (present && !present.has(layer)) return;
      layers.push({ ...one, id: `${layer}-${one.id}`, source: BASE, "source-layer": layer } as LayerSpecification);
    };
    const fill = (id: string, colour: string, filter?: FilterSpecification, from = 0): Unplaced =>
      ({ id, type: "fill", minzoom: from, paint: { "fill-color": colour }, ...(filter && { filter }) }) as Unplaced;
    const road = (id: string, colour: string, width: ExpressionSpecification, kinds: string[], from: number): Unplaced =>
      ({ id, type: "line", minzoom: from, filter: is(...kinds), layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": colour, "line-width": width } }) as Unplaced;
    const words = (id: string, size: number, layout: object, filter?: FilterSpecification): Unplaced =>
      ({ id, type: "symbol", layout: { "text-field": name, "text-size": size * colours.scale, ...layout }, paint: { "text-color": colours.faint, "text-halo-color": colours.ground, "text-halo-width": 1.4 }, ...(filter && { filter }) }) as Unplaced;

    on("earth", fill("land", colours.ground, ["==", ["geometry-type"], "Polygon"]));
    for (const layer of ["landuse", "landcover", "park"]) on(layer, fill("green", colours.green, layer === "park" ? undefined : is(...GREEN)));
    on("water", fill("water", colours.water, ["==", ["geometry-type"], "Polygon"]));
    on("water", { id: "stream", type: "line", filter: ["==", ["geometry-type"], "LineString"], paint: { "line-color": colours.water, "line-width": widths(0.8, 12) } } as Unplaced);
    on("waterway", { id: "stream", type: "line", paint: { "line-color": colours.water, "line-width": widths(0.8, 8) } } as Unplaced);
    for (const layer of ["buildings", "building"]) on(layer, fill("house", colours.building, undefined, 13));
    for (const layer of ["roads", "transportation"]) {
      on(layer, road("rails", colours.rail, widths(0.6, 3), RAILS, 11));
      on(layer, road("small", colours.road, widths(0.3, 9), SMALL, 12));
      on(layer, road("middle-edge", colours.edge, widths(1.4, 19), MIDDLE, 10));
      on(layer, road("big-edge", colours.edge, widths(2.4, 27), BIG, 7));
      on(layer, road("middle", colours.road, widths(0.8, 16), MIDDLE, 10));
      on(layer, road("big", colours.road, widths(1.4, 23), BIG, 7));
    }
    on("water", words("name", 14, { "symbol-placement": "line", "text-letter-spacing": 0.3 }, ["==", ["geometry-type"], "LineString"]));
    on("water_name", words("name", 13, {}));
    on("places", words("name", 15, { "text-letter-spacing": 0.15 }));
    on("place", words("name", 15, { "text-letter-spacing": 0.15 }));
    return layers;
  };
}
