"""Stereo pictures: which half is whose, said by metadata, shape or staff; eyes that were swapped are exchanged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from haihe.base.tasks import run_pending
from haihe.city.testing import RelatedCity
from haihe.venues.domain import contents, panoramas, publishing
from haihe.venues.domain.inspecting.report import inspect
from haihe.venues.domain.panoramas import tiles_folder
from haihe.venues.domain.tiling.engine import tile, wish_for
from haihe.venues.domain.tours.reading import from_json
from haihe.venues.models import Panorama, Tour
from haihe.venues.tests import made
from haihe.venues.tests.conftest import document
from haihe.venues.tests.test_author import address

RED, BLUE = (200, 60, 40), (40, 60, 200)


def _said_by_xmp(jpeg: bytes, mode: str) -> bytes:
    """With the words of a 360° camera."""
    told = made.with_xmp(jpeg, X="")
    space = b'xmlns:GPano="http://ns.google.com/photos/1.0/panorama/" GPano:X=""'
    word = (
        b'xmlns:GSpherical="http://ns.google.com/videos/1.0/spherical/" GSpherical:StereoMode="' + mode.encode() + b'"'
    )
    assert space in told
    grown = told.replace(space, word)
    length = int.from_bytes(told[4:6]) + len(word) - len(space)
    return grown[:4] + length.to_bytes(2) + grown[6:]


@pytest.mark.parametrize("half", ["top", "bottom", "left", "right"])
def test_half_is_cut_as_a_picture_of_its_own(tmp_path: Path, half: str) -> None:
    one, other = made.sphere(512, seed=1), made.sphere(512, seed=2)
    whole = np.concatenate([one, other], axis=0 if half in ("top", "bottom") else 1)
    alone = one if half in ("top", "left") else other
    tile(made.write(tmp_path / "pair.png", whole), tmp_path / "half", wish_for("png", half=half))
    tile(made.write(tmp_path / "one.png", alone), tmp_path / "alone", wish_for("png"))
    for face in "fu":
        assert np.array_equal(made.face(tmp_path / "half", face), made.face(tmp_path / "alone", face))


def test_metadata_tells_what_no_shape_tells(tmp_path: Path) -> None:
    """Two different pictures do not correlate, so that only their own word makes them a pair; a pair may deny it."""
    pair = np.concatenate([made.sphere(512, seed=1), made.sphere(512, seed=2)])
    jpeg = made.write(tmp_path / "a.jpg", pair).read_bytes()
    assert inspect(tmp_path / "a.jpg")["stereo"]["layout"] == ""
    (tmp_path / "b.jpg").write_bytes(_said_by_xmp(jpeg, "top-bottom"))
    told = inspect(tmp_path / "b.jpg")
    assert (told["stereo"]["layout"], told["tiles"]["possible"]) == ("top-bottom", True)
    (tmp_path / "c.jpg").write_bytes(_said_by_xmp(made.stereo_jpeg("top-bottom", RED, BLUE), "mono"))
    assert inspect(tmp_path / "c.jpg")["stereo"]["layout"] == ""
    (tmp_path / "d.jpg").write_bytes(_said_by_xmp(made.stereo_jpeg("top-bottom", RED, BLUE), "left-right"))
    assert {one["code"] for one in inspect(tmp_path / "d.jpg")["problems"]} >= {"stereo-shape"}


def _mean(panorama: Panorama) -> str:
    red, _green, blue = made.face(panoramas.shown_folder(panorama), "f").reshape(-1, 3).mean(axis=0)
    return "red" if red > blue else "blue"


@pytest.mark.django_db
def test_staff_exchange_the_eyes_and_say_how_a_pair_lies(tour: Tour, city: RelatedCity) -> None:
    by = city.people["publisher"]
    file = made.stereo_jpeg("left-right", RED, BLUE)
    panorama = panoramas.take(file, organisation=tour.organisation, by=by, filename="双目.jpg")
    run_pending(["heavy"])
    panorama.refresh_from_db()
    assert (panorama.state, panorama.eyes, _mean(panorama)) == ("ready", ["left", "right"], "red")
    sent = {"panorama": str(panorama.pk), "exchange": "1"}
    assert city.client("viewer").post(address(tour, "lay-out/"), sent).status_code == 404
    told = city.client("editor").post(address(tour, "lay-out/"), sent).json()["panorama"]
    panorama.refresh_from_db()
    assert (told["eyes"], panorama.eyes, _mean(panorama)) == (["right", "left"], ["right", "left"], "blue")
    publishing.rebuild(tour, by, from_json(document([str(panorama.pk)])))
    content = contents.content_of(Tour.objects.get(pk=tour.pk).get_latest_revision_as_object())
    assert content["tour"]["scenes"][0]["tiles"] == {"face": 512, "eyes": ["right", "left"]}  # type: ignore[typeddict-item]
    city.client("editor").post(address(tour, "lay-out/"), {"panorama": str(panorama.pk), "layout": "mono"})
    run_pending(["heavy"])
    panorama.refresh_from_db()
    assert panorama.state == "failed"  # 4:1 in one piece is no sphere, and says so
    assert "2:1" in panorama.problem
    assert (tiles_folder(panorama.master.blob_id, "left") / "manifest.json").is_file()  # what is public keeps its tiles
    answer = city.client("editor").post(address(tour, "lay-out/"), {"panorama": str(panorama.pk), "layout": "upside"})
    assert answer.status_code == 400


@pytest.mark.django_db
def test_panorama_of_others_is_not_laid_out(tour: Tour, city: RelatedCity) -> None:
    client = city.client("editor")
    for key in ("", "nonsense", "00000000-0000-4000-8000-000000000000"):
        assert client.post(address(tour, "lay-out/"), {"panorama": key, "exchange": "1"}).status_code == 404
    mono = Panorama.objects.first()
    assert mono is not None
    assert client.post(address(tour, "lay-out/"), {"panorama": str(mono.pk), "exchange": "1"}).status_code == 400
