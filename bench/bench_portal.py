"""The portal in Chromium: weight to first look, layout shift, requests elsewhere, largest paint and interaction on
10 Mbit/s, 40 ms and a processor slowed four times; home and story, phone and laptop. BENCH_LOADS sets how often (5).

The demonstration city is baked in a home of its own and served by the real edge on loopback. Text is drawn once with a
Han face that the machine has (as every phone and desktop system of the last ten years does), once with none, where the
page brings the signs of its first look. What counts there as painted is when these signs stand in it.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent))

from city_servers import edge_and_django, get
from figures import Figure
from ground import chromium
from haihe.base.web import fonts

LOADS = int(os.environ.get("BENCH_LOADS", "5"))
SCREENS = {"phone": (390, 844), "laptop": (1366, 900)}
KILOBYTES = {"home": 250.0, "story": 150.0}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
WATCH = """
window.seen = {shift: 0, paint: 0, slowest: 0};
const watch = (type, take, more = {}) => new PerformanceObserver(list => list.getEntries().forEach(take))
  .observe({type, buffered: true, ...more});
watch('layout-shift', entry => { if (!entry.hadRecentInput) seen.shift += entry.value; });
watch('largest-contentful-paint', entry => { seen.paint = entry.startTime; });
watch('event', entry => { if (entry.interactionId) seen.slowest = Math.max(seen.slowest, entry.duration); },
  {durationThreshold: 16});
"""
SIGNS = """Math.max(0, ...performance.getEntriesByType('resource')
  .filter(one => one.name.includes('/face/')).map(one => one.responseEnd))"""
BELOW = """height => {
  const from = (below) => new Set([...document.querySelectorAll('img, video[poster]')]
    .filter(one => below === (one.getBoundingClientRect().top >= height))
    .map(one => one.poster || one.currentSrc).filter(Boolean));
  const above = from(false);
  return [...from(true)].filter(one => !above.has(one));
}"""


@dataclass
class Load:
    """One visit. kilobytes: as they came over the wire, without pictures below the first screen; times in ms."""

    kilobytes: float
    shift: float
    elsewhere: int
    paint: float
    interaction: float


def run() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="haihe-bench-") as home:
        environ = {**os.environ, "HAIHE_HOME": home, "HAIHE_PUBLIC_URL": "http://127.0.0.1"}
        for command in (["prepare"], ["bake"]):
            subprocess.run(
                [sys.executable, "-m", "haihe", *command], env=environ, check=True, stdout=subprocess.DEVNULL
            )
        with edge_and_django(Path(home)) as urls:
            feed = json.loads(get(urls["edge"] + "/feed.json")[1])
            paths = [urlsplit(one["url"]).path for one in feed["items"]]
            story = next(path for path in paths if path.startswith("/story/"))  # a tour may stand before it
            pages = {"home": urls["edge"] + "/", "story": urls["edge"] + story}
            return [figure for has_face in (True, False) for figure in _figures(pages, has_face, Path(home))]


def _figures(pages: dict[str, str], has_face: bool, home: Path) -> Iterator[Figure]:
    with _browser(has_face, home) as browser:
        for name, address in pages.items():
            for screen, size in SCREENS.items():
                loads = [_visit(browser, address, size) for _ in range(LOADS)]
                yield from _of(f"{name}, {screen}", KILOBYTES[name], loads, has_face)


def _of(name: str, most: float, loads: list[Load], has_face: bool) -> Iterator[Figure]:
    def middle(part: str) -> float:
        return statistics.median(getattr(load, part) for load in loads)

    note = "" if has_face else "a machine without any Han face: the page brings the signs"
    name = name if has_face else f"{name}, no face"
    yield Figure(f"{name}: weight to first look", middle("kilobytes"), "kB", bar=f"value <= {most:.0f}", note=note)
    yield Figure(f"{name}: layout shift", max(load.shift for load in loads), "", bar="value <= 0", note=note)
    yield Figure(f"{name}: requests elsewhere", max(load.elsewhere for load in loads), "", bar="value <= 0")
    yield Figure(f"{name}: largest paint", middle("paint"), "ms", bar="value <= 1200", note=note)
    yield Figure(f"{name}: slowest interaction", middle("interaction"), "ms", bar="value <= 100", note=note)


def _visit(browser: Any, address: str, size: tuple[int, int]) -> Load:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    context.add_init_script(WATCH)
    tab = context.new_page()
    session = context.new_cdp_session(tab)
    sizes: dict[str, float] = {}
    addresses: dict[str, str] = {}
    session.on("Network.requestWillBeSent", lambda told: addresses.update({told["requestId"]: told["request"]["url"]}))
    session.on("Network.loadingFinished", lambda told: sizes.update({told["requestId"]: told["encodedDataLength"]}))
    session.send("Network.enable")
    throughput = 10_000_000 / 8
    session.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 40, "downloadThroughput": throughput, "uploadThroughput": throughput},
    )
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    tab.goto(address, wait_until="load")
    tab.wait_for_timeout(1500)
    below = set(tab.evaluate(BELOW, size[1]))
    # before anything is touched: opening a panel is no shift of the load, and what comes for it is no first look
    seen = tab.evaluate("({...seen})")
    seen["paint"] = max(seen["paint"], tab.evaluate(SIGNS))
    counted = [amount for request, amount in sizes.items() if addresses.get(request) not in below]
    tab.locator("[data-display-large]").click()
    tab.locator("[data-display-panel] summary").click()
    tab.keyboard.press("Escape")
    tab.wait_for_timeout(500)
    slowest = tab.evaluate("seen.slowest")
    context.close()
    hosts = {urlsplit(one).netloc for one in addresses.values() if urlsplit(one).scheme in ("http", "https")}
    elsewhere = len(hosts - {urlsplit(address).netloc})
    return Load(sum(counted) / 1000, seen["shift"], elsewhere, seen["paint"], slowest)


def _without_han(home: Path) -> dict[str, str]:
    config = home / "no-han.conf"
    config.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>/usr/share/fonts/truetype/dejavu'
        f"</dir><cachedir>{home / 'no-han-cache'}</cachedir></fontconfig>"
    )
    return {"FONTCONFIG_FILE": str(config)}


@contextmanager
def _browser(has_face: bool, home: Path) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    environ = {**os.environ, **(fonts.for_browser(home) if has_face else _without_han(home))}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=FLAGS, env=environ)
        yield browser
        browser.close()


if __name__ == "__main__":
    for figure in run():
        print(figure)
