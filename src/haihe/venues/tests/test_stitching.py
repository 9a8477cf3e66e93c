"""Photos cut out of a known panorama, beside where they were cut out."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from haihe.venues.domain.inspecting.report import inspect
from haihe.venues.domain.stitching.command import main
from haihe.venues.domain.stitching.engine import OUTSIDE, Panorama, stitch
from haihe.venues.domain.stitching.errors import PhotosDontOverlap, StitchingAskedWrongly
from haihe.venues.domain.stitching.lens import Lens
from haihe.venues.domain.stitching.photos import read_photo
from haihe.venues.domain.stitching.placing import looking
from haihe.venues.domain.tiling.geometry import to_panorama
from haihe.venues.tests.made import write

SIZE, FIELD = (480, 360), 70.0


@cache
def scene(width: int = 2400, seed: int = 5) -> np.ndarray:
    """A panorama full of corners below, a plain sky with one bright side above 25 degrees."""
    random = np.random.default_rng(seed)
    height = width // 2
    made = np.zeros((height, width, 3), np.float32)
    for octave in range(4, 10):
        noise = random.standard_normal((2**octave // 2, 2**octave, 3)).astype(np.float32)
        noise = np.concatenate([noise[:, -2:], noise, noise[:, :2]], axis=1)
        large = cv2.resize(noise, (width + 4 * width // 2**octave, height), interpolation=cv2.INTER_CUBIC)
        made += large[:, 2 * width // 2**octave :][:, :width] * 14
    ground = np.clip(made + 110, 0, 255)
    latitude = (0.5 - (np.arange(height) + 0.5) / height) * 180
    sun = np.cos(((np.arange(width) + 0.5) / width - 0.6) * 2 * np.pi)
    sky = np.array([110.0, 150.0, 220.0]) + 25 * sun[None, :, None] * np.cos(np.radians(latitude))[:, None, None]
    return np.where((latitude > 25)[:, None, None], sky, ground).astype(np.uint8)


def photograph(panorama: np.ndarray, rotation: np.ndarray, *, field: float = FIELD, light: float = 1.0) -> np.ndarray:
    width, height = SIZE
    lens = Lens(width, height, width / 2 / np.tan(np.radians(field / 2)))
    x, y = np.meshgrid(np.arange(width, dtype=float), np.arange(height, dtype=float))
    rays = lens.rays(np.stack([x, y], axis=-1).reshape(-1, 2)) @ rotation.T
    rays /= np.linalg.norm(rays, axis=1, keepdims=True)
    columns, rows = to_panorama(rays, panorama.shape[1], panorama.shape[0])
    where = [one.reshape(height, width).astype(np.float32) for one in (columns, rows)]
    wide = np.concatenate([panorama, panorama[:, :8]], axis=1)
    where[0] %= panorama.shape[1]
    made = cv2.remap(wide, *where, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.clip(made * light, 0, 255).astype(np.uint8)


def card(
    folder: Path, panorama: np.ndarray, views: list[tuple[float, float]], seed: int = 1
) -> tuple[list[Path], list]:
    """Photos in the order of `views` (yaw, pitch), hand-held and with exposures of their own; and the truth."""
    random = np.random.default_rng(1)
    paths, truth = [], []
    for number, (yaw, pitch) in enumerate(views):
        off = np.radians(random.normal(0, 1.5, 3))
        truth.append(looking(np.radians(yaw) + off[0], np.radians(pitch) + off[1], off[2]))
        photo = photograph(panorama, truth[-1], light=random.uniform(0.85, 1.15))
        paths.append(write(folder / f"p{number:02d}.jpg", photo))
    return paths, truth


def misplaced(made: Panorama, truth: list) -> np.ndarray:
    """Degrees by which each photo is turned from the truth, once the worlds are laid on each other by the first."""
    world = truth[0] @ made.cameras[0].rotation.T
    angles = []
    for number, camera in sorted(made.cameras.items()):
        apart = truth[number].T @ world @ camera.rotation
        angles.append(np.degrees(np.arccos(np.clip((np.trace(apart) - 1) / 2, -1, 1))))
    return np.array(angles)


def test_ring_closes_is_level_and_shows_what_was_there_under_a_plain_sky(tmp_path: Path) -> None:
    panorama = scene()
    views: list[tuple[float, float]] = [*((40 * number, -12) for number in range(9)), (0, 75)]
    paths, truth = card(tmp_path, panorama, views)
    made = stitch(paths, width=1024)
    assert sorted(made.cameras) == list(range(10))
    assert made.left_out == []
    assert made.error < 0.7
    assert misplaced(made, truth)[:9].max() < 0.25
    up = np.mean([truth[n] @ made.cameras[n].rotation.T @ np.array([0, 1.0, 0]) for n in range(9)], axis=0)
    assert np.degrees(np.arccos(up[1] / np.linalg.norm(up))) < 1.5
    assert [made.cameras[n].by for n in range(10)] == ["matches"] * 9 + ["neighbours"]
    assert made.cameras[9].rotation[1, 2] > np.sin(np.radians(45))  # the sky, without features: it looks up
    edge = made.pixels.astype(float)
    usual = np.abs(np.diff(edge, axis=1)).mean()
    assert np.abs(edge[:, 0] - edge[:, -1]).mean() < 2 * usual


def test_photos_taken_from_different_places_are_bent_to_meet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    panorama = scene()
    paths, _truth = card(tmp_path, panorama, [(0, -25), (14, -25), (28, -25)])
    width, height = SIZE
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    moved = corners + np.array([[16, 22], [-20, -8], [10, 14], [-6, -18]], np.float32)
    photo = cv2.imread(str(paths[1]))
    assert photo is not None
    aside = cv2.warpPerspective(photo, cv2.getPerspectiveTransform(corners, moved), SIZE, borderMode=cv2.BORDER_REFLECT)
    cv2.imwrite(str(paths[1]), aside)
    made = stitch(paths, width=1024)
    assert made.parallax > 2
    assert made.error < 1.2
    assert all(camera.warp is not None and camera.warp.steepest < 0.5 for camera in made.cameras.values())
    points = np.random.default_rng(2).uniform((40, 40), (width - 40, height - 40), (50, 2))
    for camera in made.cameras.values():
        assert camera.warp is not None
        assert np.abs(camera.warp.there(camera.warp.back(points)) - points).max() < 0.3
    out = tmp_path / "out.jpg"
    assert main([*map(str, paths), str(out), "--width", "1024"]) == 0
    assert "different places" in capsys.readouterr().err


def test_nothing_is_left_bare_where_three_photos_meet(tmp_path: Path) -> None:
    paths, _truth = card(tmp_path, scene(), [(0, -25), (22, -25), (11, -5)])
    made = stitch(paths, width=1024)
    bare = np.all(made.pixels == OUTSIDE, axis=-1).astype(np.uint8)
    count, _labels, stats, _middles = cv2.connectedComponentsWithStats(bare)
    inner = [area for left, top, across, down, area in stats[1:] if left > 0 and left + across < 1024 and top > 0]
    assert count >= 1
    assert sum(inner) == 0


def test_photo_of_something_else_is_named(tmp_path: Path) -> None:
    paths, _truth = card(tmp_path, scene(), [(0, -20), (35, -20), (70, -20)])
    other = write(tmp_path / "other.jpg", photograph(scene(seed=9), looking(2.0, -0.4)))
    with pytest.raises(PhotosDontOverlap, match=r"none of the others: other\.jpg\."):
        stitch([*paths, other], width=1024)
    made = stitch([*paths, other], width=1024, leave_out=True)
    assert (sorted(made.cameras), made.left_out) == ([0, 1, 2], [3])


def test_lists_that_cannot_be_are_refused(tmp_path: Path) -> None:
    one = write(tmp_path / "a.jpg", photograph(scene(), np.eye(3)))
    with pytest.raises(StitchingAskedWrongly):
        stitch([one])
    with pytest.raises(StitchingAskedWrongly):
        stitch([one] * 121)
    plain = write(tmp_path / "b.jpg", np.full((360, 480, 3), 90, np.uint8))
    with pytest.raises(PhotosDontOverlap, match=r"a\.jpg, b\.jpg"):
        stitch([one, plain])


def test_command_writes_a_panorama_that_says_where_it_lies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths, _truth = card(tmp_path, scene(), [(0, -15), (35, -15)])
    out = tmp_path / "out.jpg"
    assert main([*map(str, paths), str(out), "--width", "1024", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    seen = inspect(out)
    assert (seen["sphere"]["full_width"], seen["sphere"]["top"]) == (1024, told["top"])
    assert seen["tiles"]["possible"]
    assert [one["photo"] for one in told["placed"]] == [str(path) for path in paths]
    assert abs(told["placed"][0]["yaw"] - told["placed"][1]["yaw"]) == pytest.approx(35, abs=4)
    with pytest.raises(StitchingAskedWrongly, match="already"):
        main([*map(str, paths), str(out)])


def test_overlap_has_no_step_of_exposure(tmp_path: Path) -> None:
    panorama = scene()
    dark = write(tmp_path / "a.jpg", photograph(panorama, looking(-0.25, -0.35), light=0.75))
    bright = write(tmp_path / "b.jpg", photograph(panorama, looking(0.25, -0.35), light=1.1))
    made = stitch([dark, bright], width=2048)
    shown = made.pixels[660 - made.top : 700 - made.top].astype(float)
    left, right = shown[:, 1024 - 60 : 1024], shown[:, 1024 : 1024 + 60]
    assert abs(left.mean() - right.mean()) < 14


def test_real_sets_are_joined(data_folder: Path) -> None:
    photos = sorted((data_folder / "stitching" / "arches").glob("JDW_030*.jpg"))
    assert read_photo(photos[0]).focal == 720 * 27 / 36  # what EXIF tells of a lens of 27 mm
    made = stitch(photos, width=1024)
    assert sorted(made.cameras) == [0, 1, 2]
    assert made.error < 1.5


def test_street_photos_of_one_who_walked_on_meet(data_folder: Path) -> None:
    made = stitch(sorted((data_folder / "stitching" / "berlin").glob("*.jpg")), width=1024)
    assert made.parallax > 20
    assert made.error < 1.5
