"""GeoJSON (RFC 7946) of districts and places read with care: what is wrong is found before it is drawn."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from haihe.tourism.domain.maps.refusing import MapRefused

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

MOST_BYTES = 16 * 2**20
MOST_FEATURES = 5_000
MOST_POINTS = 600_000
DEEPEST = 3  # lists around a position of a MultiPolygon
LONGEST_NAME = 80  # letters of a property that may be a name
MENDED = 0.01  # share of its area that mending may change; more, and nobody knows what was meant
AREAS, LINES, POINTS = ("Polygon", "MultiPolygon"), ("LineString", "MultiLineString"), ("Point", "MultiPoint")
DEGREES = re.compile(r"CRS84|EPSG:(?:[\d.]*:)?(?:4326|4490)$", re.IGNORECASE)  # WGS-84, CGCS2000
SHIFTED = re.compile(r"GCJ|BD-?09|火星|MARS", re.IGNORECASE)
DECLARED = ("crs", "coordinateSystem", "coordsys", "coordtype", "coord_type")
CHINA = (73.0, 3.0, 136.0, 54.0)  # degrees: west, south, east, north of its ground and its seas
MAINLAND = (73.5, 18.0, 135.1, 53.6)
NATIONAL_SHARE = 0.35  # of that box which a map covers before it counts as one of the country
SOUTHERN_ISLANDS = 4.5  # degrees north: a map of China that ends above does not show 南海诸岛 whole


@dataclass(frozen=True)
class Shape:
    """One feature. names: its texts by property; number: its place in the file, from 1."""

    number: int
    geometry: BaseGeometry
    names: dict[str, str]

    @property
    def kind(self) -> str:
        drawn = self.geometry.geom_type
        return "area" if drawn in AREAS else "line" if drawn in LINES else "point"


@dataclass(frozen=True)
class Ground:
    """What a file holds. bounds: west, south, east, north in degrees; notes: (code, what it names) worth a look."""

    shapes: tuple[Shape, ...]
    bounds: tuple[float, float, float, float]
    notes: tuple[tuple[str, dict[str, Any]], ...] = field(default=())

    @property
    def national(self) -> bool:
        """Whether it reaches over China or more."""
        return covers_country(self.bounds)


def covers_country(bounds: tuple[float, float, float, float]) -> bool:
    """Whether west, south, east, north (degrees) reach over China or more."""
    west, south, east, north = (f(a, b) for f, a, b in zip((max, max, min, min), bounds, MAINLAND, strict=True))
    share = max(east - west, 0) * max(north - south, 0)
    whole = (MAINLAND[2] - MAINLAND[0]) * (MAINLAND[3] - MAINLAND[1])
    return share / whole >= NATIONAL_SHARE


def read_ground(data: bytes) -> Ground:
    """Shapes of a GeoJSON file, each valid, in degrees of WGS-84 or CGCS2000.

    Raises MapRefused: too_large, no_json, no_geojson, system_shifted, system_unknown, too_many_features,
    too_many_points, no_degrees, swapped, kind, broken, crossing, empty.
    """
    if len(data) > MOST_BYTES:
        raise MapRefused("too_large", megabytes=MOST_BYTES // 2**20)
    told = _parsed(data)
    _check_system(told)
    features = _features(told)
    if len(features) > MOST_FEATURES:
        raise MapRefused("too_many_features", count=len(features), most=MOST_FEATURES)
    _check_points(features)
    notes: list[tuple[str, dict[str, Any]]] = []
    shapes = tuple(_shapes(features, notes))
    if not any(one.kind != "line" for one in shapes):
        raise MapRefused("empty")
    boxes = [one.geometry.bounds for one in shapes]
    bounds = tuple(f(column) for f, column in zip((min, min, max, max), zip(*boxes, strict=True), strict=True))
    ground = Ground(shapes, bounds, tuple(notes))
    if ground.national and bounds[1] > SOUTHERN_ISLANDS:
        return Ground(shapes, bounds, (*notes, ("islands", {"south": round(bounds[1], 1)})))
    return ground


def _parsed(data: bytes) -> dict[str, Any]:
    def refuse(constant: str) -> float:
        raise ValueError(constant)

    try:
        told = json.loads(data.decode("utf-8-sig"), parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        where = {"line": error.lineno, "column": error.colno} if isinstance(error, json.JSONDecodeError) else {}
        raise MapRefused("no_json", **where) from error
    if not isinstance(told, dict):
        raise MapRefused("no_geojson")
    return told


def _features(told: dict[str, Any]) -> list[dict[str, Any]]:
    if told.get("type") == "Feature":
        told = {"type": "FeatureCollection", "features": [told]}
    features = told.get("features")
    if told.get("type") != "FeatureCollection" or not isinstance(features, list):
        raise MapRefused("no_geojson")
    if not all(isinstance(one, dict) for one in features):
        raise MapRefused("no_geojson")
    return features


def _check_system(told: dict[str, Any]) -> None:
    """What the file says its numbers are; RFC 7946 knows WGS-84 only, many files say something else all the same."""
    for key in DECLARED:
        said = told.get(key)
        if isinstance(said, dict):
            inner = said.get("properties")
            said = inner.get("name") if isinstance(inner, dict) else said.get("name")
        if said in (None, ""):
            continue
        name = str(said)[:LONGEST_NAME]
        if SHIFTED.search(name):
            raise MapRefused("system_shifted", system=name)
        if not DEGREES.search(name) and not re.search(r"WGS-?84|CGCS-?2000", name, re.IGNORECASE):
            raise MapRefused("system_unknown", system=name)


def _check_points(features: Sequence[dict[str, Any]]) -> None:
    """How many there are, that they are degrees, and that longitude stands first."""
    count, turned = 0, 0
    for number, feature in enumerate(features, start=1):
        for x, y in _pairs(feature.get("geometry"), number):
            count += 1
            if count > MOST_POINTS:
                raise MapRefused("too_many_points", most=MOST_POINTS)
            turned += _in_china(y, x) and not _in_china(x, y)
            if abs(x) > 180 or abs(y) > 90:
                if abs(x) <= 90 and abs(y) <= 180:
                    raise MapRefused("swapped", x=f"{x:g}", y=f"{y:g}")
                raise MapRefused("no_degrees", number=number, x=f"{x:g}", y=f"{y:g}")
    if count and turned > count / 2:
        raise MapRefused("swapped", x=f"{x:g}", y=f"{y:g}")


def _in_china(longitude: float, latitude: float) -> bool:
    return CHINA[0] <= longitude <= CHINA[2] and CHINA[1] <= latitude <= CHINA[3]


def _pairs(geometry: Any, number: int) -> Iterator[tuple[float, float]]:
    """Every position of a geometry, without recursion: a file may be nested as deeply as it likes."""
    if geometry is None:
        return
    if not isinstance(geometry, dict):
        raise MapRefused("broken", number=number)
    waiting = [(geometry.get("coordinates"), 0)]
    while waiting:
        one, depth = waiting.pop()
        if not isinstance(one, list) or not one or depth > DEEPEST:
            raise MapRefused("broken", number=number)
        if isinstance(one[0], list):
            waiting.extend((inner, depth + 1) for inner in one)
            continue
        good = len(one) >= 2 and all(isinstance(value, int | float) and math.isfinite(value) for value in one[:2])
        if not good or isinstance(one[0], bool) or isinstance(one[1], bool):
            raise MapRefused("broken", number=number)
        yield float(one[0]), float(one[1])


def _shapes(features: Sequence[dict[str, Any]], notes: list[tuple[str, dict[str, Any]]]) -> Iterator[Shape]:
    import shapely
    from shapely.geometry import shape

    for number, feature in enumerate(features, start=1):
        geometry = feature.get("geometry")
        if geometry is None:
            continue
        if geometry.get("type") not in (*AREAS, *LINES, *POINTS):
            raise MapRefused("kind", number=number, kind=str(geometry.get("type"))[:40])
        try:
            found = shapely.force_2d(shape({"type": geometry["type"], "coordinates": geometry["coordinates"]}))
        except (shapely.errors.ShapelyError, ValueError, TypeError, IndexError, AttributeError) as error:
            raise MapRefused("broken", number=number) from error
        names = _names(feature.get("properties"))
        if geometry["type"] in AREAS and not found.is_valid:
            found = _mended(found, number, next(iter(names.values()), ""), notes)
        if geometry["type"] == "MultiPoint":
            found = found.centroid
        if not found.is_empty:
            yield Shape(number, found, names)


def _names(properties: Any) -> dict[str, str]:
    """Short texts and whole numbers among the properties: one of them is what the streams call it."""
    if not isinstance(properties, dict):
        return {}
    told = {str(key)[:LONGEST_NAME]: value for key, value in list(properties.items())[:60]}
    plain = {key: value for key, value in told.items() if isinstance(value, str | int) and not isinstance(value, bool)}
    return {key: str(value).strip() for key, value in plain.items() if 0 < len(str(value).strip()) <= LONGEST_NAME}


def _mended(found: BaseGeometry, number: int, name: str, notes: list[tuple[str, dict[str, Any]]]) -> BaseGeometry:
    """An area whose edge crosses itself, made whole; refused where that would change what is meant."""
    import shapely
    from shapely.validation import explain_validity

    said = re.search(r"\[(-?[\d.e+-]+) (-?[\d.e+-]+)\]", explain_validity(found))
    where = f"{float(said[1]):.4f}, {float(said[2]):.4f}" if said else ""
    mended = shapely.make_valid(found, method="structure", keep_collapsed=False)
    parts = [one for one in getattr(mended, "geoms", [mended]) if one.geom_type in AREAS and one.area > 0]
    area, meant = sum(one.area for one in parts), _signed_area(found)
    if not parts or not math.isclose(area, meant, rel_tol=MENDED):
        raise MapRefused("crossing", number=number, name=name, where=where)
    notes.append(("mended", {"number": number, "name": name, "where": where}))
    return shapely.union_all(parts)


def _signed_area(found: BaseGeometry) -> float:
    """The area that its rings enclose as they are written: a figure of eight encloses nearly none."""
    total = 0.0
    for one in getattr(found, "geoms", [found]):
        for sign, rings in ((1, [one.exterior]), (-1, one.interiors)):
            for ring in rings:
                points = list(ring.coords)
                twice = sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(points))
                total += sign * abs(twice) / 2
    return total
