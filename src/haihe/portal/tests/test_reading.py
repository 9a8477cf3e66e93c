"""What a screen reader says of home and of a story, kept as text; keyboard, 400%, offline reading and the wall."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from haihe.portal.tests.conftest import SmallCity, build_live_story, build_small_city

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

KEPT = Path(__file__).parent / "transcripts"
SILENT = {"none", "generic", "InlineTextBox", "LineBreak", "RootWebArea", "ListMarker", "LayoutTableCell"}
ANNOUNCED = {
    "banner", "navigation", "main", "contentinfo", "complementary", "search", "region", "article", "list", "figure",
    "table", "form", "status", "group", "blockquote", "Section",
}  # fmt: skip


@pytest.fixture
def city_in_reach(live_server: Any, settings: Any) -> tuple[SmallCity, str]:
    settings.WAGTAILADMIN_BASE_URL = live_server.url
    return build_small_city(), live_server.url


def transcript(tab: Any) -> str:
    """The page in the order and the words of Chromium's accessibility tree, as a reader says it: role, level, name,
    state; one line each."""
    nodes = tab.context.new_cdp_session(tab).send("Accessibility.getFullAXTree")["nodes"]
    by_id = {node["nodeId"]: node for node in nodes}
    lines: list[str] = []

    def say(node: dict[str, Any], depth: int, within: str) -> None:
        role = node.get("role", {}).get("value", "none")
        name = " ".join(node.get("name", {}).get("value", "").split())
        said = not node.get("ignored") and role not in SILENT
        if said and role == "StaticText":
            said = name not in within
            role = "text"
        if said and (name or role in ANNOUNCED):
            lines.append("  " * depth + " ".join(filter(None, [role, _level(node), name, *_states(node)])))
            depth += 1
        for child in node.get("childIds", []):
            if child in by_id:
                say(by_id[child], depth, name if said else within)

    say(nodes[0], 0, "")
    return "\n".join(lines) + "\n"


def _level(node: dict[str, Any]) -> str:
    return "".join(str(one["value"]["value"]) for one in node.get("properties", []) if one["name"] == "level")


def _states(node: dict[str, Any]) -> list[str]:
    told = {one["name"]: one["value"].get("value") for one in node.get("properties", [])}
    states = [f"[{name}]" for name in ("disabled", "expanded", "pressed") if str(told.get(name)).lower() == "true"]
    return [*states, "[collapsed]"] if told.get("expanded") is False else states


@pytest.mark.parametrize("name", ["home", "story"])
def test_screen_reader_says_what_is_kept(browser: Any, city_in_reach: tuple[SmallCity, str], name: str) -> None:
    """After a change that is meant, delete the kept file and run this once: it is written anew, and read by you."""
    city, address = city_in_reach
    context = browser.new_context(viewport={"width": 1366, "height": 900})
    tab = context.new_page()
    tab.goto(address + city.paths[name], wait_until="networkidle")
    said = transcript(tab)
    context.close()
    # what differs from run to run: moments, fingerprints and numbers of Releases
    said = re.sub(r"(\d+年\d+月\d+日) \d\d:\d\d", r"\1 (time)", said)
    said = re.sub(r"\b[0-9a-f]{64}\b", "(fingerprint)", said)
    said = re.sub(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "(number)", said)

    file = KEPT / f"{name}.txt"
    if not file.exists():
        KEPT.mkdir(exist_ok=True)
        file.write_text(said, encoding="utf-8")
        pytest.fail(f"{file} was written anew: read it, then keep it")
    assert said == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("which", ["daily", pytest.param("others", marks=pytest.mark.full)])
def test_every_page_is_reached_whole_by_keyboard_alone(
    browser: Any, city_in_reach: tuple[SmallCity, str], which: str
) -> None:
    """Every link, button and field that can be seen is met by Tab, once round, in the order of the page."""
    city, address = city_in_reach
    context = browser.new_context(viewport={"width": 1366, "height": 900})
    tab = context.new_page()
    missed: dict[str, list[str]] = {}
    paths = {**city.paths, "live story": build_live_story().path, "developers": "/developers/"}
    daily = {"home", "story", "search", "map", "month", "reading list", "wall"}
    for name, path in paths.items():
        if (name in daily) != (which == "daily"):
            continue
        tab.goto(address + path)  # islands are modules: they ran before the page is called loaded
        tab.evaluate(
            """() => {
                const wanted = 'a[href], button, summary, input:not([type=hidden]), select, textarea, [tabindex="0"]';
                window.left = new Set([...document.querySelectorAll(wanted)].filter(one =>
                    one.checkVisibility({visibilityProperty: true}) && !one.disabled
                    && !one.closest('details:not([open]) > :not(summary)')));
                document.addEventListener('focusin', event => left.delete(event.target));
            }"""
        )
        for _ in range(tab.evaluate("left.size") + 12):
            tab.keyboard.press("Tab")
        left = tab.evaluate("[...left].map(one => one.outerHTML.slice(0, 90))")
        if left:
            missed[name] = left
    context.close()

    assert missed == {}


def test_saved_story_opens_without_a_network_and_others_say_so(
    browser: Any, city_in_reach: tuple[SmallCity, str]
) -> None:
    city, address = city_in_reach
    address = address.replace("127.0.0.1", "localhost")  # service workers want a secure origin; localhost is one
    context = browser.new_context()
    tab = context.new_page()
    tab.goto(address + city.full.path, wait_until="networkidle")
    tab.locator("[data-keep]").click()
    tab.locator("[data-keep][aria-pressed=true]").wait_for()
    tab.evaluate("navigator.serviceWorker.ready.then(() => true)")
    tab.reload(wait_until="networkidle")
    context.set_offline(True)
    tab.goto(address + city.full.path)
    kept = tab.locator("h1").inner_text()
    tab.goto(address + city.corrected.path)
    instead = tab.locator("h1").inner_text()
    listed = tab.locator("[data-reading-list] a").all_inner_texts()
    tab.locator("[data-reading-list] button").click()
    tab.locator("[data-reading-empty]").wait_for(state="visible")
    context.set_offline(False)
    cookies = context.cookies()
    context.close()

    assert (kept, instead, listed, cookies) == ("三岔河口的清晨", "阅读清单", ["三岔河口的清晨"], [])


def test_wall_turns_by_arrow_keys_and_shows_one_story_at_a_time(
    browser: Any, city_in_reach: tuple[SmallCity, str]
) -> None:
    city, address = city_in_reach
    from haihe.portal.tests import factory

    factory.story("第二幅", lead_picture=factory.picture())
    context = browser.new_context(viewport={"width": 2560, "height": 1440})
    tab = context.new_page()
    tab.goto(address + "/wall/", wait_until="networkidle")
    shown = (
        "[...document.querySelectorAll('.wall__story')].filter(one => one.checkVisibility())"
        ".map(one => one.querySelector('h2').innerText)"
    )
    first = tab.evaluate(shown)
    tab.keyboard.press("ArrowRight")
    second = tab.evaluate(shown)
    tab.keyboard.press("ArrowLeft")
    back = tab.evaluate(shown)
    tab.keyboard.press(" ")
    held = tab.locator("[data-wall-hold]").get_attribute("aria-pressed")
    scrolls = tab.evaluate("document.documentElement.scrollHeight > innerHeight + 1")
    context.close()

    assert (first, second, back) == (["第二幅"], [city.full.title], ["第二幅"])
    assert (held, scrolls) == ("true", False)


def test_gallery_opens_turns_by_keys_and_gives_the_focus_back(
    browser: Any, city_in_reach: tuple[SmallCity, str]
) -> None:
    city, address = city_in_reach
    context = browser.new_context()
    tab = context.new_page()
    tab.goto(address + city.full.path, wait_until="networkidle")
    tab.locator(".gallery__open").first.click()
    at = [tab.locator(".viewer__count").inner_text()]
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft"):
        tab.keyboard.press(key)
        at.append(tab.locator(".viewer__count").inner_text())
    tab.keyboard.press("Escape")
    tab.locator(".viewer").wait_for(state="detached")
    focused = tab.evaluate("document.activeElement.className")
    context.close()

    assert (at, focused) == (["1 / 3", "2 / 3", "3 / 3", "1 / 3", "3 / 3"], "gallery__open")


def test_new_entries_of_a_live_story_come_by_themselves(browser: Any, city_in_reach: tuple[SmallCity, str]) -> None:
    import datetime as dt

    from django.utils import timezone

    from haihe.portal.tests import factory

    _city, address = city_in_reach
    now = timezone.now()

    def entry(minutes: int, words: str) -> dict[str, str]:
        at = now - dt.timedelta(minutes=minutes)
        return {"type": "entry", "at": at.isoformat(timespec="seconds"), "title": "", "html": f"<p>{words}</p>"}

    live = factory.story("正在发生", body=[entry(5, "一")])
    context = browser.new_context()
    tab = context.new_page()
    tab.clock.install()
    tab.goto(address + live.path, wait_until="networkidle")
    factory.correct(live, "", body=[entry(5, "一"), entry(1, "二")])
    tab.clock.run_for(46_000)
    tab.locator(".live__entry >> text=二").wait_for()
    said = tab.locator("[data-live-news]").inner_text()
    order = tab.locator(".live__entry p").all_inner_texts()
    context.close()

    assert (said, order) == ("新增 1 条", ["二", "一"])
