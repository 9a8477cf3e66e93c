"""Points of the city on a plane for a page, without a map server: north up, true shape, everything in sight."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import cos, radians

WIDTH, HEIGHT, EDGE = 1000.0, 620.0, 60.0
LINE, WORDS = 24.0, 190.0  # height and width of a label
KM = 111.195  # of a degree of latitude
UNITS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)  # km between two lines of the grid
NARROWEST = 80.0  # of a square of the grid
LEAST = 0.02  # degrees that a map shows at least, so that one place alone is no dot in nothing


@dataclass(frozen=True)
class Point:
    """x, y: of a picture of WIDTH × HEIGHT, y down. at: longitude and latitude, WGS-84."""

    x: float
    y: float
    at: tuple[float, float]
    label: str
    about: str = ""
    tone: str = ""
    drop: float = 0.0  # how far its label stands below it, so that no two lie on one another


@dataclass(frozen=True)
class Sheet:
    """A picture of WIDTH × HEIGHT. step: between two lines of its grid, which are `km` apart on the ground."""

    points: list[Point]
    step: float = 0.0
    km: float = 0.0
    width: int = int(WIDTH)
    height: int = int(HEIGHT)

    @property
    def middle(self) -> tuple[int, int]:
        return self.width // 2, self.height // 2


def plotted(places: Iterable[tuple[float, float, str, str, str]]) -> Sheet:
    """(longitude, latitude, label, about, tone) of each place, WGS-84, onto one picture; scale alike in x and y."""
    rows = list(places)
    if not rows:
        return Sheet([])
    west, east = min(row[0] for row in rows), max(row[0] for row in rows)
    south, north = min(row[1] for row in rows), max(row[1] for row in rows)
    middle = (west + east) / 2, (south + north) / 2
    narrow = max(cos(radians(middle[1])), 0.01)
    wide, high = max((east - west) * narrow, LEAST), max(north - south, LEAST)
    scale = min((WIDTH - 2 * EDGE) / wide, (HEIGHT - 2 * EDGE) / high)
    points = [
        Point(
            round(WIDTH / 2 + (longitude - middle[0]) * narrow * scale, 1),
            round(HEIGHT / 2 - (latitude - middle[1]) * scale, 1),
            (longitude, latitude),
            label,
            about,
            tone,
        )
        for longitude, latitude, label, about, tone in rows
    ]
    per_km = scale / KM
    km = next((one for one in UNITS if one * per_km >= NARROWEST), UNITS[-1])
    return Sheet(_apart(points), round(km * per_km, 2), km)


def _apart(points: list[Point]) -> list[Point]:
    done: list[Point] = []
    for point in points:
        drop = 0.0
        while any(_touch(point.x, point.y + drop, other) for other in done):
            drop += LINE
        done.append(replace(point, drop=drop))
    return done


def _touch(x: float, y: float, other: Point) -> bool:
    return abs(x - other.x) < WORDS and abs(y - other.y - other.drop) < LINE
