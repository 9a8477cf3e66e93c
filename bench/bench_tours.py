# ruff: noqa: E501  (scripts of pages)
"""The first view of a tour on a slow line, beside Pannellum and Photo Sphere Viewer on the same tiles, and 200 changes of
scene. Chromium with WebGL in software, a phone's window, 1.6 Mbit/s and 150 ms, no cache; a browser of its own for each
measurement, rounds interleaved, medians.

Seen: when our page's picture of the first view was on the screen (Element Timing); it is what WebGL draws first, too. Of the
others, and of ours as "drawn": the first draw call with a texture, some frames before anything of it is on the screen.
Bytes: all that had been asked for until then, ours and theirs, to its end, whether it had come or not, as the browser counts
it (headers included).
BENCH_HOME names a home whose demonstration tours are drawn (`haihe prepare`, `haihe worker --once`). The two other viewers
come from the npm registry into a temporary folder; where they cannot, they are left out.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from city_servers import edge_and_django, get
from figures import Figure
from ground import chromium

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
CHANGES = int(os.environ.get("BENCH_CHANGES", "200"))
SEEN_BEFORE = 10  # rounds through the scenes
FRONT = Path(__file__).resolve().parent.parent / "frontend"
LINE = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 100_000}
PHONE = {"width": 412, "height": 823}
FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
WATCH = """(() => {
  const told = window.told = {textures: 0, live: 0, first: 0, last: 0, seen: 0};
  new PerformanceObserver((seen) => { told.seen = told.seen || seen.getEntries().find((one) => one.identifier === "first")?.renderTime || 0; }).observe({type: "element", buffered: true});
  for (const kind of [WebGLRenderingContext, WebGL2RenderingContext]) {
    const own = kind.prototype, {texImage2D, drawArrays, drawElements, createTexture, deleteTexture, texStorage2D, texSubImage2D} = own;
    const filled = (call) => function (...words) { told.textures += 1; told.last = performance.now(); return call.apply(this, words); };
    own.texImage2D = filled(texImage2D);
    if (texSubImage2D) own.texSubImage2D = filled(texSubImage2D);
    const drawn = (call) => function (...words) { if (told.textures && !told.first) told.first = performance.now(); return call.apply(this, words); };
    own.drawArrays = drawn(drawArrays);
    own.drawElements = drawn(drawElements);
    own.createTexture = function () { told.live += 1; return createTexture.call(this); };
    own.deleteTexture = function (one) { if (one) told.live -= 1; return deleteTexture.call(this, one); };
  }
})()"""
BYTES = """(until) => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .filter((one) => one.startTime <= until).reduce((sum, one) => sum + one.transferSize, 0)"""
PSV_ENTRY = """
import { Viewer } from "@photo-sphere-viewer/core";
import { CubemapTilesAdapter } from "@photo-sphere-viewer/cubemap-tiles-adapter";
import "@photo-sphere-viewer/core/index.css";
const base = "BASE", names = {left: "l", front: "f", right: "r", back: "b", top: "u", bottom: "d"};
new Viewer({container: "viewer", adapter: CubemapTilesAdapter, panorama: {
  faceSize: FACE, nbTiles: FACE / 512, flipTopBottom: true,
  baseUrl: Object.fromEntries(Object.entries(names).map(([name, letter]) => [name, `${base}1/${letter}0_0.jpg`])),
  tileUrl: (name, column, row) => `${base}LEVEL/${names[name]}${row}_${column}.jpg`}});
"""
COUNTED = "all that was asked for until it was seen, to its end; the peers' bytes until their first draw call"
BARE = '<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">{head}<style>html,body,#viewer{{margin:0;height:100%}}</style><div id="viewer"></div>{body}'


def run() -> list[Figure]:
    home = os.environ.get("BENCH_HOME")
    if not home:
        raise SystemExit("bench_tours needs BENCH_HOME, a home whose demonstration tours are drawn")
    with edge_and_django(Path(home)) as urls:
        tour = _a_tour(urls["edge"])
        told = json.loads(get(f"{urls['edge']}{tour}tour.json")[1])
        with peers(Path(home), told["scenes"][0]) as pages:
            return [*_first_views(urls["edge"], {"haihe": tour, **pages}), *_changes(urls["edge"] + tour)]


def _a_tour(edge: str) -> str:
    """The address of the tour with the most scenes."""
    page = get(f"{edge}/venues/")[1].decode()
    found = sorted({part.split('"')[0] for part in page.split('href="')[1:] if part.startswith("/tour/")})
    if not found:
        raise SystemExit("there is no tour in this home: haihe worker --once draws those of the demonstration")
    return found[0]


@contextmanager
def peers(home: Path, scene: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Pages of the other viewers on the same tiles, with gzip forms, below /static/ of the home."""
    folder = home / "static" / "bench-tours"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix="haihe-bench-") as scratch:
            pages = {}
            for name, make in (("pannellum", _pannellum), ("photo-sphere-viewer", _photo_sphere_viewer)):
                try:
                    make(Path(scratch), folder, scene)
                    pages[name] = f"/static/bench-tours/{name}.html"
                except (subprocess.CalledProcessError, OSError) as error:
                    print(f"{name} is left out: {error}", file=sys.stderr)
            for file in list(folder.iterdir()):
                if file.suffix in (".js", ".css", ".html"):
                    Path(f"{file}.gz").write_bytes(gzip.compress(file.read_bytes(), 9))
            yield pages
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _npm(scratch: Path, *packages: str) -> Path:
    command = ["npm", "install", "--no-audit", "--no-fund", "--silent", "--prefix", str(scratch), *packages]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return scratch / "node_modules"


def _pannellum(scratch: Path, folder: Path, scene: dict[str, Any]) -> None:
    built = _npm(scratch, "pannellum@2") / "pannellum" / "build"
    for name in ("pannellum.js", "pannellum.css"):
        shutil.copy(built / name, folder / name)
    levels = len(bin(scene["face"] // 256)) - 3
    config = {
        "type": "multires", "autoLoad": True, "multiRes": {
            "basePath": scene["base"].rstrip("/"), "path": "/%l/%s%y_%x", "fallbackPath": "/0/%s0_0", "extension": "jpg",
            "tileResolution": 512, "maxLevel": levels, "cubeResolution": scene["face"],
        },
    }  # fmt: skip
    (folder / "pannellum-start.js").write_text(f"pannellum.viewer('viewer', {json.dumps(config)});")
    head = '<link rel="stylesheet" href="pannellum.css"><script src="pannellum.js"></script>'
    (folder / "pannellum.html").write_text(BARE.format(head=head, body='<script src="pannellum-start.js"></script>'))


def _photo_sphere_viewer(scratch: Path, folder: Path, scene: dict[str, Any]) -> None:
    _npm(scratch, "@photo-sphere-viewer/core@5", "@photo-sphere-viewer/cubemap-tiles-adapter@5", "three")
    levels = len(bin(scene["face"] // 256)) - 3
    entry = PSV_ENTRY.replace("BASE", scene["base"]).replace("FACE", str(scene["face"])).replace("LEVEL", str(levels))
    (scratch / "entry.js").write_text(entry)
    (scratch / "vite.config.mjs").write_text(
        "export default {build: {outDir: 'out', cssCodeSplit: false, lib: {entry: 'entry.js', formats: ['es'], fileName: 'psv'}}}"
    )
    vite = FRONT / "node_modules" / ".bin" / "vite"
    subprocess.run([str(vite), "build"], cwd=scratch, check=True, capture_output=True, timeout=120)
    for number, file in enumerate(sorted((scratch / "out").iterdir())):
        shutil.copy(
            file, folder / ("psv.css" if file.suffix == ".css" else "psv.js" if "psv" in file.name else f"{number}")
        )
    head = '<link rel="stylesheet" href="psv.css">'
    (folder / "photo-sphere-viewer.html").write_text(
        BARE.format(head=head, body='<script type="module" src="psv.js"></script>')
    )


@contextmanager
def _tab(slow: bool) -> Iterator[tuple[Any, Any]]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=FLAGS)
        tab = browser.new_context(viewport=PHONE, bypass_csp=True).new_page()
        tab.add_init_script(WATCH)
        wire = tab.context.new_cdp_session(tab)
        if slow:
            wire.send("Network.enable")
            wire.send("Network.emulateNetworkConditions", LINE)
        yield tab, wire
        browser.close()


def _first_views(edge: str, pages: dict[str, str]) -> list[Figure]:
    seen: dict[str, list[dict[str, float]]] = {name: [] for name in pages}
    for _round in range(ROUNDS):
        for name, page in pages.items():
            seen[name].append(_first_view(edge + page, ours=name == "haihe"))
    middle = {
        name: {key: statistics.median(one[key] for one in runs) for key in runs[0]} for name, runs in seen.items()
    }
    ours = middle.pop("haihe")
    figures = [
        Figure("first view, bytes", ours["seen_bytes"] / 1000, "kB", "limit", 15, bar="value <= 15", note=COUNTED),
        Figure("first view seen", ours["seen"], "ms", "limit", 800, bar="value <= 800"),
        Figure("first view drawn by WebGL", ours["first"], "ms", "limit", 800),
        Figure("sharp view", ours["sharp"], "ms", "limit", 2000, bar="value <= 2000"),
        Figure("sharp view, bytes", ours["sharp_bytes"] / 1000, "kB", "limit", 350, bar="value <= 350"),
        Figure("next scene after prefetch", ours["next"], "ms", "limit", 400, bar="value <= 400"),
    ]
    for name, theirs in middle.items():
        figures += [
            Figure(f"first view seen beside {name}", ours["seen"], "ms", name, theirs["first"]),
            Figure(f"first view drawn beside {name}", ours["first"], "ms", name, theirs["first"]),
            Figure(
                f"first view beside {name}, bytes", ours["seen_bytes"] / 1000, "kB", name, theirs["first_bytes"] / 1000
            ),
            Figure(f"settled beside {name}", ours["sharp"], "ms", name, theirs["sharp"]),
        ]
    return figures


def _first_view(address: str, *, ours: bool) -> dict[str, float]:
    with _tab(slow=True) as (tab, _wire):
        tab.goto(address, wait_until="commit")
        tab.wait_for_function("window.told && told.first > 0", timeout=60_000)
        if ours:
            tab.wait_for_selector(".tour.is-sharp", timeout=60_000)
            sharp = tab.evaluate("performance.getEntriesByName('tour-sharp')[0].startTime")
        else:
            tab.wait_for_function("performance.now() - told.last > 2500", timeout=60_000)
            sharp = tab.evaluate("told.last")
        first = tab.evaluate("told.first")
        found = {"first": first, "first_bytes": tab.evaluate(BYTES, first), "sharp": sharp}
        seen = tab.evaluate("told.seen") if ours else 0.0
        if ours and not seen:
            raise RuntimeError("the browser did not tell when it showed the first view")
        found |= {"sharp_bytes": tab.evaluate(BYTES, sharp), "seen": seen, "seen_bytes": tab.evaluate(BYTES, seen)}
        return found | {"next": _next(tab) if ours else 0.0}


def _next(tab: Any) -> float:
    """Milliseconds from the press on a link to the next scene, sharp, once what is next was fetched ahead."""
    tab.wait_for_timeout(8000)
    took: float = tab.evaluate(
        """() => new Promise((done) => {
          const tour = document.querySelector(".tour"), begun = performance.now();
          performance.clearMarks("tour-sharp");
          const look = () => performance.getEntriesByName("tour-sharp").length ? done(performance.now() - begun) : requestAnimationFrame(look);
          document.querySelector(".pin--link").click();
          look();
        })"""
    )
    return took


def _changes(address: str) -> list[Figure]:
    """Textures and heap over the last round through all scenes, beside a round after the browser compiled what runs."""
    with _tab(slow=False) as (tab, wire):
        tab.goto(address)
        tab.wait_for_selector(".tour.is-sharp", timeout=60_000)
        scenes = [scene["id"] for scene in json.loads(get(f"{address}tour.json")[1])["scenes"]]
        warm = len(scenes) * SEEN_BEFORE
        rounds: dict[int, list[tuple[float, ...]]] = {warm: [], CHANGES: []}
        for turn in range(1, CHANGES + 1):
            tab.evaluate("(key) => { location.hash = 's-' + key; }", scenes[turn % len(scenes)])  # one script, not 200
            tab.wait_for_timeout(50)
            tab.wait_for_selector(".tour.is-sharp", timeout=60_000)
            for end, seen in rounds.items():
                if end - len(scenes) < turn <= end:
                    wire.send("HeapProfiler.collectGarbage")
                    wire.send("HeapProfiler.collectGarbage")  # what the first one let go of
                    heap = wire.send("Runtime.getHeapUsage")["usedSize"] / 1e6
                    seen.append((tab.evaluate("told.live"), heap, wire.send("Memory.getDOMCounters")["nodes"]))
    early, late = ([statistics.mean(kind) for kind in zip(*seen, strict=True)] for seen in rounds.values())
    peer = f"after {warm}"
    note = f"every scene was seen {SEEN_BEFORE} times before: what grows at first is compiled code"
    return [
        Figure(f"textures after {CHANGES} scenes", late[0], "", peer, early[0], bar="ratio <= 1.1"),
        Figure(f"heap after {CHANGES} scenes", late[1], "MB", peer, early[1], bar="ratio <= 1.1", note=note),
        Figure(f"nodes of the document after {CHANGES} scenes", late[2], "", peer, early[2]),
    ]


if __name__ == "__main__":
    for figure in run():
        print(figure)
