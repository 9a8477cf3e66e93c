"""Charts as the page carries them: paths, ticks and rows of known series."""

from __future__ import annotations

import pytest

from haihe.tourism.domain.chart_drawing import drawn, shortened, ticks_over


def told(kind: str, *lines: list[float | None]) -> dict[str, object]:
    x = [f"d{at}" for at in range(len(lines[0]))]
    series = [{"name": f"n{at}", "data": line} for at, line in enumerate(lines)]
    return {"kind": kind, "unit": "", "digits": 1, "x": x, "series": series}


def test_a_line_goes_from_the_upper_left_and_stops_at_gaps() -> None:
    made = drawn(told("line", [0, 10, None, 5]), chinese=True)
    assert made is not None
    assert made.paths == ["M125.0 300.0h0L375.0 0.0M875.0 150.0h0"]
    assert made.ticks == ["10", "8", "6", "4", "2", "0"]
    assert (made.names, made.ends, made.filled) == ([], ["d0", "d2", "d3"], False)


def test_columns_stand_upon_one_another() -> None:
    made = drawn(told("stacked", [50, 0], [50, None]), chinese=True)
    assert made is not None
    assert made.paths == ["M100.0 300.0h300.0v-150.0h-300.0z", "M100.0 150.0h300.0v-150.0h-300.0z"]
    assert (made.names, made.filled, made.ends) == (["n0", "n1"], True, ["d0", "d1"])


def test_bars_are_measured_by_the_longest() -> None:
    made = drawn(told("share", [1200.0, 300.0, None]), chinese=False)
    assert made is not None
    assert made.bars == [("d0", "1,200.0", "100.0"), ("d1", "300.0", "25.0"), ("d2", "–", "0.0")]


def test_nothing_is_drawn_of_nothing_or_of_a_fan() -> None:
    assert drawn(told("line", [None, None]), chinese=True) is None
    assert drawn({"kind": "fan", "x": ["a"], "mean": [1.0]}, chinese=True) is None


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [(55.2, 61.3, [54, 56, 58, 60, 62]), (5, 5, [5.0, 5.1]), (0, 0, [0, 0.1]), (-3, 8, [-5, 0, 5, 10])],
)
def test_ticks_are_round_and_hold_all(low: float, high: float, ticks: list[float]) -> None:
    assert ticks_over(low, high) == pytest.approx(ticks)


def test_large_values_are_shortened_as_people_write_them() -> None:
    assert [shortened(value, chinese=True) for value in (2.5e8, 125000, 9999, 0.25)] == [
        "2.5 亿",
        "12.5 万",
        "9999",
        "0.25",
    ]
    assert [shortened(value, chinese=False) for value in (2.5e6, 125000)] == ["2.5M", "125k"]
