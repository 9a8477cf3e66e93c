"""The city's map of our own data: places on a plain ground, drawn as a picture and given as GeoJSON."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from haihe.base.web.languages import public_path
from haihe.city.models import Place
from haihe.portal.domain.places import public_places
from haihe.portal.domain.sections import in_language

WIDTH, HEIGHT, EDGE = 1000, 600, 70  # of the drawing, in its own units
NAMED = 24  # places that get their name in the drawing
LEAST_SPAN = 0.01  # degrees: one place alone is shown with its neighbourhood


@dataclass(frozen=True)
class Dot:
    """One place in a drawing: units from its top left corner; `name` empty where there is no room for it."""

    x: float
    y: float
    path: str
    title: str
    name: str = ""
    end: bool = False  # the name stands left of the dot
    here: bool = False


@dataclass(frozen=True)
class Drawing:
    """A map as SVG takes it; `scale` is the length of its bar in units, `scale_metres` what that stands for."""

    dots: list[Dot]
    count: int
    scale: float
    scale_metres: int
    width: int = WIDTH
    height: int = HEIGHT


def city_drawing(highlight: Place | None = None) -> Drawing | None:
    """Every public place with coordinates; None where there are none."""
    return draw(public_places().exclude(longitude=None), highlight)


def draw(places: Iterable[Place], highlight: Place | None = None) -> Drawing | None:
    """Places in the drawing's units, north above, by the equirectangular projection at their middle latitude."""
    found = [place for place in places if place.longitude is not None and place.latitude is not None]
    if not found:
        return None
    west, east = _span([place.longitude or 0.0 for place in found])
    south, north = _span([place.latitude or 0.0 for place in found])
    narrow = math.cos(math.radians((south + north) / 2))
    unit = min((WIDTH - 2 * EDGE) / ((east - west) * narrow), (HEIGHT - 2 * EDGE) / (north - south))  # per degree north
    left = (WIDTH - (east - west) * narrow * unit) / 2
    top = (HEIGHT - (north - south) * unit) / 2
    dots = [
        Dot(
            x=round(left + ((place.longitude or 0) - west) * narrow * unit, 1),
            y=round(top + (north - (place.latitude or 0)) * unit, 1),
            path=public_path(f"/place/{place.slug}/"),
            title=in_language(place.name, place.name_en),
            here=highlight is not None and place.pk == highlight.pk,
        )
        for place in found
    ]
    metres, length = _bar(unit)
    return Drawing(_with_names(dots), len(dots), length, metres)


def _span(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    spare = max(0.0, LEAST_SPAN - (high - low)) / 2
    return low - spare, high + spare


def _bar(unit: float) -> tuple[int, float]:
    """A round length that is about a sixth of the drawing: (metres, units)."""
    metres_per_unit = 111_320 / unit
    wanted = WIDTH / 6 * metres_per_unit
    power = 10 ** math.floor(math.log10(wanted))
    metres = max(step * power for step in (1, 2, 5) if step * power <= wanted)
    return int(metres) or 1, round(metres / metres_per_unit, 1)


def _with_names(dots: list[Dot]) -> list[Dot]:
    """Names where they do not run into one another, the highlighted place first."""
    taken: list[tuple[float, float, float, float]] = []
    named: dict[int, Dot] = {}
    for number, dot in sorted(enumerate(dots), key=lambda pair: not pair[1].here):
        long = min(sum(24.0 if ord(sign) > 0x2E80 else 12.5 for sign in dot.title), 420.0)
        for end in (False, True):
            left, right = (dot.x - 20 - long, dot.x - 8) if end else (dot.x + 8, dot.x + 20 + long)
            box = (left, dot.y - 15, right, dot.y + 15)
            free = box[0] >= 0 and box[2] <= WIDTH and not any(_meet(box, other) for other in taken)
            if free and len(named) < NAMED:
                taken.append(box)
                named[number] = Dot(dot.x, dot.y, dot.path, dot.title, dot.title, end, dot.here)
                break
    return [named.get(number, dot) for number, dot in enumerate(dots)]


def _meet(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
