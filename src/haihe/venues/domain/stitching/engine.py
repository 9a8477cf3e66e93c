"""Photos in, panorama out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from haihe.venues.domain.stitching.adjusting import Camera, adjust, level, readjust, residuals
from haihe.venues.domain.stitching.blending import Canvas, blend, owners
from haihe.venues.domain.stitching.errors import PhotosDontOverlap, StitchingAskedWrongly
from haihe.venues.domain.stitching.matching import Pair, groups, match_all
from haihe.venues.domain.stitching.parallax import bent
from haihe.venues.domain.stitching.photos import Photo, read_photo
from haihe.venues.domain.stitching.placing import place_plain
from haihe.venues.domain.stitching.rescuing import rescue

MOST_PHOTOS = 120
WIDEST = 8192
PARALLAX = 2.0  # pixels by which matches miss after all turning: the camera did not only turn
OUTSIDE = 24  # grey of what no photo shows


@dataclass(frozen=True)
class Panorama:
    """pixels (n, width, 3) sRGB: rows `top` on of a sphere of width x width / 2; outside of all photos grey

    cameras    of every photo that was placed, by its number in the list
    left_out   numbers of the photos that were not
    coverage   the solid angle seen, in steradians; the whole sphere has 4 pi
    error      median distance of matches that the fit never saw, in pixels of the photos
    parallax   median distance of matches before photos taken from different places were bent; 0: none was bent
    """

    pixels: npt.NDArray[np.uint8]
    top: int
    cameras: dict[int, Camera]
    left_out: list[int]
    coverage: float
    error: float
    parallax: float = 0.0

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])


def stitch(paths: Sequence[Path], *, width: int | None = None, leave_out: bool = False, jobs: int = 0) -> Panorama:
    """Join overlapping photos into one equirectangular panorama, its horizon level.

    width      of the whole sphere; None: as sharp as the photos, at most 8192
    leave_out  go on without photos that overlap no other; else PhotosDontOverlap names them

    Photos almost without features (sky, water) are placed by their neighbours in the list.
    Raises StitchingAskedWrongly, PictureUnreadable, PictureTooLarge, PictureDamaged, PhotosDontOverlap.
    """
    if not 2 <= len(paths) <= MOST_PHOTOS:
        raise StitchingAskedWrongly(f"{len(paths)} photos were given; it takes 2 to {MOST_PHOTOS}.")
    jobs = jobs or min(os.cpu_count() or 1, 8)
    with ThreadPoolExecutor(jobs) as pool:
        photos = list(pool.map(read_photo, paths))
    pairs, ties = match_all(photos, jobs)
    members = groups(len(photos), pairs)[0]
    if len(members) < 2:
        raise PhotosDontOverlap(_named("No two of these overlap", photos, range(len(photos))))
    cameras = adjust(photos, members, pairs)
    saved, more = rescue(photos, cameras, ties, [number for number in range(len(photos)) if number not in cameras])
    pairs = [pair for pair in pairs if pair.one in cameras and pair.other in cameras] + more
    cameras = readjust(cameras | saved, pairs) if saved else cameras
    cameras = level(cameras)
    turned = missed(cameras, pairs, held_out=False)
    if turned > PARALLAX:
        cameras = bent(cameras, pairs)
    error = missed(cameras, pairs, held_out=True)
    rest = [number for number in range(len(photos)) if number not in cameras]
    lost = [number for number in rest if not photos[number].is_plain]
    if lost and not leave_out:
        raise PhotosDontOverlap(_named("These overlap none of the others", photos, lost))
    plain = [number for number in rest if photos[number].is_plain]
    if plain:
        cameras = place_plain(photos, cameras, plain)
    sharp = max(2 * np.pi * camera.lens.focal for camera in cameras.values())
    width = width or int(min(2 ** round(np.log2(sharp)) if sharp > WIDEST else 64 * round(sharp / 64), WIDEST))
    top, bottom = _rows(photos, cameras, width)
    pixels, seen = blend(photos, cameras, Canvas(width, top, bottom), jobs)
    pixels[~seen] = OUTSIDE
    latitude = (0.5 - (np.arange(top, bottom) + 0.5) / (width // 2)) * np.pi
    coverage = float((seen.sum(axis=1) * np.cos(latitude)).sum() * (2 * np.pi / width) * (np.pi / (width // 2)))
    return Panorama(pixels, top, cameras, lost, coverage, error, turned if turned > PARALLAX else 0.0)


def missed(cameras: dict[int, Camera], pairs: Sequence[Pair], *, held_out: bool) -> float:
    """Median distance in pixels of the matches that the adjustment never saw, or of those it saw; NaN without any."""
    away = [
        np.linalg.norm(residuals(cameras, pair, pair.fitted ^ held_out), axis=1)
        for pair in pairs
        if pair.one in cameras and pair.other in cameras and (pair.fitted ^ held_out).any()
    ]
    return float(np.median(np.concatenate(away))) if away else float("nan")


def _named(what: str, photos: Sequence[Photo], numbers: Sequence[int]) -> str:
    names = [photos[number].path.name for number in numbers]
    more = f" and {len(names) - 8} more" if len(names) > 8 else ""
    return f"{what}: {', '.join(names[:8])}{more}."


def _rows(photos: Sequence[Photo], cameras: dict[int, Camera], width: int) -> tuple[int, int]:
    """First and one past the last row of the canvas that any photo reaches."""
    coarse = 512
    _numbers, weight = owners(photos, cameras, coarse)
    rows = np.flatnonzero((weight > 0).any(axis=(0, 2)))
    scale = width / coarse
    return max(0, int((rows[0] - 1) * scale)), min(width // 2, int((rows[-1] + 2) * scale))
