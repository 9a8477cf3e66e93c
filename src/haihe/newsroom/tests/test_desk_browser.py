"""The desk in a real browser: no reader is shut out, in either theme; a page that waits keeps one's place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from haihe.archive.domain import segments
from haihe.base.web.tests import axe
from haihe.city.testing import RelatedCity, build_city
from haihe.newsroom.models import Fetch, Source

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
COLLECTING = (
    "sources/",
    "sources/1/",
    "sources/add/?transport=page",
    "sources/add/?transport=mailbox",
    "ledger/",
    "ledger/1/",
)
PAGES = {
    "light": ("", "items/", *COLLECTING, "organisations/", "audit/", "baking/"),
    "dark": ("", "items/", *COLLECTING, "audit/"),
}


@pytest.fixture
def city(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RelatedCity:
    settings.HOME = tmp_path
    monkeypatch.setattr(segments, "_writer", None)
    return build_city()


def tab_of(browser: Any, city: RelatedCity, role: str, address: str, **options: Any) -> Any:
    context = browser.new_context(bypass_csp=True, **{"viewport": {"width": 1366, "height": 400}, **options})
    cookie = city.client(role).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": address}])
    return context.new_page()


def test_axe_finds_nothing_at_the_desk(browser: Any, live_server: Any, city: RelatedCity) -> None:
    own = city.organisations["own"]
    broken = {"problem_code": "HostDown", "problem": "down"}
    source = Source.objects.create(
        pk=1, organisation=own, name="断", address="http://x.example/", failures=3, reprint="listed", **broken
    )
    Fetch.objects.create(pk=1, source=source, asked_at=timezone.now(), address="http://x.example/", **broken)
    findings, wide = {}, []
    for theme, width in (("light", 1366), ("dark", 390)):
        tab = tab_of(
            browser, city, "superuser", live_server.url, color_scheme=theme, viewport={"width": width, "height": 800}
        )
        for page in PAGES[theme]:
            tab.goto(f"{live_server.url}/admin/{page}")
            if found := axe.findings(tab, "main", () if theme == "light" else axe.OF_LOOKS):
                findings[f"{theme} {page}"] = found
            if tab.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append(f"{page} at {width}")
        tab.context.close()
    assert (findings, wide) == ({}, [])


def test_page_that_waits_keeps_ones_place(browser: Any, live_server: Any, city: RelatedCity) -> None:
    source = Source.objects.create(organisation=city.organisations["own"], name="等", address="http://x.example/")
    tab = tab_of(browser, city, "editor", live_server.url)
    tab.goto(f"{live_server.url}/admin/sources/{source.pk}/?waiting=first")
    tab.locator("#id_file").focus()
    tab.evaluate("window.stayed = true; document.querySelector('#id_file').dataset.mine = 'kept'")
    Source.objects.filter(pk=source.pk).update(name="津门文化", last_good_at=timezone.now())
    Fetch.objects.create(source=source, asked_at=timezone.now(), status=200, entries=41, new_items=41)
    tab.wait_for_function("!document.querySelector('[data-waiting]')")
    kept = tab.evaluate("[window.stayed, document.activeElement.dataset.mine, location.search]")
    assert kept == [True, "kept", ""]
    assert "41" in tab.locator("[data-live=visits]").inner_text()
    assert tab.locator("h1").inner_text().strip() == "津门文化"
    tab.context.close()
