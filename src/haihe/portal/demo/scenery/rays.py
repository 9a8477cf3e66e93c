"""From a scene to a picture: directions of an equirectangular panorama or of a lens, smoothing of edges, tones.

A scene is a function (n, 3) directions → (light (n, 3) linear, marks (n,)); where marks of neighbours differ there is
an edge, and the pixel is made again of four.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Scene = Callable[[Any], tuple[Any, Any]]
BAND = 48  # rows at once


def panorama(scene: Scene, width: int, progress: Callable[[int, int], None] = lambda _done, _all: None) -> Any:
    """(width / 2, width, 3) uint8, the middle looks along z."""
    height = width // 2

    def toward(columns: Any, rows: Any) -> Any:
        longitude = ((columns + 0.5) / width - 0.5) * (2 * np.pi)
        latitude = (0.5 - (rows + 0.5) / height) * np.pi
        flat = np.cos(latitude)
        return np.stack([flat * np.sin(longitude), np.sin(latitude), flat * np.cos(longitude)], axis=-1)

    return _picture(scene, width, height, toward, progress)


def photograph(scene: Scene, width: int, height: int, *, yaw: float, pitch: float, fov: float) -> Any:
    """(height, width, 3) uint8 through a lens; degrees, `fov` is vertical."""
    y, p = np.radians(yaw), np.radians(pitch)
    right = np.array([np.cos(y), 0, -np.sin(y)])
    up = np.array([-np.sin(y) * np.sin(p), np.cos(p), -np.cos(y) * np.sin(p)])
    ahead = np.array([np.sin(y) * np.cos(p), np.sin(p), np.cos(y) * np.cos(p)])
    tall = np.tan(np.radians(fov) / 2)

    def toward(columns: Any, rows: Any) -> Any:
        x = ((columns + 0.5) / width * 2 - 1) * tall * width / height
        z = (1 - (rows + 0.5) / height * 2) * tall
        found = ahead + x[..., None] * right + z[..., None] * up
        return found / np.linalg.norm(found, axis=-1, keepdims=True)

    return _picture(scene, width, height, toward, lambda _done, _all: None)


def _picture(scene: Scene, width: int, height: int, toward: Any, progress: Callable[[int, int], None]) -> Any:
    made = np.empty((height, width, 3), np.float32)
    marks = np.empty((height, width), np.int32)
    columns = np.arange(width, dtype=np.float32)
    for top in range(0, height, BAND):
        rows = np.arange(top, min(top + BAND, height), dtype=np.float32)
        x, y = np.meshgrid(columns, rows)
        light, mark = scene(toward(x, y).reshape(-1, 3).astype(np.float32))
        made[top : top + BAND] = light.reshape(len(rows), width, 3)
        marks[top : top + BAND] = mark.reshape(len(rows), width)
        progress(min(top + BAND, height), height)
    edges = np.argwhere(_edges(made, marks))
    for begin in range(0, len(edges), BAND * width // 2):
        part = edges[begin : begin + BAND * width // 2].astype(np.float32)
        total = np.zeros((len(part), 3), np.float32)
        for dx, dy in ((-0.25, -0.375), (0.375, -0.125), (-0.375, 0.125), (0.125, 0.375)):
            total += toned(scene(toward(part[:, 1] + dx, part[:, 0] + dy).astype(np.float32))[0])
        made[edges[begin : begin + len(part), 0], edges[begin : begin + len(part), 1]] = -total / 4
    already = made < 0
    shown = np.where(already, -made, toned(np.maximum(made, 0)))
    return (np.clip(shown, 0, 1) * 255 + 0.5).astype(np.uint8)


def _edges(made: Any, marks: Any) -> Any:
    grey = toned(made).mean(axis=2)
    found = np.zeros(marks.shape, bool)
    for axis in (0, 1):
        step = np.abs(np.diff(grey, axis=axis)) > 0.07
        step |= np.diff(marks, axis=axis) != 0
        first = [slice(None)] * 2
        second = [slice(None)] * 2
        first[axis], second[axis] = slice(None, -1), slice(1, None)
        found[tuple(first)] |= step
        found[tuple(second)] |= step
    return found


def toned(light: Any) -> Any:
    """Linear light as sRGB, bright parts rolled off (Narkowicz 2015, "ACES filmic tone mapping curve")."""
    x = np.maximum(light, 0) * 0.95
    x = np.clip(x * (2.51 * x + 0.03) / (x * (2.43 * x + 0.59) + 0.14), 0, 1)
    return np.power(x, 1 / 2.2)


def hexed(code: str) -> Any:
    """Linear light of "rrggbb"."""
    return np.array([(int(code[n : n + 2], 16) / 255) ** 2.2 for n in (0, 2, 4)], np.float32)


def noise(x: Any, y: Any, seed: int = 0) -> Any:
    """Smooth noise, 0 to 1, of about one wave a unit."""
    i, j = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    u, v = x - i, y - j
    u, v = u * u * (3 - 2 * u), v * v * (3 - 2 * v)
    a, b = _at(i, j, seed), _at(i + 1, j, seed)
    c, d = _at(i, j + 1, seed), _at(i + 1, j + 1, seed)
    return (a + (b - a) * u) * (1 - v) + (c + (d - c) * u) * v


def clouds(x: Any, y: Any, octaves: int = 4, seed: int = 0) -> Any:
    """Noise upon noise, 0 to 1."""
    total, weight, sum_ = 0.0, 0.5, 0.0
    for octave in range(octaves):
        total = total + weight * noise(x * 2**octave, y * 2**octave, seed + octave)
        sum_ += weight
        weight /= 2
    return total / sum_


def _at(i: Any, j: Any, seed: int) -> Any:
    n = (i * 374761393 + j * 668265263 + seed * 1442695041) & 0x7FFFFFFF
    n = ((n ^ (n >> 13)) * 1274126177) & 0x7FFFFFFF
    return ((n ^ (n >> 16)) & 0xFFFF).astype(np.float32) / 65535


def smooth(low: float, high: float, value: Any) -> Any:
    """0 below `low`, 1 above `high`, smooth between."""
    t = np.clip((value - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def mixed(a: Any, b: Any, share: Any) -> Any:
    share = np.asarray(share)[..., None]
    return a * (1 - share) + b * share
