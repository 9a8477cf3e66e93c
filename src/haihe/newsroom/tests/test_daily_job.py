"""The ten-minute job 十分钟 by keyboard alone: read in, choose, write, three reviews, out. The keys are counted, and
docs/board.md says the same number."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from haihe.archive.domain import segments
from haihe.newsroom.models import Manuscript
from haihe.newsroom.tests.test_threefold import Desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DOCUMENT = Path(__file__).resolve().parents[4] / "docs" / "board.md"
# By mail: forward, three keys of an address, to the body, send (8); then at each of six: open, answer, address, two
# keys of a note, send (10). That a mail client keeps no versions, signatures or order is not counted.
BY_MAIL = 8 + 6 * 10


class Keyboard:
    """Presses keys on a page and counts each: a chord of two is two."""

    def __init__(self) -> None:
        self.pressed = 0

    def press(self, page: Any, *keys: str, goes: bool = False) -> None:
        for at, key in enumerate(keys):
            self.pressed += key.count("+") + 1
            if goes and at == len(keys) - 1:
                with page.expect_navigation():
                    page.keyboard.press(key)
            else:
                page.keyboard.press(key)


def page_of(browser: Any, live_server: Any, person: Any) -> Any:
    client = Client()
    client.force_login(person)
    context = browser.new_context(viewport={"width": 1366, "height": 800}, locale="zh-CN")
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    context.add_cookies([cookie])
    page = context.new_page()
    page.goto(f"{live_server.url}/admin/")
    return page


@pytest.mark.full
def test_daily_job_takes_fewer_keys_than_by_mail(
    browser: Any, live_server: Any, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.HOME = tmp_path
    monkeypatch.setattr(segments, "_writer", None)
    desk, keys = Desk(), Keyboard()
    desk.item()
    reporter = page_of(browser, live_server, desk.person("reporter"))
    keys.press(reporter, "g", goes=True)
    keys.press(reporter, "i", goes=True)
    keys.press(reporter, "e", goes=True)
    assert Manuscript.objects.get().title == "海河两岸灯光秀 & 市民"
    keys.press(reporter, "Control+Enter", goes=True)
    reporter.context.close()
    for who in ("e", "p", "h", "e", "c", "c"):
        page = page_of(browser, live_server, desk.people[who])
        keys.press(page, "g", goes=True)
        keys.press(page, "3", "Enter", goes=True)
        keys.press(page, "Control+Enter", goes=True)
        page.context.close()
    assert Manuscript.objects.get().live
    assert keys.pressed < BY_MAIL
    told = re.search(r"(\d+) keys, by mail (\d+)", DOCUMENT.read_text(encoding="utf-8"))
    assert told is not None
    assert (int(told[1]), int(told[2])) == (keys.pressed, BY_MAIL)
