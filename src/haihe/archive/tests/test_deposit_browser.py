"""The page where staff deposit, in a real browser through a real edge: a dropped folder, a pause, a server that
restarts, a deposit that was broken off, and what the server refuses."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from haihe.archive import read
from haihe.archive.domain.items import Deposit, File, deposit_items
from haihe.archive.models import Draft, Item
from haihe.archive.tests.lines import Line
from haihe.archive.tests.test_uploads import edge, keeper, museum  # noqa: F401  (fixtures)
from haihe.base.tasks import run_pending
from haihe.base.web.headers import POLICY

pytestmark = [pytest.mark.browser, pytest.mark.full]
STATIC = Path(__file__).resolve().parents[2]
LARGE = 33_000_000  # bytes: three pieces
SEND = ".uppy-StatusBar-actionBtn--upload"
LISTENS = """addEventListener("securitypolicyviolation", (event) => {
  (window.against ??= []).push(`${event.effectiveDirective} ${event.sourceFile} ${event.blockedURI}`);
})"""


@pytest.fixture
def line(edge: Any) -> Iterator[Line]:  # noqa: F811
    """A slow line to the edge, which serves the files of the page, too."""
    edge.kill()
    edge.more = ("--static", str(STATIC / "archive/static"), "--static", str(STATIC / "base/web/static"))
    edge.start()
    between = Line(edge.port, rate=3e6)
    yield between
    between.close()


@pytest.fixture
def tab(browser: Any, line: Line, keeper: Any) -> Iterator[Any]:  # noqa: F811
    staff = Client()
    staff.force_login(keeper)
    url = f"http://127.0.0.1:{line.port}"
    context = browser.new_context(base_url=url, locale="zh-CN", viewport={"width": 1280, "height": 1000})
    context.add_cookies([{"name": "sessionid", "value": staff.cookies["sessionid"].value, "url": url}])
    context.add_init_script(LISTENS)
    tab = context.new_page()
    tab.set_default_timeout(25_000)
    tab.route(f"**{reverse('haihe_archive_deposit')}", _under_our_policy)
    tab.goto(reverse("haihe_archive_deposit"))
    tab.locator(".uppy-Dashboard-AddFiles").wait_for()
    yield tab
    context.close()


def _under_our_policy(route: Any) -> None:
    """The admin has no policy: its breaches are Wagtail's. Ours are told apart by the file they come from."""
    answer = route.fetch()
    route.fulfill(response=answer, headers={**answer.headers, "content-security-policy-report-only": POLICY})


def drop(tab: Any, *paths: Path) -> None:
    """As a person drops files of the machine: the browser reads them itself."""
    box = tab.locator(".uppy-Dashboard-AddFiles").bounding_box()
    machine = tab.context.new_cdp_session(tab)
    held = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    place = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    for kind in ("dragEnter", "dragOver", "drop"):
        machine.send("Input.dispatchDragEvent", {"type": kind, **place, "data": held})


def shown(tab: Any) -> float:
    """Percent of all bytes, as the bar has it."""
    return float(tab.locator(".uppy-StatusBar-progress").get_attribute("aria-valuenow"))


def test_a_dropped_folder_is_held_goes_on_after_a_restart_and_is_kept(
    tab: Any,
    line: Line,
    edge: Any,  # noqa: F811
    tmp_path: Any,
) -> None:
    folder = tmp_path / "册页"
    (folder / "背面").mkdir(parents=True)
    files = {"册页/一.tif": os.urandom(LARGE), "册页/背面/二.txt": "二".encode(), "册页/背面/空": b""}
    for path, data in files.items():
        (tmp_path / path).write_bytes(data)
    drop(tab, folder)
    tab.get_by_text("已选择 3 个文件").wait_for()
    tab.locator("[name=title]").fill("册页一种")
    tab.locator("[name=licence]").fill("CC BY 4.0")
    tab.locator(SEND).click()
    tab.wait_for_function("+document.querySelector('.uppy-StatusBar-progress').ariaValueNow > 30")
    tab.get_by_role("button", name="暂停", exact=True).click()
    tab.get_by_text("已暂停").first.wait_for()
    held = shown(tab)
    edge.kill()
    edge.start()
    tab.wait_for_timeout(700)
    assert shown(tab) == held < 100
    line.rate = 0
    tab.get_by_role("button", name="恢复", exact=True).click()
    tab.get_by_text("全部到达").first.wait_for()
    run_pending()
    tab.locator("[data-status] a").wait_for()
    assert Draft.objects.get().state == "kept"
    item = Item.objects.get(kind="deposit")
    assert item.title == "册页一种"
    assert {one.rights["licence"] for one in item.masters.all()} == {"CC BY 4.0"}
    assert {one.path: read(one) for one in item.masters.all()} == files
    assert [one for one in tab.evaluate("window.against ?? []") if "/built/" in one] == []


def test_a_deposit_is_taken_up_after_the_page_was_closed_and_says_what_is_wrong(
    tab: Any,
    line: Line,
    museum: Any,  # noqa: F811
    tmp_path: Any,
) -> None:
    (_known,) = deposit_items([Deposit(museum, [File("旧.txt", b"known")])])
    folder = tmp_path / "画"
    folder.mkdir()
    files = {"画/大.bin": os.urandom(LARGE), "画/旧.txt": b"known", "画/CON.txt": b"no", "画/多.txt": b"too much"}
    for path, data in files.items():
        (tmp_path / path).write_bytes(data)
    chosen = tab.locator(".uppy-Dashboard-input[webkitdirectory]")
    chosen.set_input_files(folder)
    taken_out = tab.locator(".uppy-Dashboard-Item", has_text="多.txt")
    tab.locator(SEND).click()
    tab.wait_for_function("+document.querySelector('.uppy-StatusBar-progress').ariaValueNow > 60")
    taken_out.get_by_role("button", name="删除文件").click()
    tab.reload()
    line.rate = 0
    tab.locator("[data-take-up]").click()
    chosen.set_input_files(folder)
    tab.locator(".uppy-Dashboard-Item", has_text="多.txt").get_by_role("button", name="删除文件").click()
    before = line.sent
    tab.locator(SEND).click()
    tab.get_by_text("全部到达").first.wait_for()
    assert line.sent - before < LARGE / 2
    run_pending()
    tab.locator("[data-status] a").wait_for()
    assert tab.locator(".archive__known li").all_inner_texts() == ["画/旧.txt: 相同内容已在库中"]
    item = Item.objects.get(kind="deposit", pk=Draft.objects.get().pk)
    del files["画/多.txt"]
    assert {one.path: read(one) for one in item.masters.all()} == files


def test_what_the_server_refuses_is_told_at_the_file_and_the_others_are_kept_once_it_is_taken_out(
    tab: Any, line: Line, tmp_path: Any
) -> None:
    line.rate = 0
    (tmp_path / "haihe").mkdir()
    (tmp_path / "haihe" / "坏.txt").write_bytes(b"bad")
    (tmp_path / "好.txt").write_bytes(b"good")
    tab.locator(".uppy-Dashboard-input[webkitdirectory]").set_input_files(tmp_path / "haihe")
    tab.get_by_role("button", name="添加更多文件").click()
    tab.locator(".uppy-Dashboard-input:not([webkitdirectory])").set_input_files(tmp_path / "好.txt")
    tab.locator(SEND).click()
    tab.locator("[data-status]", has_text="haihe/坏.txt: ").wait_for()
    tab.locator(".uppy-Dashboard-Item", has_text="坏.txt").get_by_role("button", name="删除文件").click()
    tab.get_by_text("全部到达").first.wait_for()
    run_pending()
    tab.locator("[data-status] a").wait_for()
    item = Item.objects.get(kind="deposit")
    assert {one.path: read(one) for one in item.masters.all()} == {"好.txt": b"good"}
