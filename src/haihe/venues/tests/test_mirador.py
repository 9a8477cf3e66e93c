"""A tour's IIIF manifest opened by somebody else's reader: Mirador 4, as its makers packed it, from the npm registry.

The package names sixty thousand files that its one script holds already; only that one is fetched, and only here.
"""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest

from haihe.base.edge.tests.conftest import RunningEdge
from haihe.city.testing import RelatedCity
from haihe.releases.domain import publish
from haihe.venues.models import Tour

MIRADOR = "mirador@4.0.0"
INTEGRITY = "uWsE9e2oqSc/lUu+vVwDGhTsycuhGsfZ2KfX6CLfXiT3wgGy6qT9+q5M3V9Zz72hkdIgsJugKesaowmRtYmvrA=="
PAGE = """<!doctype html><html lang="zh"><meta charset="utf-8"><title>Mirador</title>
<style>html, body, #reader {{ margin: 0; height: 100%; position: relative }}</style><div id="reader"></div>
<script src="/judge/mirador.js"></script>
<script>Mirador.viewer({{id: "reader", language: "zhCn", windows: [{{manifestId: "{manifest}"}}], window: {{
  sideBarOpen: true, defaultSideBarPanel: "annotations", panels: {{annotations: true, canvas: true, info: true}},
  highlightAllAnnotations: true, defaultView: "single"}}}});</script>"""

# the picture of each scene was asked for in parts or whole, and something is drawn
PAINTED = """(number) => {
  const names = performance.getEntriesByType("resource").map((one) => one.name);
  const asked = names.map((name) => /iiif\\/3\\/([^/]+)\\/.+\\.jpg$/.exec(name)?.[1]);
  return new Set(asked.filter(Boolean)).size >= number && document.querySelector(".openseadragon-canvas canvas");
}"""


@pytest.fixture(scope="session")
def mirador(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Its script, from the registry or from npm's own cache; other bytes than those of the release are refused."""
    npm = shutil.which("npm")
    assert npm is not None
    folder = tmp_path_factory.mktemp("mirador")
    fetch = [npm, "pack", MIRADOR, "--prefer-offline", "--silent"]
    name = subprocess.run(fetch, cwd=folder, capture_output=True, text=True, check=True, timeout=180).stdout.split()[-1]
    packed = Path(folder / name).read_bytes()
    assert base64.b64encode(hashlib.sha512(packed).digest()).decode() == INTEGRITY
    with tarfile.open(folder / name) as tar:
        script = tar.extractfile("package/dist/mirador.min.js")
        assert script is not None
        return script.read()


@pytest.fixture
def manifest(tour: Tour, city: RelatedCity, edge: RunningEdge, settings: Any) -> str:
    settings.WAGTAILADMIN_BASE_URL = edge.url
    release = publish(tour, city.people["publisher"])
    assert release is not None
    return f"{edge.url}{release.publication.path}manifest.json"


@pytest.mark.full
@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_mirador_opens_every_scene_of_a_tour_with_its_picture_and_notes(
    tab: Any, mirador: bytes, manifest: str, edge: RunningEdge
) -> None:
    tab.route("**/judge/", lambda one: one.fulfill(body=PAGE.format(manifest=manifest), content_type="text/html"))
    tab.route("**/judge/mirador.js", lambda one: one.fulfill(body=mirador, content_type="text/javascript"))
    answered: list[tuple[int, str]] = []
    tab.on("response", lambda one: answered.append((one.status, one.url)))
    wrong: list[str] = []
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    tab.goto(f"{edge.url}/judge/")
    tab.wait_for_selector("h2:has-text('三处一游'), h1:has-text('三处一游')")
    for number, scene in enumerate(("场景a", "场景b", "场景c"), 1):
        tab.wait_for_selector(f"text={scene}")
        tab.wait_for_selector("li:has-text('碑上的字')")
        tab.wait_for_function(PAINTED, arg=number)
        if number < 3:
            tab.click(".mirador-next-canvas-button")
    assert wrong == []
    assert [url for status, url in answered if status >= 400 and "/iiif/" in url] == []
