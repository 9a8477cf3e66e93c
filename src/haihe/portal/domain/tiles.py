"""A base map as one file: drawn from GeoJSON into vector tiles, or taken as an operator has it. Knows no Django.

Sources: Mapbox Vector Tile 2.1; PMTiles 3 (https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md). Layers and
kinds are named as Protomaps names them, so that a file of theirs can stand in the place of ours.
"""

from __future__ import annotations

import gzip
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from haihe.base.errors import HaiheError
from haihe.base.words import gettext_noop

if TYPE_CHECKING:
    import numpy as np
    from shapely.geometry.base import BaseGeometry

HEADER = 127  # bytes
EXTENT = 4096  # units across one tile
MARGIN = 1 / 32  # of a tile: how far lines go on beyond its edge, so that strokes meet
KINDS = {"MVT": "vector", "PNG": "raster", "JPEG": "raster", "WEBP": "raster", "AVIF": "raster"}
PARTS = ("root", "metadata", "leaf_directory", "tile_data")
WORLD = (-180.0, -85.0, 180.0, 85.0)


class NoBaseMap(HaiheError):
    """The file is no base map that Haihe can serve; `message` says why and has its Chinese in the catalogue."""

    permanent = True
    hint = gettext_noop("Give a PMTiles file of version 3 with vector tiles, PNG, JPEG, WebP or AVIF.")


class NothingToDraw(HaiheError):
    """There is no line, area or point to make a base map of."""

    permanent = True
    hint = "Give a GeoJSON FeatureCollection in WGS-84 whose features carry a `layer`."


@dataclass(frozen=True)
class BaseMapFile:
    """What a PMTiles file says of itself. kind: "vector" or "raster"; bounds: west, south, east, north in degrees."""

    kind: str
    zooms: tuple[int, int]
    bounds: tuple[float, float, float, float]


def inspect(file: BinaryIO) -> BaseMapFile:
    """Read the head of a PMTiles file. Raises NoBaseMap, saying what is wrong with it."""
    from pmtiles.tile import deserialize_header

    file.seek(0, 2)
    size = file.tell()
    file.seek(0)
    head = file.read(HEADER)
    if len(head) < HEADER or head[:8] != b"PMTiles\x03":
        raise NoBaseMap(gettext_noop("It does not begin as a PMTiles file of version 3 does."))
    try:
        found: dict[str, Any] = {**deserialize_header(head)}
    except (ValueError, KeyError) as error:
        raise NoBaseMap(gettext_noop("Its head names a kind of tile that does not exist.")) from error
    if any(found[f"{part}_offset"] + found[f"{part}_length"] > size for part in PARTS):
        raise NoBaseMap(gettext_noop("It was cut off."))
    kind = KINDS.get(found["tile_type"].name)
    if kind is None:
        raise NoBaseMap(gettext_noop("Its tiles are of no kind that a browser shows."))
    west, south, east, north = (found[f"{edge}_e7"] / 1e7 for edge in ("min_lon", "min_lat", "max_lon", "max_lat"))
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise NoBaseMap(gettext_noop("It covers no part of the earth."))
    return BaseMapFile(kind, (found["min_zoom"], found["max_zoom"]), (west, south, east, north))


@dataclass(frozen=True)
class _Shape:
    layer: str
    geometry: BaseGeometry
    properties: dict[str, str | int | float | bool]
    from_zoom: int


def draw(features: Iterable[dict[str, Any]], target: Path, *, zooms: tuple[int, int] = (8, 14)) -> BaseMapFile:
    """Draw GeoJSON features (RFC 7946) into a PMTiles file of vector tiles.

    features  each with `layer` among its properties (earth, landuse, water, roads, buildings, places), usually `kind`
              and `name`, `name:en`; `min_zoom` keeps it out of smaller zooms and does not get into the tile
    zooms     smallest and largest zoom, 0 to 15; a viewer enlarges the largest further

    Raises NothingToDraw.
    """
    import shapely
    from mapbox_vector_tile import encode
    from pmtiles.tile import Compression, TileType, zxy_to_tileid
    from pmtiles.writer import Writer

    shapes = list(_shapes(features))
    if not shapes:
        raise NothingToDraw(thing=target.name)
    bounds = tuple(shapely.total_bounds([one.geometry for one in shapes]).tolist())
    tree = shapely.STRtree([one.geometry for one in shapes])
    made: list[tuple[int, bytes]] = []
    for zoom in range(zooms[0], zooms[1] + 1):
        for column, row in _tiles(bounds, zoom):
            layers = _layers(shapes, tree, zoom, column, row)
            if layers:
                box = _box(zoom, column, row)
                options = {"quantize_bounds": box, "extents": EXTENT}
                body = encode(layers, default_options=options)
                made.append((zxy_to_tileid(zoom, column, row), gzip.compress(body, mtime=0)))
    kept = [*_degrees(bounds[0], bounds[1]), *_degrees(bounds[2], bounds[3])]
    west, south, east, north = (round(value * 1e7) / 1e7 for value in kept)  # as the header keeps them
    with target.open("wb") as file:
        writer = Writer(file)
        for tile, body in sorted(made):
            writer.write_tile(tile, body)
        head = {"tile_type": TileType.MVT, "tile_compression": Compression.GZIP, "center_zoom": zooms[0] + 3}
        edges = {"min_lon": west, "min_lat": south, "max_lon": east, "max_lat": north}
        middle = {"center_lon": (west + east) / 2, "center_lat": (south + north) / 2}
        head |= {f"{name}_e7": round(value * 1e7) for name, value in (edges | middle).items()}
        writer.finalize(head, {"vector_layers": _fields(shapes)})
    return BaseMapFile("vector", zooms, (west, south, east, north))


def _shapes(features: Iterable[dict[str, Any]]) -> Iterator[_Shape]:
    import shapely
    from shapely.geometry import shape

    for feature in features:
        said = dict(feature.get("properties") or {})
        geometry = feature.get("geometry")
        layer, from_zoom = str(said.pop("layer", "")), said.pop("min_zoom", 0)
        if not layer or not geometry:
            continue
        try:
            found = shapely.make_valid(shapely.clip_by_rect(shape(geometry), *WORLD))
        except (shapely.errors.ShapelyError, ValueError, TypeError, KeyError, AttributeError, IndexError):
            continue
        if not found.is_empty:
            kept = {key: value for key, value in said.items() if isinstance(value, str | int | float | bool)}
            yield _Shape(layer, shapely.transform(found, _mercator), kept, int(from_zoom) if from_zoom else 0)


def _layers(shapes: list[_Shape], tree: Any, zoom: int, column: int, row: int) -> list[dict[str, Any]]:
    """The layers of one tile, cut to it with a margin and no finer than the tile can say."""
    import shapely

    side = 1 / 2**zoom
    west, south, east, north = _box(zoom, column, row)
    spare = side * MARGIN
    reach = (west - spare, south - spare, east + spare, north + spare)
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for number in sorted(tree.query(shapely.box(*reach))):
        one = shapes[number]
        if one.from_zoom > zoom:
            continue
        cut = shapely.simplify(shapely.clip_by_rect(one.geometry, *reach), side / EXTENT * 2)
        if not cut.is_empty:
            found[one.layer].append({"geometry": cut, "properties": one.properties})
    return [{"name": name, "features": features} for name, features in found.items()]


def _fields(shapes: list[_Shape]) -> list[dict[str, Any]]:
    """What TileJSON calls vector_layers: each layer with the names and types of its properties."""
    fields: dict[str, dict[str, str]] = defaultdict(dict)
    for one in shapes:
        for name, value in one.properties.items():
            kind = "Boolean" if isinstance(value, bool) else "String" if isinstance(value, str) else "Number"
            fields[one.layer][name] = kind
    return [{"id": layer, "fields": fields[layer]} for layer in dict.fromkeys(one.layer for one in shapes)]


def _mercator(points: np.ndarray) -> np.ndarray:
    """Degrees into Web Mercator with the world as a square of one, north above."""
    import numpy as np

    latitude = np.radians(points[:, 1])
    return np.column_stack([(points[:, 0] + 180) / 360, (1 + np.arcsinh(np.tan(latitude)) / np.pi) / 2])


def _degrees(x: float, y: float) -> tuple[float, float]:
    return x * 360 - 180, math.degrees(math.atan(math.sinh((2 * y - 1) * math.pi)))


def _tiles(bounds: tuple[float, ...], zoom: int) -> Iterator[tuple[int, int]]:
    across = 2**zoom
    west, south, east, north = bounds
    for column in range(int(west * across), min(int(east * across), across - 1) + 1):
        for row in range(int((1 - north) * across), min(int((1 - south) * across), across - 1) + 1):
            yield column, row


def _box(zoom: int, column: int, row: int) -> tuple[float, float, float, float]:
    side = 1 / 2**zoom
    return column * side, 1 - (row + 1) * side, (column + 1) * side, 1 - row * side
