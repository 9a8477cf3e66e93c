"""The room in a real browser: charts are drawn, nothing comes from elsewhere, no reader is shut out."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from haihe.archive.domain import segments
from haihe.base.tasks import run_pending
from haihe.city.testing import RelatedCity, build_city
from haihe.tourism.domain import loads, synthetic
from haihe.tourism.domain.contracts.contract import read_contract
from haihe.tourism.models import Flag, Forecast, Load
from haihe.tourism.tests.test_loading_errors import HEADER, row

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AXE = Path(__file__).resolve().parents[4] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
PAGES = ["", "boards/lodging/", "holidays/", "forecasts/", "indicators/", "indicators/occupancy/", "streams/"]
PAGES += ["streams/lodging/", "upload/", "flags/", "wall/"]
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
    told = {"steps": steps, "backtest": BACKTEST, "notes": ["A note."], "models": ["ets"]}
    Forecast.objects.create(
        organisation=own, indicator="occupancy", made_at=stream.created_at, last_day=date(2026, 10, 20), told=told
    )
    Flag.objects.create(
        stream=stream, kind="late", day=date(2026, 10, 21) + timedelta(days=1), told={"zh": "晚", "en": "l"}
    )
    return made


def test_pages_draw_their_charts_and_axe_finds_nothing(browser: Any, live_server: Any, city: RelatedCity) -> None:
    bad = Load.objects.get(rejected=1)
    script, findings, wide, foreign = AXE.read_text(encoding="utf-8"), {}, [], []
    for width, theme in ((1366, "light"), (390, "dark")):
        context = browser.new_context(bypass_csp=True, color_scheme=theme, viewport={"width": width, "height": 900})
        cookie = city.client("superuser").cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        tab = context.new_page()
        tab.on("request", lambda asked: foreign.append(asked.url) if not _ours(asked.url, live_server.url) else None)
        for page in [*PAGES, f"loads/{bad.pk}/"]:
            tab.goto(f"{live_server.url}/admin/tourism/{page}")
            if page in ("boards/lodging/", "forecasts/", "indicators/occupancy/"):
                tab.wait_for_selector("[data-chart] canvas")
            tab.evaluate(script)
            result = tab.evaluate("axe.run('main', {resultTypes: ['violations']})")
            found = [f"{one['id']}: {node['html'][:160]}" for one in result["violations"] for node in one["nodes"]]
            if found:
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
    tab.locator("details summary").first.click()
    assert "2026-10-20" in tab.locator(".tourism-chart table").first.inner_text()
    assert tab.locator("[data-chart]:visible").count() == 0
    context.close()


def _ours(address: str, server: str) -> bool:
    return address.startswith((server, "data:", "blob:"))
