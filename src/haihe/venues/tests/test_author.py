"""The author over HTTP: who may build, what a browser may send, what is never handed over."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from haihe.archive.models import Picture
from haihe.archive.tests import shown
from haihe.base.tasks import run_pending
from haihe.city.testing import EXPECTED, RELATIONS, RelatedCity
from haihe.venues.domain import publishing
from haihe.venues.domain.tours.reading import from_json
from haihe.venues.models import Panorama, Tour
from haihe.venues.tests.conftest import document, sphere_jpeg

pytestmark = pytest.mark.django_db
SECRET = "还没有公开的导览"


def address(tour: Tour, what: str = "") -> str:
    return f"/admin/snippets/venues/tour/author/{tour.pk}/{what}"


@pytest.fixture
def planted(city: RelatedCity) -> dict[str, Tour]:
    """A draft in each relation to "own"."""
    made = {}
    for relation, organisation in city.organisations.items():
        tour = Tour(organisation=organisation, title=f"{SECRET} {relation}", document={"scenes": []})
        tour.save()
        tour.save_revision(clean=False)
        made[relation] = tour
    return made


@pytest.mark.parametrize("role", EXPECTED)
def test_author_opens_for_who_may_edit_and_tells_nobody_else(
    city: RelatedCity, planted: dict[str, Tour], role: str
) -> None:
    actions, reach = EXPECTED[role]
    client = city.client(role)
    for relation in RELATIONS:
        allowed = "edit" in actions.split() and relation in reach.split()
        for what in ("", "panoramas/", "save/", "take/", "tone/", "links/"):
            ask = client.post if what in ("save/", "take/") else client.get
            answer = ask(address(planted[relation], what))
            opened = answer.status_code in (200, 400, 409)
            assert (role, relation, what, opened) == (role, relation, what, allowed)
            assert allowed or SECRET not in answer.content.decode()


def test_saving_makes_a_revision_and_says_what_is_to_be_mended(tour: Tour, city: RelatedCity) -> None:
    client = city.client("reporter")
    draft = tour.get_latest_revision_as_object()
    told = draft.document
    told["scenes"][0]["hotspots"][0]["to"] = "nowhere"
    told["scenes"][0]["hotspots"][1]["yaw"] = -12_345
    answer = client.post(
        address(tour, "save/"),
        {"document": told, "revision": draft.latest_revision_id},
        content_type="application/json",
    )
    assert answer.status_code == 200
    saved = Tour.objects.get(pk=tour.pk).get_latest_revision_as_object()
    assert saved.document["scenes"][0]["hotspots"][1]["yaw"] == -12_345
    assert answer.json()["revision"] == saved.latest_revision_id
    assert {(one["scene"], one["hotspot"]) for one in answer.json()["findings"] if one["severity"] == "error"} == {
        ("a", "on"), ("b", ""), ("c", ""),
    }  # fmt: skip


def test_saving_over_somebody_elses_work_is_refused(tour: Tour, city: RelatedCity) -> None:
    draft = tour.get_latest_revision_as_object()
    before = draft.latest_revision_id
    publishing.rebuild(tour, city.people["editor"], from_json(document([])))
    answer = city.client("reporter").post(
        address(tour, "save/"), {"document": draft.document, "revision": before}, content_type="application/json"
    )
    assert answer.status_code == 409
    assert Tour.objects.get(pk=tour.pk).get_latest_revision_as_object().document["scenes"] == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        pytest.param(b"[]", marks=pytest.mark.full),
        b"\xff",
        b"[" * 100_000,
        b'{"revision": REV}',
        pytest.param(b'{"revision": REV, "document": []}', marks=pytest.mark.full),
        b'{"revision": REV, "document": {"scenes": [{"id": "<script>"}]}}',
        b'{"revision": REV, "document": {"scenes": {}}}',
    ],
)
def test_hostile_document_leaves_the_tour_as_it_was(tour: Tour, city: RelatedCity, body: bytes) -> None:
    draft = tour.get_latest_revision_as_object()
    sent = body.replace(b"REV", str(draft.latest_revision_id).encode())
    answer = city.client("editor").post(address(tour, "save/"), sent, content_type="application/json")
    assert answer.status_code == (200 if body == b'{"revision": REV, "document": {"scenes": []}}' else 400)
    assert answer.json()["said"]
    after = Tour.objects.get(pk=tour.pk).get_latest_revision_as_object()
    assert (after.latest_revision_id, after.document) == (draft.latest_revision_id, draft.document)


def test_uploaded_panorama_is_a_master_and_is_cut(tour: Tour, city: RelatedCity) -> None:
    sent = SimpleUploadedFile("../../城楼.jpg", sphere_jpeg(7), "image/jpeg")
    answer = city.client("reporter").post(address(tour, "take/"), {"file": sent})
    panorama = Panorama.objects.get(pk=answer.json()["panorama"]["id"])
    assert (panorama.title, panorama.master.filename, panorama.state) == ("城楼", "城楼.jpg", "waiting")
    assert panorama.master.deposited_by == city.people["reporter"]
    run_pending(["heavy"])
    listed = city.client("reporter").get(address(tour, "panoramas/")).json()["panoramas"]
    assert [(one["state"], one["face"]) for one in listed if one["id"] == str(panorama.pk)] == [("ready", 512)]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"%PDF-1.4",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        sphere_jpeg(3)[:9000],
    ],
    ids=["empty", "pdf", "svg with a script", "cut off"],
)
def test_upload_that_is_no_panorama_says_why_and_harms_nothing(tour: Tour, city: RelatedCity, data: bytes) -> None:
    before = tour.get_latest_revision_as_object().document
    answer = city.client("editor").post(address(tour, "take/"), {"file": SimpleUploadedFile("plan.svg", data)})
    assert answer.status_code in (200, 400)
    run_pending(["heavy"])
    listed = city.client("editor").get(address(tour, "panoramas/")).json()["panoramas"]
    states = {one["state"] for one in listed if one["title"] == "plan"}
    assert states <= {"failed"}
    assert all(one["problem"] for one in listed if one["state"] == "failed")
    assert Tour.objects.get(pk=tour.pk).get_latest_revision_as_object().document == before


def test_pictures_and_panoramas_of_others_are_not_handed_over(
    tour: Tour, city: RelatedCity, cut: Callable[..., Panorama]
) -> None:
    file = SimpleUploadedFile("x.jpg", shown.encoded(shown.noise(64, 48)))
    theirs = Picture.objects.create(title=SECRET, organisation=city.organisations["stranger"], file=file)
    client = city.client("editor")
    page = client.get(address(tour)).content.decode()
    assert SECRET not in page
    assert client.get(address(tour, f"picture/{theirs.pk}/")).status_code == 404
    told: dict[str, Any] = tour.get_latest_revision_as_object().document
    told["scenes"][0]["hotspots"].append({"id": "p", "kind": "picture", "title": "图", "to": str(theirs.pk)})
    draft = publishing.rebuild(tour, city.people["editor"], from_json(told))
    assert ("no-such-picture", "a", "p") in [(one.code, one.scene, one.hotspot) for one in publishing.findings(draft)]
    content = json.dumps(draft.release_content(), ensure_ascii=False)
    assert SECRET not in content
    assert str(theirs.master_id) not in content


def test_list_of_tours_shows_only_those_of_the_gate(city: RelatedCity, planted: dict[str, Tour]) -> None:
    page = city.client("editor").get("/admin/snippets/venues/tour/").content.decode()
    assert [relation for relation in RELATIONS if f"{SECRET} {relation}" in page] == ["own"]


def test_preview_shows_the_draft_as_a_visitor_sees_it(tour: Tour, city: RelatedCity) -> None:
    draft = tour.get_latest_revision_as_object()
    page = city.client("editor").get(
        f"/admin/snippets/venues/tour/history/{tour.pk}/revisions/{draft.latest_revision_id}/view/"
    )
    assert page.status_code == 200
    words = page.content.decode()
    assert 'id="tour-whole"' in words
    assert "碑上的字。" in words
