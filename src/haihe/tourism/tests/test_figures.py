"""What a day is compared with, and figures composed of others."""

from __future__ import annotations

from datetime import date

import pytest

from haihe.city.domain.organisations import found
from haihe.tourism.domain import boards, figures
from haihe.tourism.models import Figure


@pytest.mark.parametrize(
    ("day", "before"),
    [
        (date(2026, 2, 17), date(2025, 1, 29)),  # 正月初一
        (date(2026, 2, 16), date(2025, 1, 28)),  # 除夕
        (date(2026, 3, 3), date(2025, 2, 12)),  # 元宵
        (date(2026, 5, 1), date(2025, 5, 1)),
        (date(2026, 10, 1), date(2025, 10, 1)),
        (date(2026, 7, 15), date(2025, 7, 16)),  # a Wednesday beside a Wednesday
    ],
)
def test_a_day_stands_beside_its_place_in_the_same_holiday(day: date, before: date) -> None:
    assert figures.comparable(day) == before


def test_a_leap_day_stands_beside_the_last_of_february() -> None:
    assert figures.year_before(date(2028, 2, 29)) == date(2027, 2, 28)


@pytest.mark.django_db
def test_composed_figures_follow_those_they_are_made_of() -> None:
    city = found("文旅局", slug="bureau")
    values = {("visits", date(2025, 1, 29)): 800.0, ("visits", date(2026, 2, 17)): 1000.0}
    values |= {("spending", date(2026, 2, 17)): 50_000.0}
    for (name, day), value in values.items():
        Figure.objects.create(organisation=city, indicator=name, grain="day", period=day, value=value)
    figures._compose(city.pk, {"visits", "spending"}, ["2026-02"])
    made = Figure.objects.filter(
        period=date(2026, 2, 17), indicator__in=["visits_lunar", "spending_a_visit", "visits_yoy"]
    )
    assert dict(made.values_list("indicator", "value")) == {"visits_lunar": 25.0, "spending_a_visit": 50.0}
    Figure.objects.filter(indicator="visits", period=date(2026, 2, 17)).delete()
    figures._compose(city.pk, {"visits"}, ["2026-02"])
    assert not Figure.objects.filter(indicator="visits_lunar").exists()

    headline = boards.headline(city.pk, "spending")
    assert (headline.shown, headline.period, headline.change) == ("50,000", "2026-02-17", "")


def test_a_holiday_that_had_no_days_of_its_own_then_stands_beside_nothing() -> None:
    """Mid-Autumn 2025 lay within National Day; an ordinary week of September is not its like."""
    assert figures.counterpart(date(2026, 9, 25)) is None
    assert figures.counterpart(date(2026, 10, 1)) == date(2025, 10, 1)
    assert figures.counterpart(date(2026, 7, 15)) is None


@pytest.mark.django_db
def test_a_holiday_is_summed_up_per_day_of_those_that_have_their_like() -> None:
    city = found("文旅局", slug="bureau")
    values = {date(2026, 5, 1): 120.0, date(2026, 5, 2): 240.0, date(2026, 5, 3): 360.0}
    values |= {date(2025, 5, 1): 100.0, date(2025, 5, 2): 200.0}
    values |= {date(2026, 9, day): 50.0 for day in (25, 26, 27)} | {date(2025, 9, day): 5.0 for day in (26, 27, 28)}
    for day, value in values.items():
        Figure.objects.create(organisation=city, indicator="visits", grain="day", period=day, value=value)
    (_autumn, autumn), (_labour, labour) = boards.holidays_told(city.pk)
    *days, mean = labour
    assert [row.values[0] for row in days[:3]] == [("120", "100", "+20.0%"), ("240", "200", "+20.0%"), ("360", "–", "")]
    assert (mean.day, mean.values[0]) == (None, ("240", "150", "+20.0%"))
    *days, mean = autumn
    assert [(row.before, row.values[0]) for row in days] == [(None, ("50", "–", ""))] * 3
    assert mean.values[0] == ("50", "–", "")
