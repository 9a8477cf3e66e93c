"""The plan of a hall as a drawing: rooms, doorways, and the number of each work on its wall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from haihe.venues.domain.exhibitions.showing import ShownExhibition
from haihe.venues.domain.halls.hanging import DOOR, WALL

UNIT = 40  # of the drawing, for a metre
MARGIN = 1.4  # metres, for the numbers outside


@dataclass(frozen=True)
class Box:
    """x, y: of its upper left corner."""

    x: int
    y: int
    width: int
    height: int
    title: str = ""


@dataclass(frozen=True)
class Mark:
    """A work on the plan: where its number stands."""

    key: str
    number: int
    title: str
    x: int
    y: int


@dataclass(frozen=True)
class Plan:
    width: int
    height: int
    rooms: Sequence[Box]
    doors: Sequence[Box]
    marks: Sequence[Mark]


def plan_of(shown: ShownExhibition) -> Plan | None:
    """The plan, the way in on the left and the way through to the right; None where nothing is shown."""
    if not shown.halls:
        return None
    half = max(hall.half for hall in shown.halls) + MARGIN
    long = shown.halls[-1].far + 2 * MARGIN

    def at(x: float, z: float) -> tuple[int, int]:
        return round((z + MARGIN) * UNIT), round((x + half) * UNIT)

    rooms, doors = [], []
    for hall in shown.halls:
        left, top = at(-hall.half, hall.near)
        title = shown.rooms[hall.number].title
        rooms.append(Box(left, top, round((hall.far - hall.near) * UNIT), round(2 * hall.half * UNIT), title))
        left, top = at(-DOOR / 2, hall.near - WALL)
        doors.append(Box(left, top, round(WALL * UNIT), round(DOOR * UNIT)))
    marks = []
    for work in shown.works:
        hung = work.hung
        out = {90: (-0.75, 0.0), -90: (0.75, 0.0), 0: (0.0, 0.75)}[hung.turn]
        x, y = at(hung.x + out[0], hung.z + out[1])
        marks.append(Mark(work.id, work.number, work.title, x, y))
    return Plan(round(long * UNIT), round(2 * half * UNIT), rooms, doors, marks)
