"""Links between scenes, proposed by where they stand and where north is in them; staff correct them by hand.

Places are degrees (WGS-84), or thousandths of the plan, whose upper edge is taken for north.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from haihe.venues.domain.tours.document import Tour

EARTH = 6_371_008.8  # metres, mean radius
FARTHEST = 150.0  # metres at which a place still counts as the next one
MUCH_FARTHER = 2.5  # times the way to the nearest place
APART = 30.0  # degrees between two links, at least
MOST = 4  # links of one scene that are proposed
PITCH = -12_000  # thousandths of a degree: on the ground ahead


@dataclass(frozen=True)
class Stand:
    """A scene: where it is (degrees of longitude and latitude, or None), and the yaw of north in degrees, or None.

    spot, variant   as the scene's: one place at several times is no way
    """

    id: str
    longitude: float | None = None
    latitude: float | None = None
    north: float | None = None
    at: tuple[int, int] | None = None
    spot: str = ""
    variant: str = ""


@dataclass(frozen=True)
class Proposed:
    """A link. metres: None by the plan; bearing: degrees from north clockwise; yaw: None where nobody knows north."""

    start: str
    to: str
    yaw: int | None
    pitch: int
    bearing: float
    metres: float | None


def propose(stands: Sequence[Stand], tour: Tour) -> list[Proposed]:
    """Links that the tour has not yet, both ways, nearest first for each scene."""
    placed = [one for one in stands if one.longitude is not None and one.latitude is not None]
    by_gps = len(placed) > 1
    if not by_gps:
        placed = [one for one in stands if one.at is not None]
    ways = _chosen(placed, by_gps)
    linked = {(scene.id, spot.to) for scene in tour.scenes for spot in scene.hotspots if spot.kind == "link"}
    found = []
    for one in placed:
        nearest = sorted(
            (other for other in placed if (one.id, other.id) in ways), key=lambda it: _away(one, it, by_gps)
        )
        for other in nearest:
            if (one.id, other.id) in linked:
                continue
            bearing = _bearing(one, other, by_gps)
            yaw = None if one.north is None else round(1000 * ((one.north + bearing + 180) % 360 - 180))
            metres = round(_away(one, other, True), 1) if by_gps else None
            found.append(Proposed(one.id, other.id, yaw, PITCH, round(bearing, 1), metres))
    return found


def _chosen(placed: Sequence[Stand], by_gps: bool) -> set[tuple[str, str]]:
    """Pairs to link: the near ones that lie in different directions, and the shortest ways that join all."""
    ways: set[tuple[str, str]] = set()
    for one in placed:
        others = sorted((it for it in placed if _is_way(one, it, placed)), key=lambda it: _away(one, it, by_gps))
        taken: list[float] = []
        for other in others[: 3 * MOST]:
            away = _away(one, other, by_gps)
            near = away <= MUCH_FARTHER * _away(one, others[0], by_gps) and (not by_gps or away <= FARTHEST)
            bearing = _bearing(one, other, by_gps)
            if near and len(taken) < MOST and all(_turn(bearing, it) >= APART for it in taken):
                taken.append(bearing)
                ways |= {(one.id, other.id), (other.id, one.id)}
    return ways | _joining(placed, ways, by_gps)


def _is_way(one: Stand, other: Stand, placed: Sequence[Stand]) -> bool:
    """Not to another time of the same spot; and to another spot at the same time, where it is there at that time."""
    if other is one or (one.spot and one.spot == other.spot):
        return False
    if other.variant == one.variant or not other.spot:
        return True
    return not any(it.spot == other.spot and it.variant == one.variant for it in placed)


def _joining(placed: Sequence[Stand], ways: set[tuple[str, str]], by_gps: bool) -> set[tuple[str, str]]:
    """The shortest pairs without which somebody could not reach everything (Kruskal 1956)."""
    group = {one.id: one.id for one in placed}

    def root(key: str) -> str:
        while group[key] != key:
            key = group[key]
        return key

    spots: dict[str, str] = {}
    for one in placed:
        if one.spot:
            group[root(one.id)] = root(spots.setdefault(one.spot, one.id))
    for start, to in ways:
        group[root(start)] = root(to)
    pairs = [(_away(one, it, by_gps), one.id, it.id) for at, one in enumerate(placed) for it in placed[at + 1 :]]
    more: set[tuple[str, str]] = set()
    for _length, start, to in sorted(pairs):
        if root(start) != root(to):
            group[root(start)] = root(to)
            more |= {(start, to), (to, start)}
    return more


def _turn(one: float, other: float) -> float:
    return abs((one - other + 180) % 360 - 180)


def _flat(one: Stand, other: Stand, by_gps: bool) -> tuple[float, float]:
    """East and north of `one`, in metres or in thousandths of the plan; over a tour the earth is flat enough."""
    if not by_gps:
        (x, y), (its_x, its_y) = one.at or (0, 0), other.at or (0, 0)
        return its_x - x, y - its_y
    latitude, its_latitude = one.latitude or 0.0, other.latitude or 0.0
    narrow = math.cos(math.radians((latitude + its_latitude) / 2))
    east = ((other.longitude or 0.0) - (one.longitude or 0.0) + 180) % 360 - 180
    return math.radians(east) * narrow * EARTH, math.radians(its_latitude - latitude) * EARTH


def _away(one: Stand, other: Stand, by_gps: bool) -> float:
    return math.hypot(*_flat(one, other, by_gps))


def _bearing(one: Stand, other: Stand, by_gps: bool) -> float:
    east, north = _flat(one, other, by_gps)
    return math.degrees(math.atan2(east, north)) % 360
