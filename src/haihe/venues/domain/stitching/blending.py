"""Placed photos → one equirectangular picture without visible joints.

Every direction belongs to the photo that sees it furthest from its border; joints are blended in bands of frequency
(Burt & Adelson 1983), exposures brought together before (Brown & Lowe 2007, section 6). The canvas is wider than the
sphere on both sides by what a blend reaches, so that the back closes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from haihe.venues.domain.stitching.adjusting import Camera
from haihe.venues.domain.stitching.photos import Photo, pixels_of

Bytes = npt.NDArray[np.uint8]
Doubles = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]

COARSE = 16  # canvas pixels to one of the map of owners
BANDS = 5
REACH = 256  # columns repeated beyond both sides
STRIP = 512

Piece = tuple[int, int, int, int]  # left, right, top, bottom of a rectangle of the widened canvas
_Laid = tuple[Piece, Bytes, Bytes]  # a rectangle, one photo there, and the mask of what is its own


@dataclass(frozen=True)
class Canvas:
    """Equirectangular, width x width / 2; rows `top` to `bottom` hold anything."""

    width: int
    top: int
    bottom: int

    @property
    def height(self) -> int:
        return self.width // 2


def owners(photos: Sequence[Photo], cameras: dict[int, Camera], width: int) -> tuple[list[int], Floats]:
    """Numbers of the photos, and how far inside its borders each sees every direction: (photos, width / 2, width).

    0 outside, 1 in the photo's middle.
    """
    numbers = sorted(cameras)
    rays = _rays(width, 0, width // 2, 0, width)
    return numbers, np.stack([_inside(photos[one], *_points(cameras[one], rays)) for one in numbers])


def gains(photos: Sequence[Photo], cameras: dict[int, Camera], width: int = 256) -> dict[int, Doubles]:
    """What each photo's colours are multiplied by, (3,): least squares over what two photos show in the same place."""
    numbers = sorted(cameras)
    rays = _rays(width, 0, width // 2, 0, width)
    seen = [_points(cameras[one], rays) for one in numbers]
    weight = [_inside(photos[one], *of) for one, of in zip(numbers, seen, strict=True)]
    shown = [
        _read(_linear(photos[one].small), photos[one], points)
        for one, (points, _ahead) in zip(numbers, seen, strict=True)
    ]
    count = len(numbers)
    made = np.ones((count, 3))
    for channel in range(3):
        left, right = np.zeros((count, count)), np.zeros(count)
        for one in range(count):
            for other in range(one + 1, count):
                both = (weight[one] > 0.02) & (weight[other] > 0.02)
                area = float(both.sum())
                if area < 8:
                    continue
                a, b = (float(np.median(shown[at][both][:, channel])) + 1e-3 for at in (one, other))
                ratio = np.log(b / a)
                left[one, one] += area
                left[other, other] += area
                left[one, other] -= area
                left[other, one] -= area
                right[one] += area * ratio
                right[other] -= area * ratio
        left += np.eye(count) * max(left.max(), 1.0) * 0.01  # gains stay near 1
        made[:, channel] = np.exp(np.clip(np.linalg.solve(left, right), -1.2, 1.2))
    return dict(zip(numbers, made, strict=True))


def blend(
    photos: Sequence[Photo], cameras: dict[int, Camera], canvas: Canvas, jobs: int = 1
) -> tuple[Bytes, npt.NDArray[np.bool_]]:
    """The rows of the canvas that hold anything, (n, width, 3) RGB, and where anything is seen, (n, width).

    jobs    photos that are laid on the canvas at a time; they are joined one after the other, in their order
    """
    coarse = max(canvas.width // COARSE, 128)
    numbers, weight = owners(photos, cameras, coarse)
    owner = np.where(weight.max(axis=0) > 0, weight.argmax(axis=0), -1)
    strength = gains(photos, cameras)
    height = canvas.bottom - canvas.top
    pieces = [list(_pieces(one > 0, canvas, coarse)) if (one > 0).any() else [] for one in weight]
    left = min(piece[0] for some in pieces for piece in some)
    right = max(piece[1] for some in pieces for piece in some)
    blender = cv2.detail.MultiBandBlender(0, BANDS, cv2.CV_32F)
    blender.prepare((left, 0, right - left, height))

    def laid(at: int) -> list[_Laid]:
        photo, camera = photos[numbers[at]], cameras[numbers[at]]
        full = canvas.width / (2 * np.pi) / camera.lens.focal
        picture = _adjusted(pixels_of(photo, min(1.0, 1.25 * full)), strength[numbers[at]])
        return [(piece, *_warped(picture, photo, camera, canvas, piece, owner, at)) for piece in pieces[at]]

    def feed(ready: list[_Laid]) -> None:
        for piece, warped, mine in ready:
            if mine.any():
                blender.feed(warped.astype(np.int16), mine, (piece[0], piece[2] - canvas.top))

    with ThreadPoolExecutor(jobs) as pool:
        waiting: deque[Future[list[_Laid]]] = deque()
        for at in range(len(numbers)):
            if (owner == at).any():
                waiting.append(pool.submit(laid, at))
            if len(waiting) > jobs:  # no more of them in memory
                feed(waiting.popleft().result())
        while waiting:
            feed(waiting.popleft().result())
    result, mask = blender.blend(None, None)  # type: ignore[call-overload]
    inner = slice(max(left, 0), min(right, canvas.width))
    shown = slice(inner.start - left, inner.stop - left)
    pixels, seen = np.zeros((height, canvas.width, 3), np.uint8), np.zeros((height, canvas.width), bool)
    pixels[:, inner], seen[:, inner] = np.clip(result[:, shown], 0, 255), mask[:, shown] > 0
    return pixels, seen


def _warped(
    picture: Bytes,
    photo: Photo,
    camera: Camera,
    canvas: Canvas,
    piece: Piece,
    owner: npt.NDArray[np.int64],
    at: int,
) -> tuple[Bytes, Bytes]:
    """One photo on a rectangle of the canvas, and the mask of what is its own there."""
    left, right, top, bottom = piece
    warped = np.zeros((bottom - top, right - left, 3), np.uint8)
    mine = np.zeros((bottom - top, right - left), np.uint8)
    coarse = owner.shape[1]
    columns = (np.arange(left, right) + 0.5) / canvas.width * coarse - 0.5
    hot = (owner == at).astype(np.float32)
    hot = np.concatenate([hot[:, -coarse // 4 :], hot, hot[:, : coarse // 4]], axis=1)
    for begin in range(top, bottom, STRIP):
        end = min(begin + STRIP, bottom)
        rays = _rays(canvas.width, begin, end, left, right)
        part = slice(begin - top, end - top)
        points, ahead = _points(camera, rays)
        warped[part] = _read(picture, photo, points)
        rows = ((np.arange(begin, end) + 0.5) / canvas.height * owner.shape[0] - 0.5).astype(np.float32)
        across = np.broadcast_to((columns + coarse // 4).astype(np.float32), (end - begin, right - left))
        down = np.broadcast_to(rows[:, None], across.shape)
        where = np.ascontiguousarray(across), np.ascontiguousarray(down)
        share, nearest = (
            cv2.remap(hot, *where, how, borderMode=cv2.BORDER_REPLICATE)
            for how in (cv2.INTER_LINEAR, cv2.INTER_NEAREST)
        )
        # where three photos meet none has half: it is the nearest owner's
        mine[part] = np.where(((share >= 0.5) | (nearest > 0)) & (_inside(photo, points, ahead) > 0), 255, 0)
    return warped, mine


def _pieces(sees: npt.NDArray[np.bool_], canvas: Canvas, coarse: int) -> Iterator[Piece]:
    """Rectangles (left, right, top, bottom) of the widened canvas that a photo reaches into."""
    scale = canvas.width / coarse
    rows = np.flatnonzero(sees.any(axis=1))
    top = max(int((rows[0] - 2) * scale), canvas.top)
    bottom = min(int((rows[-1] + 3) * scale), canvas.bottom)
    columns = np.flatnonzero(sees.any(axis=0))
    gaps = np.diff(np.concatenate([columns, [columns[0] + coarse]]))
    widest = int(gaps.argmax())
    if gaps[widest] <= 4:  # it reaches all around, over a pole
        yield -REACH, canvas.width + REACH, top, bottom
        return
    begin = int(columns[(widest + 1) % len(columns)])
    count = coarse - int(gaps[widest]) + 1
    left, right = int((begin - 2) * scale), int((begin + count + 2) * scale)
    for shift in (-canvas.width, 0, canvas.width):
        one, other = max(left + shift, -REACH), min(right + shift, canvas.width + REACH)
        if one < other:
            yield one, other, top, bottom


def _rays(width: int, top: int, bottom: int, left: int, right: int) -> Floats:
    """Directions of a rectangle of the canvas, (rows, columns, 3)."""
    longitude = (((np.arange(left, right) + 0.5) / width - 0.5) * 2 * np.pi).astype(np.float32)
    latitude = ((0.5 - (np.arange(top, bottom) + 0.5) / (width // 2)) * np.pi).astype(np.float32)
    made = np.empty((bottom - top, right - left, 3), np.float32)
    made[..., 0] = np.cos(latitude)[:, None] * np.sin(longitude)
    made[..., 1] = np.sin(latitude)[:, None]
    made[..., 2] = np.cos(latitude)[:, None] * np.cos(longitude)
    return made


def _points(camera: Camera, rays: Floats) -> tuple[Floats, npt.NDArray[np.bool_]]:
    turned = rays @ camera.rotation.astype(np.float32)
    ahead = turned[..., 2] > 0.05
    turned[..., 2] = np.maximum(turned[..., 2], 0.05)
    return camera.points(turned).astype(np.float32, copy=False), ahead


def _inside(photo: Photo, points: Floats, ahead: npt.NDArray[np.bool_]) -> Floats:
    across = 1 - np.abs(2 * (points[..., 0] + 0.5) / photo.width - 1)
    down = 1 - np.abs(2 * (points[..., 1] + 0.5) / photo.height - 1)
    made: Floats = np.where(ahead, np.clip(np.minimum(across, down), 0, 1), 0).astype(np.float32)
    return made


def _read(picture: npt.NDArray[Any], photo: Photo, points: Floats) -> npt.NDArray[Any]:
    scale = picture.shape[1] / photo.width
    where = (points + np.float32(0.5)) * np.float32(scale) - np.float32(0.5)
    np.clip(where, -8, 32000, out=where)
    return cv2.remap(picture, where[..., 0], where[..., 1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def _linear(picture: Bytes) -> Floats:
    made: Floats = ((picture.astype(np.float32) / 255) ** 2.2).astype(np.float32)
    return made


def _adjusted(picture: Bytes, strength: Doubles) -> Bytes:
    """Multiplied in linear light."""
    levels = np.arange(256) / 255
    table = np.clip(255 * (levels[:, None] ** 2.2 * strength) ** (1 / 2.2), 0, 255).astype(np.uint8)
    made: Bytes = np.stack([table[picture[..., channel], channel] for channel in range(3)], axis=-1)
    return made
