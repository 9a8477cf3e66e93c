"""What is shown before the tiles: a placeholder in the manifest, a strip of faces for the first view, a preview."""

from __future__ import annotations

import base64
from bisect import bisect_left
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import cv2
import numpy as np

from haihe.venues.domain.tiling.encoding import jpeg
from haihe.venues.domain.tiling.geometry import FACES
from haihe.venues.domain.tiling.planes import Bytes

STRIP_SIDE, STRIP_BYTES = 128, 9_000
FIRST_SIDE, FIRST_BYTES = 112, 3_200  # recognisable within 15 kB together with the page
PLACEHOLDER_SIDE, PLACEHOLDER_BYTES = 24, 900
PREVIEW = (1024, 512)


def strip(faces: dict[str, Bytes]) -> str:
    """The six faces side by side, 24 pixels each, as a data address of about 1 kB; shown enlarged and blurred."""
    data = _strip(faces, PLACEHOLDER_SIDE, PLACEHOLDER_BYTES)
    return "data:image/jpeg;base64," + base64.b64encode(data).decode()


def preview_files(faces: dict[str, Bytes]) -> dict[str, bytes]:
    """`strip.jpg`: the six faces at 128 pixels in the order f r b l u d; `strip.webp`: the same at 112 in a third of
    the bytes, for the first answer; `preview.jpg`: 1024 x 512 equirectangular."""
    made: dict[str, Callable[[], bytes]] = {
        "strip.webp": lambda: _first(faces),
        "strip.jpg": lambda: _strip(faces, STRIP_SIDE, STRIP_BYTES),
        "preview.jpg": lambda: jpeg(equirectangular(faces, *PREVIEW), 80),
    }
    with ThreadPoolExecutor(len(made)) as pool:
        return dict(zip(made, pool.map(lambda make: make(), made.values()), strict=True))


def equirectangular(faces: dict[str, Bytes], width: int, height: int) -> Bytes:
    """A panorama from six square faces, (height, width, 3)."""
    longitude = (((np.arange(width) + 0.5) / width - 0.5) * 2 * np.pi).astype(np.float32)
    latitude = ((0.5 - (np.arange(height) + 0.5) / height) * np.pi).astype(np.float32)
    x = np.cos(latitude)[:, None] * np.sin(longitude)[None, :]
    y = np.repeat(np.sin(latitude)[:, None], width, axis=1)
    z = np.cos(latitude)[:, None] * np.cos(longitude)[None, :]
    made = np.zeros((height, width, 3), np.uint8)
    furthest = np.maximum(np.maximum(np.abs(x), np.abs(z)), np.abs(y))
    # per face: which axis it looks along, towards which sign, and its u and v there; what another face sees is left
    looks = {
        "f": (2, 1, x, -y),
        "b": (2, -1, -x, -y),
        "r": (0, 1, -z, -y),
        "l": (0, -1, z, -y),
        "u": (1, 1, x, z),
        "d": (1, -1, x, -z),
    }
    for face, (axis, sign, across, down) in looks.items():
        along = (x, y, z)[axis]
        seen = along == furthest if sign > 0 else -along == furthest
        down_to, along_to = (np.flatnonzero(seen.any(axis=axis)) for axis in (1, 0))
        part = slice(down_to[0], down_to[-1] + 1), slice(along_to[0], along_to[-1] + 1)
        side = faces[face].shape[0]
        depth = furthest[part]
        columns = (across[part] / depth + 1) * np.float32(side / 2) - np.float32(0.5)
        rows = (down[part] / depth + 1) * np.float32(side / 2) - np.float32(0.5)
        read = cv2.remap(faces[face], columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        cv2.copyTo(read, seen[part].astype(np.uint8), made[part])
    return made


def _first(faces: dict[str, Bytes]) -> bytes:
    picture = np.ascontiguousarray(_side_by_side(faces, FIRST_SIDE)[:, :, ::-1])  # OpenCV writes BGR

    def encoded(quality: int) -> bytes:
        done, data = cv2.imencode(".webp", picture, [cv2.IMWRITE_WEBP_QUALITY, quality])
        return data.tobytes() if done else b""

    return _best_within(FIRST_BYTES, encoded, (72, 60, 50, 40, 30, 20, 10, 4))


def _strip(faces: dict[str, Bytes], side: int, most: int) -> bytes:
    picture = _side_by_side(faces, side)
    return _best_within(most, lambda quality: jpeg(picture, quality), (75, 65, 55, 45, 35, 25, 15, 8))


def _side_by_side(faces: dict[str, Bytes], side: int) -> Bytes:
    shrunk = [cv2.resize(faces[face], (side, side), interpolation=cv2.INTER_AREA) for face in FACES]
    return np.hstack(shrunk).astype(np.uint8)


def _best_within(most: int, encoded: Callable[[int], bytes], qualities: Sequence[int]) -> bytes:
    """The picture in the best quality that takes at most so many bytes, or in the last; qualities fall."""
    encoded = cache(encoded)
    at = bisect_left(qualities, True, key=lambda quality: len(encoded(quality)) <= most)
    return encoded(qualities[min(at, len(qualities) - 1)])
