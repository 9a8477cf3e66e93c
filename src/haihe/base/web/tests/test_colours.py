"""What every theme promises: each ink can be read on each ground it meets."""

from __future__ import annotations

import pytest

from haihe.base.web.colours import GROUNDS, INKS, asked_of, contrast, judge, readable, themes

PAIRS = [
    *((ink, ground) for ink in INKS for ground in GROUNDS),
    ("on-river", "river"),
    ("ink", "brick-wash"),
    ("brick", "brick-wash"),
    ("on-mark", "mark"),
    ("focus-ink", "focus"),
]


@pytest.mark.parametrize("name", themes())
def test_every_ink_can_be_read_on_every_ground(name: str) -> None:
    theme = themes()[name]
    weak = {pair: round(contrast(theme[pair[0]], theme[pair[1]]), 2) for pair in PAIRS}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < asked_of(name)} == {}


def test_themes_have_the_same_tokens() -> None:
    assert {name: set(theme) for name, theme in themes().items()} == {name: set(themes()["light"]) for name in themes()}


def test_contrast_is_that_of_the_standard() -> None:
    assert (contrast("#000000", "#ffffff"), contrast("#777777", "#777777")) == (21.0, 1.0)
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54  # the lightest grey that passes on white


@pytest.mark.parametrize(("colour", "theme"), [("#ffcc00", "light"), ("#0b5567", "dark"), ("#ff0000", "contrast")])
def test_colour_that_cannot_be_read_is_judged_with_the_nearest_that_can(colour: str, theme: str) -> None:
    found = judge(colour, theme)
    assert found is not None
    assert found.ratio == contrast(colour, themes()[theme][found.ground]) < asked_of(theme)
    assert judge(found.nearest, theme) is None
    assert readable(found.nearest, theme) == found.nearest


def test_colour_that_can_be_read_is_let_through_unchanged() -> None:
    assert judge("#7a1f5c") is None
    assert readable("#7a1f5c", "light") == "#7a1f5c"
