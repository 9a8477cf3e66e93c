"""Forecasts in the room are those of the engine, kept once an indicator and shown with their back-test."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
import time_machine
from django.urls import reverse

from haihe.city.domain.organisations import found
from haihe.city.models import Person
from haihe.tourism.domain import forecasting, loads
from haihe.tourism.domain.forecast.command import as_rows
from haihe.tourism.domain.forecast.engine import forecast_all
from haihe.tourism.domain.forecast.series import Series
from haihe.tourism.models import Figure, Forecast

pytestmark = pytest.mark.django_db
LAST = date(2026, 6, 30)


@time_machine.travel("2026-07-01 12:00", tick=False)
def test_a_city_is_forecast_by_the_engine_and_shown(client: Any) -> None:
    bureau = found("文旅局", slug="bureau")
    loads.stream_of(bureau, "visits")
    days = [LAST - timedelta(days=back) for back in range(199, -1, -1)]
    values = [1000 + 200 * math.sin(n / 7 * 2 * math.pi) + 37 * (n * n % 11) for n in range(200)]
    Figure.objects.bulk_create(
        Figure(organisation=bureau, indicator="visits", grain="day", period=day, value=value)
        for day, value in zip(days, values, strict=True)
    )
    assert forecasting.forecast_city(bureau.pk) == 1
    row = Forecast.objects.get()
    times = np.array([day.toordinal() for day in days], np.int64)
    (made,) = forecast_all(
        [Series("visits", times, np.array(values), True)],
        forecasting.HORIZON,
        7,
        today=date(2026, 7, 1),
        countries=["CN"],
    )
    assert row.told["steps"] == list(as_rows(made))
    assert (row.indicator, row.last_day) == ("visits", LAST)

    client.force_login(Person.objects.create_superuser("chief", "chief@bureau.example"))
    page = client.get(reverse("tourism_forecasts"), headers={"accept-language": "zh-hans"}).content.decode()
    assert "2026-07-21" in page
    assert f"{row.told['backtest']['mase']:.2f}" in page


def test_a_city_with_few_days_is_not_forecast() -> None:
    assert forecasting.forecast_city(found("新城", slug="new").pk) == 0
