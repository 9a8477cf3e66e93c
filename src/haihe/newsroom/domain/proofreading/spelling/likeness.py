"""Which characters are taken for one another: they sound alike, or look alike.

Sounds are worked out from readings (`sounds`). Looks were measured once on rendered glyphs by `bench/measure_glyphs.py`
and stand in data/shapes.tsv: a character, a tab, its look-alikes.
"""

from __future__ import annotations

from enum import IntEnum
from functools import cache
from importlib.resources import files

from haihe.newsroom.domain.proofreading.spelling.sounds import blurred, by_blurred_sound, by_sound, readings


class Likeness(IntEnum):
    """How near a character is to another; the smaller the nearer."""

    SOUND_AND_SHAPE = 0
    SOUND = 1
    NEAR_SOUND_AND_SHAPE = 2
    NEAR_SOUND = 3
    SHAPE = 4


@cache
def similar(character: str) -> dict[str, Likeness]:
    """The characters that may have been meant where `character` stands."""
    shapes = _shapes().get(character, frozenset())
    found = dict.fromkeys(shapes, Likeness.SHAPE)
    for sound in readings(character):
        for other in by_blurred_sound().get(blurred(sound), ()):
            found[other] = Likeness.NEAR_SOUND_AND_SHAPE if other in shapes else Likeness.NEAR_SOUND
    for sound in readings(character):
        for other in by_sound().get(sound, ()):
            found[other] = Likeness.SOUND_AND_SHAPE if other in shapes else Likeness.SOUND
    found.pop(character, None)
    return found


def likeness(one: str, other: str) -> Likeness | None:
    """How alike two characters are; None: not at all. Says the same in both directions for what is common."""
    return similar(one).get(other)


@cache
def _shapes() -> dict[str, frozenset[str]]:
    text = (files(__package__) / "data" / "shapes.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return {character: frozenset(others) for character, others in rows}
