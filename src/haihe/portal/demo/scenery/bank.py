"""The riverside: a promenade with a marble balustrade, the river, a city with a great wheel and a bridge beyond it.

Metres; x along the river to the east, y upwards, z across it to the north; the water lies 3 m below the promenade.
Things are brushed onto two cylinders around the eye, far ones and near ones (`brushed`); sky, paving and water are
computed, and the water mirrors sky and far cylinder, broken by its waves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from haihe.portal.demo.scenery.brushed import (
    FAR,
    HIGH,
    LAMPS,
    LOW,
    PARK_LAMPS,
    PAVILION,
    RAIL,
    WATER,
    Cylinder,
    far_bank,
    near_bank,
)
from haihe.portal.demo.scenery.rays import clouds, hexed, mixed, noise, smooth
from haihe.portal.demo.scenery.scrolls import read


def scene_from(x: float, z: float, *, night: bool) -> Callable[[Any], tuple[Any, Any]]:
    """What is seen from a place on the promenade."""
    eye = (x, 2.3, z)
    far_side, near_side = Cylinder(eye), Cylinder(eye)
    far_bank(far_side, night)
    near_bank(near_side, night)
    far, near = far_side.finished(), near_side.finished()
    origin = np.array(eye, np.float32)

    def scene(rays: Any) -> tuple[Any, Any]:
        light = _around(rays, far, night)
        mark = np.zeros(len(rays), np.int32)
        _water(light, mark, origin, rays, far, night)
        _ground(light, mark, origin, rays, night)
        _balustrade(light, mark, origin, rays, night)
        colour, cover = _read(near, rays)
        light = light * (1 - cover) + colour * cover * (1.6 if night else 0.82)
        return light + _halos(rays, eye) if night else light, mark

    return scene


def _read(layer: tuple[Any, Any], rays: Any) -> tuple[Any, Any]:
    u = np.arctan2(rays[:, 0], rays[:, 2]) / (2 * np.pi) + 0.5
    elevation = np.degrees(np.arcsin(np.clip(rays[:, 1], -1, 1)))
    v = (HIGH - elevation) / (HIGH - LOW)
    inside = ((v > 0) & (v < 1))[:, None]
    return read(layer[0], u, v), read(layer[1], u, v) * inside


def _around(rays: Any, far: tuple[Any, Any], night: bool) -> Any:
    """Sky and the other bank in a direction."""
    sky = _night_sky(rays) if night else _day_sky(rays)
    colour, cover = _read(far, rays)
    return sky * (1 - cover) + colour * cover * (1.9 if night else 0.72)


def _day_sky(rays: Any) -> Any:
    up = np.clip(rays[:, 1], 0, 1)
    made = mixed(np.broadcast_to(hexed("e9eef0"), rays.shape), hexed("4f97cf"), smooth(0, 0.75, up) ** 0.7)
    made = mixed(made, hexed("fbe6c4"), np.exp(-up * 9) * 0.6)
    high = np.maximum(up, 0.02) + 0.12
    x, z = rays[:, 0] / high, rays[:, 2] / high
    cover = smooth(0.52, 0.78, clouds(x * 0.9 + 3, z * 0.9 + 1, 6, 17)) * smooth(0.02, 0.2, up)
    bright = 0.8 + 0.5 * clouds(x * 1.4 + 9, z * 1.4, 4, 23)
    made = mixed(made, hexed("ffffff") * 1.25, cover * 0.85) * np.where(cover > 0.2, bright * 0.3 + 0.75, 1)[:, None]
    sun = _toward(-48, 34)
    near = np.clip((rays * sun).sum(axis=1), 0, 1)
    glow = 0.5 * near**40 + 0.25 * near**8 + 9 * smooth(0.99945, 0.9997, near)
    return made * 0.62 + 0.6 * glow[:, None] * hexed("fff0cf")


def _night_sky(rays: Any) -> Any:
    up = np.clip(rays[:, 1], 0, 1)
    made = mixed(np.broadcast_to(hexed("4a4470"), rays.shape), hexed("0a1230"), smooth(0, 0.4, up))
    made = mixed(made, hexed("c77f56"), np.exp(-up * 14) * 0.5 * (0.4 + 0.6 * np.clip(rays[:, 2], 0, 1)))
    azimuth, elevation = np.arctan2(rays[:, 0], rays[:, 2]), np.arcsin(np.clip(rays[:, 1], -1, 1))
    i, j = np.floor(azimuth * 62), np.floor(elevation * 62)
    chance = noise(i * 1.7 + 0.5, j * 2.3 + 0.5, 9)
    off = np.hypot(azimuth * 62 - i - 0.5, elevation * 62 - j - 0.5)
    star = smooth(0.11, 0.02, off) * smooth(0.8, 0.99, chance) * smooth(0.12, 0.5, up)
    high = np.maximum(up, 0.02) + 0.15
    veil = smooth(0.5, 0.8, clouds(rays[:, 0] / high + 2, rays[:, 2] / high, 5, 41)) * smooth(0.05, 0.3, up)
    made = mixed(made, hexed("3a3b63"), veil * 0.5) + (star * 1.3 * (1 - veil))[:, None] * hexed("dfe8ff")
    moon = _toward(22, 31)
    near = np.clip((rays * moon).sum(axis=1), 0, 1)
    face = smooth(0.99972, 0.99982, near)
    spots = 0.75 + 0.35 * clouds(azimuth * 90, elevation * 90, 3, 6)
    return (
        made
        + (0.10 * near**60 + 0.05 * near**10)[:, None] * hexed("cfd8ff")
        + (face * spots * 2.4)[:, None] * hexed("fff3d6")
    )


def _toward(azimuth: float, elevation: float) -> Any:
    a, e = np.radians(azimuth), np.radians(elevation)
    return np.array([np.sin(a) * np.cos(e), np.sin(e), np.cos(a) * np.cos(e)], np.float32)


def _water(light: Any, mark: Any, origin: Any, rays: Any, far: tuple[Any, Any], night: bool) -> None:
    down = np.minimum(rays[:, 1], -1e-4)
    t = (WATER - origin[1]) / down
    x, z = origin[0] + rays[:, 0] * t, origin[2] + rays[:, 2] * t
    hit = np.flatnonzero((rays[:, 1] < 0) & (z > RAIL + 0.5) & (z < FAR))
    if not len(hit):
        return
    x, z, t = x[hit], z[hit], t[hit]
    calm = np.exp(-t / 160)
    wave = clouds(x * 0.55, z * 1.3, 4, 51) - 0.5 + 0.5 * (clouds(x * 0.09, z * 0.22, 3, 52) - 0.5)
    cross = clouds(x * 0.8 + 40, z * 0.8, 4, 53) - 0.5
    mirrored = rays[hit].copy()
    mirrored[:, 1] = -mirrored[:, 1] + wave * (0.05 + 0.17 * calm)
    mirrored[:, 0] += cross * (0.012 + 0.05 * calm)
    mirrored[:, 1] = np.maximum(np.abs(mirrored[:, 1]), 0.004)
    mirrored /= np.linalg.norm(mirrored, axis=1, keepdims=True)
    seen = _around(mirrored, far, night)
    steep = np.clip(-rays[hit, 1], 0, 1)
    share = 0.06 + 0.9 * (1 - steep) ** 4
    deep = hexed("0b1c2c") * 0.5 if night else hexed("4f7f80") * 0.75
    tint = (0.85 + 0.3 * (clouds(x * 0.03, z * 0.06, 3, 54) - 0.5))[:, None]
    light[hit] = (deep * tint) * (1 - share[:, None]) + np.minimum(seen, 4) * share[:, None] * (0.9 if night else 0.88)
    mark[hit] = 1


def _ground(light: Any, mark: Any, origin: Any, rays: Any, night: bool) -> None:
    t = -origin[1] / np.minimum(rays[:, 1], -1e-4)
    x, z = origin[0] + rays[:, 0] * t, origin[2] + rays[:, 2] * t
    hit = np.flatnonzero((rays[:, 1] < -0.004) & (z < RAIL + 0.5) & (z > -60))
    if not len(hit):
        return
    x, z = x[hit], z[hit]
    row = np.floor(z / 0.6)
    i = np.floor(x / 1.2 + 0.5 * (row % 2))
    shade = noise(i * 3.1 + 0.5, row * 5.7 + 0.5, 61)
    stone = mixed(np.broadcast_to(hexed("a79f94"), (len(x), 3)), hexed("bfb8ad"), shade)
    stone = stone * (0.86 + 0.28 * clouds(x * 3, z * 3, 4, 62))[:, None]
    joint = np.minimum(
        np.abs(z / 0.6 - np.round(z / 0.6)) * 0.6,
        np.abs(x / 1.2 + 0.5 * (row % 2) - np.round(x / 1.2 + 0.5 * (row % 2))) * 1.2,
    )
    stone = stone * np.where(joint < 0.012, 0.6, 1)[:, None]
    band = (np.abs(z - 3.4) < 0.3) | (np.abs(z + 4.6) < 0.3)
    key = np.sign(np.sin(x * 5.2)) * np.sign(np.sin(z * 10.4))
    stone = np.where(band[:, None], np.where((key > 0)[:, None], hexed("6d665e"), hexed("857d73")), stone)
    grass = z < -6.5
    blades = clouds(x * 2.5, z * 2.5, 5, 63)
    green = mixed(np.broadcast_to(hexed("3f6a34"), stone.shape), hexed("7fa356"), blades)
    made = np.where(grass[:, None], green, stone)
    kerb = np.abs(z + 6.5) < 0.16
    made = np.where(kerb[:, None], hexed("b5aea2"), made)
    if night:
        pool = np.zeros(len(x), np.float32)
        for lx, lz in LAMPS + PARK_LAMPS:
            far2 = (x - lx) ** 2 + (z - lz + 0.6) ** 2
            pool += 3.6 / (far2 + 9) * smooth(130, 10, far2)
        light[hit] = made * (pool[:, None] * hexed("ffca85") + hexed("3a4468") * 0.3)
    else:
        trees = smooth(0.42, 0.62, clouds(x * 0.33 + 5, z * 0.33, 4, 65)) * smooth(-1.5, -5, z)
        light[hit] = made * (0.72 - 0.4 * trees)[:, None] * hexed("fff4e2")
    mark[hit] = 2


def _halos(rays: Any, eye: tuple[float, float, float]) -> Any:
    """Light of lamps in damp air."""
    total = np.zeros_like(rays)
    heads = [((x + side, 3.35, z), 0.010, "ffbe72") for x, z in LAMPS + PARK_LAMPS for side in (-0.42, 0.42)]
    heads += [((PAVILION[0] + side, 2.6, PAVILION[1]), 0.05, "ffa64a") for side in (-3.0, 0.0, 3.0)]
    for point, strong, ink in heads:
        to = np.asarray(point, np.float32) - np.asarray(eye, np.float32)
        far = float(np.linalg.norm(to))
        if far > 75:
            continue
        off = np.arccos(np.clip((rays * (to / far)).sum(axis=1), -1, 1)) * far
        total += (strong * 6 / (off * off + 0.06) * np.exp(-off / 1.5))[:, None] * hexed(ink)
    return total


def _balustrade(light: Any, mark: Any, origin: Any, rays: Any, night: bool) -> None:
    for depth, shade in ((0.2, 0.62), (0.0, 1.0)):
        ahead = np.maximum(rays[:, 2], 1e-4)
        t = (RAIL + depth - origin[2]) / ahead
        x, y = origin[0] + rays[:, 0] * t, origin[1] + rays[:, 1] * t
        hit = np.flatnonzero((rays[:, 2] > 0) & (t > 0) & (y < 1.36) & (y > 0))
        if not len(hit):
            continue
        x, y = x[hit], y[hit]
        along = np.mod(x, 1.9) - 0.95
        post = (np.abs(along) > 0.95 - 0.13) & (y < 1.12)
        knob = np.hypot(np.abs(along) - 0.95, (y - 1.21) * 0.85) < 0.12
        top = (np.abs(y - 0.9) < 0.07) | (y < 0.16)
        small = np.mod(along + 0.95, 0.316) - 0.158
        baluster = np.abs(small) < 0.035 + 0.03 * np.cos((y - 0.5) * 13) ** 2
        cloud = (np.hypot(small / 1.2, y - 0.7) < 0.1) | (np.hypot(small, y - 0.33) < 0.08)
        solid = post | knob | top | ((baluster | cloud) & (y < 0.9))
        chosen = hit[solid]
        x, y, along = x[solid], y[solid], along[solid]
        grain = 0.88 + 0.2 * clouds(x * 7, y * 7, 3, 71)
        round_ = (
            0.78 + 0.22 * np.cos(np.clip((np.abs(along) - 0.95) * 9, -1.4, 1.4)) * post[solid] + 0.14 * (~post[solid])
        )
        white = hexed("efeae0") * (grain * round_ * shade * (0.75 + 0.25 * smooth(0, 0.3, y)))[:, None]
        if night:
            pool = sum(5.0 / ((x - lx) ** 2 + 6.5) * np.exp(-((x - lx) ** 2) / 60) for lx, _lz in LAMPS)
            light[chosen] = white * (pool[:, None] * hexed("ffc98a") * 0.75 + hexed("3d4c7a") * 0.2)
        else:
            light[chosen] = white * 0.72
        mark[chosen] = 3 + int(depth == 0)
