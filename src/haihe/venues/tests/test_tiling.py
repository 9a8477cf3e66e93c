"""Tiles beside an exact reference; seams; being killed; what stands in the folder."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from haihe.venues.domain.pictures.errors import PictureDamaged
from haihe.venues.domain.pictures.gpano import Crop
from haihe.venues.domain.tiling.engine import tile, wish_for
from haihe.venues.domain.tiling.errors import TilesThere, TilingAskedWrongly, TilingBusy
from haihe.venues.domain.tiling.geometry import FACES, directions, to_panorama
from haihe.venues.domain.tiling.workspace import open_workspace
from haihe.venues.tests.made import face, psnr, reference, sphere, with_orientation, write


def files(folder: Path) -> dict[str, bytes]:
    return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


@pytest.mark.parametrize("width", [pytest.param(2048, marks=pytest.mark.full), 1026])
def test_lossless_faces_are_the_reference(tmp_path: Path, width: int) -> None:
    panorama = sphere(width)
    tile(write(tmp_path / "a.png", panorama), tmp_path / "out", wish_for("png", face=512))
    for name in FACES:
        assert psnr(face(tmp_path / "out", name), reference(panorama, name, 512)) > 55


def test_odd_sizes_and_bands_of_many_tiles(tmp_path: Path) -> None:
    panorama = sphere(1501)[:750]
    tile(write(tmp_path / "a.png", panorama), tmp_path / "out", wish_for("png", face=1024))
    for name in "bu":
        assert psnr(face(tmp_path / "out", name), reference(panorama, name, 1024)) > 55


def test_jpeg_faces_differ_only_by_their_compression(tmp_path: Path) -> None:
    panorama = sphere(2048)
    tile(write(tmp_path / "a.png", panorama), tmp_path / "out", wish_for("jpeg", 95))
    for name in "fu":
        exact = reference(panorama, name, 512)
        limit = cv2.imdecode(
            cv2.imencode(".jpg", exact[..., ::-1].astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 95])[1], 1
        )
        assert psnr(face(tmp_path / "out", name), exact) > psnr(limit[..., ::-1], exact) - 1


def test_grid_corners_stay_within_a_tenth_of_a_pixel(tmp_path: Path) -> None:
    """Bright dots at known directions; their weighted middle in the face against the projection's definition."""
    width, size = 4096, 1024
    panorama = np.zeros((width // 2, width, 3), np.uint8)
    spots = [(x, y) for x in range(100, width, 309) for y in range(240, width // 2 - 200, 157)]
    across, down = np.meshgrid(np.arange(-9, 10), np.arange(-9, 10))
    dot = (255 * np.exp(-(across**2 + down**2) / 18)).astype(np.uint8)
    for x, y in spots:
        panorama[y - 9 : y + 10, (np.arange(x - 9, x + 10)) % width] = dot[..., None]
    tile(write(tmp_path / "a.png", panorama), tmp_path / "out", wish_for("png", face=size))
    seen = 0
    for name in FACES:
        made = face(tmp_path / "out", name)[..., 0].astype(float)
        columns, rows = to_panorama(directions(name, size), width, width // 2)
        for x, y in spots:
            coarse = np.hypot(columns[::8, ::8] - x, rows[::8, ::8] - y)
            row, column = 8 * np.array(np.unravel_index(coarse.argmin(), coarse.shape))
            if not (24 < row < size - 24 and 24 < column < size - 24):
                continue
            close = (slice(row - 8, row + 9), slice(column - 8, column + 9))
            near = np.hypot(columns[close] - x, rows[close] - y)
            away = np.array(np.unravel_index(near.argmin(), near.shape)) - 8
            row, column = row + away[0], column + away[1]
            part = (slice(row - 12, row + 13), slice(column - 12, column + 13))
            weight = made[part] / made[part].sum()
            assert abs((weight * columns[part]).sum() - x) < 0.13  # 0.1 pixel of the face is 0.13 of the panorama
            assert abs((weight * rows[part]).sum() - y) < 0.13
            seen += 1
    assert seen > 80


def test_no_seam_where_the_panorama_closes_nor_at_the_poles(tmp_path: Path) -> None:
    """Steps between neighbours across the back meridian, across edges of faces and at the poles are as elsewhere."""
    tile(write(tmp_path / "a.png", sphere(2048)), tmp_path / "out", wish_for("png", face=1024))
    made = {name: face(tmp_path / "out", name).astype(float) for name in FACES}
    for name in ("b", "u", "d"):
        steps = np.abs(np.diff(made[name], axis=1)).mean(axis=(0, 2))
        assert steps[511] < 1.25 * np.median(steps)
    for name in ("u", "d"):
        pole = made[name][500:524, 500:524]
        assert np.abs(np.diff(pole, axis=0)).max() < 1.5 * np.abs(np.diff(made[name], axis=0)).max()
    for left, right in ("fr", "rb", "bl", "lf"):
        inside = np.abs(np.diff(made[left][:, -8:], axis=1)).mean()
        assert np.abs(made[left][:, -1] - made[right][:, 0]).mean() < 1.25 * inside


def test_levels_are_means_of_two_by_two(tmp_path: Path) -> None:
    tile(write(tmp_path / "a.png", sphere(2048)), tmp_path / "out", wish_for("png", face=1024))
    for level in (2, 1):
        large = face(tmp_path / "out", "r", level).astype(float)
        mean = (large[::2, ::2] + large[1::2, ::2] + large[::2, 1::2] + large[1::2, 1::2]) / 4
        assert np.abs(face(tmp_path / "out", "r", level - 1) - mean).max() <= 0.5


@pytest.mark.parametrize("format", ["jpeg", "webp", "avif", "png"])
def test_every_format_is_what_its_name_says(tmp_path: Path, format: str) -> None:
    panorama = sphere(1024)
    made = tile(write(tmp_path / "a.png", panorama), tmp_path / "out", wish_for(format))
    extension = made.manifest["tiles"].rpartition(".")[2]
    tiles = sorted((tmp_path / "out" / "1").iterdir())
    assert [one.name for one in tiles] == sorted(f"{name}0_0.{extension}" for name in FACES)
    import pyvips

    read = pyvips.Image.new_from_file(str(tiles[0]))
    assert (read.width, read.height, read.bands) == (512, 512, 3)
    assert psnr(read.numpy(), reference(panorama, "b", 512)) > 30


def test_cropped_panorama_lies_where_it_was(tmp_path: Path) -> None:
    panorama = sphere(2048)
    part = write(tmp_path / "a.png", panorama[300:800, 200:1900])
    tile(part, tmp_path / "out", wish_for("png", crop=Crop(2048, 1024, 200, 300, 0, 0)))
    whole = panorama.copy()
    shown = np.zeros((1024, 2048), bool)
    shown[300:800, 200:1900] = True
    whole[~shown] = 24
    for name in FACES:
        assert psnr(face(tmp_path / "out", name), reference(whole, name, 512)) > 50


@pytest.mark.parametrize("orientation", [2, 3, 4])
def test_orientation_is_applied_as_viewers_do(tmp_path: Path, orientation: int) -> None:
    panorama = sphere(1024)
    stored = {2: panorama[:, ::-1], 3: panorama[::-1, ::-1], 4: panorama[::-1]}[orientation]
    path = write(tmp_path / "a.jpg", stored)
    path.write_bytes(with_orientation(path.read_bytes(), orientation))
    tile(path, tmp_path / "out", wish_for("png"))
    assert psnr(face(tmp_path / "out", "u"), reference(panorama, "u", 512)) > 35


@pytest.mark.parametrize("orientation", [6, 8])
def test_orientation_that_would_lay_it_on_its_side_is_ignored(tmp_path: Path, orientation: int) -> None:
    panorama = sphere(1024)
    path = write(tmp_path / "a.jpg", panorama)
    path.write_bytes(with_orientation(path.read_bytes(), orientation))
    tile(path, tmp_path / "out", wish_for("png"))
    assert psnr(face(tmp_path / "out", "f"), reference(panorama, "f", 512)) > 35


def test_threads_change_no_byte_and_a_second_run_does_nothing(tmp_path: Path) -> None:
    picture = write(tmp_path / "a.jpg", sphere(2048))
    tile(picture, tmp_path / "one", wish_for(face=1024), jobs=1)
    tile(picture, tmp_path / "four", wish_for(face=1024), jobs=4)
    assert files(tmp_path / "one") == files(tmp_path / "four")
    before = {one: one.stat().st_mtime_ns for one in (tmp_path / "one").rglob("*")}
    assert tile(picture, tmp_path / "one", wish_for(face=1024)).already
    assert {one: one.stat().st_mtime_ns for one in (tmp_path / "one").rglob("*")} == before


def test_another_picture_replaces_only_when_told(tmp_path: Path) -> None:
    tile(write(tmp_path / "a.png", sphere(512, 1)), tmp_path / "out", wish_for())
    before = files(tmp_path / "out")
    other = write(tmp_path / "b.png", sphere(512, 2))
    with pytest.raises(TilesThere):
        tile(other, tmp_path / "out", wish_for())
    assert files(tmp_path / "out") == before
    tile(other, tmp_path / "out", wish_for(), replace=True)
    assert files(tmp_path / "out") != before
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.png", "b.png", "out"]


def test_damage_publishes_nothing_unless_told(tmp_path: Path) -> None:
    picture = write(tmp_path / "a.jpg", sphere(2048))
    whole = picture.read_bytes()
    picture.write_bytes(whole[: len(whole) * 2 // 3])
    with pytest.raises(PictureDamaged, match=r"near row \d+ of 1024"):
        tile(picture, tmp_path / "out", wish_for())
    middle = len(whole) // 2
    picture.write_bytes(whole[:middle] + bytes(range(255)) + whole[middle + 255 :])
    for _twice in range(2):
        with pytest.raises(PictureDamaged):
            tile(picture, tmp_path / "out", wish_for())
    assert [one.name for one in tmp_path.iterdir()] == ["a.jpg"]
    made = tile(picture, tmp_path / "out", wish_for(lenient=True))
    assert made.manifest["faceSize"] == 512


def test_two_processes_do_not_make_the_same_tiles_at_once(tmp_path: Path) -> None:
    with open_workspace(tmp_path / "out", "0" * 64, replace=False), pytest.raises(TilingBusy):  # noqa: SIM117
        with open_workspace(tmp_path / "out", "0" * 64, replace=False):
            pass


@pytest.mark.parametrize("wrong", [{"format": "gif"}, {"quality": 0}, {"quality": 101}, {"face": 1000}])
def test_impossible_wishes_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(TilingAskedWrongly):
        wish_for(**wrong)  # type: ignore[arg-type]


def test_killed_run_is_taken_up_and_never_half_published(tmp_path: Path) -> None:
    picture = write(tmp_path / "a.png", sphere(1024))
    tile(picture, tmp_path / "whole", wish_for(face=4096), jobs=1)
    command = [sys.executable, "-m", "haihe", "venues", "tile", "a.png", "out", "--jobs", "1", "--quiet", "--json"]
    command += ["--face", "4096"]
    for steps in (2, 6):
        process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL)
        journal = tmp_path / "none"
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            journal = next(tmp_path.glob(".out.tiling-*/journal"), journal)
            if journal.exists() and journal.read_bytes().count(b"\n") >= steps:
                process.send_signal(signal.SIGKILL)
                break
            time.sleep(0.001)
        process.wait()
        if process.returncode == -signal.SIGKILL:
            assert not (tmp_path / "out").exists()
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    resumed = json.loads(done.stdout)["resumed"]
    assert resumed >= 6
    assert files(tmp_path / "out") == files(tmp_path / "whole")
    assert not list(tmp_path.glob(".out.tiling-*"))


def test_full_disk_is_said_and_the_work_goes_on_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from haihe.venues.domain.tiling import workspace
    from haihe.venues.domain.tiling.errors import TilesUnwritable

    picture = write(tmp_path / "a.png", sphere(2048))
    real, left = workspace.Workspace.write, [9]

    def until_full(self: workspace.Workspace, name: str, data: bytes) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(28, os.strerror(28), name)
        real(self, name, data)

    monkeypatch.setattr(workspace.Workspace, "write", until_full)
    with pytest.raises(TilesUnwritable, match="The disk is full"):
        tile(picture, tmp_path / "out", wish_for(face=1024), jobs=1)  # one after the other: the first unit is done
    assert not (tmp_path / "out").exists()
    monkeypatch.undo()
    assert tile(picture, tmp_path / "out", wish_for(face=1024)).resumed > 0


def test_manifests_name_files_that_are_there(tmp_path: Path) -> None:
    out = tmp_path / "out"
    manifest = tile(write(tmp_path / "a.png", sphere(2048)), out, wish_for(face=1024)).manifest
    assert json.loads((out / "manifest.json").read_bytes()) == manifest
    pannellum = json.loads((out / "pannellum.json").read_bytes())["multiRes"]
    marzipano = json.loads((out / "marzipano.json").read_bytes())
    named = set()
    for level in range(1, pannellum["maxLevel"] + 1):
        side = pannellum["cubeResolution"] >> (pannellum["maxLevel"] - level)
        for name in FACES:
            for row in range(side // pannellum["tileResolution"]):
                for column in range(side // pannellum["tileResolution"]):
                    path = pannellum["path"].replace("%l", str(level)).replace("%s", name)
                    named.add(path.replace("%y", str(row)).replace("%x", str(column)).lstrip("/") + ".jpg")
    fallback = {pannellum["fallbackPath"].replace("%s", name).lstrip("/") + ".jpg" for name in FACES}
    there = {one for one in files(out) if one[0].isdigit()}
    assert named | fallback == there
    seen = set()
    for z, level in enumerate(marzipano["levels"]):
        for name in FACES:
            for y in range(level["size"] // level["tileSize"]):
                for x in range(level["size"] // level["tileSize"]):
                    seen.add(marzipano["urlTemplate"].format(z=z, f=name, y=y, x=x))
    assert seen == there
    assert marzipano["levels"][0]["fallbackOnly"]
    assert len((out / "strip.jpg").read_bytes()) <= 9_000
    tiny = base64.b64decode(manifest["placeholder"].partition(",")[2])
    assert len(tiny) <= 900
    assert cv2.imdecode(np.frombuffer(tiny, np.uint8), 1).shape == (24, 144, 3)
    assert cv2.imread(str(out / "preview.jpg")).shape == (512, 1024, 3)


def test_preview_is_the_panorama(tmp_path: Path) -> None:
    panorama = sphere(2048)
    tile(write(tmp_path / "a.png", panorama), tmp_path / "out", wish_for("png"))
    small = cv2.resize(panorama, (1024, 512), interpolation=cv2.INTER_AREA)
    read = cv2.imread(str(tmp_path / "out" / "preview.jpg"))[..., ::-1]
    assert np.abs(cv2.GaussianBlur(read, (0, 0), 4).astype(float) - cv2.GaussianBlur(small, (0, 0), 4)).mean() < 2
