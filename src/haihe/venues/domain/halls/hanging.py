"""Hanging: works in the order of the list become rooms one behind the other, each walked through clockwise.

Lengths in metres. Axes as in tours: x to the right, y up, z ahead; one enters the first room at its near end, at x = 0,
and looks ahead. A work that hangs on the left wall faces right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MOST_A_ROOM = 12  # works; a longer room is parted, as nobody looks at more in one go
LEAST_SIDE, EDGE, GAP = 7.0, 0.7, 0.8  # of a room; from a corner to the first work; between works
LEAST, MOST, UNKNOWN = 0.45, 2.4, 1.25  # longer side of a work on the wall; where nobody knows it
TALLEST = 2.0
EYE, HEIGHT, DOOR, WALL = 1.58, 4.2, 2.2, 0.4  # middle of a work; of a room; width of a doorway; thickness of walls
LABEL = 0.5  # of a label's width, beside the work


@dataclass(frozen=True)
class Work:
    """One artefact to hang. ratio: width of its picture for a height of 1; width: in truth, None where nobody knows."""

    key: str
    ratio: float
    width: float | None = None


@dataclass(frozen=True)
class Wish:
    """One room as the list has it."""

    works: tuple[Work, ...]


@dataclass(frozen=True)
class Hung:
    """Where a work hangs: its middle, its size on the wall, where it faces, and where one stands to look at it.

    turn     degrees: 0 faces the visitor who enters, 90 hangs on the left wall, -90 on the right wall
    enlarged how many times its true size it is shown; 1 where that is so, or nobody knows
    """

    key: str
    x: float
    z: float
    width: float
    height: float
    turn: int
    stand: tuple[float, float]
    enlarged: float


@dataclass(frozen=True)
class Room:
    """number: of the wish it comes from; half: of its width, as x runs from -half to half; near, far: its z."""

    number: int
    half: float
    near: float
    far: float
    hung: tuple[Hung, ...]
    last: bool

    @property
    def middle(self) -> float:
        return (self.near + self.far) / 2


def hang(wishes: Sequence[Wish]) -> list[Room]:
    """Rooms for these works, none of which is left out; rooms without works are left out.

    The same list gives the same rooms. Each room is as large as its works need, none narrower than LEAST_SIDE.
    """
    parts = [(number, part) for number, wish in enumerate(wishes) for part in _parted(wish.works)]
    rooms: list[Room] = []
    for place, (number, works) in enumerate(parts):
        near = rooms[-1].far + WALL if rooms else 0.0
        rooms.append(_room(number, works, near, last=place == len(parts) - 1))
    return rooms


def _parted(works: Sequence[Work]) -> Iterator[Sequence[Work]]:
    """In as few parts as may be, of the same length but for one."""
    count = -(-len(works) // MOST_A_ROOM)
    begun = 0
    for part in range(count):
        end = begun + (len(works) - begun) // (count - part)
        yield works[begun:end]
        begun = end


def _room(number: int, works: Sequence[Work], near: float, *, last: bool) -> Room:
    sized = [_sized(work) for work in works]
    left, ahead, right = _walls([width for _work, width, _height, _enlarged in sized], ahead=last)
    long = max(LEAST_SIDE, *(_length(sized, part) for part in (left, right)))
    wide = max(LEAST_SIDE, _length(sized, ahead))
    half, far = wide / 2, near + long
    hung: list[Hung] = []
    for turn, part, wall in ((90, left, long), (0, ahead, wide), (-90, right, long)):
        middles = _spread([sized[n][1] for n in part], wall)
        for n, along in zip(part, middles, strict=True):
            work, width, height, enlarged = sized[n]
            x, z = {90: (-half, near + along), 0: (along - half, far), -90: (half, far - along)}[turn]
            stand = _stand(x, z, turn, max(width, height * 1.3), half, near, far)
            hung.append(Hung(work.key, x, z, width, height, turn, stand, enlarged))
    return Room(number, half, near, far, tuple(hung), last)


def _sized(work: Work) -> tuple[Work, float, float, float]:
    """(work, width, height, times its true size) on the wall."""
    ratio = min(max(work.ratio, 0.1), 10.0)
    width = work.width or (UNKNOWN * min(1.0, ratio))
    longer = max(width, width / ratio)
    shown = min(max(longer, LEAST), MOST)
    times = shown / longer
    height = width / ratio * times
    if height > TALLEST:
        times *= TALLEST / height
    enlarged = round(times, 2) if work.width else 1.0
    return work, width * times, width / ratio * times, enlarged


def _walls(widths: Sequence[float], *, ahead: bool) -> tuple[list[int], list[int], list[int]]:
    """Which works hang left, ahead and right, so that the longest of these walls is as short as may be."""
    count = len(widths)
    ends = [0.0]
    for width in widths:
        ends.append(ends[-1] + width + GAP)
    best: tuple[tuple[float, float, int], int, int] | None = None
    for first in range(count + 1):
        for second in range(first, count + 1) if ahead else [first]:
            left, middle, right = ends[first], ends[second] - ends[first], ends[count] - ends[second]
            worth = (round(max(left, middle, right), 3), round(abs(left - right), 3), first)
            if best is None or worth < best[0]:
                best = (worth, first, second)
    assert best is not None
    _worth, first, second = best
    return list(range(first)), list(range(first, second)), list(range(second, count))


def _length(sized: Sequence[tuple[Work, float, float, float]], part: Sequence[int]) -> float:
    """What a wall needs for these works and their labels."""
    return sum(sized[n][1] + GAP + LABEL for n in part) + 2 * EDGE - GAP if part else 0.0


def _spread(widths: Sequence[float], wall: float) -> list[float]:
    """Middles of works along a wall with the same space between all."""
    free = (wall - sum(widths)) / (len(widths) + 1)
    middles, gone = [], 0.0
    for width in widths:
        gone += free
        middles.append(gone + width / 2)
        gone += width
    return middles


def _stand(x: float, z: float, turn: int, size: float, half: float, near: float, far: float) -> tuple[float, float]:
    """So far from the wall that the work is seen whole, and not beyond the room."""
    back = min(max(size * 1.15 + 0.5, 1.5), (2 * half if turn else far - near) - 1.2)
    at = {90: (x + back, z), -90: (x - back, z), 0: (x, z - back)}[turn]
    return max(-half + 0.6, min(half - 0.6, at[0])), max(near + 0.6, min(far - 0.6, at[1]))
