"""Looks for faces and plates in flat views that cover the sphere, and says where on it they lie.

Cascades find too much and miss some: what they say is a proposal. Faces that lie on their side are not found. Their
files are none of ours: OpenCV's of any release since 2, as systems have them in a package (Debian: opencv-data).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from haihe.venues.domain.preparing.retouching import axes, sampled

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
OF_SYSTEMS = (
    Path("/usr/share/opencv4/haarcascades"), Path("/usr/share/opencv/haarcascades"),
    Path("/usr/local/share/opencv4/haarcascades"),
)  # fmt: skip
FACE, PLATE = "face", "plate"
WIDE = 72  # degrees of a view
SIDE = 1000  # pixels of a view at most
PITCHES = (-30, 5, 35)
LEAST = 22  # pixels of a face in a view
ROOM = 1.35  # a mask is so many times larger than what was found: hair and chin
MOST = 200


@dataclass(frozen=True)
class Found:
    """Where, and how large, in degrees; `sure`: how many windows agreed."""

    kind: str
    yaw: float
    pitch: float
    wide: float
    high: float
    sure: int


def cascades(first: Sequence[Path] = ()) -> Path | None:
    """The folder with the files of all that is looked for, of these and of where systems put them; None for none."""
    folders = [*first, Path(cv2.__file__).parent / "data", *OF_SYSTEMS]
    return next((one for one in folders if all((one / name).is_file() for _kind, name, *_how in _LOOKED_FOR)), None)


def find(pixels: Bytes, folder: Path, progress: Callable[[int, int], None] | None = None) -> list[Found]:
    """Proposals, surest first, each thing once; by the cascades in a folder."""
    views = list(_views())
    every: list[Found] = []
    side = int(np.clip(pixels.shape[1] * WIDE / 360, 300, SIDE))
    for at, (yaw, pitch) in enumerate(views):
        every += _in_view(pixels, yaw, pitch, side, folder)
        if progress:
            progress(at + 1, len(views))
    return _each_once(every)


def _views() -> Iterator[tuple[float, float]]:
    for pitch in PITCHES:
        for number in range(7):
            yield (number * 360 / 7 + (pitch % 7)) % 360 - 180, pitch


def _in_view(pixels: Bytes, yaw: float, pitch: float, side: int, folder: Path) -> list[Found]:
    turned = axes(np.radians(yaw), np.radians(pitch))
    reach = np.float32(np.tan(np.radians(WIDE / 2)))
    axis = (2 * (np.arange(side, dtype=np.float32) + 0.5) / side - 1) * reach
    a, b = np.meshgrid(axis, axis)
    view = sampled(pixels, np.stack([a, b, np.ones_like(a)], axis=-1).astype(np.float32) @ turned)
    grey = cv2.equalizeHist(cv2.cvtColor(view, cv2.COLOR_RGB2GRAY))
    found = []
    for kind, name, mirrored, agree in _LOOKED_FOR:
        seen = np.ascontiguousarray(grey[:, ::-1]) if mirrored else grey
        least = (3 * LEAST, LEAST) if kind == PLATE else (LEAST, LEAST)
        boxes, votes = _cascade(folder / name).detectMultiScale2(
            seen, scaleFactor=1.12, minNeighbors=agree, minSize=least
        )
        for (x, y, wide, high), sure in zip(boxes, votes, strict=True):
            left = side - x - wide if mirrored else x
            found.append(_on_sphere(kind, float(left), float(y), float(wide), float(high), side, turned, int(sure)))
    return found


_LOOKED_FOR = (
    (FACE, "haarcascade_frontalface_alt2.xml", False, 4),
    (FACE, "haarcascade_profileface.xml", False, 6),
    (FACE, "haarcascade_profileface.xml", True, 6),
    (PLATE, "haarcascade_russian_plate_number.xml", False, 6),
)


@cache
def _cascade(file: Path) -> cv2.CascadeClassifier:
    """Raises ValueError where OpenCV cannot read it."""
    try:
        made = cv2.CascadeClassifier(str(file))
    except (cv2.error, SystemError) as error:
        raise ValueError(f"{file} is no cascade") from error
    if made.empty():
        raise ValueError(f"{file} is no cascade")
    return made


def _on_sphere(kind: str, x: float, y: float, wide: float, high: float, side: int, turned: Floats, sure: int) -> Found:
    reach = np.tan(np.radians(WIDE / 2))

    def direction(column: float, row: float) -> Floats:
        vector = np.array([(2 * column / side - 1) * reach, (2 * row / side - 1) * reach, 1], np.float32) @ turned
        return vector / np.float32(np.linalg.norm(vector))

    def between(one: Floats, other: Floats) -> float:
        return float(np.degrees(np.arccos(np.clip(one @ other, -1, 1))))

    middle = direction(x + wide / 2, y + high / 2)
    across = between(direction(x, y + high / 2), direction(x + wide, y + high / 2))
    down = between(direction(x + wide / 2, y), direction(x + wide / 2, y + high))
    yaw, pitch = np.degrees(np.arctan2(middle[0], middle[2])), np.degrees(np.arcsin(np.clip(middle[1], -1, 1)))
    return Found(kind, float(yaw), float(pitch), across * ROOM, down * ROOM, sure)


def _each_once(every: list[Found]) -> list[Found]:
    """Views overlap, and cascades see a face from the front and from the side: the surest stays."""
    kept: list[Found] = []
    for one in sorted(every, key=lambda found: -found.sure):
        if all(_apart(one, other) > max(one.wide, other.wide) / 2 for other in kept):
            kept.append(one)
    return kept[:MOST]


def _apart(one: Found, other: Found) -> float:
    a, b = (axes(np.radians(found.yaw), np.radians(found.pitch))[2] for found in (one, other))
    return float(np.degrees(np.arccos(np.clip(a @ b, -1, 1))))
