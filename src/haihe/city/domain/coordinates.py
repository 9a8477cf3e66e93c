"""WGS-84, GCJ-02 and BD-09 into one another. Pure Python, no state.

GCJ-02 火星坐标 is WGS-84 with a pseudo-random shift that Chinese maps must apply; BD-09 is Baidu's further shift of it.
Neither has an official publication. The formulas and constants are those everybody uses: the GCJ-02 shift as published
in 2013 by coolypf and kept in googollee/eviltransform and wandergis/coordtransform, on the Krasovsky 1940 ellipsoid;
BD-09 as in wandergis/coordtransform. Their inverses usually carry errors of metres; here they are iterated until the
forward conversion meets the point again, to better than a thousandth of a millimetre.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from math import atan2, cos, hypot, isfinite, pi, sin, sqrt

from haihe.base.errors import HaiheError

_A = 6378245.0  # metres, semi-major axis of Krasovsky 1940
_EE = 0.00669342162296594323
_X_PI = pi * 3000.0 / 180.0
_TOLERANCE = 1e-13  # degrees, about 1e-8 m
_STEPS = 60


class NoSuchPoint(HaiheError):
    """These are no coordinates on the earth."""

    permanent = True
    hint = "Longitude runs from -180 to 180 degrees, latitude from -90 to 90; longitude stands first."


class System(StrEnum):
    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


@dataclass(frozen=True)
class Point:
    """Degrees. Raises NoSuchPoint."""

    longitude: float
    latitude: float

    def __post_init__(self) -> None:
        if not (isfinite(self.longitude) and isfinite(self.latitude)) or (
            abs(self.longitude) > 180 or abs(self.latitude) > 90
        ):
            raise NoSuchPoint(thing=f"{self.longitude}, {self.latitude}")


def convert(point: Point, *, source: System, target: System) -> Point:
    """`point` of system `source`, expressed in `target`; the same point when they are equal."""
    if source == target:
        return point
    wgs = {System.WGS84: _same, System.GCJ02: gcj02_to_wgs84, System.BD09: bd09_to_wgs84}[source](point)
    return {System.WGS84: _same, System.GCJ02: wgs84_to_gcj02, System.BD09: wgs84_to_bd09}[target](wgs)


def is_shifted(point: Point) -> bool:
    """Whether the shift applies: the rectangle of the published algorithm, which is larger than China."""
    return 72.004 <= point.longitude <= 137.8347 and 0.8293 <= point.latitude <= 55.8271


def wgs84_to_gcj02(point: Point) -> Point:
    """GCJ-02 of a WGS-84 point; unchanged where `is_shifted` says no."""
    return _shift(point) if is_shifted(point) else point


def gcj02_to_wgs84(point: Point) -> Point:
    """WGS-84 of a GCJ-02 point: the one whose forward conversion is `point`.

    Unchanged where `is_shifted` says no. In a strip of some 700 m along the edge of that rectangle the algorithm has no
    unique inverse; a point there comes back within that distance.
    """
    return _solve(_shift, point) if is_shifted(point) else point


def gcj02_to_bd09(point: Point) -> Point:
    """BD-09 of a GCJ-02 point; outside the shifted rectangle too, as Baidu does not serve other coordinates."""
    x, y = point.longitude, point.latitude
    z = hypot(x, y) + 0.00002 * sin(y * _X_PI)
    theta = atan2(y, x) + 0.000003 * cos(x * _X_PI)
    return Point(z * cos(theta) + 0.0065, z * sin(theta) + 0.006)


def bd09_to_gcj02(point: Point) -> Point:
    """GCJ-02 of a BD-09 point: the one whose forward conversion is `point`."""
    return _solve(gcj02_to_bd09, point)


def wgs84_to_bd09(point: Point) -> Point:
    """BD-09 of a WGS-84 point; unchanged where `is_shifted` says no."""
    return gcj02_to_bd09(_shift(point)) if is_shifted(point) else point


def bd09_to_wgs84(point: Point) -> Point:
    """WGS-84 of a BD-09 point; unchanged where `is_shifted` says no."""
    return gcj02_to_wgs84(bd09_to_gcj02(point)) if is_shifted(point) else point


def _same(point: Point) -> Point:
    return point


def _shift(point: Point) -> Point:
    x, y = point.longitude - 105.0, point.latitude - 35.0
    waves = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + waves
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + waves
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    latitude = point.latitude / 180.0 * pi
    magic = 1.0 - _EE * sin(latitude) ** 2
    north = north * 180.0 / ((_A * (1.0 - _EE)) / (magic * sqrt(magic)) * pi)
    east = east * 180.0 / (_A / sqrt(magic) * cos(latitude) * pi)
    return Point(point.longitude + east, point.latitude + north)


def _solve(forward: Callable[[Point], Point], target: Point) -> Point:
    """The point that `forward` carries to `target`: the shift hardly changes over its own length, so steps shrink
    by a factor of about a hundred each."""
    guess = target
    for _ in range(_STEPS):
        image = forward(guess)
        east, north = image.longitude - target.longitude, image.latitude - target.latitude
        if abs(east) < _TOLERANCE and abs(north) < _TOLERANCE:
            break
        guess = Point(guess.longitude - east, guess.latitude - north)
    return guess
