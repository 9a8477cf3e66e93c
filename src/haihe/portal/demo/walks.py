"""What is told on the demonstration's two tours, and from where. All names are invented."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Stand:
    """A place to stand: metres in the scenery; degrees of the first look."""

    id: str
    title: str
    x: float
    z: float
    yaw: int
    pitch: int
    alt: str
    text: str
    english: dict[str, str]
    eye: float = 1.62
    spot: str = ""
    variant: str = ""
    night: bool = False


@dataclass(frozen=True)
class Thing:
    """Something to look at, seen from the places named."""

    id: str
    at: tuple[float, float, float]
    seen_from: tuple[str, ...]
    title: str
    title_en: str
    text: str
    text_en: str


@dataclass(frozen=True)
class Shot:
    """A photograph of the scenery: `share` of the panorama's width in percent; `fov` vertical."""

    id: str
    stand: Stand
    at: tuple[float, float, float]
    fov: float
    alt: str
    share: int = 40


@dataclass(frozen=True)
class Way:
    start: str
    to: str
    title: str
    title_en: str
    steps: float = 3.2  # metres ahead at which it is marked


@dataclass(frozen=True)
class Stop:
    stand: str
    text: str
    text_en: str
    at: tuple[float, float, float] | None = None
    fov: int = 70
    seconds: int = 12


@dataclass(frozen=True)
class Walk:
    """One tour. `ground`: the least x and z and the size of what the plan shows, metres."""

    organisation: str
    title: str
    title_en: str
    summary: str
    summary_en: str
    stands: tuple[Stand, ...]
    things: tuple[Thing, ...]
    ways: tuple[Way, ...]
    pictures: tuple[Shot, ...]
    plan: str
    plan_en: str
    route_title: str
    route_title_en: str
    route: tuple[Stop, ...]
    ground: tuple[float, float, float, float]
    scene: Callable[[Stand], Any]
    objects: tuple[str, ...] = field(default=(), kw_only=True)  # things one may turn: names of `scenery.turned`
    sketch: Callable[[Any, Any], None] = field(repr=False)

    def ways_from(self, stand: Stand) -> Iterator[Way]:
        return (way for way in self.ways if way.start == stand.id)

    def things_from(self, stand: Stand) -> Iterator[Thing]:
        return (thing for thing in self.things if stand.id in thing.seen_from)

    def on_plan(self, x: float, z: float) -> tuple[int, int]:
        """Thousandths of the plan from its upper left corner; north is above."""
        left, low, wide, tall = self.ground
        return round((x - left) / wide * 1000), round((1 - (z - low) / tall) * 1000)


PLAN_WIDTH = 1200


def plan_of(walk: Walk) -> bytes:
    """The plan as JPEG, drawn from the same places as the panoramas."""
    from io import BytesIO

    from PIL import Image, ImageDraw

    _left, _low, wide, tall = walk.ground
    size = (PLAN_WIDTH * 2, round(PLAN_WIDTH * 2 * tall / wide))
    image = Image.new("RGB", size, "#f4efe4")

    def at(x: float, z: float) -> tuple[float, float]:
        across, down = ((x - walk.ground[0]) / wide, 1 - (z - walk.ground[1]) / tall)
        return across * size[0], down * size[1]

    walk.sketch(ImageDraw.Draw(image), at)
    out = BytesIO()
    image.reduce(2).save(out, "JPEG", quality=90)
    return out.getvalue()
