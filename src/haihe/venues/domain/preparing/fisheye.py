"""Two fisheye circles, back to back as a 360° camera takes them → one equirectangular panorama.

Equidistant projection: a direction at the angle θ from the axis lies r = R θ / (fov / 2) from the middle of a circle of
the radius R. The first circle looks to the front.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from haihe.base.words import gettext_noop as _
from haihe.venues.domain.preparing.canvas import decoded, empty
from haihe.venues.domain.preparing.errors import PicturesDontFit

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
FOV = (181, 240)  # degrees that one lens may see
USUAL = 190
BAND = 128
SMALL = 256  # columns of the copies by which lenses are measured
LARGEST = 16384
DARK = 14
RELATED = 0.55  # correlation of what both lenses see from which on they are believed


@dataclass(frozen=True)
class Circle:
    """Middle and radius in pixels; `turn` by which the lens is turned about its axis, in degrees."""

    x: float
    y: float
    radius: float
    turn: float = 0.0


@dataclass(frozen=True)
class Lenses:
    """fov: degrees that a whole circle sees; sure: how alike both are where both see, -1 to 1."""

    first: Circle
    second: Circle
    fov: float
    sure: float


def equirectangular(
    pictures: list[Path],
    names: list[str],
    out: Path,
    scratch: Path,
    *,
    fov: float | None = None,
    turn: float | None = None,
) -> tuple[Bytes, Lenses]:
    """The panorama of one picture with two circles, or of two pictures with one each, in the new file `out`.

    fov    degrees that a lens sees; None: measured where both lenses see the same
    turn   of the second lens against the first, in degrees; None: measured, in quarter turns

    Raises PicturesDontFit, PictureUnreadable, PictureTooLarge, PictureDamaged.
    """
    if len(pictures) not in (1, 2):
        raise PicturesDontFit(_("A fisheye pair is one picture or two; %(count)s were sent."), count=len(pictures))
    if fov is not None and not FOV[0] <= fov <= FOV[1]:
        said = _("A lens sees between %(least)s and %(most)s degrees, or two leave a gap between them.")
        raise PicturesDontFit(said, least=FOV[0], most=FOV[1])
    whole = [decoded(picture, scratch) for picture in pictures]
    halves = _halves(whole[0], names[0]) if len(whole) == 1 else whole
    circles = [_circle(half, name) for half, name in zip(halves, (names * 2)[:2], strict=True)]
    lenses = measured(halves, circles, fov, turn)
    diameter = 2 * max(one.radius for one in circles)
    width = min(int(diameter * 360 / lenses.fov) // 64 * 64, LARGEST)
    made = empty(out, max(width, 512), max(width, 512) // 2)
    gains = _gains(halves, lenses)
    for begin in range(0, made.shape[0], BAND):
        end = min(begin + BAND, made.shape[0])
        made[begin:end] = blended(halves, lenses, made.shape[1], begin, end, gains)
    return made, lenses


def _halves(whole: Bytes, name: str) -> list[Bytes]:
    height, width = whole.shape[:2]
    if 1.8 < width / height < 2.2:
        return [whole[:, : width // 2], whole[:, width // 2 :]]
    if 1.8 < height / width < 2.2:
        return [whole[: height // 2], whole[height // 2 :]]
    said = _("Two circles in one picture lie side by side or one above the other; this is %(width)s x %(height)s.")
    raise PicturesDontFit(said, thing=name, width=width, height=height)


def _circle(half: Bytes, name: str) -> Circle:
    """Where the bright circle lies; one that fills the picture is taken to lie in its middle."""
    height, width = half.shape[:2]
    step = max(1, min(height, width) // 512)
    grey = np.asarray(half[::step, ::step]).max(axis=2)
    rows, columns = (np.flatnonzero((grey > DARK).mean(axis=axis) > 0.02) for axis in (1, 0))
    if rows.size < 16 or columns.size < 16:
        raise PicturesDontFit(_("There is no bright circle in it."), thing=name)
    wide, high = (columns[-1] - columns[0] + 1) * step, (rows[-1] - rows[0] + 1) * step
    radius = max(wide, high) / 2
    return Circle(float(columns[0] * step + wide / 2), float(rows[0] * step + high / 2), float(radius))


def measured(halves: list[Bytes], circles: list[Circle], fov: float | None, turn: float | None) -> Lenses:
    """The lenses under which what both see is most alike."""
    angles = [fov] if fov is not None else [*range(184, 222, 2)]
    turns = [turn] if turn is not None else [0, 90, 180, 270]
    best = Lenses(circles[0], circles[1], fov or USUAL, -1.0)
    small = [_shrunk(half, circle) for half, circle in zip(halves, circles, strict=True)]
    for angle in angles:
        for one in turns:
            sure = _alike(small, angle, one)
            if sure > best.sure:
                second = Circle(circles[1].x, circles[1].y, circles[1].radius, one)
                best = Lenses(circles[0], second, angle, sure)
    if best.sure < RELATED and (fov is None or turn is None):
        second = Circle(circles[1].x, circles[1].y, circles[1].radius, turn or 0.0)
        return Lenses(circles[0], second, fov or USUAL, best.sure)
    return best


def _shrunk(half: Bytes, circle: Circle) -> Bytes:
    """The circle alone, SMALL pixels wide."""
    scale = SMALL / 2 / circle.radius
    step = max(1, int(circle.radius * 2 / SMALL / 2))
    part = np.ascontiguousarray(half[::step, ::step])
    across, down = SMALL / 2 - scale * circle.x, SMALL / 2 - scale * circle.y
    place = np.array([[scale * step, 0, across], [0, scale * step, down]], np.float32)
    return np.asarray(cv2.warpAffine(part, place, (SMALL, SMALL), flags=cv2.INTER_AREA), np.uint8)


def _alike(small: list[Bytes], fov: float, turn: float) -> float:
    """Correlation of both in the ring that both see, high-passed: what a shade has in common is no sign."""
    circle = Circle(SMALL / 2, SMALL / 2, SMALL / 2)
    lenses = Lenses(circle, Circle(circle.x, circle.y, circle.radius, turn), fov, 0)
    x, y, z = _ring(fov)
    seen = []
    for half, back in zip(small, (False, True), strict=True):
        columns, rows, _theta = look(lenses, back, x, y, z)
        read = cv2.remap(half, columns, rows, cv2.INTER_LINEAR).astype(np.float32).mean(axis=2)
        seen.append((read - cv2.blur(read, (31, 1), borderType=cv2.BORDER_REFLECT)).ravel())
    if min(one.std() for one in seen) < 1:
        return -1.0
    return float(np.corrcoef(seen[0], seen[1])[0, 1])


def _ring(fov: float) -> tuple[Floats, Floats, Floats]:
    """Directions that both lenses see, off the rims: where the circles meet, in rows of one angle each."""
    spare = np.radians((fov - 180) / 2 * 0.7)
    theta = np.linspace(np.pi / 2 - spare, np.pi / 2 + spare, 5, dtype=np.float32)[:, None]
    around = np.linspace(0, 2 * np.pi, 720, endpoint=False, dtype=np.float32)[None]
    ones = np.ones_like(around)
    return np.sin(theta) * np.cos(around), np.sin(theta) * np.sin(around), np.cos(theta) * ones


def look(lenses: Lenses, back: bool, x: Floats, y: Floats, z: Floats) -> tuple[Floats, Floats, Floats]:
    """Column, row and the angle from its axis at which a lens sees directions."""
    circle = lenses.second if back else lenses.first
    if back:
        x, z = -x, -z
    theta = np.arccos(np.clip(z, -1, 1))
    around = np.arctan2(-y, x) + np.float32(np.radians(circle.turn))
    away = theta * np.float32(circle.radius / np.radians(lenses.fov / 2))
    columns = (circle.x - 0.5 + away * np.cos(around)).astype(np.float32)
    rows = (circle.y - 0.5 + away * np.sin(around)).astype(np.float32)
    return columns, rows, theta


def _gains(halves: list[Bytes], lenses: Lenses) -> list[Floats]:
    """Factors by which both lenses are as bright, colour by colour, where both see; half of the way each."""
    x, y, z = _ring(lenses.fov)
    means = []
    for half, back in zip(halves, (False, True), strict=True):
        columns, rows, _theta = look(lenses, back, x, y, z)
        means.append(_read(half, columns, rows).reshape(-1, 3).mean(axis=0) + 1)
    ratio = np.clip(np.sqrt(means[1] / means[0]), 0.7, 1.4).astype(np.float32)
    return [ratio, 1 / ratio]


def blended(halves: list[Bytes], lenses: Lenses, width: int, begin: int, end: int, gains: list[Floats]) -> Bytes:
    """Rows of the panorama; from one lens to the other over the ring that both see."""
    latitude = ((0.5 - (np.arange(begin, end) + 0.5) / (width // 2)) * np.pi).astype(np.float32)[:, None]
    longitude = (((np.arange(width) + 0.5) / width - 0.5) * 2 * np.pi).astype(np.float32)[None]
    x, z = np.cos(latitude) * np.sin(longitude), np.cos(latitude) * np.cos(longitude)
    y = np.broadcast_to(np.sin(latitude), x.shape)
    total, weights = np.zeros((*x.shape, 3), np.float32), np.zeros(x.shape, np.float32)
    half_ring = np.radians(max(lenses.fov - 180, 1) / 2 * 0.85)  # a rim is dark before it ends
    for half, back, gain in zip(halves, (False, True), gains, strict=True):
        columns, rows, theta = look(lenses, back, x, y, z)
        weight = np.clip((np.pi / 2 + half_ring - theta) / (2 * half_ring), 0, 1)
        weight = weight * weight * (3 - 2 * weight)
        inside = weight > 0
        if inside.any():
            away = (theta - np.pi / 2 + half_ring) / (2 * half_ring)
            pull = 1 + (gain - 1) * np.clip(away + 1, 0, 1)[..., None]  # gone in the middle of the picture
            total += _read(half, columns, rows).astype(np.float32) * pull * weight[..., None]
            weights += weight
    return np.clip(total / np.maximum(weights, 1e-6)[..., None] + 0.5, 0, 255).astype(np.uint8)


def _read(half: Bytes, columns: Floats, rows: Floats) -> Bytes:
    inside = (rows > -2) & (rows < half.shape[0] + 1)
    first, last = (int(rows[inside].min()), int(rows[inside].max())) if inside.any() else (0, 2)
    first, last = max(first - 3, 0), min(last + 4, half.shape[0])
    part = np.ascontiguousarray(half[first:last])
    taken = cv2.remap(part, columns, rows - first, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(taken, np.uint8)
