"""Islands are small, and come only where a page has a use for them."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable

import pytest

from haihe.base.web.assets import BUILT, asset_url
from haihe.portal.tests.conftest import SmallCity
from haihe.releases.models import Publication

ON_EVERY_PAGE = {"early.js", "islands.js"}
VIEWERS = {"compare", "deposit"}  # may be heavier: two pictures zoomed into; Uppy, where staff deposit
MOST = 30_000  # bytes, gzipped, with everything that an island imports
ALL_VIEWERS = 700_000  # bytes, gzipped: ECharts, MapLibre with its worker, and PMTiles together


def _entries() -> dict[str, dict[str, object]]:
    manifest = json.loads((BUILT / "manifest.json").read_text(encoding="utf-8"))
    return {key: entry for key, entry in manifest.items() if entry["file"].endswith(".js")}


def _weight(key: str) -> int:
    entries = _entries()
    wanted, seen = [key], set()
    while wanted:
        one = wanted.pop()
        if one not in seen:
            seen.add(one)
            wanted += entries[one].get("imports", [])  # type: ignore[arg-type]
    return sum(len(gzip.compress((BUILT / str(entries[one]["file"])).read_bytes(), 9)) for one in seen)


def test_every_island_is_small() -> None:
    weights = {entry["name"]: _weight(key) for key, entry in _entries().items() if entry.get("isEntry")}
    assert "islands" in weights
    assert {name: weight for name, weight in weights.items() if weight > MOST and name not in VIEWERS} == {}


def test_charts_and_map_together_weigh_no_more_than_a_wall_may_load() -> None:
    manifest = json.loads((BUILT / "manifest.json").read_text(encoding="utf-8"))
    files: set[str] = set()
    seen: set[str] = set()
    wanted = [f"src/islands/{name}.ts" for name in ("islands", "charts", "map", "wall")]
    while wanted:
        key = wanted.pop()
        if key not in seen:
            seen.add(key)
            entry = manifest[key]
            files |= {one for one in (entry["file"], *entry.get("assets", [])) if one.endswith((".js", ".mjs"))}
            wanted += [*entry.get("imports", []), *entry.get("dynamicImports", [])]
    assert {"src/islands/charting.ts", "src/islands/citymap.ts"} <= seen
    assert any("worker" in one for one in files)
    weight = sum(len(gzip.compress((BUILT / one).read_bytes(), 9)) for one in files)
    assert weight <= ALL_VIEWERS, f"{weight} bytes"


@pytest.mark.django_db
def test_pages_load_only_the_islands_they_use(
    small_city: SmallCity, live_story: Publication, page: Callable[[str], str]
) -> None:
    names = {
        asset_url(f"{entry['name']}.js"): f"{entry['name']}.js" for entry in _entries().values() if entry.get("isEntry")
    }
    loaded = {
        name: {names[src] for src in re.findall(r'<script[^>]* src="([^"]+)"', page(path))} - ON_EVERY_PAGE
        for name, path in {**small_city.paths, "live story": live_story.path}.items()
    }
    stories = ("story", "English story", "hostile story", "long story", "corrected story")
    expected = {**{name: {"story.js"} for name in stories}, "live story": {"story.js", "live.js"}}
    expected |= {"reading list": {"saved.js"}, "wall": {"wall.js"}, "map": {"map.js"}, "place": {"map.js"}}
    assert loaded == {name: expected.get(name, set()) for name in loaded}
