"""Any master that is a picture opens in deep zoom on its item's page, in a real browser through a real edge."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from haihe.archive.domain.items import Deposit, File, deposit_items
from haihe.archive.tests import shown
from haihe.city.domain.organisations import found
from haihe.city.domain.people import grant
from haihe.city.models import Person

pytestmark = [pytest.mark.browser, pytest.mark.full, pytest.mark.django_db(transaction=True)]
STATIC = Path(__file__).resolve().parents[2] / "base" / "web" / "static"


def test_a_master_opens_in_deep_zoom_on_the_page_of_its_item(
    browser: Any, tmp_path: Path, live_server: Any, settings: Any, monkeypatch: Any
) -> None:
    settings.HOME = tmp_path
    edge = shown.start_edge(tmp_path, live_server, settings, monkeypatch, "--static", str(STATIC))
    museum = found("海河博物馆", slug="museum")
    keeper = Person.objects.create_user("keeper", password="x")
    grant(keeper, "editor", museum)
    picture = shown.encoded(shown.noise(1400, 900))
    (item,) = deposit_items([Deposit(museum, [File("图.jpg", picture, media_type="image/jpeg")])])
    staff = Client()
    staff.force_login(keeper)
    context = browser.new_context(base_url=edge.url, locale="zh-CN", viewport={"width": 1280, "height": 900})
    context.add_cookies([{"name": "sessionid", "value": staff.cookies["sessionid"].value, "url": edge.url}])
    tab = context.new_page()
    tab.set_default_timeout(25_000)
    answers: list[int] = []
    tab.on("response", lambda answer: answers.append(answer.status) if "/iiif/" in answer.url else None)
    try:
        tab.goto(reverse("haihe_archive_item", args=[item.pk]))
        with tab.expect_response(lambda answer: answer.url.endswith("/info.json")):
            tab.locator("a[data-zoom]").click()
        tab.wait_for_selector("dialog.zoom[open] canvas")
        tab.get_by_role("button", name="放大").click()
        tab.wait_for_load_state("networkidle")
        assert len(answers) > 2
        assert set(answers) == {200}
    finally:
        context.close()
        edge.stop()
