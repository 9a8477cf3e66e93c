"""Forecasts in the room are those of the engine, kept once an indicator and shown with their back-test."""

from __future__ import annotations

import math
from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from haihe.base.tasks.lanes import lanes
from haihe.city.domain.organisations import found
from haihe.city.models import Organisation, Person
from haihe.tourism import tasks
from haihe.tourism.domain import fans, forecasting, loads, nowcasts
from haihe.tourism.domain.forecast.command import as_rows
from haihe.tourism.domain.forecast.engine import forecast_all
from haihe.tourism.domain.series import Name, as_series
from haihe.tourism.models import Figure, Forecast, Nowcast, Promise

pytestmark = pytest.mark.django_db
LAST = date(2026, 6, 30)


@pytest.fixture
def bureau() -> Organisation:
    made = found("文旅局", slug="bureau")
    loads.stream_of(made, "visits")
    return made


def figures_of(bureau: Organisation, days: int, scale: float = 1, **of: str) -> dict[date, float]:
    values = {
        LAST - timedelta(days=days - 1 - n): scale * (1000 + 200 * math.sin(n / 7 * 2 * math.pi) + 37 * (n * n % 11))
        for n in range(days)
    }
    named = {"indicator": "visits", "grain": "day", **of}
    rows = (Figure(organisation=bureau, period=day, value=value, **named) for day, value in values.items())
    Figure.objects.bulk_create(rows)
    return values


def test_a_city_is_forecast_by_the_engine_and_shown(bureau: Organisation, client: Client) -> None:
    values = figures_of(bureau, 120)
    parts = figures_of(bureau, 120, 0.4, by="spot", key="V01")
    figures_of(bureau, 40, 0.1, by="spot", key="V02")  # too few days
    with time_machine.travel("2026-07-01 12:00", tick=False):
        assert forecasting.forecast_city(bureau.pk) == 2
    row = Forecast.objects.get(by="")
    part = Name("visits", "spot", "V01")
    series = [as_series(Name("visits"), values), as_series(part, parts)]
    made, _other = forecast_all(series, forecasting.HORIZON, 7, today=date(2026, 7, 1), countries=["CN"])
    assert row.told["steps"] == list(as_rows(made))
    assert (row.indicator, row.last_day) == ("visits", LAST)
    taken = row.told["parts"]
    whole = [taken["level"][at] * taken["weekday"][at] * taken["holiday"][at] * taken["rest"][at] for at in range(120)]
    assert whole == pytest.approx(list(values.values()), rel=0.01)

    client.force_login(Person.objects.create_superuser("chief", "chief@bureau.example"))
    words = {"accept-language": "zh-hans"}
    page = client.get(reverse("tourism_forecasts"), headers=words).content.decode()
    assert "2026-07-21" in page
    assert f"{row.told['backtest']['mase']:.2f}" in page
    assert "景区接待人次 · 老码头历史街区" in page  # the league is by series
    assert "尚未发生的闭园" in page
    one = client.get(reverse("tourism_forecast", args=["visits"]) + "?by=spot&key=V01", headers=words).content.decode()
    assert "景区接待人次 · 老码头历史街区" in one
    assert "水平" in one
    assert client.get(reverse("tourism_forecast", args=["visits"]) + "?by=spot&key=V02").status_code == 404


def test_forecasts_that_hold_no_longer_are_named(bureau: Organisation, client: Client) -> None:
    values = figures_of(bureau, 120)
    moved = {day: value * 0.6 for day, value in values.items() if day > LAST - timedelta(days=30)}
    rows = [(day, moved.get(day, value)) for day, value in values.items()]
    Promise.objects.bulk_create(
        Promise(organisation=bureau, indicator="visits", day=day, mean=mean, low=mean * 0.93, high=mean * 1.07)
        for day, mean in rows[-60:]
    )
    with time_machine.travel("2026-07-01 12:00", tick=False):
        forecasting.forecast_city(bureau.pk)
        forecasting.forecast_city(bureau.pk)
    told = Forecast.objects.get().told["drift"]
    assert (told["state"], told["since"]) == ("level", str(LAST - timedelta(days=29)))
    kept = Promise.objects.get(day=LAST + timedelta(days=1))
    assert kept.mean == Forecast.objects.get().told["steps"][0]["mean"]
    client.force_login(Person.objects.create_superuser("chief", "chief@bureau.example"))
    page = client.get(reverse("tourism_forecasts"), headers={"accept-language": "zh-hans"}).content.decode()
    assert "不再可靠的预测" in page
    assert "实际值高于预测" in page


def test_the_holiday_week_ahead_stands_beside_last_years(bureau: Organisation, client: Client) -> None:
    """From 24 September 2026 three weeks reach over Mid-Autumn and National Day."""
    last = date(2026, 9, 24)
    days = [last - timedelta(days=back) for back in range(400)]
    Figure.objects.bulk_create(
        Figure(organisation=bureau, indicator="visits", grain="day", period=day, value=1000 + day.toordinal() % 7 * 50)
        for day in days
    )
    bounds = {"mean": 1500.0, "lo80": 1400.0, "hi80": 1600.0, "lo95": 1300.0, "hi95": 1700.0}
    steps = [{"step": step, **bounds} for step in range(1, 22)]
    made = {"made_at": timezone.now(), "last_day": last, "told": {"refused": "", "steps": steps}}
    Forecast.objects.create(organisation=bureau, indicator="visits", **made)
    (_autumn, national) = fans.holidays_ahead(bureau.pk)
    assert national[0].startswith("2026 ")
    assert (national[1][0].day, national[1][0].before) == (date(2026, 10, 1), date(2025, 10, 1))
    shown, then, change = national[1][0].values[0]
    assert then == f"{1000 + date(2025, 10, 1).toordinal() % 7 * 50:,}"
    assert shown == "1,500 (1,400 – 1,600)"
    assert change == f"{1500 / (1000 + date(2025, 10, 1).toordinal() % 7 * 50) - 1:+.1%}"
    client.force_login(Person.objects.create_superuser("chief", "chief@bureau.example"))
    page = client.get(reverse("tourism_holidays"), headers={"accept-language": "zh-hans"}).content.decode()
    assert "2026 国庆节" in page


def test_this_months_official_figure_is_told_before_it_is_out(bureau: Organisation, client: Client) -> None:
    days = [date(2024, 1, 1) + timedelta(days=step) for step in range((date(2026, 6, 10) - date(2024, 1, 1)).days + 1)]
    daily = {day: 1000 * (1 + 0.1 * (day.year - 2024)) * (1 + 0.05 * (day.month % 4)) for day in days}
    named = {"organisation": bureau, "grain": "day", "indicator": "visits"}
    Figure.objects.bulk_create(Figure(period=day, value=value, **named) for day, value in daily.items())
    months = sorted({day.replace(day=1) for day in days})[:-1]
    named = {"organisation": bureau, "grain": "month", "indicator": "industry_revenue"}
    Figure.objects.bulk_create(
        Figure(
            period=first, value=5 * sum(value for day, value in daily.items() if day.replace(day=1) == first), **named
        )
        for first in months
    )
    assert nowcasts.tell_now(bureau.pk) == 1
    row = Nowcast.objects.get()
    assert (row.period, row.as_of) == (date(2026, 6, 1), date(2026, 6, 10))
    assert row.told["mean"] == pytest.approx(5 * 30 * daily[date(2026, 6, 10)], rel=0.05)
    client.force_login(Person.objects.create_superuser("chief", "chief@bureau.example"))
    page = client.get(reverse("tourism_nowcasts"), headers={"accept-language": "zh-hans"}).content.decode()
    assert "2026-06" in page
    Figure.objects.create(period=date(2026, 6, 1), value=1, **named)
    assert nowcasts.tell_now(bureau.pk) == 0  # it is out


def test_the_nightly_run_is_of_the_heavy_lane_whose_tasks_have_processes_of_their_own() -> None:
    for one in (tasks.forecast_all_cities, tasks.forecast_one, tasks.look_at_crowds, tasks.make_figures):
        assert lanes()[one.queue_name].crew == "heavy"


def test_a_city_with_few_days_is_not_forecast() -> None:
    assert forecasting.forecast_city(found("新城", slug="new").pk) == 0
