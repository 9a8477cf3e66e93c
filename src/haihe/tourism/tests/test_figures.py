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
