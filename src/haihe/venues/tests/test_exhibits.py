"""What hotspots play and show: taken in, refused, published, shown without scripts, closed, taken away."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from lxml import html

from haihe.archive.domain import granting
from haihe.archive.models import Master, Picture
from haihe.archive.tests import shown
from haihe.base.edge.tests.conftest import RunningEdge
from haihe.city.testing import EXPECTED, RELATIONS, RelatedCity
from haihe.releases.domain import publish, trace
from haihe.venues.domain import importing, media, packing, publishing
from haihe.venues.domain.publishing import TourNotWalkable
from haihe.venues.domain.tours.formats import formats
from haihe.venues.domain.tours.reading import from_json
from haihe.venues.models import MediaFile, Tour
from haihe.venues.tests import made_objects
from haihe.venues.tests.test_author import address

SCHEMA = json.loads((Path(__file__).parents[4] / "docs" / "release.schema.json").read_text())
CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:01.000\n钟声响了。\n".encode()
FILM = b"\x00\x00\x00\x18ftypisom" + b"\x00" * 400
SOUND = b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"\x00" * 400
pytestmark = pytest.mark.django_db


@pytest.fixture
def files(city: RelatedCity) -> dict[str, MediaFile]:
    """One of each kind in "own"."""
    return taken(city)


def taken(city: RelatedCity, **real: bytes) -> dict[str, MediaFile]:
    data = {"film": FILM, "signed": FILM + b"\x01", "captions": CAPTIONS, "sound": SOUND, "vase": made_objects.glb()}
    names = {"film": "钟楼.mp4", "signed": "手语.mp4", "captions": "字幕.vtt", "sound": "钟声.mp3", "vase": "花瓶.glb"}
    own, by = city.organisations["own"], city.people["publisher"]
    return {
        key: media.take(io.BytesIO(real.get(key, data[key])), organisation=own, by=by, filename=name)
        for key, name in names.items()
    }


def furnish(tour: Tour, city: RelatedCity, files: dict[str, MediaFile]) -> Tour:
    """A video, a recording and an object in the first scene."""
    photo = SimpleUploadedFile("vase.jpg", shown.encoded(shown.noise(64, 48)))
    own = city.organisations["own"]
    picture = Picture.objects.create(title="花瓶", description="青花瓶", organisation=own, file=photo)
    ids = {key: str(one.pk) for key, one in files.items()}
    told: dict[str, Any] = tour.get_latest_revision_as_object().document
    poster = str(picture.pk)
    told["scenes"][0]["hotspots"] += [
        {
            "id": "film",
            "kind": "video",
            "yaw": -70_000,
            "title": "敲钟",
            "to": ids["film"],
            "media": {
                "poster": poster,
                "captions": [{"language": "zh-hans", "file": ids["captions"]}],
                "signed": ids["signed"],
            },
        },
        {
            "id": "bell",
            "kind": "audio",
            "yaw": -50_000,
            "title": "钟声",
            "to": ids["sound"],
            "text": "每天正午。",
            "media": {"transcript": "钟响十二下。"},
        },
        {
            "id": "vase",
            "kind": "object",
            "yaw": -110_000,
            "title": "青花瓶",
            "to": ids["vase"],
            "text": "细颈，鼓腹。",
            "media": {"poster": poster},
        },
    ]
    told["words"] = {"en": {"a/bell/transcript": "Twelve strokes.", "a/bell/title": "The bell"}}
    publishing.rebuild(tour, city.people["publisher"], from_json(told))
    return Tour.objects.get(pk=tour.pk)


QUIZ = {"choices": ["三层", "五层"], "right": 1, "explanation": "明代重修时加到五层。"}


def ask(tour: Tour, city: RelatedCity) -> Tour:
    """A question in two of the scenes, which a route visits."""
    told: dict[str, Any] = tour.get_latest_revision_as_object().document
    for scene in told["scenes"][:2]:
        scene["hotspots"].append(
            {"id": "quiz", "kind": "quiz", "yaw": 0, "title": "考考你", "text": "塔有几层？", "quiz": QUIZ}
        )
    told["routes"] = [{"id": "walk", "title": "登塔", "stops": [{"scene": "a"}, {"scene": "b"}]}]
    told["words"] = {
        "en": {"a/quiz/choice-2": "Five", "a/quiz/explanation": "Since the Ming.", "a/quiz/text": "How many?"}
    }
    publishing.rebuild(tour, city.people["publisher"], from_json(told))
    return Tour.objects.get(pk=tour.pk)


def test_quiz_is_answered_without_scripts_and_nothing_is_kept(tour: Tour, city: RelatedCity, client: Client) -> None:
    release = publish(ask(tour, city), city.people["publisher"])
    assert release is not None
    jsonschema.Draft202012Validator(SCHEMA).validate(release.content)
    path = release.publication.path
    (form, _second) = html.document_fromstring(client.get(path).content).xpath("//form[@class='quiz']")
    assert (form.get("method"), form.get("action")) == ("post", f"{path}quiz/")
    assert form.xpath(".//input[@type='radio']/@value") == ["0", "1"]
    assert form.xpath(".//legend")[0].text_content() == "塔有几层？"
    rows = counted()
    sent = {"scene": "a", "hotspot": "quiz"}
    strict = Client(enforce_csrf_checks=True)
    right = strict.post(f"{path}quiz/", {**sent, "choice": "1"})
    assert (right.status_code, right.cookies.output(), right.headers["cache-control"].split(",")[0]) == (
        200,
        "",
        "max-age=0",
    )
    assert "答对了。" in right.content.decode()
    assert "明代重修时加到五层。" in right.content.decode()
    wrong = strict.post(f"{path}quiz/", {**sent, "choice": "0"}).content.decode()
    assert "“三层”不对" in wrong
    assert "明代重修" not in wrong
    assert "Since the Ming." in strict.post(f"/en{path}quiz/", {**sent, "choice": "1"}).content.decode()
    for choice in ("", "2", "-1", "²", "9" * 400, "<script>alert(1)</script>"):
        answer = strict.post(f"{path}quiz/", {**sent, "choice": choice})
        assert (choice, answer.status_code, "<script>alert" in answer.content.decode()) == (choice, 400, False)
    assert strict.post(f"{path}quiz/", {"scene": "a", "hotspot": "stone", "choice": "0"}).status_code == 404
    assert strict.post(f"{path}quiz/", {"scene": "c", "hotspot": "quiz", "choice": "0"}).status_code == 404
    assert strict.get(f"{path}quiz/").status_code == 405
    assert counted() == rows


def counted() -> dict[str, int]:
    """How many rows every table has."""
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


def test_quiz_that_asks_badly_stands_in_the_way(tour: Tour, city: RelatedCity) -> None:
    told: dict[str, Any] = ask(tour, city).get_latest_revision_as_object().document
    told["scenes"][0]["hotspots"][-1] |= {"text": "", "quiz": {"choices": ["三层", "三层"]}}
    told["scenes"][1]["hotspots"][-1] |= {"quiz": {"choices": ["三层", ""], "explanation": "是。"}}
    publishing.rebuild(tour, city.people["publisher"], from_json(told))
    found = publishing.findings(Tour.objects.get(pk=tour.pk))
    assert [(one.code, one.scene) for one in found if one.hotspot == "quiz"] == [
        ("quiz-without-question", "a"), ("quiz-choice-twice", "a"), ("quiz-without-choices", "b"),
        ("quiz-without-explanation", "a"),
    ]  # fmt: skip


def test_files_are_taken_by_what_they_are_not_by_their_names(city: RelatedCity, files: dict[str, MediaFile]) -> None:
    assert {key: (one.kind, one.media_type) for key, one in files.items()} == {
        "film": ("video", "video/mp4"),
        "signed": ("video", "video/mp4"),
        "captions": ("captions", "text/vtt"),
        "sound": ("audio", "audio/mpeg"),
        "vase": ("object", "model/gltf-binary"),
    }
    assert files["vase"].facts["triangles"] == 384
    assert files["vase"].master.filename == "花瓶.glb"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (
            made_objects.gltf(made_objects.put("buffers", 0, "uri", "https://evil.example/v.bin")),
            "https://evil.example",
        ),
        (made_objects.glb()[:-500], "不完整"),
        (made_objects.glb(made_objects.put("bufferViews", 4, "byteLength", 900_000)), "bufferViews/4"),
        (b"%PDF-1.4", "glb"),
        (b"", "glb"),
    ],
    ids=["outside", "truncated", "out of bounds", "pdf", "empty"],
)
def test_refused_file_says_why_in_the_authors_language_and_leaves_nothing(
    tour: Tour, city: RelatedCity, data: bytes, said: str
) -> None:
    before, masters = tour.get_latest_revision_as_object().document, Master.objects.count()
    client = city.client("reporter")
    sent = {"file": SimpleUploadedFile("瓶.glb", data)}
    answer = client.post(address(tour, "media/"), sent, headers={"accept-language": "zh-hans"})
    assert answer.status_code == 400
    assert said in answer.json()["said"]
    assert "请" in answer.json()["said"]  # what to do
    assert (Master.objects.count(), MediaFile.objects.count()) == (masters, 0)
    assert Tour.objects.get(pk=tour.pk).get_latest_revision_as_object().document == before


@pytest.mark.parametrize("role", EXPECTED)
def test_only_who_may_edit_sends_files(city: RelatedCity, role: str) -> None:
    actions, reach = EXPECTED[role]
    client = city.client(role)
    for relation in RELATIONS:
        tour = Tour(organisation=city.organisations[relation], title="空", document={"scenes": []})
        tour.save()
        tour.save_revision(clean=False)
        answer = client.post(address(tour, "media/"), {"file": SimpleUploadedFile("b.mp3", SOUND)})
        allowed = {"edit", "create"} <= set(actions.split()) and relation in reach.split()
        assert (role, relation, answer.status_code == 200) == (role, relation, allowed)


def test_files_of_others_count_as_missing(tour: Tour, city: RelatedCity, files: dict[str, MediaFile]) -> None:
    MediaFile.objects.update(organisation=city.organisations["stranger"])
    draft = furnish(tour, city, files)
    found = {(one.code, one.hotspot) for one in publishing.findings(draft.get_latest_revision_as_object())}
    assert {("no-such-file", "film"), ("no-such-captions", "film"), ("no-such-file", "vase")} <= found
    page = city.client("editor").get(address(tour)).content.decode()
    assert "钟楼" not in page


def test_published_files_are_cited_and_stand_in_the_page_without_scripts(
    tour: Tour, city: RelatedCity, files: dict[str, MediaFile], client: Client
) -> None:
    release = publish(furnish(tour, city, files), city.people["publisher"])
    assert release is not None
    jsonschema.Draft202012Validator(SCHEMA).validate(release.content)
    assert {str(one.master_id) for one in files.values()} <= {str(one.master_id) for one in release.citations.all()}
    assert trace(release).holds
    assert "钟响十二下" in release.publication.text
    page = html.document_fromstring(client.get(release.publication.path).content)
    words = page.get_element_by_id("s-a")
    (film,) = words.iter("video")
    assert film[0].get("src") == f"/film/{files['film'].master_id}.mp4"
    assert [(one.get("kind"), one.get("srclang"), one.get("src")) for one in film.iter("track")] == [
        ("captions", "zh-Hans", f"/film/{files['captions'].master_id}.vtt")
    ]
    assert f"/film/{files['signed'].master_id}.mp4" in words.xpath(".//a/@href")
    assert [one.get("src") for one in words.iter("audio")] == [f"/exhibit/{files['sound'].master_id}.mp3"]
    assert "钟响十二下。" in words.text_content()
    assert f"/exhibit/{files['vase'].master_id}.glb" in words.xpath(".//a/@href")
    assert words.xpath(".//img/@alt") == ["青花瓶"]
    english = client.get(f"/en{release.publication.path}").content.decode()
    assert "Twelve strokes." in english
    assert "钟响十二下" not in english


@pytest.mark.django_db(transaction=True)
def test_recording_and_object_come_with_ranges_and_close_with_their_rights(
    tour: Tour, city: RelatedCity, files: dict[str, MediaFile], edge: RunningEdge
) -> None:
    release = publish(furnish(tour, city, files), city.people["publisher"])
    assert release is not None
    vase, sound = (f"{edge.url}/exhibit/{files[key].master_id}" for key in ("vase", "sound"))
    whole = httpx.get(f"{vase}.glb")
    assert (whole.status_code, whole.content) == (200, made_objects.glb())
    assert whole.headers["content-type"] == "model/gltf-binary"
    assert httpx.get(f"{sound}.mp3", headers={"range": "bytes=0-2"}).content == b"ID3"
    for wrong in (f"{vase}.html", vase, f"{edge.url}/exhibit/../../etc/passwd", f"{edge.url}/exhibit/{'0' * 36}.glb"):
        assert httpx.get(wrong).status_code == 404
    granting.withdraw(files["vase"].master, by=city.people["publisher"], reason="权利存疑")
    assert httpx.get(f"{vase}.glb").status_code == 410
    told = json.loads(httpx.get(f"{edge.url}{release.publication.path}tour.json").content)
    vase_told = next(one for one in told["scenes"][0]["hotspots"] if one["id"] == "vase")
    assert "media" not in vase_told  # its picture and words stay
    assert vase_told["picture"]["alt"] == "青花瓶"


def test_what_is_missing_for_who_cannot_see_or_hear_stands_in_the_way(
    tour: Tour, city: RelatedCity, files: dict[str, MediaFile]
) -> None:
    draft = furnish(tour, city, files)
    told = draft.get_latest_revision_as_object().document
    for hotspot in told["scenes"][0]["hotspots"][2:]:
        hotspot["media"] = {}
        hotspot["text"] = ""
    publishing.rebuild(draft, city.people["publisher"], from_json(told))
    draft = Tour.objects.get(pk=tour.pk)
    found = {(one.code, one.hotspot) for one in publishing.findings(draft) if one.severity == "error"}
    assert found == {
        ("video-without-words", "film"), ("audio-without-transcript", "bell"),
        ("object-without-picture", "vase"), ("object-without-text", "vase"),
    }  # fmt: skip
    with pytest.raises(TourNotWalkable):
        publish(draft, city.people["publisher"])


@pytest.mark.parametrize(
    "form", [name if name == "pannellum" else pytest.param(name, marks=pytest.mark.full) for name in formats()]
)
def test_files_of_hotspots_survive_the_way_through_another_viewer(
    tour: Tour, city: RelatedCity, files: dict[str, MediaFile], form: str
) -> None:
    draft = furnish(tour, city, files).get_latest_revision_as_object()
    out = io.BytesIO()
    packing.pack_for(draft, formats()[form], out)
    importing.bring_in(draft, city.people["publisher"], io.BytesIO(out.getvalue()), "tour.zip")
    after = Tour.objects.get(pk=tour.pk).get_latest_revision_as_object()
    assert after.walked == draft.walked


def test_offline_package_has_the_files_within(
    tour: Tour, city: RelatedCity, files: dict[str, MediaFile], read_zip: Callable[[Tour], zipfile.ZipFile]
) -> None:
    packed = read_zip(furnish(tour, city, files))
    names = set(packed.namelist())
    assert {"files/1.mp4", "files/2.mp4", "files/3.mp3", "files/4.glb.js", "object.js"} <= names
    assert packed.read("files/3.mp3") == SOUND
    page = packed.read("index.html").decode()
    assert "/film/" not in page
    assert "/exhibit/" not in page
    assert "data:text/vtt;base64," in page


@pytest.fixture
def read_zip() -> Callable[[Tour], zipfile.ZipFile]:
    def pack(tour: Tour) -> zipfile.ZipFile:
        out = io.BytesIO()
        packing.pack_offline(tour.get_latest_revision_as_object(), out)
        return zipfile.ZipFile(out)

    return pack
