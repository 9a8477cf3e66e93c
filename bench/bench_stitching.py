"""Stitching beside Hugin's command line: angle covered, time, and what matches say that the fit never saw.

Sets: those of the data folder, and 24 photos cut out of a panorama made here (two rows of ten, two towards each pole,
the upper ones of a plain sky), whose true directions are known. Hugin (pto_gen, cpfind, cpclean, autooptimiser,
pano_modify, nona, enblend) runs where it is installed; on the 24 photos only with HAIHE_BENCH_HUGIN=all (minutes).
"""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parent))

from figures import Figure
from forecast_data import folder
from haihe.venues.domain.stitching.placing import looking
from haihe.venues.tests import test_stitching as made

COLUMNS = 4096
Doubles = npt.NDArray[np.float64]
VIEWS = [(36.0 * n, 25.0) for n in range(10)] + [(36.0 * n + 18, -22.0) for n in range(10)]
VIEWS += [(0.0, 70.0), (180.0, 70.0), (0.0, -70.0), (180.0, -70.0)]


def run() -> list[Figure]:
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="haihe-bench-") as name:
        place = Path(name)
        for title, photos in _sets().items():
            ours, seconds = _ours(photos, place / "ours.jpg")
            figures += _judged(title, ours, seconds, _hugin(photos, place / title.replace(" ", "-")))
        figures += _sphere(place)
    return figures


def _sets() -> dict[str, list[Path]]:
    place = folder() / "stitching"
    sets = {
        "arches 302-304": sorted(place.glob("arches/JDW_03*.jpg")),
        "arches 518-520": sorted(place.glob("arches/JDW_95*.jpg")),
        "berlin": sorted(place.glob("berlin/*.jpg")),
    }
    return {title: photos for title, photos in sets.items() if photos}


def _judged(title: str, ours: dict[str, Any], seconds: float, hugin: tuple[float, float] | None) -> list[Figure]:
    error = ours["error"] if ours["error"] is not None else math.inf
    figures = [Figure(f"{title}: median of matches held out", error, "px", bar="value <= 1.5")]
    if hugin is None:
        return figures
    return [
        *figures,
        Figure(f"{title}: angle covered", ours["coverage"], "sr", "Hugin", hugin[0], bar="ratio >= 0.95"),
        Figure(f"{title}: time", seconds, "s", "Hugin", hugin[1], bar="ratio <= 0.5"),
    ]


def _sphere(place: Path) -> list[Figure]:
    """24 photos of 1600 x 1200, 72 degrees wide, of a sphere whose upper part is a plain sky."""
    random = np.random.default_rng(3)
    panorama, size = made.scene(6144), made.SIZE
    made.SIZE = (1600, 1200)
    photos, truth = [], []
    for number, (yaw, pitch) in enumerate(VIEWS):
        off = np.radians(random.normal(0, 1.5, 3))
        truth.append(looking(np.radians(yaw) + off[0], np.radians(pitch) + off[1], off[2]))
        photo = made.photograph(panorama, truth[-1], field=72, light=random.uniform(0.85, 1.15))
        photos.append(place / f"p{number:02d}.jpg")
        cv2.imwrite(str(photos[-1]), photo[..., ::-1])
    made.SIZE = size
    ours, seconds = _ours(photos, place / "sphere.jpg")
    hugin = _hugin(photos, place / "sphere") if os.environ.get("HAIHE_BENCH_HUGIN") == "all" else None
    apart = _apart(ours["placed"], truth)
    note = f"{sum(one['by'] == 'matches' for one in ours['placed'])} by matches"
    return [
        *_judged("24 photos", ours, seconds, hugin),
        Figure("24 photos: placed", len(ours["placed"]), "photos", bar="value >= 24", note=note),
        Figure("24 photos: median misplacement", float(np.median(apart)), "degrees", bar="value <= 0.1"),
        Figure("24 photos: seconds", seconds, "s", "limit", 60, bar="ratio <= 1"),
    ]


def _apart(placed: Sequence[dict[str, Any]], truth: Sequence[Doubles]) -> Doubles:
    """Degrees between every photo's direction and the truth, worlds laid on each other by the photos with matches."""
    told = [looking(*(math.radians(one[name]) for name in ("yaw", "pitch", "roll"))) for one in placed]
    sure = [n for n, one in enumerate(placed) if one["by"] == "matches"]
    left, _values, right = np.linalg.svd(sum(truth[n] @ told[n].T for n in sure))
    world = left @ np.diag([1, 1, np.linalg.det(left @ right)]) @ right
    traces = [np.trace(one.T @ world @ other) for one, other in zip(truth, told, strict=True)]
    apart: Doubles = np.degrees(np.arccos(np.clip((np.array(traces) - 1) / 2, -1, 1)))
    return apart


def _ours(photos: Sequence[Path], out: Path) -> tuple[dict[str, Any], float]:
    command = [sys.executable, "-m", "haihe", "venues", "stitch", *map(str, photos), str(out)]
    begun = time.perf_counter()
    words = ["--width", str(COLUMNS), "--json", "--replace"]
    done = subprocess.run([*command, *words], check=True, capture_output=True, text=True)
    return json.loads(done.stdout), time.perf_counter() - begun


def _hugin(photos: Sequence[Path], place: Path) -> tuple[float, float] | None:
    """Steradians covered and seconds; None where Hugin is not installed."""
    if not all(shutil.which(tool) for tool in ("pto_gen", "cpfind", "autooptimiser", "nona", "enblend")):
        return None
    place.mkdir()
    canvas = f"--canvas={COLUMNS}x{COLUMNS // 2}"
    begun = time.perf_counter()
    for command in (
        ["pto_gen", "-o", "a.pto", *map(str, photos)],
        ["cpfind", "--multirow", "-o", "b.pto", "a.pto"],
        ["cpclean", "-o", "c.pto", "b.pto"],
        ["autooptimiser", "-a", "-m", "-l", "-s", "-o", "d.pto", "c.pto"],
        ["pano_modify", "--projection=2", "--fov=360x180", canvas, "-o", "e.pto", "d.pto"],
        ["nona", "-m", "TIFF_m", "-o", "part", "e.pto"],
    ):
        subprocess.run(command, cwd=place, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    parts = sorted(one.name for one in place.glob("part*.tif"))
    subprocess.run(["enblend", "-o", "out.tif", *parts], cwd=place, check=True, capture_output=True)
    seconds = time.perf_counter() - begun
    seen = np.zeros((COLUMNS // 2, COLUMNS), bool)
    import pyvips

    for name in parts:
        image = pyvips.Image.new_from_file(str(place / name))
        left, top = (round(image.get(f"{axis}offset")) for axis in "xy")
        alpha = image[image.bands - 1].numpy() > 0
        seen[top : top + image.height, left : left + image.width] |= alpha
    latitude = (0.5 - (np.arange(COLUMNS // 2) + 0.5) / (COLUMNS // 2)) * np.pi
    return float((seen.sum(axis=1) * np.cos(latitude)).sum() * (2 * np.pi / COLUMNS) ** 2), seconds


if __name__ == "__main__":
    for figure in run():
        print(figure.as_json())
