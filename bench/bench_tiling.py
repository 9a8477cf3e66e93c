"""Tiling a panorama of 16,384 x 8,192, beside the limit: the same decode and the same encode without reprojection.

The panorama is made here: noise of ten octaves, gradients, hard edges and grain, JPEG of quality 92. The limit decodes
it the same way, cuts as many tiles of the same sizes straight out of the decoded rows, and encodes and writes them with
the same encoder, on as many threads. Every figure is of processes of their own, taken in turns: start-up counts.
Nothing is deleted in between: ext4 looks at every file deleted in the last six minutes whenever it makes a new one.

Fidelity is judged beside Hugin's `nona` where it is installed (at 4,096 x 2,048, lossless), else beside a reference in
double precision. HAIHE_BENCH_WIDTH=4096 tries the script; HAIHE_BENCH_HUGE=1 adds memory at 32,768 x 16,384 (minutes).
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import simplejpeg

sys.path.insert(0, str(Path(__file__).resolve().parent))

from figures import Figure
from haihe.venues.domain.pictures.header import read_header
from haihe.venues.domain.pictures.rows import Rows
from haihe.venues.domain.tiling.encoding import QUALITY
from haihe.venues.domain.tiling.geometry import FACES, TILE, face_size_for
from haihe.venues.tests.made import face, psnr, reference

WIDTH = int(os.environ.get("HAIHE_BENCH_WIDTH", "16384"))
ROUNDS = 5
Bytes = npt.NDArray[np.uint8]
ANGLES = {"f": (0, 0), "b": (180, 0), "u": (0, -90), "d": (0, 90), "l": (90, 0), "r": (-90, 0)}  # yaw, pitch of nona


@dataclass(frozen=True)
class Cost:
    cpu: float
    wall: float
    memory: float  # MB


def run() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="haihe-bench-") as name:
        place = Path(name)
        panorama = place / "panorama.jpg"
        _apart("picture", str(WIDTH), "1", str(panorama))
        return [*_costs(panorama, place), *_fidelity(place), *_huge(place)]


def picture(width: int, seed: int = 1) -> bytes:
    """A panorama as JPEG: noise that falls with frequency, a gradient, squares with hard edges, grain. Wraps around."""
    height, random = width // 2, np.random.default_rng(seed)
    made = np.full((height, width, 3), 128, np.float32)
    for octave in range(3, 13):
        rows = 2**octave
        if rows > height:
            break
        noise = random.standard_normal((rows, 2 * rows, 3), np.float32)
        noise = np.concatenate([noise[:, -2:], noise, noise[:, :2]], axis=1)
        scale = width // (2 * rows)
        large = cv2.resize(noise, (width + 4 * scale, height), interpolation=cv2.INTER_CUBIC)
        made += large[:, 2 * scale : -2 * scale] * np.float32(64 / 1.8 ** (octave - 3))
        del large
    made += 40 * np.sin(np.linspace(0, 2 * np.pi, width, endpoint=False, dtype=np.float32))[None, :, None]
    side = width // 64
    for _square in range(40):
        x, y = random.integers(0, width - side), random.integers(0, height - side)
        made[y : y + side, x : x + side] += random.normal(0, 40, 3)
    for rows in range(0, height, 512):
        shape = made[rows : rows + 512].shape
        grain = random.standard_normal(shape[:2], np.float32)[..., None] * 2
        made[rows : rows + 512] += grain + random.standard_normal(shape, np.float32)
    pixels = np.clip(made, 0, 255).astype(np.uint8)
    return bytes(simplejpeg.encode_jpeg(pixels, quality=92, colorspace="RGB", colorsubsampling="420"))


def limit(panorama: Path, out: Path) -> None:
    """The decode and the encode alone: rows of tiles are cut from the rows of the panorama as they come."""
    jobs = min(os.cpu_count() or 1, 8)
    side = face_size_for(WIDTH)
    sizes = [TILE] * (6 * sum((side >> down) ** 2 // TILE**2 for down in range((side // TILE).bit_length())))
    sizes += [TILE // 2] * 6
    out.mkdir()
    band: Bytes = np.empty((TILE, WIDTH, 3), np.uint8)
    per_band = WIDTH // TILE

    def write(number: int, size: int, pixels: Bytes) -> None:
        tile = np.ascontiguousarray(pixels[:size, :size])
        data = simplejpeg.encode_jpeg(tile, quality=QUALITY["jpeg"], colorspace="RGB", colorsubsampling="420")
        with (out / f"{number}.jpg").open("wb", buffering=0) as file:
            file.write(data)

    with Rows(read_header(panorama)) as rows, ThreadPoolExecutor(jobs) as pool:
        number = 0
        waiting: list[Any] = []
        while rows.row < rows.height:
            room = np.empty_like(band)
            rows.read(room[: rows.height - rows.row])
            for column in range(per_band):
                if number < len(sizes):
                    part = room[:, column * TILE : (column + 1) * TILE]
                    waiting.append(pool.submit(write, number, sizes[number], part))
                    number += 1
            while len(waiting) > 2 * per_band:
                waiting.pop(0).result()
        band = room
        while number < len(sizes):  # the tiles that the panorama has no rows left for: again from the last
            column = number % per_band
            waiting.append(pool.submit(write, number, sizes[number], band[:, column * TILE : (column + 1) * TILE]))
            number += 1
        for one in waiting:
            one.result()


def _costs(panorama: Path, place: Path) -> list[Figure]:
    ours: list[Cost] = []
    theirs: list[Cost] = []
    for number in range(ROUNDS + 1):  # the first of each fills caches
        ours.append(_run([*TILE_COMMAND, str(panorama), str(place / f"ours{number}"), "--quiet"]))
        theirs.append(_run([sys.executable, __file__, "limit", str(panorama), str(place / f"limit{number}")]))
    ours, theirs = ours[1:], theirs[1:]

    def middle(costs: list[Cost], what: str) -> float:
        return statistics.median(getattr(cost, what) for cost in costs)

    size = f"{WIDTH} x {WIDTH // 2}, {panorama.stat().st_size / 1e6:.1f} MB"
    return [
        Figure("tiling: CPU", middle(ours, "cpu"), "s", "limit", middle(theirs, "cpu"), bar="ratio <= 1.9", note=size),
        Figure("tiling: wall", middle(ours, "wall"), "s", "limit", middle(theirs, "wall"), bar="ratio <= 1.6"),
        Figure("tiling: peak memory", max(cost.memory for cost in ours), "MB", bar="value <= 600"),
    ]


def _fidelity(place: Path) -> list[Figure]:
    width = 4096
    source, out = place / "small.png", place / "lossless"
    _apart("picture", str(width), "2", str(place / "small.jpg"))
    pixels = cv2.imread(str(place / "small.jpg"))
    cv2.imwrite(str(source), pixels)
    _run([*TILE_COMMAND, str(source), str(out), "--quiet", "--format", "png"])
    size = json.loads((out / "manifest.json").read_bytes())["faceSize"]
    judged = _nona(source, size, width, place) if shutil.which("nona") else None
    judge = "nona" if judged else "reference in double precision"
    judged = judged or {name: reference(pixels[..., ::-1], name, size).astype(np.uint8) for name in FACES}
    worst = min(psnr(face(out, name), judged[name]) for name in FACES)
    return [
        Figure(f"tiling: worst face beside {judge}", worst, "dB", bar="value >= 50", note=f"{width} wide, lossless")
    ]


def _nona(source: Path, size: int, width: int, place: Path) -> dict[str, Bytes]:
    lines = [f'p E0 R0 f0 h{size} n"TIFF_m" u0 v90 w{size}', "m g1 i0 m2 p0.00784314"]
    for yaw, pitch in ANGLES.values():
        lines.append(f'i a0 b0 c0 d0 e0 f4 h{width // 2} n"{source}" p{pitch} r0 v360 w{width} y{yaw}')
    (place / "cube.pto").write_text("\n".join([*lines, "v", "*", ""]))
    subprocess.run(["nona", "-o", str(place / "nona"), str(place / "cube.pto")], check=True, stdout=subprocess.DEVNULL)
    return {
        name: cv2.imread(str(place / f"nona{number:04d}.tif"), cv2.IMREAD_UNCHANGED)[..., 2::-1]
        for number, name in enumerate(ANGLES)
    }


def _huge(place: Path) -> list[Figure]:
    if not os.environ.get("HAIHE_BENCH_HUGE"):
        return []
    _apart("picture", "8192", "3", str(place / "part.jpg"))
    _apart("replicate", str(place / "part.jpg"), str(place / "huge.jpg"))
    cost = _run([*TILE_COMMAND, str(place / "huge.jpg"), str(place / "huge"), "--quiet"])
    return [
        Figure(
            "tiling: peak memory at 32768 x 16384", cost.memory, "MB", bar="value <= 1000", note=f"{cost.wall:.1f} s"
        )
    ]


TILE_COMMAND = [sys.executable, "-m", "haihe", "venues", "tile"]


def _apart(*words: str) -> None:
    """A part of this script in a process of its own: a child's peak memory begins with that of its parent."""
    subprocess.run([sys.executable, __file__, *words], check=True)


def _run(command: list[str]) -> Cost:
    """One process: CPU and wall seconds, and the largest memory it had."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return Cost(used.ru_utime + used.ru_stime, time.perf_counter() - begun, used.ru_maxrss / 1024)


if __name__ == "__main__":
    if sys.argv[1:2] == ["limit"]:
        limit(Path(sys.argv[2]), Path(sys.argv[3]))
    elif sys.argv[1:2] == ["picture"]:
        Path(sys.argv[4]).write_bytes(picture(int(sys.argv[2]), int(sys.argv[3])))
    elif sys.argv[1:2] == ["replicate"]:
        import pyvips

        pyvips.Image.new_from_file(sys.argv[2]).replicate(4, 4).jpegsave(sys.argv[3], Q=90)
    else:
        for figure in run():
            print(figure.as_json())
