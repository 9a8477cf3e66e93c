"""What is done to a panorama, as a value: its tone, what covers the tripod, what must not be recognised.

Written in JSON beside the panorama that it makes; the Master it is made from stays as it came in. Angles are whole
thousandths of a degree, as in tours.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from haihe.venues.domain.preparing.errors import RecipeUnreadable

NADIRS = ("blur", "fill", "mark")
REACH = (5_000, 60_000)
GAIN = (0.25, 4.0)
MOST_MASKS = 400


@dataclass(frozen=True)
class Nadir:
    """What covers the place straight below.

    kind    blur: what is there, blurred; fill: painted on from around; mark: a picture over that
    reach   angle from straight below to its rim
    mark    id of the picture
    """

    kind: str
    reach: int = 25_000
    mark: str = ""


@dataclass(frozen=True)
class Mask:
    """An ellipse that is made unrecognisable: its middle, and how wide and high it is."""

    yaw: int
    pitch: int
    wide: int
    high: int


@dataclass(frozen=True)
class Recipe:
    """gain: factors of red, green and blue in linear light; 1 leaves them."""

    gain: tuple[float, float, float] = (1.0, 1.0, 1.0)
    nadir: Nadir | None = None
    masks: tuple[Mask, ...] = field(default=())

    @property
    def does_nothing(self) -> bool:
        return self == Recipe()


def to_json(recipe: Recipe) -> dict[str, Any]:
    nadir = recipe.nadir
    return {
        "gain": list(recipe.gain),
        "nadir": {"kind": nadir.kind, "reach": nadir.reach, "mark": nadir.mark} if nadir else None,
        "masks": [[one.yaw, one.pitch, one.wide, one.high] for one in recipe.masks],
    }


def from_json(told: Any) -> Recipe:
    """Raises RecipeUnreadable, naming the place."""
    if not isinstance(told, dict):
        raise RecipeUnreadable(thing="recipe")
    return Recipe(_gain(told.get("gain")), _nadir(told.get("nadir")), _masks(told.get("masks")))


def _gain(told: Any) -> tuple[float, float, float]:
    if told is None:
        return 1.0, 1.0, 1.0
    if not isinstance(told, list) or len(told) != 3 or not all(_is_number(one, *GAIN) for one in told):
        raise RecipeUnreadable(thing="gain")
    return round(told[0], 4), round(told[1], 4), round(told[2], 4)


def _nadir(told: Any) -> Nadir | None:
    if told is None:
        return None
    if not isinstance(told, dict) or told.get("kind") not in NADIRS:
        raise RecipeUnreadable(thing="nadir")
    reach, mark = told.get("reach", Nadir.reach), told.get("mark", "")
    if not _is_whole(reach, *REACH) or not isinstance(mark, str) or not (mark == "" or mark.isdecimal()):
        raise RecipeUnreadable(thing="nadir")
    return Nadir(told["kind"], reach, mark)


def _masks(told: Any) -> tuple[Mask, ...]:
    if told is None:
        return ()
    if not isinstance(told, list) or len(told) > MOST_MASKS:
        raise RecipeUnreadable(thing="masks")
    limits = ((-180_000, 180_000), (-90_000, 90_000), (200, 90_000), (200, 90_000))
    for one in told:
        fits = isinstance(one, list) and len(one) == 4
        if not fits or not all(_is_whole(value, *limit) for value, limit in zip(one, limits, strict=True)):
            raise RecipeUnreadable(thing="masks")
    return tuple(Mask(*one) for one in told)


def _is_whole(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _is_number(value: Any, least: float, most: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most
