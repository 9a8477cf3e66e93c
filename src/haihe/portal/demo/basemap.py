"""The ground of the demonstration city: a river, its streams, quarters with streets of their own direction.

All invented; drawn in metres around the city's middle, then given as GeoJSON."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shapely.geometry import LineString, Polygon
    from shapely.geometry.base import BaseGeometry

MIDDLE = (117.2, 39.12)
NORTH = 111_320.0  # metres per degree
EAST = NORTH * math.cos(math.radians(MIDDLE[1]))
WHOLE = (-11_000, -7_500, 12_500, 7_500)  # metres: west, south, east, north
TOWN = (0, -300, 7_600, 5_400)  # an ellipse: middle and half axes
DENSE = 4_300  # metres from the middle within which houses are drawn

RIVER = (
    (117.060, 39.176), (117.100, 39.170), (117.135, 39.160), (117.158, 39.145), (117.172, 39.1310), (117.186, 39.1300),
    (117.196, 39.1368), (117.210, 39.1432), (117.226, 39.1390), (117.236, 39.1262), (117.250, 39.1180),
    (117.272, 39.1215), (117.290, 39.112), (117.305, 39.098), (117.330, 39.088), (117.360, 39.085),
)  # fmt: skip
STREAMS = (
    ((117.120, 39.200), (117.130, 39.180), (117.134, 39.161)),
    ((117.170, 39.200), (117.178, 39.170), (117.170, 39.152), (117.164, 39.139)),
    ((117.235, 39.200), (117.226, 39.170), (117.232, 39.152), (117.226, 39.140)),
    ((117.080, 39.110), (117.115, 39.122), (117.140, 39.121), (117.171, 39.131)),
    ((117.160, 39.045), (117.186, 39.066), (117.192, 39.092), (117.212, 39.106), (117.238, 39.124)),
    ((117.300, 39.190), (117.292, 39.160), (117.280, 39.138), (117.272, 39.122)),
)
LAKES = ((350, -4_150, 620, 330), (-4_600, -1_900, 420, 260), (5_600, 2_900, 360, 480))  # middle and half axes, metres
PARKS = ((400, -4_000, 1_150, 800), (-4_500, -1_850, 800, 560), (5_500, 2_800, 800, 850), (-1_200, 3_400, 700, 420),
         (2_300, -1_700, 520, 400), (-2_900, 900, 420, 300), (7_900, -1_000, 900, 500))  # fmt: skip
ROADS_OUT = (
    ((-11_000, -3_200), (-3_400, -300)), ((3_300, 400), (12_500, 3_900)), ((300, -2_880), (1_300, -7_500)),
)  # fmt: skip
RAILWAY = ((-11_000, 5_300), (-4_000, 4_100), (1_800, 4_700), (12_500, 6_100))
QUARTERS = (
    ("柳岸", "Liu'an", -2_600, 2_300), ("老码头", "Old Wharf", 60, 2_900), ("河湾", "The Bend", -700, 700),
    ("望潮", "Wangchao", 4_700, 900), ("东堤", "East Dyke", 2_900, 3_300), ("南浦", "Nanpu", 1_700, -2_700),
    ("西营", "West Camp", -4_600, -100), ("新港", "New Port", 8_200, -2_400),
)  # fmt: skip


def features() -> Iterator[dict[str, Any]]:
    """GeoJSON features of the base map, lowest layer first."""
    import shapely
    from shapely.geometry import LineString, MultiPoint, Point, box

    river = _smooth(RIVER)
    streams = [_smooth(one) for one in STREAMS]
    water = shapely.union_all([_widening(river), *(one.buffer(28) for one in streams), *map(_oval, LAKES)])
    land = box(*WHOLE)
    town = _oval(TOWN)
    yield _feature("earth", land)
    for park in PARKS:
        yield _feature("landuse", _oval(park).difference(water.buffer(8)), kind="park")
    banks = river.buffer(330).difference(water.buffer(70)).intersection(town)
    yield _feature("landuse", banks, kind="park", min_zoom=11)
    yield _feature("water", water.intersection(land), kind="river")
    yield _feature("water", river, kind="river", name="海河", **{"name:en": "Haihe"})

    chance = random.Random(20)  # noqa: S311  (streets, no secrets)
    seeds = [Point(x + chance.uniform(-500, 500), y + chance.uniform(-450, 450)) for x in range(-6600, 6700, 2200)
             for y in range(-4800, 4500, 1900)]  # fmt: skip
    dry = land.difference(water.buffer(45)).difference(shapely.union_all([_oval(park) for park in PARKS]))
    for cell in shapely.voronoi_polygons(MultiPoint(seeds), extend_to=land).geoms:
        quarter = cell.intersection(town)
        if quarter.is_empty:
            continue
        yield _feature("roads", quarter.boundary, kind="major_road")
        turned = chance.uniform(0, 90)
        streets = _grid(quarter, turned, chance).intersection(dry)
        yield _feature("roads", streets, kind="minor_road", min_zoom=12)
        blocks = quarter.intersection(dry).intersection(Point(0, 0).buffer(DENSE)).difference(streets.buffer(14))
        yield from (_feature("buildings", house, min_zoom=13) for house in _houses(blocks.buffer(-6), turned, chance))
    for ring in (town, _oval((0, -300, 3_400, 2_600))):
        yield _feature("roads", ring.boundary, kind="highway")
    for ends in ROADS_OUT:
        yield _feature("roads", LineString(ends), kind="highway")
    yield _feature("roads", LineString(RAILWAY), kind="rail")
    for name, name_en, x, y in QUARTERS:
        yield _feature("places", Point(x, y), kind="neighbourhood", name=name, **{"name:en": name_en})


def _feature(layer: str, geometry: BaseGeometry, **said: Any) -> dict[str, Any]:
    import shapely
    from shapely.geometry import mapping

    placed = shapely.transform(geometry, lambda points: points / (EAST, NORTH) + MIDDLE)
    return {"type": "Feature", "geometry": mapping(placed), "properties": {"layer": layer, **said}}


def _smooth(points: tuple[tuple[float, float], ...]) -> LineString:
    """A curve through the points (Catmull–Rom), in metres."""
    from shapely.geometry import LineString

    metres = [((lon - MIDDLE[0]) * EAST, (lat - MIDDLE[1]) * NORTH) for lon, lat in points]
    padded = [metres[0], *metres, metres[-1]]
    found = []
    for before, start, end, after in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        for step in range(16):
            t = step / 16
            found.append(tuple(
                0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
                for a, b, c, d in zip(before, start, end, after, strict=True)
            ))  # fmt: skip
    return LineString([*found, metres[-1]])


def _widening(river: LineString) -> Polygon:
    """The river's surface: 95 m to each side where it comes from, 210 m where it leaves."""
    import shapely
    from shapely.ops import substring

    parts = 40
    cuts = [substring(river, at / parts, (at + 1) / parts, normalized=True) for at in range(parts)]
    return shapely.union_all([cut.buffer(95 + 115 * (at / parts) ** 2) for at, cut in enumerate(cuts)])


def _oval(middle_and_axes: tuple[float, float, float, float]) -> Polygon:
    from shapely.affinity import scale
    from shapely.geometry import Point

    x, y, across, up = middle_and_axes
    return scale(Point(x, y).buffer(1, quad_segs=24), across, up)


def _grid(quarter: Polygon, turned: float, chance: random.Random) -> BaseGeometry:
    """Streets of one quarter: two families of parallel lines, not quite evenly apart."""
    from shapely.affinity import rotate
    from shapely.geometry import MultiLineString

    x, y = quarter.centroid.coords[0]
    reach = 2_600
    lines = []
    for along, apart in ((True, 340), (False, 210)):
        at = -reach + chance.uniform(0, apart)
        while at < reach:
            ends = [(x - reach, y + at), (x + reach, y + at)] if along else [(x + at, y - reach), (x + at, y + reach)]
            lines.append(ends)
            at += apart * chance.uniform(0.8, 1.25)
    return rotate(MultiLineString(lines), turned, origin=(x, y)).intersection(quarter)


def _houses(blocks: BaseGeometry, turned: float, chance: random.Random) -> Iterator[Polygon]:
    """Houses in rows along the streets of one quarter."""
    import shapely
    from shapely.affinity import rotate
    from shapely.geometry import box

    if blocks.is_empty:
        return
    middle = blocks.centroid.coords[0]
    level = rotate(blocks, -turned, origin=middle)
    shapely.prepare(level)
    west, south, east, north = level.bounds
    y = south
    while y < north:
        deep = chance.uniform(38, 60)
        x = west
        while x < east:
            wide = chance.uniform(40, 120)
            house = box(x, y, x + wide - 14, y + deep - 16)
            if chance.random() < 0.8 and level.contains(house):
                yield rotate(house, turned, origin=middle)
            x += wide
        y += deep
