"""The page where staff deposit, in a real browser through a real edge: a folder, a pause, a server that restarts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from haihe.archive import read
from haihe.archive.models import Draft, Item
from haihe.archive.tests.lines import Line
from haihe.archive.tests.test_uploads import edge, keeper, museum  # noqa: F401  (fixtures)
from haihe.base.tasks import run_pending

pytestmark = [pytest.mark.browser, pytest.mark.full]
STATIC = Path(__file__).resolve().parents[1] / "static"
LARGE = 33_000_000  # bytes: two pieces


def test_a_folder_is_sent_held_taken_up_after_a_restart_and_kept(
    browser: Any,
    edge: Any,  # noqa: F811
    keeper: Any,  # noqa: F811
    tmp_path: Any,
) -> None:
    folder = tmp_path / "册页"
    (folder / "背面").mkdir(parents=True)
    files = {"册页/一.tif": os.urandom(LARGE), "册页/背面/二.txt": "二".encode(), "册页/背面/空": b""}
    for path, data in files.items():
        (tmp_path / path).write_bytes(data)
    staff = Client()
    staff.force_login(keeper)
    edge.kill()
    edge.more = ("--static", str(STATIC))
    edge.start()
    line = Line(edge.port, rate=3e6)
    url = f"http://127.0.0.1:{line.port}"
    context = browser.new_context(base_url=url, locale="zh-CN", viewport={"width": 1280, "height": 900})
    context.add_cookies([{"name": "sessionid", "value": staff.cookies["sessionid"].value, "url": url}])
    tab = context.new_page()
    tab.set_default_timeout(25_000)
    tab.goto(reverse("haihe_archive_deposit"))
    tab.locator("input[webkitdirectory]").set_input_files(folder)
    tab.wait_for_function("document.querySelector('[data-whole]').value > 0.3")
    hold = tab.locator("[data-hold]")
    hold.click()
    tab.locator("[data-files] li", has_text="一.tif").get_by_text("已暂停").wait_for()
    held = tab.evaluate("document.querySelector('[data-whole]').value")
    edge.kill()
    edge.start()
    tab.wait_for_timeout(700)
    assert tab.evaluate("document.querySelector('[data-whole]').value") == held < 1
    line.rate = 0
    hold.click()
    tab.get_by_text("全部到达").wait_for()
    run_pending()
    tab.locator("[data-status] a").wait_for()
    assert Draft.objects.get().state == "kept"
    assert {one.path: read(one) for one in Item.objects.get(kind="deposit").masters.all()} == files
    context.close()
    line.close()
