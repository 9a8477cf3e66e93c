"""The room in a real browser: charts are drawn, nothing comes from elsewhere, no reader is shut out."""

from __future__ import annotations

import math
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from haihe.archive.domain import segments
from haihe.base.tasks import run_pending
from haihe.base.web.tests import axe
from haihe.city.models import Person
from haihe.city.testing import RelatedCity, build_city
from haihe.tourism.domain import board_maps, loads, synthetic
from haihe.tourism.domain.board_maps import Told
from haihe.tourism.domain.contracts.contract import read_contract
from haihe.tourism.models import (
    Alert,
    AlertContact,
    AlertScore,
    Flag,
    Forecast,
    Load,
    NoisyTable,
    Nowcast,
    Outlook,
    Source,
    Telling,
)
from haihe.tourism.tests.made import collection, feature, square
from haihe.tourism.tests.test_loading_errors import HEADER, row

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = ["", "boards/lodging/", "holidays/", "forecasts/", "indicators/", "indicators/occupancy/", "streams/"]
PAGES += ["streams/lodging/", "upload/", "flags/", "wall/", "forecasts/occupancy/", "alerts/", "nowcasts/", "sources/"]
PAGES += ["publishing/", "maps/"]
DISTRICTS = collection(*(feature(square(117 + at / 10, 39), name=f"D0{at + 1}") for at in range(4)))
BACKTEST = {"mase": 0.5, "mase_seasonal_naive": 1.0, "inside80": 0.8, "inside95": 0.95}


@pytest.fixture
def city(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RelatedCity:
    """A hundred days of lodging, one file with a bad line, a forecast and a doubt."""
    settings.HOME = tmp_path
    monkeypatch.setattr(segments, "_writer", None)
    monkeypatch.setattr("haihe.tourism.domain.forecasting.line_up_first", lambda organisation: None)
    made = build_city()
    own = made.organisations["own"]
    stream = loads.stream_of(own, "lodging")
    year = synthetic.days(date(2026, 10, 20), count=100)
    for data in (synthetic.csv_of(read_contract("lodging"), year), f"{HEADER}\n{row()}\n{row(guests='-1')}\n".encode()):
        loads.run(loads.receive(data, stream, filename="住宿.csv", by=None))
    run_pending(["heavy"])
    steps = [{"step": n, "mean": 60.0, "lo80": 55.0, "hi80": 65.0, "lo95": 50.0, "hi95": 70.0} for n in range(1, 22)]
    told = {"steps": steps, "backtest": BACKTEST, "notes": [["一句说明。", "A note."]], "models": ["ets"]}
    waves = [1 + 0.2 * math.sin(n / 7 * 2 * math.pi) for n in range(90)]
    parts = {"level": [60.0] * 90, "weekday": waves, "holiday": [1.0] * 90, "rest": [1.01] * 90}
    told["parts"] = {"first": "2026-07-23", "observed": [60 * wave for wave in waves], **parts}
    told["drift"] = {"state": "level", "words": ["实际值高于预测。", "What came lies above."], "since": "2026-10-01"}
    Forecast.objects.create(
        organisation=own, indicator="occupancy", made_at=stream.created_at, last_day=date(2026, 10, 20), told=told
    )
    crowd(own)
    told = Told("区划图", "district", "海河市测绘院", "内部使用", approval="津S(2026)012号")
    board_maps.keep(DISTRICTS, told, organisation=own, filename="map.geojson", by=None)
    Flag.objects.create(
        stream=stream, kind="late", day=date(2026, 10, 21) + timedelta(days=1), told={"zh": "晚", "en": "l"}
    )
    return made


def crowd(own: Any) -> None:
    """A place with its hours ahead, an alert that was right, a nowcast, counts for publication, a source."""
    issued = (date(2026, 10, 20) - date(1970, 1, 1)).days * 24 + 16
    hours = [issued + ahead for ahead in range(1, 73) if 8 <= (issued + ahead) % 24 < 18]
    load = [round(0.3 + 0.55 * math.sin((hour % 24 - 8) / 9 * math.pi), 3) for hour in hours]
    chance = [min(0.99, max(0.0, value - 0.2)) for value in load]
    told = {"hours": hours, "expected": load}
    told |= {share: {"chances": chance, "usual": [0.05] * len(hours)} for share in ("0.8", "1")}  # type: ignore[dict-item]
    Outlook.objects.create(organisation=own, place="V01", issued=issued, told=told)
    person = Person.objects.create(username="duty")
    AlertContact.objects.create(organisation=own, group="bureau", person=person)
    named = {"organisation": own, "place": "V01", "issued": issued, "groups": ["place", "bureau"]}
    for day, right in ((19, True), (20, False), (21, None)):
        alert = Alert.objects.create(
            stage="crowded", day=date(2026, 10, day), chance=0.64, right=right, ahead=30, peak=0.86, **named
        )
        Telling.objects.create(alert=alert, person=person)
    numbers = {
        "count": 720,
        "right": 1,
        "false": 1,
        "missed": 0,
        "skill": 0.41,
        "brier": 0.1,
        "usual": 0.2,
        "ahead": 30,
    }
    AlertScore.objects.create(organisation=own, stage="crowded", told=numbers)
    bounds = {"low80": 90.0, "high80": 110.0, "low95": 80.0, "high95": 120.0}
    weights = {"weights": {"visits": 0.7}, "left_out": {"entries": ["天数不足", "too few days"]}}
    for day in (10, 20):
        made = {"mean": 100.0 + day / 10, "seen": day / 31, "backtest": 2.1, "naive": 4.0, **bounds, **weights}
        Nowcast.objects.create(
            organisation=own, indicator="industry_revenue", period="2026-10-01", as_of=date(2026, 10, day), told=made
        )
    table = {"counts": {"beijing": 3004, "hebei": 2391, "abroad": 0}, "within": 6}
    NoisyTable.objects.create(
        organisation=own,
        stream="visits",
        indicator="visits",
        by="origin",
        month="2026-09-01",
        epsilon="0.5",
        told=table,
    )
    where = {"kind": "sql", "address": "postgresql://hotels.example/city", "problem": "DatabaseAway", "active": True}
    Source.objects.create(stream=loads.stream_of(own, "lodging"), name="酒店系统", visited_at=timezone.now(), **where)


def test_pages_draw_their_charts_and_axe_finds_nothing(browser: Any, live_server: Any, city: RelatedCity) -> None:
    bad = Load.objects.get(rejected=1)
    findings, wide, foreign = {}, [], []
    for width, theme in ((1366, "light"), (390, "dark")):
        context = browser.new_context(bypass_csp=True, color_scheme=theme, viewport={"width": width, "height": 900})
        cookie = city.client("superuser").cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        tab = context.new_page()
        tab.on("request", lambda asked: foreign.append(asked.url) if not _ours(asked.url, live_server.url) else None)
        for page in [*PAGES, f"loads/{bad.pk}/"]:
            tab.goto(f"{live_server.url}/admin/tourism/{page}")
            if page in ("boards/lodging/", "forecasts/occupancy/", "indicators/occupancy/", "alerts/", "nowcasts/"):
                tab.locator("[data-chart]").first.scroll_into_view_if_needed()  # what is far below waits to be drawn
                tab.wait_for_selector("[data-chart] canvas", timeout=10_000)
                tab.locator("h1").first.scroll_into_view_if_needed()  # axe would measure what the frame half covers
            if found := axe.findings(tab, "main", () if theme == "light" else axe.OF_LOOKS):
                findings[f"{theme} {page}"] = found
            if tab.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append(f"{page} at {width}")
        context.close()
    assert (findings, wide, foreign) == ({}, [], [])


def test_without_scripts_the_tables_are_the_page(browser: Any, live_server: Any, city: RelatedCity) -> None:
    context = browser.new_context(java_script_enabled=False)
    cookie = city.client("superuser").cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    tab = context.new_page()
    tab.goto(f"{live_server.url}/admin/tourism/boards/lodging/")
    assert "Wangchao" in tab.locator(".tourism-map table").inner_text()
    assert tab.locator(".tourism-map a path").count() == 4
    tab.locator("details summary").first.click()
    assert "2026-10-20" in tab.locator(".tourism-chart details table").first.inner_text()
    assert (
        tab.locator("[data-chart]:visible").count() == tab.locator("[data-chart] > .tourism-drawn:visible").count() > 0
    )
    context.close()


def _ours(address: str, server: str) -> bool:
    return address.startswith((server, "data:", "blob:"))
