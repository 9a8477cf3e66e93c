"""Panoramas made from other Masters over HTTP: who may, what is kept, what follows a withdrawal, what is shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from lxml import html

from haihe.archive.domain import granting
from haihe.archive.tests.media_made import MAKE, run
from haihe.base.tasks import run_pending
from haihe.city.testing import RelatedCity
from haihe.releases.domain import publish
from haihe.venues.domain import making, masking, panoramas, publishing, showing
from haihe.venues.domain.preparing.recipe import Mask
from haihe.venues.domain.tours.reading import from_json
from haihe.venues.models import Ingredient, MediaFile, Panorama, Tour
from haihe.venues.tests import made, made_sets
from haihe.venues.tests.conftest import document, sphere_jpeg
from haihe.venues.tests.test_author import address

pytestmark = pytest.mark.django_db
SPHERE = made.sphere(512, seed=3)
CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:02.000\n河水流过。\n".encode()


def _sent(folder: Path, pictures: dict[str, Any]) -> list[SimpleUploadedFile]:
    files = [made.write(folder / name, picture) for name, picture in pictures.items()]
    return [SimpleUploadedFile(file.name, file.read_bytes()) for file in files]


def _posted(city: RelatedCity, tour: Tour, what: str, *, role: str = "editor", **told: Any) -> Any:
    return city.client(role).post(address(tour, what), told)


def _panorama(answer: Any) -> Panorama:
    assert answer.status_code == 200, answer.content.decode()
    return Panorama.objects.get(pk=answer.json()["panorama"]["id"])


@pytest.fixture
def tour(city: RelatedCity) -> Tour:
    return publishing.begin(city.organisations["own"], city.people["publisher"], title="一处")


def test_six_faces_become_one_panorama_and_stay_as_they_came(tour: Tour, city: RelatedCity, tmp_path: Path) -> None:
    cube = made_sets.faces(SPHERE, 128)
    files = _sent(tmp_path, {f"hall_{face}.png": cube[face] for face in "frblud"})
    wrong = _posted(city, tour, "take/", kind="faces", file=files[:5])
    assert (wrong.status_code, Panorama.objects.count()) == (400, 0)
    assert "5" in wrong.json()["said"]
    for file in files:
        file.seek(0)
    panorama = _panorama(_posted(city, tour, "take/", kind="faces", file=files))
    assert (panorama.title, panorama.master, panorama.state) == ("hall", None, "waiting")
    run_pending(["heavy"])
    panorama.refresh_from_db()
    assert (panorama.state, panorama.problem) == ("ready", "")
    assert [one.name for one in panorama.ingredients.all()] == [f"hall_{face}.png" for face in "frblud"]
    assert panorama.master is not None
    assert panorama.master.source_kind == "recipe"
    seen = made.face(panoramas.shown_folder(panorama), "f")
    assert made.psnr(seen, made.reference(SPHERE, "f", 512)) > 30


def test_fisheye_picture_is_told_and_made_when_staff_say_what_it_is(
    tour: Tour, city: RelatedCity, tmp_path: Path
) -> None:
    pair = np.hstack([made_sets.circle(SPHERE, 240, 190), made_sets.circle(SPHERE, 240, 190, back=True)])
    panorama = _panorama(_posted(city, tour, "take/", file=_sent(tmp_path, {"r001.png": pair})))
    run_pending(["heavy"])
    listed = city.client("editor").get(address(tour, "panoramas/")).json()["panoramas"]
    assert [(one["state"], one["looks"]) for one in listed] == [("failed", "dual-fisheye")]
    assert _posted(city, tour, "fisheye/", panorama=str(panorama.pk), fov="90").status_code == 200
    run_pending(["heavy"])
    panorama.refresh_from_db()
    assert panorama.state == "failed"
    assert "181" in panorama.problem
    assert _posted(city, tour, "fisheye/", panorama=str(panorama.pk), fov="").status_code == 200
    run_pending(["heavy"])
    panorama.refresh_from_db()
    assert (panorama.state, panorama.recipe["found"]["fov"]) == ("ready", 190)


def test_retouching_makes_another_panorama_and_the_original_stays(
    tour: Tour, city: RelatedCity, cut: Callable[..., Panorama]
) -> None:
    one = cut(1)
    assert one.master is not None
    before = one.master.blob_id
    recipe = {"gain": [1.3, 1.2, 1.1], "nadir": {"kind": "fill", "reach": 30_000}}
    made_of_it = _panorama(_posted(city, tour, "retouch/", panorama=str(one.pk), recipe=json.dumps(recipe)))
    again = _panorama(_posted(city, tour, "retouch/", panorama=str(one.pk), recipe=json.dumps(recipe)))
    assert (made_of_it.origin, again) == (one, made_of_it)
    run_pending(["heavy"])
    made_of_it.refresh_from_db()
    one.refresh_from_db()
    assert made_of_it.state == "ready"
    assert one.master.blob_id == before
    assert (
        made.face(panoramas.shown_folder(made_of_it), "f").mean()
        > made.face(panoramas.shown_folder(one), "f").mean() + 5
    )
    undone = _panorama(_posted(city, tour, "retouch/", panorama=str(made_of_it.pk), recipe="{}"))
    assert undone == one
    for told in ("{", '{"gain": [99, 1, 1]}', '{"nadir": {"kind": "paint"}}', "[]"):
        assert _posted(city, tour, "retouch/", panorama=str(one.pk), recipe=told).status_code == 400


def test_what_was_made_of_a_withdrawn_master_is_withdrawn_with_it(
    city: RelatedCity, cut: Callable[..., Panorama]
) -> None:
    by, one = city.people["publisher"], cut(1)
    assert one.master is not None
    made_of_it = making.retouched(one, making.Recipe(gain=(1.2, 1.2, 1.2)), by)
    run_pending(["heavy"])
    made_of_it.refresh_from_db()
    assert made_of_it.master is not None
    assert not granting.policy_of(made_of_it.master).withdrawn
    granting.withdraw(one.master, by=by, reason="所有人要求撤下。")
    assert granting.policy_of(made_of_it.master).withdrawn
    granting.give_back(one.master, by=by, reason="误会。")
    assert not granting.policy_of(made_of_it.master).withdrawn


def test_staff_decide_about_each_mask_and_only_those_are_laid(
    tour: Tour, city: RelatedCity, cut: Callable[..., Panorama]
) -> None:
    one = cut(1)
    found = [
        {"kind": "face", "at": [0, 0, 20_000, 20_000], "sure": 9, "decided": ""},
        {"kind": "plate", "at": [90_000, 0, 20_000, 8_000], "sure": 7, "decided": ""},
    ]
    masking._keep(one, {"state": "done", "masks": found})
    said = {"panorama": str(one.pk)}
    assert _posted(city, tour, "decide/", **said, number="0", decision="mask").status_code == 200
    assert _posted(city, tour, "decide/", **said, number="1", decision="leave").status_code == 200
    assert _posted(city, tour, "decide/", **said, number="7", decision="mask").status_code == 400
    assert _posted(city, tour, "decide/", **said, at="-90000,10000,9000,9000").status_code == 200
    assert masking.decided(one) == ()  # of what is in memory
    one.refresh_from_db()
    assert masking.decided(one) == (Mask(0, 0, 20_000, 20_000), Mask(-90_000, 10_000, 9000, 9000))
    masked = _panorama(_posted(city, tour, "retouch/", **said, recipe="{}"))
    assert masked.recipe["masks"] == [[0, 0, 20_000, 20_000], [-90_000, 10_000, 9000, 9000]]


def test_machine_without_cascades_says_so_and_staff_mask_themselves(
    tour: Tour, city: RelatedCity, cut: Callable[..., Panorama], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = cut(1)
    monkeypatch.setattr(masking, "cascades", lambda: None)
    answer = _posted(city, tour, "faces/", panorama=str(one.pk))
    assert answer.status_code in (400, 409, 422)
    assert "opencv-data" in answer.content.decode()
    masking.add(one, Mask(0, 0, 5000, 5000), city.people["editor"])
    one.refresh_from_db()
    assert [mask["kind"] for mask in one.found["masks"]] == ["own"]


@pytest.mark.skipif(masking.cascades() is None, reason="no OpenCV cascades on this machine (Debian: opencv-data)")
def test_faces_are_looked_for_in_the_background_and_what_was_decided_stays(
    tour: Tour, city: RelatedCity, cut: Callable[..., Panorama]
) -> None:
    one = cut(1)
    masking.add(one, Mask(0, 0, 5000, 5000), city.people["editor"])
    assert _posted(city, tour, "faces/", panorama=str(one.pk)).json()["panorama"]["found"]["state"] == "looking"
    run_pending(["heavy"])
    one.refresh_from_db()
    assert one.found["state"] == "done"
    assert one.found["masks"][0]["kind"] == "own"


@pytest.mark.parametrize("what", ["fisheye/", "retouch/", "faces/", "decide/"])
def test_panoramas_of_others_cannot_be_touched(tour: Tour, city: RelatedCity, what: str) -> None:
    owner = city.organisations["stranger"]
    theirs = panoramas.take(sphere_jpeg(1), organisation=owner, by=city.superuser, filename="x.jpg")
    assert _posted(city, tour, what, panorama=str(theirs.pk), recipe='{"gain":[2,2,2]}').status_code == 404
    assert _posted(city, tour, what, role="outsider", panorama=str(theirs.pk)).status_code in (302, 403, 404)
    assert Panorama.objects.filter(origin=theirs).count() == 0


def test_tone_is_proposed_with_previews_and_links_by_gps_and_compass(
    tour: Tour, city: RelatedCity, cut: Callable[..., Panorama]
) -> None:
    by = city.people["publisher"]
    bright, dark = cut(1), making.retouched(cut(1), making.Recipe(gain=(0.6, 0.6, 0.6)), by)
    run_pending(["heavy"])
    told = document([str(bright.pk), str(dark.pk)])
    for scene in told["scenes"]:
        scene["hotspots"], scene["north"] = [], 90_000
    publishing.rebuild(tour, by, from_json(told))
    for one, at in ((bright, [117.2, 39.1]), (dark, [117.2, 39.1005])):
        one.refresh_from_db()
        one.tiles["at"] = at
        one.save(update_fields=["tiles"])
    client = city.client("editor")
    proposed = {one["scene"]: one for one in client.get(address(tour, "tone/")).json()["proposed"]}
    assert set(proposed) == {"a", "b"}
    assert proposed["a"]["gain"][1] < 1
    assert 0.6 < proposed["b"]["gain"][1] < 1
    shown = client.get(address(tour, f"tone/{dark.pk}/"), {"gain": "1,1,1"})
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")
    assert client.get(address(tour, f"tone/{dark.pk}/"), {"gain": "x"}).status_code == 404
    links = client.get(address(tour, "links/")).json()["proposed"]
    assert [(one["from"], one["to"], one["yaw"], round(one["metres"])) for one in links] == [
        ("a", "b", 90_000, 56),
        ("b", "a", -90_000, 56),
    ]


def test_film_that_shows_all_directions_is_a_scene_and_one_that_does_not_say_so_asks(
    tour: Tour, city: RelatedCity, tmp_path: Path
) -> None:
    run(
        f'{MAKE.split("tone(folder")[0]}film(folder + "/film.mp4", "libx264", "mp4", (512, 256), 1, None)',
        str(tmp_path),
    )
    flat = (tmp_path / "film.mp4").read_bytes()
    by = city.people["publisher"]
    answer = _posted(city, tour, "take/", file=SimpleUploadedFile("河上.mp4", flat)).json()
    assert "panorama" not in answer
    assert "河上" in answer["asked"]
    assert _posted(city, tour, "take/", film=answer["film"], spherical="cube").status_code == 400
    said = _panorama(_posted(city, tour, "take/", film=answer["film"], spherical="mono"))
    told = made_sets.said_spherical(flat)
    panorama = _panorama(_posted(city, tour, "take/", file=SimpleUploadedFile("渡口.mp4", told)))
    run_pending(["heavy"])
    for one in (said, panorama):
        one.refresh_from_db()
        assert (one.state, one.problem, one.tiles["panorama"]["width"]) == ("ready", "", 512)
    words = MediaFile.objects.get(
        pk=_posted(city, tour, "media/", file=SimpleUploadedFile("a.vtt", CAPTIONS)).json()["media"]["id"]
    )
    described = document([str(panorama.pk)])
    described["scenes"][0]["hotspots"] = []
    draft = publishing.rebuild(tour, by, from_json(described))
    assert "film-without-words" in {one.code for one in publishing.findings(draft)}
    described["scenes"][0]["film"] = {
        "captions": [{"language": "zh-hans", "file": str(words.pk)}],
        "transcript": "流水声。",
    }
    publishing.rebuild(tour, by, from_json(described))
    release = publish(Tour.objects.get(pk=tour.pk), by)
    assert release is not None
    film = panorama.film
    assert film is not None
    assert {(str(one.master_id), one.role) for one in release.citations.all()} >= {(str(film.master_id), "video")}
    page = Client().get(release.publication.path).content.decode()
    told = html.document_fromstring(page).get_element_by_id("s-a")  # the page without scripts
    assert told.xpath(".//video/@src") == [f"/film/{film.master_id}.mp4"]
    assert told.xpath(".//video/@poster")[0].endswith("preview.jpg")
    assert told.xpath(".//track/@srclang") == ["zh-Hans"]
    assert "流水声。" in page
    scene = showing.tour_of(release.publication).as_json()["scenes"][0]
    assert scene["film"]["captions"][0]["src"] == f"/film/{words.master_id}.vtt"
    granting.withdraw(film.master, by=by, reason="所有人要求撤下。")
    assert showing.tour_of(release.publication).scenes == []
    assert Ingredient.objects.filter(master=film.master).count() == 1


def test_plain_panorama_still_comes_in_one_by_one(tour: Tour, city: RelatedCity) -> None:
    sent = SimpleUploadedFile("城楼.jpg", sphere_jpeg(7), "image/jpeg")
    assert _panorama(_posted(city, tour, "take/", file=sent)).recipe == {}
    assert _posted(city, tour, "take/").status_code == 400
