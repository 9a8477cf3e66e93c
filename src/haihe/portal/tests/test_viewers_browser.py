"""The map that moves and the film that plays, in a real browser through a real edge: nobody else is asked."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from django.core.management import call_command

from haihe.archive.tests import shown
from haihe.base.edge.tests.conftest import RunningEdge
from haihe.portal.demo import basemap
from haihe.portal.domain.tiles import draw
from haihe.portal.tests import factory
from haihe.portal.tests.conftest import build_small_city, film_block
from haihe.releases.models import Citation

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
STATIC = Path(__file__).resolve().parents[2] / "base" / "web" / "static"


@pytest.fixture
def edge(tmp_path: Path, live_server: Any, settings: Any, monkeypatch: Any) -> Iterator[RunningEdge]:
    settings.HOME, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    settings.HAIHE_BAKED_ROOT = tmp_path / "baked"
    more = ("--static", str(STATIC), "--media", str(settings.MEDIA_ROOT))
    running = shown.start_edge(tmp_path, live_server, settings, monkeypatch, *more)
    yield running
    running.stop()


def opened(browser: Any, path: str, *, script: bool = True, theme: str = "light") -> tuple[Any, list[tuple[int, str]]]:
    context = browser.new_context(java_script_enabled=script, viewport={"width": 1280, "height": 900})
    context.add_init_script(f"localStorage.setItem('haihe.theme', {theme!r})")
    tab = context.new_page()
    tab.set_default_timeout(120_000)
    answers: list[tuple[int, str]] = []
    tab.on("response", lambda answer: answers.append((answer.status, answer.url)))
    tab.goto(path)
    return tab, answers


@pytest.mark.parametrize("theme", ["light", pytest.param("contrast", marks=pytest.mark.full)])
def test_map_opens_over_tiles_read_by_ranges_from_here_alone(
    browser: Any, edge: RunningEdge, tmp_path: Path, theme: str
) -> None:
    build_small_city()
    draw(basemap.features(), tmp_path / "m.pmtiles", zooms=(8, 12))
    call_command("map", "use", str(tmp_path / "m.pmtiles"), attribution="海河测绘")
    tab, answers = opened(browser, f"{edge.url}/map/", theme=theme)
    height = tab.locator(".citymap").bounding_box()["height"]
    tab.wait_for_selector(".citymap.is-moving canvas")
    tab.wait_for_load_state("networkidle")
    assert {status for status, url in answers if url.endswith(".pmtiles")} == {206}
    assert {url for _status, url in answers if not url.startswith((edge.url, "data:", "blob:"))} == set()
    assert tab.locator(".citymap").bounding_box()["height"] == height  # nothing shifts
    assert tab.locator(".citymap__corner").inner_text() == "海河测绘"
    canvas = tab.locator(".citymap canvas")
    assert canvas.get_attribute("aria-label") == "城市地图"
    canvas.focus()
    tab.keyboard.press("+")
    tab.locator(".citymap__button").nth(2).click()
    tab.context.close()


def test_place_in_the_map_leads_to_its_page(browser: Any, edge: RunningEdge) -> None:
    build_small_city()  # one place with coordinates: it stands in the middle
    tab, _answers = opened(browser, f"{edge.url}/map/")
    tab.wait_for_selector(".citymap.is-moving canvas")
    box = tab.locator(".citymap__stage").bounding_box()
    # FIT leaves 40 px at the left and 110 at the right
    tab.mouse.click(box["x"] + (box["width"] - 70) / 2, box["y"] + box["height"] / 2)
    link = tab.locator(".citymap__card a")
    assert (link.inner_text(), link.get_attribute("href")) == ("三岔河口", "/place/sancha/")
    tab.context.close()


def test_drawing_stays_without_javascript_and_where_no_map_can_be_drawn(browser: Any, edge: RunningEdge) -> None:
    build_small_city()
    tab, _answers = opened(browser, f"{edge.url}/map/", script=False)
    assert tab.locator(".drawing__place").first.is_visible()
    tab.context.close()
    context = browser.new_context()
    context.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    tab = context.new_page()
    tab.set_default_timeout(120_000)
    tab.goto(f"{edge.url}/map/")
    tab.wait_for_load_state("networkidle")
    assert tab.locator(".drawing__place").first.is_visible()
    assert tab.locator(".citymap__stage").count() == 0
    context.close()


def until(tab: Any, said: str, seconds: float = 60) -> None:
    """Wait until an expression is true; the page's own policy forbids the way in which playwright would ask."""
    ends = time.monotonic() + seconds
    while not tab.evaluate(said):
        assert time.monotonic() < ends, said
        tab.wait_for_timeout(100)


def film(folder: Path) -> bytes:
    """Two seconds of VP8: a light that moves over the water."""
    path = folder / "film.webm"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"VP80"), 12, (320, 180))  # type: ignore[attr-defined]
    for number in range(24):
        frame = np.full((180, 320, 3), 40, np.uint8)
        frame[60:120, number * 10 : number * 10 + 60] = (80, 200, 255)
        writer.write(frame)
    writer.release()
    return path.read_bytes()


def test_film_shows_its_poster_without_scripts(browser: Any, edge: RunningEdge) -> None:
    tab, answers = opened(browser, edge.url + factory.story(body=[film_block()]).path, script=False)
    tab.wait_for_load_state("networkidle")
    poster = factory.picture()["renditions"][0]["src"]  # of nothing else in this story
    assert [status for status, url in answers if url == edge.url + poster] == [200]
    tab.context.close()


def test_film_plays_with_captions_and_costs_nothing_before(browser: Any, edge: RunningEdge, tmp_path: Path) -> None:
    centre = factory.organisation()
    video = shown.kept(film(tmp_path), centre, None)
    captions = shown.kept("WEBVTT\n\n00:00.000 --> 00:02.000\n灯过桥了。\n".encode(), centre, None)
    told = [{"master": str(captions.pk), "language": "zh-hans"}]
    story = factory.story(body=[film_block(str(video.pk), captions=told)])
    for master in (video, captions):
        Citation.objects.create(release=story.current, master=master, role="video")
    tab, answers = opened(browser, edge.url + story.path)
    tab.wait_for_load_state("networkidle")
    assert [url for _status, url in answers if "/film/" in url and url.endswith(".webm")] == []
    tab.evaluate("document.querySelector('video').muted = true")
    tab.evaluate("document.querySelector('video').play()")
    until(tab, "document.querySelector('video').currentTime > 0.3")
    until(tab, "(document.querySelector('video').textTracks[0].activeCues || [])[0]?.text === '灯过桥了。'")
    assert tab.evaluate("document.querySelector('video').videoWidth") == 320
    assert {status for status, url in answers if url.endswith(".webm")} <= {200, 206}
    assert {url for _status, url in answers if not url.startswith((edge.url, "data:", "blob:"))} == set()
    tab.context.close()
