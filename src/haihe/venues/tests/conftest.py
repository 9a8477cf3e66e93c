"""A museum with panoramas that were really cut, and a tour through them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import pytest

from conftest import CHROMIUM_FLAGS
from ground import chromium
from haihe.archive.domain import segments
from haihe.base import web
from haihe.base.edge.tests.conftest import RunningEdge
from haihe.base.tests.ports import free_port
from haihe.city.models import Organisation
from haihe.city.testing import RelatedCity, build_city
from haihe.venues.domain import panoramas, publishing
from haihe.venues.domain.tours.reading import from_json
from haihe.venues.models import Panorama, Tour
from haihe.venues.tests import made


@pytest.fixture
def own_home(tmp_path: Path, settings: Any, monkeypatch: Any) -> Path:
    settings.HOME, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    monkeypatch.setattr(segments, "_writer", None)
    return tmp_path


@pytest.fixture
def city(own_home: Path) -> RelatedCity:
    return build_city()


@pytest.fixture(scope="session")
def cut_before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tiles")


@cache
def sphere_jpeg(seed: int = 1, width: int = 1024) -> bytes:
    done, data = cv2.imencode(".jpg", made.sphere(width, seed)[..., ::-1])
    assert done
    return bytes(data.tobytes())


@pytest.fixture
def cut(city: RelatedCity, cut_before: Path) -> Callable[..., Panorama]:
    """Take a panorama in and cut it; by default in "own"."""

    def make(seed: int = 1, organisation: Organisation | None = None, by: str = "publisher") -> Panorama:
        owner = organisation or city.organisations["own"]
        panorama = panoramas.take(sphere_jpeg(seed), organisation=owner, by=city.people[by], filename=f"全景{seed}.jpg")
        kept, folder = cut_before / str(seed), panoramas.tiles_folder(panorama.master.blob_id)
        if kept.exists():  # the same bytes give the same tiles: they are made once for all tests
            shutil.copytree(kept, folder, dirs_exist_ok=True)
        panoramas.cut(panorama)
        if not kept.exists():
            shutil.copytree(folder, kept)
        return panorama

    return make


def document(keys: list[str], **more: Any) -> dict[str, Any]:
    """A round through scenes named a, b, c …, each linked to the next, with a text to read in each."""
    names = "abcdefgh"[: len(keys)]
    scenes = [
        {
            "id": name,
            "title": f"场景{name}",
            "panorama": key,
            "alt": f"{name}处四面的样子",
            "text": "第一段。\n\n第二段。",
            "view": {"yaw": 90_000 * number - 90_000, "pitch": 0, "fov": 75_000},
            "hotspots": [
                {
                    "id": "on",
                    "kind": "link",
                    "yaw": 30_000,
                    "pitch": -9500,
                    "title": "往前",
                    "to": names[(number + 1) % len(names)],
                },
                {"id": "stone", "kind": "text", "yaw": -150_000, "pitch": 5000, "title": "石碑", "text": "碑上的字。"},
            ],
        }
        for number, (name, key) in enumerate(zip(names, keys, strict=True))
    ]
    return {"scenes": scenes, "start": "a", **more}


@pytest.fixture
def tour(city: RelatedCity, cut: Callable[..., Panorama]) -> Tour:
    """Three scenes, ready to publish."""
    by = city.people["publisher"]
    tour = publishing.begin(city.organisations["own"], by, title="三处一游", summary="三个地方。")
    keys = [str(cut(seed).pk) for seed in (1, 2, 3)]
    publishing.rebuild(tour, by, from_json(document(keys)))
    return Tour.objects.get(pk=tour.pk)


@pytest.fixture
def edge(own_home: Path, live_server: Any, settings: Any, monkeypatch: Any) -> Iterator[RunningEdge]:
    """An edge that serves tiles and the front end, with the real Django behind it."""
    static = Path(web.__file__).parent / "static" / "haihe"
    shutil.copytree(static, own_home / "static" / "haihe", ignore=shutil.ignore_patterns("*.woff2", "*.br", "*.gz"))
    monkeypatch.setenv("HAIHE_SECRET_KEY", settings.SECRET_KEY)
    upstream = f"{live_server.thread.host}:{live_server.thread.port}"
    routes = ("--route", "haihe.archive.edge", "--route", "haihe.venues.edge")
    running = RunningEdge(own_home, upstream, free_port(), routes)
    running.start()
    yield running
    running.stop()


SOFTWARE_GL = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
COUNT_TEXTURES = """
window.textures = 0;
const make = WebGLRenderingContext.prototype.createTexture, end = WebGLRenderingContext.prototype.deleteTexture;
WebGLRenderingContext.prototype.createTexture = function () { window.textures += 1; return make.call(this); };
WebGLRenderingContext.prototype.deleteTexture = function (one) { window.textures -= 1; return end.call(this, one); };
"""


@pytest.fixture
def tab(browser: Any) -> Iterator[Any]:
    flags = [flag for flag in CHROMIUM_FLAGS if flag != "--disable-gpu"] + SOFTWARE_GL
    own = browser.browser_type.launch(executable_path=chromium.find(), args=flags)
    page = own.new_context(viewport={"width": 1000, "height": 700}, reduced_motion="reduce", bypass_csp=True).new_page()
    page.add_init_script(COUNT_TEXTURES)
    yield page
    own.close()
