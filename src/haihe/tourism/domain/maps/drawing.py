"""A ground tied to codes and drawn: paths in a box of its own, small enough to stand in a page."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from haihe.tourism.domain.maps.geojson import Ground, Shape
from haihe.tourism.domain.maps.refusing import MapRefused

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

WIDTH = 1000.0  # units across; height follows the ground
TALLEST = 1400.0
MARGIN = 12.0
MARGIN_OF_POINTS = 110.0  # where nothing but places is shown: room for their names
FINEST = 0.15  # units that a line may be moved, to begin with
MOST_POINTS = 40_000  # that a page can carry
ROOM_FOR_NAME = 900.0  # square units of an area that its name fits into
ENDINGS = ("特别行政区", "维吾尔自治区", "回族自治区", "壮族自治区", "自治区", "省", "市", "区", "县")

Codes = Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class Drawn:
    """What pages show.

    shapes     {key, kind, path or x and y, label: [x, y] or none, at: longitude and latitude of a point}; key: the
               code, empty where it is ground only
    unknown    names of areas and places that no code stands for
    missing    codes that no area or place stands for
    property   of the features, by which they were tied to codes
    """

    width: float
    height: float
    shapes: list[dict[str, Any]]
    unknown: list[str]
    missing: list[str]
    property: str


def draw(ground: Ground, codes: Codes) -> Drawn:
    """Tie shapes to codes by whichever property fits best, and draw them.

    codes    code -> its Chinese and English name

    Raises MapRefused: nothing_known, where no feature bears a code or a name of one.
    """
    keys, by = _keys(ground.shapes, codes)
    simple = _simplified([one.geometry for one in ground.shapes], ground)
    projected, height = _projected(simple, ground)
    shapes = [_shape(one, key, drawn) for one, key, drawn in zip(ground.shapes, keys, projected, strict=True)]
    unknown = [
        next(iter(one.names.values()), str(one.number))
        for one, key in zip(ground.shapes, keys, strict=True)
        if not key and one.kind != "line"
    ]
    missing = [code for code in codes if code not in keys]
    order = {"area": 0, "line": 1, "point": 2}
    shapes.sort(key=lambda one: order[one["kind"]])
    return Drawn(WIDTH, height, shapes, unknown[:200], missing, by)


def _keys(shapes: Sequence[Shape], codes: Codes) -> tuple[list[str], str]:
    """Each shape's code, and the property that said it. A code may have several shapes: islands."""
    known: dict[str, str] = {}
    for code, both in codes.items():
        for name in (*both, code):
            known.setdefault(_plain(name), code)
    properties = dict.fromkeys(key for one in shapes for key in one.names)
    best: tuple[int, list[str], str] = (0, [], "")
    for key in properties:
        found = [known.get(_plain(one.names.get(key, "")), "") for one in shapes]
        count = len({code for code in found if code})
        if count > best[0]:
            best = (count, found, key)
    if not best[0]:
        seen = [name for one in shapes for name in one.names.values()]
        raise MapRefused("nothing_known", seen="、".join(dict.fromkeys(seen[:6])))
    return best[1], best[2]


def _plain(name: str) -> str:
    """A name without its kind: 天津市 is 天津, Hewan District is hewan."""
    text = name.strip().casefold().removesuffix(" district").removesuffix(" county")
    for ending in ENDINGS:
        if len(text) > len(ending) + 1 and text.endswith(ending):
            return text.removesuffix(ending)
    return text


def _simplified(geometries: list[BaseGeometry], ground: Ground) -> list[BaseGeometry]:
    """As fine as a page can carry. No part is dropped: an approved map's small islands stay, however small."""
    import shapely

    west, south, east, north = ground.bounds
    unit = max(east - west, north - south, 1e-9) / WIDTH
    areas = [at for at, one in enumerate(ground.shapes) if one.kind == "area"]
    together = bool(areas) and bool(shapely.coverage_is_valid([geometries[at] for at in areas]))
    tolerance, made = FINEST * unit, geometries
    while True:
        made = [shapely.simplify(one, tolerance, preserve_topology=True) for one in geometries]
        if together:  # neighbours keep their common edge
            for at, one in zip(
                areas, shapely.coverage_simplify([geometries[at] for at in areas], tolerance), strict=True
            ):
                made[at] = geometries[at] if one.is_empty else one
        if int(shapely.get_num_coordinates(made).sum()) <= MOST_POINTS or tolerance > 4 * unit:
            return made
        tolerance *= 2


def _projected(geometries: Sequence[BaseGeometry], ground: Ground) -> tuple[list[BaseGeometry], float]:
    """Into the box: equirectangular, true to scale in the middle of the ground; north is up."""
    import numpy as np
    import shapely

    west, south, east, north = ground.bounds
    narrow = max(math.cos(math.radians((south + north) / 2)), 0.05)
    across, tall = max((east - west) * narrow, 1e-6), max(north - south, 1e-6)
    margin = MARGIN_OF_POINTS if all(one.kind == "point" for one in ground.shapes) else MARGIN
    inner = WIDTH - 2 * margin
    scale = min(inner / across, (TALLEST - 2 * margin) / tall)
    left = margin + (inner - across * scale) / 2
    height = max(tall * scale + 2 * margin, 240.0)
    top = (height - tall * scale) / 2

    def into(points: Any) -> Any:
        return np.column_stack([left + (points[:, 0] - west) * narrow * scale, top + (north - points[:, 1]) * scale])

    return [shapely.transform(one, into) for one in geometries], round(height, 1)


def _shape(shape: Shape, key: str, drawn: BaseGeometry) -> dict[str, Any]:
    if shape.kind == "point":
        middle = shape.geometry.centroid  # a place of several points stands between them
        at = [round(middle.x, 6), round(middle.y, 6)]
        return {"key": key, "kind": "point", "x": round(drawn.x, 1), "y": round(drawn.y, 1), "at": at}
    told: dict[str, Any] = {"key": key, "kind": shape.kind, "path": _path(drawn)}
    if key and shape.kind == "area":
        largest = max(getattr(drawn, "geoms", [drawn]), key=lambda one: one.area)
        if largest.area >= ROOM_FOR_NAME:
            place = largest.representative_point()
            told["label"] = [round(place.x, 1), round(place.y, 1)]
    return told


def _path(drawn: BaseGeometry) -> str:
    """SVG path data; rings are closed, lines are not."""
    words = []
    for points, closed in _runs(drawn):
        steps = [f"{x:.1f} {y:.1f}" for x, y in points]
        steps = [step for at, step in enumerate(steps) if at == 0 or step != steps[at - 1]]
        words.append(f"M{'L'.join(steps)}{'Z' if closed else ''}")
    return "".join(words)


def _runs(drawn: BaseGeometry) -> Iterator[tuple[Iterable[tuple[float, float]], bool]]:
    for one in getattr(drawn, "geoms", [drawn]):
        if one.geom_type == "Polygon":
            yield one.exterior.coords[:-1], True
            yield from ((ring.coords[:-1], True) for ring in one.interiors)
        else:
            yield one.coords, False
