"""Panoramas from cube faces and fisheye circles, retouching, and what is said of sets that make none."""

from __future__ import annotations

import io
import itertools
from pathlib import Path

import cv2
import numpy as np
import pytest

from haihe.venues.domain.detecting.finding import cascades, find
from haihe.venues.domain.pictures.gpano import Crop
from haihe.venues.domain.preparing import faces, fisheye, levelling, retouching
from haihe.venues.domain.preparing.canvas import write_jpeg
from haihe.venues.domain.preparing.errors import PicturesDontFit, RecipeUnreadable
from haihe.venues.domain.preparing.recipe import Mask, Nadir, Recipe, from_json, to_json
from haihe.venues.domain.preparing.spherical import spherical
from haihe.venues.domain.tiling.engine import tile, wish_for
from haihe.venues.tests import made, made_sets

SPHERE = made.sphere(512, seed=3)
CUBE = made_sets.faces(SPHERE, 128)
NAMINGS = {
    "axes": ("px nx py ny pz nz", "rludfb", 0),
    "posx": ("posx negx posy negy posz negz", "rludfb", 0),
    "letters, poles turned": ("pano_f pano_b pano_l pano_r pano_u pano_d", "fblrud", 1),
    "numbers": ("tour-0 tour-1 tour-2 tour-3 tour-4 tour-5", "frblud", 0),
    "numbers in another order": ("0 1 2 3 4 5", "rludfb", 2),
    "from one": ("cube1 cube2 cube3 cube4 cube5 cube6", "frblud", 0),
    "words": ("front back left right top bottom", "fblrud", 3),
    "pairs": ("sky_ft sky_bk sky_lf sky_rt sky_up sky_dn", "fblrud", 0),
}


@pytest.mark.parametrize("naming", NAMINGS)
def test_six_faces_in_any_naming_make_the_panorama_they_were_cut_from(tmp_path: Path, naming: str) -> None:
    names, order, turns = NAMINGS[naming]
    named = {f"{name}.png": face for name, face in zip(names.split(), order, strict=True)}
    files = made_sets.write_faces(tmp_path, CUBE, named, turns)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    whole, _arrangement = faces.equirectangular(files, list(named), scratch / "whole.rgb", scratch)
    assert whole.shape == SPHERE.shape
    assert made.psnr(np.asarray(whole), SPHERE) > 42


def test_tiles_of_six_faces_are_those_of_the_panorama(tmp_path: Path) -> None:
    files = made_sets.write_faces(tmp_path, CUBE, {f"{face}.png": face for face in "frblud"})
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    whole, _found = faces.equirectangular(files, [one.name for one in files], scratch / "whole.rgb", scratch)
    write_jpeg(np.asarray(whole), tmp_path / "whole.jpg", {"SourcePhotosCount": 6})
    tile(tmp_path / "whole.jpg", tmp_path / "of-faces", wish_for("png"))
    tile(made.write(tmp_path / "sphere.png", SPHERE), tmp_path / "of-sphere", wish_for("png"))
    for face in "frblud":
        assert made.psnr(made.face(tmp_path / "of-faces", face), made.face(tmp_path / "of-sphere", face)) > 38


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ("px nx py ny pz", "5 pictures were sent"),
        ("px nx py ny pz other", "no face for: back"),
        ("f b l r u x_u", "no bottom, but twice: top"),
        ("red green blue one two three", "do not say which face"),
    ],
    ids=["five", "one missing", "one twice", "no faces"],
)
def test_wrong_set_is_named(names: str, said: str) -> None:
    with pytest.raises(PicturesDontFit, match=said):
        faces.named([f"{name}.jpg" for name in names.split()])


def test_face_that_is_no_square_or_of_another_size_is_named(tmp_path: Path) -> None:
    files = made_sets.write_faces(tmp_path, CUBE, {f"{face}.png": face for face in "frblud"})
    made.write(files[2], CUBE["b"][:100])
    with pytest.raises(PicturesDontFit, match=r"b\.png: A face is a square"):
        faces.equirectangular(files, [one.name for one in files], tmp_path / "x", tmp_path)
    made.write(files[2], CUBE["b"][:100, :100])
    with pytest.raises(PicturesDontFit, match=r"b\.png: The faces are not equally large"):
        faces.equirectangular(files, [one.name for one in files], tmp_path / "x", tmp_path)


@pytest.mark.parametrize(("fov", "turn", "separate"), [(190, 0, False), (204, 90, True)], ids=["one file", "two files"])
def test_fisheye_pair_is_measured_and_blended(tmp_path: Path, fov: int, turn: int, separate: bool) -> None:
    both = [made_sets.circle(SPHERE, 300, fov), made_sets.circle(SPHERE, 300, fov, back=True, turn=turn)]
    files = (
        [made.write(tmp_path / f"{at}.png", one) for at, one in enumerate(both)]
        if separate
        else [made.write(tmp_path / "pair.png", np.hstack(both))]
    )
    whole, lenses = fisheye.equirectangular(files, [one.name for one in files], tmp_path / "whole.rgb", tmp_path)
    assert (lenses.fov, lenses.second.turn) == (fov, turn)
    small = np.asarray(cv2.resize(np.asarray(whole), (512, 256), interpolation=cv2.INTER_AREA), np.uint8)
    assert made.psnr(small, SPHERE) > 33
    around = np.abs(np.diff(small.astype(int), axis=1)).mean(axis=(0, 2))  # steps from column to column
    assert around[[127, 128, 383, 384]].max() < 2 * around.mean()  # none where the lenses meet


def test_what_is_no_fisheye_pair_is_told(tmp_path: Path) -> None:
    square = made.write(tmp_path / "one.png", made_sets.circle(SPHERE, 200, 190))
    with pytest.raises(PicturesDontFit, match=r"one\.png: Two circles in one picture"):
        fisheye.equirectangular([square], ["one.png"], tmp_path / "x", tmp_path)
    with pytest.raises(PicturesDontFit, match="between 181 and 240"):
        fisheye.equirectangular([square, square], ["a", "b"], tmp_path / "x", tmp_path, fov=120)
    black = made.write(tmp_path / "black.png", np.zeros((100, 200, 3), np.uint8))
    with pytest.raises(PicturesDontFit, match=r"black\.png: There is no bright circle"):
        fisheye.equirectangular([black], ["black.png"], tmp_path / "x", tmp_path)


def test_nadir_is_covered_and_nothing_else_changes() -> None:
    mark = np.full((40, 80, 4), (10, 200, 30, 255), np.uint8)
    for kind in ("blur", "fill", "mark"):
        pixels = SPHERE.copy()
        retouching.retouch(pixels, Recipe(nadir=Nadir(kind, 30_000)), mark)
        rim = round((90 + 60) / 180 * 256)
        assert np.array_equal(pixels[: rim - 2], SPHERE[: rim - 2])
        assert not np.array_equal(pixels[rim + 10 :], SPHERE[rim + 10 :])
    assert np.abs(pixels[-3:].reshape(-1, 3).mean(axis=0) - [10, 200, 30]).max() < 12


@pytest.mark.parametrize(("yaw", "pitch"), [(0, 0), (179_500, -20_000), (0, 88_000)], ids=["ahead", "behind", "above"])
def test_mask_leaves_nothing_to_recognise_where_it_lies(yaw: int, pitch: int) -> None:
    noise = np.random.default_rng(5).integers(0, 255, (256, 512, 3), np.uint8)
    pixels = noise.copy()
    retouching.retouch(pixels, Recipe(masks=(Mask(yaw, pitch, 20_000, 14_000),)))
    angles = np.radians(yaw / 1000), np.radians(pitch / 1000)
    before, after = (retouching.cut(one, *angles, np.radians(6), 64).astype(float) for one in (noise, pixels))
    assert np.abs(np.diff(after, axis=1)).mean() < 0.12 * np.abs(np.diff(before, axis=1)).mean()
    far = retouching.axes(*angles)[2]
    there = np.degrees(np.arccos(np.clip(_directions(256) @ far, -1, 1)))
    assert np.array_equal(pixels[there > 16], noise[there > 16])


def _directions(height: int) -> np.ndarray:  # type: ignore[type-arg]
    latitude = ((0.5 - (np.arange(height) + 0.5) / height) * np.pi)[:, None]
    longitude = (((np.arange(2 * height) + 0.5) / (2 * height) - 0.5) * 2 * np.pi)[None]
    return np.stack(
        [np.cos(latitude) * np.sin(longitude), np.sin(latitude) + 0 * longitude, np.cos(latitude) * np.cos(longitude)],
        axis=-1,
    )


def test_stereo_pair_and_cropped_picture_are_retouched_where_they_lie() -> None:
    recipe = Recipe(masks=(Mask(0, 0, 20_000, 20_000),))
    pair = np.concatenate([SPHERE, SPHERE])
    retouching.over(pair, recipe, None, crop=Crop(512, 256, 0, 0, 512, 256), layout="top-bottom")
    alone = SPHERE.copy()
    retouching.retouch(alone, recipe)
    assert np.array_equal(pair, np.concatenate([alone, alone]))
    part = SPHERE[60:200].copy()
    retouching.over(part, recipe, None, crop=Crop(512, 256, 0, 60, 512, 140))
    assert np.array_equal(part, alone[60:200])


def test_scenes_of_one_light_meet_in_the_middle_and_night_stays_night() -> None:
    seen = {}
    for name, gain in {"a": (1, 1, 1), "b": (1.5, 1.4, 1.3), "c": (0.7, 0.7, 0.75), "night": (0.3, 0.3, 0.4)}.items():
        shown = np.asarray(cv2.LUT(SPHERE // 2 + 40, retouching.tone_table(gain)), np.uint8)
        seen[name] = (shown, levelling.looked_at(shown))
    groups = {name: "night" if name == "night" else "" for name in seen}
    factors = levelling.proposed({name: one[1] for name, one in seen.items()}, groups)
    assert "night" not in factors
    after = [
        levelling.looked_at(
            np.asarray(cv2.LUT(seen[name][0], retouching.tone_table(factors.get(name, (1, 1, 1)))), np.uint8)
        )
        for name in "abc"
    ]
    before = [seen[name][1] for name in "abc"]
    for one, other in itertools.combinations(range(3), 2):
        assert np.abs(after[one] - after[other]).max() < 0.3 * max(np.abs(before[one] - before[other]).max(), 0.3)


def test_recipe_has_one_form_and_what_cannot_be_is_refused() -> None:
    recipe = Recipe((1.2, 1.0, 0.9), Nadir("mark", 20_000, "17"), (Mask(1, 2, 3000, 4000),))
    assert from_json(to_json(recipe)) == recipe
    for told in (
        None, {"gain": [1, 1]}, {"gain": [9, 1, 1]}, {"nadir": {"kind": "paint"}}, {"masks": [[0, 0, 0, 0]]},
        {"nadir": {"kind": "mark", "mark": "../x"}}, {"masks": [[0, 0, 5000, 5000]] * 500},
    ):  # fmt: skip
        with pytest.raises(RecipeUnreadable):
            from_json(told)


@pytest.mark.skipif(cascades() is None, reason="no OpenCV cascades on this machine (Debian: opencv-data)")
def test_face_and_plate_in_a_panorama_are_proposed_where_they_are() -> None:
    """A schematic face and a plate are enough for the cascades; nothing else is found in an empty sky."""
    sky = np.full((512, 1024, 3), 190, np.uint8)
    sky[190:286, 702:798] = _face(24)[..., None]
    sky[230:280, 180:332] = _plate()[..., None]
    for one, column, row in zip(
        sorted(find(sky, cascades()), key=lambda found: found.kind), (750, 256), (238, 255), strict=True
    ):
        assert abs(one.yaw - (column / 1024 - 0.5) * 360) < 6
        assert abs(one.pitch - (0.5 - row / 512) * 180) < 4


def _face(size: int) -> made.Bytes:
    side = 4 * size
    drawn = np.full((side, side), 190, np.uint8)

    def oval(x: float, y: float, wide: float, high: float, shade: int) -> None:
        middle = (round(side / 2 + x * size), round(side / 2 + y * size))
        cv2.ellipse(drawn, middle, (max(1, round(wide * size)), max(1, round(high * size))), 0, 0, 360, shade, -1)

    oval(0, -0.35, 0.85, 0.95, 45)
    oval(0, 0, 0.75, 1, 205)
    for way in (-1, 1):
        oval(0.32 * way, -0.2, 0.22, 0.21, 170)
        oval(0.32 * way, -0.2, 0.14, 0.11, 60)
        oval(0.33 * way, -0.4, 0.2, 0.04, 80)
    oval(0, 0.2, 0.1, 0.3, 225)
    oval(0, 0.36, 0.16, 0.06, 140)
    oval(0, 0.6, 0.22, 0.08, 110)
    return np.asarray(cv2.GaussianBlur(drawn, (0, 0), size * 0.03), np.uint8)


def _plate() -> made.Bytes:
    drawn = np.full((125, 380), 60, np.uint8)
    drawn[30:95, 40:340] = 240
    cv2.rectangle(drawn, (42, 32), (337, 92), 20, 3)
    cv2.putText(drawn, "M456TX", (50, 81), cv2.FONT_HERSHEY_SIMPLEX, 1.8, 10, 3)
    cv2.line(drawn, (268, 30), (268, 95), 20, 3)
    cv2.putText(drawn, "77", (280, 70), cv2.FONT_HERSHEY_SIMPLEX, 1.08, 10, 2)
    return np.asarray(cv2.resize(cv2.GaussianBlur(drawn, (0, 0), 2), (152, 50), interpolation=cv2.INTER_AREA), np.uint8)


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (
            made_sets.box(b"ftyp", b"isom") + made_sets.box(b"moov", made_sets.box(b"trak", made_sets.spherical_v1())),
            "mono",
        ),
        (
            made_sets.box(b"moov", made_sets.box(b"trak", made_sets.spherical_v1("top-bottom")))
            + made_sets.box(b"mdat"),
            "top-bottom",
        ),
        (made_sets.box(b"moov", made_sets.box(b"trak", made_sets.box(b"tkhd", bytes(80)))), ""),
        (b"\x00\x00\x00\x01moov" + b"\xff" * 8, ""),
        (made_sets.box(b"moov", b"\x00\x00\x00\x02trak"), ""),
        (b"", ""),
    ],
    ids=["said", "stereo", "flat", "size of 64 bits that lies", "box smaller than its head", "empty"],
)
def test_film_says_that_it_is_spherical(file: bytes, said: str) -> None:
    assert spherical(io.BytesIO(file)) == said
