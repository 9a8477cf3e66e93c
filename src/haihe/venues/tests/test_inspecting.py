"""What `inspect` says of good files, odd files and hostile files."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haihe.venues.domain.inspecting.problems import _TEXTS
from haihe.venues.domain.inspecting.report import inspect
from haihe.venues.domain.pictures.gpano import read_gpano
from haihe.venues.domain.pictures.header import profile_name
from haihe.venues.domain.pictures.signature import kind_of
from haihe.venues.tests.made import png_header, sphere, with_orientation, with_xmp, write

WHOLE = {"FullPanoWidthPixels": 1024, "FullPanoHeightPixels": 512}
PLACE = {"CroppedAreaLeftPixels": 0, "CroppedAreaTopPixels": 0}


def codes(told: dict[str, Any]) -> list[str]:
    return [one["code"] for one in told["problems"]]


@pytest.fixture(scope="module")
def jpeg(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return write(tmp_path_factory.mktemp("made") / "a.jpg", sphere(1024)).read_bytes()


def inspected(tmp_path: Path, content: bytes, name: str = "a.jpg") -> dict[str, Any]:
    (tmp_path / name).write_bytes(content)
    return inspect(tmp_path / name)


def test_good_panorama_has_only_its_size_to_be_noted(tmp_path: Path, jpeg: bytes) -> None:
    told = inspected(tmp_path, jpeg)
    assert (told["format"], told["width"], told["height"], told["bits"]) == ("jpeg", 1024, 512, 8)
    assert told["projection"]["guess"] == "equirectangular"
    assert told["seam"]["continuous"]
    assert told["tiles"] == {"possible": True, "face": 512}
    assert codes(told) == ["small"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "empty"),
        (b"a letter to the editor", "text"),
        ("\u6d77\u6cb3".encode("gb18030"), "text"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>x()</script></svg>', "svg"),
        (b"<!DOCTYPE html><p>not found", "html"),
        (b"GIF89a" + bytes(64), "gif"),
        (struct.pack(">I", 24) + b"ftypheic\0\0\0\0mif1heic" + bytes(64), "heic"),
        (struct.pack(">I", 24) + b"ftypisom\0\0\0\0isommp41" + bytes(64), "video"),
        (b"%PDF-1.7\n", "pdf"),
        (b"\x00\x01\x02\x03" * 16, "unknown"),
        (b"\xff\xd8\xff" + bytes(64), "jpeg"),
        (b"\x89PNG\r\n\x1a\n" + bytes(64), "png"),
    ],
)
def test_what_is_no_picture_is_said_whatever_its_name(tmp_path: Path, content: bytes, kind: str) -> None:
    told = inspected(tmp_path, content)
    assert (told["readable"], told["format"]) == (False, kind)
    assert codes(told) == ["unreadable"]
    assert not told["tiles"]["possible"]


@pytest.mark.parametrize("size", [(100_000, 50_000), (40_000, 1), (32_768, 32_768), (2**31 - 1, 2**31 - 1)])
def test_bombs_are_refused_by_their_declared_size(tmp_path: Path, size: tuple[int, int]) -> None:
    told = inspected(tmp_path, png_header(*size), "bomb.png")
    assert not told["readable"]
    assert codes(told)[0] in ("too-large", "unreadable")


def test_missing_file_is_a_report(tmp_path: Path) -> None:
    assert inspect(tmp_path / "none.jpg")["format"] == "missing"


def test_damage_is_found_and_placed(tmp_path: Path, jpeg: bytes) -> None:
    told = inspected(tmp_path, jpeg[: len(jpeg) // 2])
    assert codes(told)[0] == "damaged"
    assert not told["tiles"]["possible"]
    assert 100 < int(told["problems"][0]["en"].split("row ")[1].split()[0]) < 400
    middle = len(jpeg) // 2
    scrambled = jpeg[:middle] + bytes(range(255)) + jpeg[middle + 255 :]
    assert codes(inspected(tmp_path, scrambled))[0] == "damaged"


def test_orientation_says_whether_it_is_followed(tmp_path: Path, jpeg: bytes) -> None:
    assert codes(inspected(tmp_path, with_orientation(jpeg, 6))) == ["orientation-ignored", "small"]
    assert codes(inspected(tmp_path, with_orientation(jpeg, 3))) == ["orientation-applied", "small"]
    lying = write(tmp_path / "b.jpg", np.rot90(sphere(1024))).read_bytes()
    told = inspected(tmp_path, with_orientation(lying, 6))
    assert codes(told) == ["orientation-applied", "small"]
    assert told["projection"]["guess"] == "equirectangular"


def test_depth_colour_and_alpha_are_named(tmp_path: Path) -> None:
    panorama = sphere(512)
    cv2.imwrite(str(tmp_path / "a.png"), panorama.astype(np.uint16) * 257)
    assert codes(inspect(tmp_path / "a.png")) == ["deep", "small"]
    cv2.imwrite(str(tmp_path / "b.png"), panorama[..., 0])
    assert inspect(tmp_path / "b.png")["bands"] == 1
    import pyvips

    image = pyvips.Image.new_from_array(panorama).copy(interpretation="srgb").colourspace("cmyk")
    image.jpegsave(str(tmp_path / "c.jpg"))
    assert codes(inspect(tmp_path / "c.jpg"))[0] == "cmyk"


def test_flat_photograph_of_two_to_one_is_suspected(tmp_path: Path) -> None:
    told = inspect(write(tmp_path / "a.png", sphere(2048)[200:500, 100:700]))
    assert told["projection"]["guess"] == "flat"
    assert "flat-photograph" in codes(told)


def test_seam_is_measured(tmp_path: Path) -> None:
    brighter = 60 * np.linspace(0, 1, 1024)[None, :] * np.sin(np.linspace(0, np.pi, 512))[:, None]
    panorama = np.clip(sphere(1024) * 0.7 + brighter[..., None], 0, 255).astype(np.uint8)
    told = inspect(write(tmp_path / "a.png", panorama))
    assert not told["seam"]["continuous"]
    assert "seam" in codes(told)


@pytest.mark.parametrize(("shift", "swapped"), [(8, True), (-8, False)])
def test_stereo_is_found_and_so_are_swapped_eyes(tmp_path: Path, shift: int, swapped: bool) -> None:
    """What is near lies further right for the left eye; here the second half's view lies `shift` to the right."""
    first = sphere(1024, seed=4)
    told = inspect(write(tmp_path / "a.png", np.vstack([first, np.roll(first, shift, axis=1)])))
    assert told["stereo"] == {"layout": "top-bottom", "swapped": swapped}
    assert ("stereo-swapped" in codes(told)) == swapped
    assert (told["tiles"]["possible"], told["sphere"]["full_height"]) == (True, 512)


def test_fisheye_circles_and_crosses_are_found(tmp_path: Path) -> None:
    y, x = np.mgrid[0:400, 0:400]
    inside = (np.hypot(x - 200, y - 200) < 195)[..., None]
    circle = np.where(inside, sphere(800)[:, :400], 0).astype(np.uint8)
    assert inspect(write(tmp_path / "a.png", circle))["projection"]["guess"] == "fisheye"
    pair = np.hstack([circle, circle])
    assert inspect(write(tmp_path / "b.png", pair))["projection"]["guess"] == "dual-fisheye"
    cross = np.zeros((600, 800, 3), np.uint8)
    cross[200:400] = sphere(800)[100:300]
    cross[:, 200:400] = sphere(1200)[:600, :200]
    assert inspect(write(tmp_path / "c.png", cross))["projection"]["guess"] == "cube"


def test_cropped_with_metadata_is_placed_and_without_is_asked_for(tmp_path: Path) -> None:
    part = write(tmp_path / "a.jpg", sphere(1024)[100:400]).read_bytes()
    told = inspected(tmp_path, part)
    assert told["projection"]["guess"] == "partial"
    assert codes(told)[0] == "not-equirectangular"
    assert "--crop 1024,512,0,106" in told["problems"][0]["en"]
    sizes = {"CroppedAreaImageWidthPixels": 1024, "CroppedAreaImageHeightPixels": 300}
    placed = inspected(tmp_path, with_xmp(part, **WHOLE, **sizes, CroppedAreaLeftPixels=0, CroppedAreaTopPixels=100))
    assert placed["tiles"]["possible"]
    assert placed["sphere"]["top"] == 100
    assert codes(placed) == ["cropped", "small"]


@pytest.mark.parametrize(
    "gpano",
    [
        {**PLACE, "FullPanoWidthPixels": 100, "FullPanoHeightPixels": 50},
        {"ProjectionType": "cylindrical"},
        {"FullPanoWidthPixels": "nan"},
        {**PLACE, "FullPanoWidthPixels": 10**6, "FullPanoHeightPixels": 5 * 10**5},
        {**PLACE, "FullPanoWidthPixels": "9" * 400, "FullPanoHeightPixels": 512},
        {**WHOLE, "CroppedAreaLeftPixels": -5, "CroppedAreaTopPixels": 0},
    ],
)
def test_metadata_that_contradicts_is_named(tmp_path: Path, jpeg: bytes, gpano: dict[str, Any]) -> None:
    sizes = {"CroppedAreaImageWidthPixels": 1024, "CroppedAreaImageHeightPixels": 512}
    assert codes(inspected(tmp_path, with_xmp(jpeg, **gpano, **sizes)))[0] == "gpano-wrong"


def test_metadata_of_a_picture_that_was_scaled_down_still_fits(tmp_path: Path, jpeg: bytes) -> None:
    sizes = {"CroppedAreaImageWidthPixels": 4096, "CroppedAreaImageHeightPixels": 2048}
    full = {"FullPanoWidthPixels": 4096, "FullPanoHeightPixels": 2048}
    told = inspected(tmp_path, with_xmp(jpeg, **full, **sizes, **PLACE, PoseHeadingDegrees=9))
    assert told["sphere"]["full_width"] == 1024
    assert told["gpano"]["PoseHeadingDegrees"] == "9"


def test_entities_of_xmp_are_not_expanded() -> None:
    packet = (
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
        b'<!ENTITY f SYSTEM "file:///etc/passwd">]>'
        b'<x xmlns:GPano="http://ns.google.com/photos/1.0/panorama/"><GPano:StitchingSoftware>&b;&f;'
        b"</GPano:StitchingSoftware></x>"
    )
    told = read_gpano(packet)
    assert told is None or "root:" not in str(told.values)


def test_every_problem_is_said_in_both_languages_with_chinese_punctuation() -> None:
    for _severity, en, zh in _TEXTS.values():
        assert en.isascii()
        assert zh.endswith(("\u3002", "{advice_zh}"))
        for told in ("{ratio:.1f}", "{degree:.0f}", "2:1"):
            zh = zh.replace(told, "")
        assert not any(mark in zh for mark in ",;:()!?")


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=600))
def test_no_bytes_upset_the_readers_of_headers(content: bytes) -> None:
    assert kind_of(content)
    assert isinstance(profile_name(content), str)
    read_gpano(b"http://ns.google.com/photos/1.0/panorama/" + content)


def test_real_panoramas_are_recognised(data_folder: Path) -> None:
    folder = data_folder / "panoramas"
    for path in sorted(folder.glob("*_1024x512.jpg")) + sorted(folder.glob("*_2048x1024.jpg")):
        assert inspect(path)["projection"]["guess"] == "equirectangular", path.name
    told = inspect(folder / "psv_sun_gpano_4000x2000.jpg")
    assert told["gpano"]["SourcePhotosCount"] == "51"
    hdr = inspect(folder / "hdrihaven_venice_sunset_1k.hdr")
    assert codes(hdr) == ["hdr", "small"]
