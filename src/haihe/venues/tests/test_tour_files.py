"""A tour taken away and brought in again over HTTP, pages that need no server, zips of strangers, the IIIF manifest."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from iiif_prezi3 import Manifest

from conftest import CHROMIUM_FLAGS
from ground import chromium
from haihe.base.tasks import run_pending
from haihe.city.testing import RelatedCity
from haihe.releases.domain import publish
from haihe.venues.domain import publishing
from haihe.venues.domain.tours.formats import formats
from haihe.venues.models import Panorama, Tour
from haihe.venues.tests.conftest import SOFTWARE_GL, sphere_jpeg
from haihe.venues.tests.test_author import address

PANNELLUM = {
    "default": {"firstScene": "gate"},
    "scenes": {
        "gate": {
            "title": "山门", "panorama": "photos/gate.jpg",
            "hotSpots": [{"type": "scene", "sceneId": "hall", "yaw": 10, "pitch": -5, "text": "大殿"}],
        },
        "hall": {"title": "大殿", "panorama": "photos/hall.jpg"},
    },
}  # fmt: skip


def zipped(entries: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, data in entries.items():
            packed.writestr(name, data)
    return out.getvalue()


def exported(client: Client, tour: Tour, form: str) -> bytes:
    answer = client.get(address(tour, f"export/{form}/"))
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)  # type: ignore[arg-type]


def empty(city: RelatedCity) -> Tour:
    return publishing.begin(city.organisations["own"], city.people["editor"], title="空")


def brought(client: Client, tour: Tour, name: str, data: bytes) -> Tour:
    answer = client.post(address(tour, "import/"), {"file": SimpleUploadedFile(name, data)}, follow=True)
    assert answer.status_code == 200
    draft: Tour = Tour.objects.get(pk=tour.pk).get_latest_revision_as_object()
    return draft


@pytest.mark.django_db
@pytest.mark.parametrize(
    "form", [form if form == "krpano" else pytest.param(form, marks=pytest.mark.full) for form in formats()]
)
def test_tour_taken_away_and_brought_in_is_the_same(tour: Tour, city: RelatedCity, form: str) -> None:
    client = city.client("editor")
    data = exported(client, tour, form)
    names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    assert "tiles/a/1/f0_0.jpg" in names
    before = Panorama.objects.count()
    assert brought(client, empty(city), "x.zip", data).document == tour.get_latest_revision_as_object().document
    assert Panorama.objects.count() == before


@pytest.mark.django_db
def test_tour_of_another_program_comes_with_its_panoramas(city: RelatedCity) -> None:
    data = zipped(
        {
            "my tour/config.json": json.dumps(PANNELLUM).encode(),
            "my tour/photos/gate.jpg": sphere_jpeg(1),
            "my tour/photos/hall.jpg": sphere_jpeg(2),
            "../../../etc/hall.jpg": b"x",
        }
    )
    draft = brought(city.client("editor"), empty(city), "tour.zip", data)
    run_pending(["heavy"])
    gate, hall = draft.walked.scenes
    assert (gate.title, gate.hotspots[0].to, draft.walked.start) == ("山门", "hall", "gate")
    assert [Panorama.objects.get(pk=key).state for key in (gate.panorama,)] == ["ready"]
    assert {one.code for one in publishing.findings(draft)} >= {"scene-without-alternative"}
    assert Panorama.objects.get(pk=gate.panorama).master.filename == "gate.jpg"
    assert hall.title == "大殿"


BOMB = zipped({"a.json": b"0" * 9_000_000})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.zip", b"PK\x05\x06" + b"\0" * 18), ("x.zip", zipped({"readme.txt": b"x"})), ("x.zip", BOMB),
        ("x.json", b"{"),
        ("x.js", b"var APP_DATA = {}"), ("x.xml", b"<krpano>"), ("x.zip", zipped({"t.json": b"{}"})[:-40]), ("x", b""),
    ],
    ids=["empty zip", "zip without a tour", "bomb", "torn json", "empty js", "torn xml", "torn zip", "nothing"],
)  # fmt: skip
def test_file_that_is_no_tour_changes_nothing_and_says_why(
    tour: Tour, city: RelatedCity, name: str, data: bytes
) -> None:
    before = tour.get_latest_revision_as_object()
    answer = city.client("editor").post(address(tour, "import/"), {"file": SimpleUploadedFile(name, data)}, follow=True)
    after = Tour.objects.get(pk=tour.pk).get_latest_revision_as_object()
    assert (after.latest_revision_id, after.document) == (before.latest_revision_id, before.document)
    assert len(answer.context["messages"]) == 1 or "error" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["viewer", "auditor"])
def test_who_may_not_edit_takes_nothing_away_and_brings_nothing_in(tour: Tour, city: RelatedCity, role: str) -> None:
    client = city.client(role)
    assert client.get(address(tour, "export/offline/")).status_code == 404
    sent = {"file": SimpleUploadedFile("a.json", json.dumps(PANNELLUM).encode())}
    assert client.post(address(tour, "import/"), sent).status_code == 404
    assert [scene.id for scene in Tour.objects.get(pk=tour.pk).get_latest_revision_as_object().walked.scenes] == [
        "a",
        "b",
        "c",
    ]


@pytest.mark.django_db
def test_iiif_manifest_names_every_scene_and_hotspot(tour: Tour, city: RelatedCity, client: Client) -> None:
    release = publish(tour, city.people["publisher"])
    assert release is not None
    told = client.get(f"{release.publication.path}manifest.json").json()
    assert (told["@context"], told["type"]) == ("http://iiif.io/api/presentation/3/context.json", "Manifest")
    assert [canvas["label"]["zh-Hans"] for canvas in told["items"]] == [["场景a"], ["场景b"], ["场景c"]]
    canvas = told["items"][0]
    painting = canvas["items"][0]["items"][0]
    assert (painting["motivation"], painting["target"]) == ("painting", canvas["id"])
    assert painting["body"]["service"][0]["type"] == "ImageService3"
    link, note = canvas["annotations"][0]["items"]
    assert (link["motivation"], link["body"]["id"]) == ("linking", told["items"][1]["id"])
    assert note["body"]["value"] == "石碑\n碑上的字。"
    x, y, wide, tall = map(int, note["target"].split("xywh=")[1].split(","))
    assert abs(x + wide / 2 - (-150 / 360 + 0.5) * canvas["width"]) <= wide / 2 + 1
    assert 0 <= y <= canvas["height"] - tall
    judged = Manifest(**told)  # raises where the published schema is not kept to
    assert [one.id for one in judged.items] == [canvas["id"] for canvas in told["items"]]


@pytest.fixture
def own_browser(browser: Any) -> Iterator[Any]:
    flags = [flag for flag in CHROMIUM_FLAGS if flag != "--disable-gpu"] + SOFTWARE_GL
    own = browser.browser_type.launch(executable_path=chromium.find(), args=flags)
    yield own
    own.close()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_pages_in_the_zip_open_from_a_disk_without_a_server(
    tour: Tour, city: RelatedCity, own_browser: Any, tmp_path: Path
) -> None:
    with zipfile.ZipFile(io.BytesIO(exported(city.client("editor"), tour, "offline"))) as packed:
        packed.extractall(tmp_path / "zip")
    tab = own_browser.new_context(reduced_motion="reduce", offline=True).new_page()
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto((tmp_path / "zip" / "index.html").as_uri())
    tab.wait_for_selector(".tour.is-walking.is-sharp", timeout=30_000)
    tab.focus("[data-pin=on]")
    tab.keyboard.press("Enter")
    tab.wait_for_function("document.querySelector('[data-tour-name]').textContent === '场景b'")
    tab.wait_for_selector(".tour.is-sharp", timeout=30_000)
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
