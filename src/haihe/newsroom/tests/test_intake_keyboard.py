from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from haihe.archive import deposit
from haihe.archive.domain import segments
from haihe.city.testing import build_city
from haihe.newsroom.domain import intake
from haihe.newsroom.domain.readers import Document, read
from haihe.newsroom.models import Item, Source

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_intake_is_worked_by_keyboard(
    browser: Any, live_server: Any, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.HOME = tmp_path
    monkeypatch.setattr(segments, "_writer", None)
    city = build_city()
    own = city.organisations["own"]
    source = Source.objects.create(organisation=own, name="海河日报", transport="upload")
    items = "".join(
        f"<item><guid>{n}</guid><title>第{n}条 海河夜游</title><description>正文 {n}</description></item>"
        for n in range(3)
    )
    feed = f"<rss version='2.0'><channel><title>x</title>{items}</channel></rss>".encode()
    master = deposit(feed, organisation=own, source_kind="upload")
    intake.take(source, intake.prepared(source, master, read(Document(feed)), arrived_at=timezone.now()))
    context = browser.new_context(viewport={"width": 1366, "height": 800})
    cookie = city.client("editor").cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.goto(live_server.url + "/admin/items/")
    first = page.locator(".hh-chosen a").inner_text()
    page.keyboard.press("j")
    second = page.locator(".hh-chosen a").inner_text()
    assert first != second
    page.wait_for_function("title => document.querySelector('.hh-pane h2').textContent === title", arg=second)
    page.keyboard.press("k")
    assert page.locator(".hh-chosen a").inner_text() == first
    page.wait_for_function("title => document.querySelector('.hh-pane h2').textContent === title", arg=first)
    page.keyboard.press("?")
    assert page.locator(".hh-keys").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.press("Escape")
    with page.expect_navigation():
        page.keyboard.press("s")
    assert Item.objects.filter(state="set_aside").count() == 1
    assert page.locator(".hh-chosen a").inner_text() == second
    with page.expect_navigation():
        page.keyboard.press("u")
    assert Item.objects.filter(state="set_aside").count() == 0

    page.goto(live_server.url + "/admin/items/")  # a key that comes before its item waits for it
    page.wait_for_function("document.querySelector('.hh-pane h2')")
    page.keyboard.press("j")
    page.keyboard.press("s")
    page.locator("[data-key=u]").wait_for()
    assert Item.objects.get(state="set_aside").title == second
    context.close()
