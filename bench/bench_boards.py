"""Boards in Chromium on a laptop: how soon the first chart stands, and whether a map of 50,000 places keeps up.

A city of its own runs under `haihe up`, with two years of figures and a laid map of places. The laptop: 1366 × 900 px,
10 Mbit/s, 40 ms, its processor as it is, nothing in its cache. A chart stands when it has been painted as it comes with
the page; it can be asked when the viewer has painted it anew. Panning is a mouse drawn over
the map for PANS strokes; a frame is what passes between two of the browser's own calls for one. The same strokes over
the map with its base alone say what this machine takes without any place. BENCH_LOADS sets how often (5).
"""

from __future__ import annotations

import json
import os
import random
import statistics
import sys
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from city_servers import measured_inside
from figures import Figure, percentile
from ground import chromium

LOADS = int(os.environ.get("BENCH_LOADS", "5"))
SIZE = {"width": 1366, "height": 900}
POINTS, PANS = 50_000, 12
FLAGS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--enable-unsafe-swiftshader"]  # a machine without a graphics card draws WebGL too
FIRST_CHART = """
const once = (what, told) => new MutationObserver((_all, watch) => {
  if (!document.querySelector(what)?.getBoundingClientRect().height) return;
  watch.disconnect();
  requestAnimationFrame(() => requestAnimationFrame(() => { window[told] = performance.now(); }));
}).observe(document, {subtree: true, childList: true});
once('[data-chart] :is(path, rect)', 'charted');
once('[data-chart] canvas', 'alive');
addEventListener('placemap', told => { window.opened = told.detail; }, true);
"""
FRAMES = """
window.frames_ = [];
window.last_ = performance.now();
const next = now => { frames_.push(now - last_); last_ = now; window.wanted_ = requestAnimationFrame(next); };
requestAnimationFrame(next);
"""


def run() -> list[Figure]:
    return measured_inside(__file__, up=True)


def inside() -> list[Figure]:
    import django

    django.setup()
    from playwright.sync_api import sync_playwright

    session = _city()
    address, asked = f"{os.environ['HAIHE_PUBLIC_URL']}/admin/tourism/", "?organisation=bureau"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=FLAGS)
        charts = f"{address}boards/lodging/{asked}"
        _first_chart(browser, charts, session)  # a cache of templates, as on any day but the first
        first = [_first_chart(browser, charts, session) for _ in range(LOADS)]
        with_places, alone = [], []
        for _ in range(LOADS):
            with_places.append(_panned(browser, address + asked, session, POINTS))
            alone.append(_panned(browser, address + asked, session, 1))
        browser.close()
    middle = [statistics.median(told) for told in zip(*first, strict=True)]
    frames = [one for load in with_places for one in load]
    peer = [one for load in alone for one in load]
    return [
        Figure(
            "boards: first chart", middle[1], "ms", "limit", 1000.0, bar="ratio <= 1",
            note=f"the page itself begins after {middle[0]:.0f} ms",
        ),
        Figure("boards: first chart that can be asked", middle[2], "ms"),
        Figure(
            f"boards: longest frame while panning {POINTS:,} places", max(frames), "ms", "limit", 50.0,
            bar="ratio <= 1", note=f"{sum(one > 50 for one in frames)} of {len(frames):,} frames over 50 ms",
        ),
        Figure(
            "boards: a frame while panning, p95", percentile(frames, 0.95), "ms", "one place, p95",
            percentile(peer, 0.95), note=f"one place: longest {max(peer):.0f} ms",
        ),
    ]  # fmt: skip


def _city() -> str:
    """Figures, a map and somebody who may look; returns the key of their session."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from haihe.city.domain.organisations import found
    from haihe.city.models import Person
    from haihe.tourism.domain import demonstration, loads
    from haihe.tourism.domain.boards import BOARDS
    from haihe.tourism.domain.indicators.indicator import indicators
    from haihe.tourism.domain.places import contract
    from haihe.tourism.models import Figure as Kept

    bureau = found("文旅局", slug="bureau")
    loads.stream_of(bureau, "visits")
    demonstration.lay_places(bureau, None)
    chance = random.Random(9)
    shown = [BOARDS["today"], BOARDS["lodging"]]
    names = {name for board in shown for name in board.headlines}
    names |= {name for board in shown for chart in board.charts for name in chart.indicators}
    rows = []
    for name in sorted(names):
        spots = contract("visits").column("spot").codes if "spot" in indicators()[name].daily_by else {}
        for back in range(730):
            day = date.today() - timedelta(days=back + 1)
            for by, key in (("", ""), *(("spot", code) for code in spots)):
                value = 60 * chance.lognormvariate(0, 0.3)
                told = {"indicator": name, "grain": "day", "period": day, "by": by, "key": key, "value": value}
                rows.append(Kept(organisation=bureau, **told))
    Kept.objects.bulk_create(rows, batch_size=2000)
    person = Person.objects.create_superuser("chief", "chief@bureau.example")
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(person.pk), settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def _tab(browser: Any, address: str, session: str) -> Any:
    context = browser.new_context(viewport=SIZE)
    context.add_init_script(FIRST_CHART)
    context.add_cookies([{"name": "sessionid", "value": session, "url": address}])
    tab = context.new_page()
    wire = context.new_cdp_session(tab)
    wire.send("Network.enable")
    rate = 10_000_000 / 8
    wire.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 40, "downloadThroughput": rate, "uploadThroughput": rate},
    )
    return tab


def _first_chart(browser: Any, address: str, session: str) -> tuple[float, float, float]:
    """Milliseconds from asking for a board until its HTML begins, its first chart is painted, and can be asked.

    A browser paints nothing before what it calls its first contentful paint, whatever scripts see before.
    """
    tab = _tab(browser, address, session)
    tab.goto(address)
    tab.wait_for_function("window.charted && window.alive", timeout=30_000)
    told = tab.evaluate(
        "[performance.getEntriesByType('navigation')[0].responseStart, "
        "Math.max(charted, performance.getEntriesByName('first-contentful-paint')[0].startTime), alive]"
    )
    tab.context.close()
    return float(told[0]), float(told[1]), float(told[2])


def _panned(browser: Any, address: str, session: str, count: int) -> list[float]:
    """Milliseconds of each frame while the map is drawn about."""
    tab = _tab(browser, address, session)
    tab.route("**/places.geojson*", lambda route: route.fulfill(body=_places(count), content_type="application/json"))
    tab.goto(address)
    tab.locator("[data-placemap]").scroll_into_view_if_needed()
    tab.wait_for_function("window.opened && window.opened.loaded()", timeout=60_000)
    tab.evaluate("window.opened.zoomIn({duration: 0})")
    tab.wait_for_function("window.opened.loaded() && !window.opened.isMoving()", timeout=60_000)
    box = tab.locator("[data-placemap] canvas.maplibregl-canvas").bounding_box()
    middle, half = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2), box["height"] / 4
    tab.evaluate(FRAMES)
    chance = random.Random(4)
    for _ in range(PANS):
        tab.mouse.move(*middle)
        tab.mouse.down()
        tab.mouse.move(middle[0] + chance.uniform(-half, half), middle[1] + chance.uniform(-half, half), steps=12)
        tab.mouse.up()
    frames = tab.evaluate("(cancelAnimationFrame(wanted_), frames_)")
    tab.context.close()
    return [float(one) for one in frames[1:]]


def _places(count: int) -> str:
    """Seeded places over the city, thicker towards its middle."""
    chance = random.Random(count)
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [chance.gauss(117.2, 0.05), chance.gauss(39.12, 0.04)]},
            "properties": {"name": f"{at}", "load": chance.uniform(0, 120), "shown": "", "visitors": ""},
        }
        for at in range(count)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


if __name__ == "__main__":
    if sys.argv[1:] == ["inside"]:
        print(json.dumps([asdict(one) for one in inside()]))
    else:
        for figure in run():
            print(figure)
