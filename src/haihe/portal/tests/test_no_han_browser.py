"""A machine without any Han face, in a real browser: the page brings its signs, and nothing moves when they come."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from ground import chromium
from haihe.portal.tests.conftest import build_small_city

MOVES = """window.moved = 0;
new PerformanceObserver(list => list.getEntries().forEach(one => { moved += one.value; }))
  .observe({type: 'layout-shift', buffered: true});"""
BROUGHT = "[...document.fonts].some(one => one.family.includes('Haihe First') && one.status === 'loaded')"
EMPTY = """() => { // visible Han text of the first look whose face draws nothing
  const signs = [...document.querySelectorAll('h1, h2, h3, p, a')].filter(one => {
    const box = one.getBoundingClientRect();
    return box.width > 1 && box.top < innerHeight && box.bottom > 0 && !one.children.length;
  }).flatMap(one => [...one.textContent.matchAll(/[\\u4e00-\\u9fff]/g)].map(found => found[0]));
  const has = sign => [...document.fonts].some(one => one.family.includes('Haihe First') && one.status === 'loaded'
    && one.unicodeRange.toLowerCase().split(/, ?/).includes('u+' + sign.codePointAt(0).toString(16)));
  return [signs.length, signs.filter(sign => !has(sign))];
}"""


@pytest.fixture
def bare(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """A browser of its own that finds one font, of Latin letters alone."""
    config = tmp_path / "fonts.conf"
    config.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"<dir>/usr/share/fonts/truetype/dejavu</dir><cachedir>{tmp_path / 'cache'}</cachedir></fontconfig>"
    )
    running = browser.browser_type.launch(
        executable_path=chromium.find(), args=["--no-sandbox", "--disable-gpu"], env={"FONTCONFIG_FILE": str(config)}
    )
    yield running
    running.close()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_signs_come_and_nothing_moves(bare: Any, live_server: Any, settings: Any) -> None:
    settings.WAGTAILADMIN_BASE_URL = live_server.url
    city = build_small_city()
    tab = bare.new_page(viewport={"width": 390, "height": 844}, bypass_csp=True)  # only the test asks by strings
    tab.add_init_script(MOVES)
    for path in ("/", city.full.path):
        tab.goto(live_server.url + path)
        tab.wait_for_function(BROUGHT)
        count, empty = tab.evaluate(EMPTY)
        assert (count > 5, empty) == (True, [])
        tab.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))")
        assert tab.evaluate("moved") == 0


@pytest.mark.django_db
def test_signs_are_served_and_nothing_else(client: Client) -> None:
    answer = client.get(f"/face/sans.woff2?signs={quote('海河')}")
    assert (answer.status_code, answer["Content-Type"], answer.content[:4]) == (200, "font/woff2", b"wOF2")
    for wrong in ("sans.woff2", "comic.woff2?signs=x", f"sans.woff2?signs={quote('河' * 1201)}"):
        assert client.get(f"/face/{wrong}").status_code == 404
