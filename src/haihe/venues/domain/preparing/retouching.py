"""A recipe carried out over the pixels of an equirectangular panorama, in place."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from haihe.venues.domain.pictures.gpano import Crop
from haihe.venues.domain.preparing.recipe import Mask, Nadir, Recipe

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Opaque = Callable[[Floats, Floats], Floats]
BAND = 128
MOST_PATCH = 2048  # pixels a side of what is painted at once
CELLS = 6  # that are left of what a mask covers, across its longer side


def retouch(pixels: Bytes, recipe: Recipe, mark: Bytes | None = None) -> None:
    """Carry the recipe out: first the masks, so that nothing of what they cover is spread by the rest.

    pixels   (height, width, 3), a whole sphere; only what is touched is brought into memory
    mark     RGBA, what a nadir of that kind shows
    """
    for mask in recipe.masks:
        _cover(pixels, mask)
    if recipe.nadir:
        _patch_nadir(pixels, recipe.nadir, mark)
    if recipe.gain != (1.0, 1.0, 1.0):
        table = tone_table(recipe.gain)
        for begin in range(0, len(pixels), BAND):
            rows = pixels[begin : begin + BAND]
            rows[...] = cv2.LUT(np.ascontiguousarray(rows), table)


def tone_table(gain: tuple[float, float, float]) -> Bytes:
    """What each value of red, green and blue becomes, (1, 256, 3): factors in linear light, sRGB's own curve."""
    value = np.arange(256) / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    lit = np.clip(linear[:, None] * np.array(gain), 0, 1)
    shown = np.where(lit <= 0.0031308, 12.92 * lit, 1.055 * lit ** (1 / 2.4) - 0.055)
    return np.clip(shown * 255 + 0.5, 0, 255).astype(np.uint8)[None]


def _cover(pixels: Bytes, mask: Mask) -> None:
    yaw, pitch, wide, high = (np.radians(value / 1000) for value in (mask.yaw, mask.pitch, mask.wide, mask.high))
    reach = float(np.hypot(wide, high) / 2 * 1.25)
    patch = cut(pixels, yaw, pitch, reach, _side(pixels, reach))
    cells = max(2, round(CELLS * 2 * reach / max(wide, high)))
    few = cv2.resize(patch, (cells, cells), interpolation=cv2.INTER_AREA)
    patch = np.asarray(cv2.resize(few, patch.shape[1::-1], interpolation=cv2.INTER_CUBIC), np.uint8)

    def opaque(a: Floats, b: Floats) -> Floats:
        away = np.hypot(a * (2 * reach / wide), b * (2 * reach / high))
        return np.clip((1.15 - away) / 0.15, 0, 1)  # whole inside the ellipse, gone a little outside

    _lay(pixels, patch, yaw, pitch, reach, opaque)


def _patch_nadir(pixels: Bytes, nadir: Nadir, mark: Bytes | None) -> None:
    down, reach = -np.pi / 2, float(np.radians(nadir.reach / 1000))
    patch = cut(pixels, 0.0, down, reach * 1.15, _side(pixels, reach * 1.15))
    side = len(patch)
    axis = (2 * (np.arange(side) + 0.5) / side - 1).astype(np.float32) * 1.15
    away = np.hypot(axis[None], axis[:, None])
    if nadir.kind == "blur":
        made = np.asarray(cv2.GaussianBlur(patch, (0, 0), side / 10, borderType=cv2.BORDER_REPLICATE), np.uint8)
    else:
        made = _painted_on(patch, away)
    if nadir.kind == "mark" and mark is not None:
        made = _marked(made, mark, side)

    def opaque(a: Floats, b: Floats) -> Floats:
        return np.clip((1 - np.hypot(a, b) * 1.15) / 0.12, 0, 1)

    _lay(pixels, made, 0.0, down, reach * 1.15, opaque)


def _painted_on(patch: Bytes, away: Floats) -> Bytes:
    """What is around, carried on inwards, by Telea's method on a small copy: the floor has no more detail to give.

    Source: Telea 2004, "An Image Inpainting Technique Based on the Fast Marching Method".
    """
    size = min(len(patch), 320)
    small = cv2.resize(patch, (size, size), interpolation=cv2.INTER_AREA)
    hole = (cv2.resize(away, (size, size)) < 0.99).astype(np.uint8)
    filled = cv2.inpaint(np.ascontiguousarray(small), hole, 6, cv2.INPAINT_TELEA)
    filled = cv2.GaussianBlur(filled, (0, 0), size / 60)
    return np.asarray(cv2.resize(filled, patch.shape[1::-1], interpolation=cv2.INTER_CUBIC), np.uint8)


def _marked(ground: Bytes, mark: Bytes, side: int) -> Bytes:
    """The mark in the middle, as large as fits into the circle; read by who looks down from the front."""
    room = side * 0.82 / 1.15
    scale = room / float(np.hypot(*mark.shape[:2]))
    size = (max(1, round(mark.shape[1] * scale)), max(1, round(mark.shape[0] * scale)))
    shown = cv2.resize(mark, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    top, left = (side - size[1]) // 2, (side - size[0]) // 2
    made = ground.copy()
    part = made[top : top + size[1], left : left + size[0]]
    alpha = shown[..., 3:].astype(np.float32) / 255
    part[...] = (shown[..., :3] * alpha + part * (1 - alpha) + 0.5).astype(np.uint8)
    return made


def _side(pixels: Bytes, reach: float) -> int:
    """Side of a patch that has the panorama's own sharpness."""
    return int(np.clip(2 * reach * len(pixels) / np.pi, 32, MOST_PATCH))


def axes(yaw: float, pitch: float) -> Floats:
    """Rows: to the right, downwards and ahead of who looks there."""
    sy, cy, sp, cp = np.sin(yaw), np.cos(yaw), np.sin(pitch), np.cos(pitch)
    return np.array([[cy, 0, -sy], [sy * sp, -cp, cy * sp], [sy * cp, sp, cy * cp]], np.float32)


def cut(pixels: Bytes, yaw: float, pitch: float, reach: float, side: int) -> Bytes:
    """A round part as a square picture: angles from its middle are distances from the picture's (equidistant)."""
    axis = (2 * (np.arange(side, dtype=np.float32) + 0.5) / side - 1) * np.float32(reach)
    a, b = np.meshgrid(axis, axis)
    theta = np.hypot(a, b)
    bent = np.sinc(theta / np.pi)  # sin θ / θ
    vectors = np.stack([a * bent, b * bent, np.cos(theta)], axis=-1) @ axes(yaw, pitch)
    return sampled(pixels, vectors)


def sampled(pixels: Bytes, vectors: Floats) -> Bytes:
    """Colours in these directions, bilinearly."""
    height, width = pixels.shape[:2]
    columns = (np.arctan2(vectors[..., 0], vectors[..., 2]) / (2 * np.pi) + 0.5) * width - 0.5
    rows = (0.5 - np.arctan2(vectors[..., 1], np.hypot(vectors[..., 0], vectors[..., 2])) / np.pi) * height - 0.5
    left, top = np.floor(columns).astype(np.int32), np.floor(rows).astype(np.int32)
    across, down = (columns - left).astype(np.float32)[..., None], (rows - top).astype(np.float32)[..., None]
    total = np.zeros((*columns.shape, 3), np.float32)
    for j, i in ((0, 0), (0, 1), (1, 0), (1, 1)):
        row = np.clip(top + j, 0, height - 1)
        weight = (down if j else 1 - down) * (across if i else 1 - across)
        total += weight * pixels[row, (left + i) % width]
    return (total + 0.5).astype(np.uint8)


def _lay(pixels: Bytes, patch: Bytes, yaw: float, pitch: float, reach: float, opaque: Opaque) -> None:
    """The patch back to its place, as opaque as `opaque` says of places in it, -1 to 1."""
    height, width = pixels.shape[:2]
    top = max(int((0.5 - (pitch + reach) / np.pi) * height) - 1, 0)
    bottom = min(int((0.5 - (pitch - reach) / np.pi) * height) + 2, height)
    columns = _columns(width, yaw, pitch, reach)
    longitude = (((columns + 0.5) / width - 0.5) * 2 * np.pi).astype(np.float32)[None]
    for begin in range(top, bottom, BAND):
        end = min(begin + BAND, bottom)
        latitude = ((0.5 - (np.arange(begin, end) + 0.5) / height) * np.pi).astype(np.float32)[:, None]
        x, z = np.cos(latitude) * np.sin(longitude), np.cos(latitude) * np.cos(longitude)
        y = np.broadcast_to(np.sin(latitude), x.shape)
        seen = np.stack([x, y, z], axis=-1) @ axes(yaw, pitch).T
        theta = np.arccos(np.clip(seen[..., 2], -1, 1))
        bent = theta / np.maximum(np.hypot(seen[..., 0], seen[..., 1]), 1e-9) / np.float32(reach)
        a, b = ((seen[..., axis] * bent).astype(np.float32) for axis in (0, 1))
        alpha = np.where(theta < reach, opaque(a, b), 0)[..., None]
        if not alpha.any():
            continue
        side = len(patch)
        across, down = (((one + 1) * (side / 2) - 0.5).astype(np.float32) for one in (a, b))
        laid = cv2.remap(patch, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        rows = pixels[begin:end]
        rows[:, columns] = (laid * alpha + rows[:, columns] * (1 - alpha) + 0.5).astype(np.uint8)


def _columns(width: int, yaw: float, pitch: float, reach: float) -> npt.NDArray[np.int64]:
    """Columns that a round part touches, counted around."""
    if abs(pitch) + reach > np.pi / 2 - 0.02:
        return np.arange(width)
    half = float(np.arcsin(min(np.sin(reach) / np.cos(pitch), 1)))
    first, last = ((yaw + side * half) / (2 * np.pi) + 0.5 for side in (-1, 1))
    return np.unique(np.arange(int(first * width) - 2, int(last * width) + 3) % width)


def over(pixels: Bytes, recipe: Recipe, mark: Bytes | None, *, crop: Crop, layout: str = "") -> None:
    """Carry a recipe out over a picture as it is stored: of a stereo pair both halves, of a cropped one its part.

    crop   where the picture, or each half, lies on the sphere
    """
    height, width = pixels.shape[:2]
    if layout == "top-bottom":
        parts = [pixels[: height // 2], pixels[height - height // 2 :]]
    elif layout == "left-right":
        parts = [pixels[:, : width // 2], pixels[:, width - width // 2 :]]
    else:
        parts = [pixels]
    for part in parts:
        if crop.is_full:
            retouch(part, recipe, mark)
            continue
        with tempfile.TemporaryFile() as file:  # a whole sphere, of which the picture is a part
            whole = np.memmap(file, np.uint8, "w+", shape=(crop.full_height, crop.full_width, 3))
            there = whole[crop.top : crop.top + crop.height, crop.left : crop.left + crop.width]
            there[...] = part
            retouch(whole, recipe, mark)
            part[...] = there


def first_sphere(pixels: Bytes, crop: Crop, half: str, scratch: Path) -> Bytes:
    """The whole sphere that the first eye sees, of a picture as it is stored.

    half   of a stereo picture: "top" or "left"; "" of any other
    """
    if half:
        return pixels[: crop.full_height, : crop.full_width]
    if crop.is_full:
        return pixels
    whole = np.memmap(scratch / "sphere.rgb", np.uint8, "w+", shape=(crop.full_height, crop.full_width, 3))
    whole[crop.top : crop.top + crop.height, crop.left : crop.left + crop.width] = pixels
    return whole
