"""The riverside: a promenade with a marble balustrade, the river, a city with a great wheel and a bridge beyond it.

Metres; x along the river to the east, y upwards, z across it to the north; the water lies 3 m below the promenade.
Things are brushed onto two cylinders around the eye, far ones and near ones; sky, paving and water are computed, and
the water mirrors sky and far cylinder, broken by its waves.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from haihe.portal.demo.scenery.rays import clouds, hexed, mixed, noise, smooth
from haihe.portal.demo.scenery.scrolls import read

WIDE, LOW, HIGH = 5120, -7.0, 50.0  # pixels around, degrees of elevation
RAIL, WATER = 5.2, -3.0  # z of the balustrade, y of the water
FAR = 130.0  # z of the other bank
LAMPS = [(x, 4.3) for x in range(-78, 79, 13)]
PARK_LAMPS = [(x, -7.4) for x in range(-71, 72, 13)]
PAVILION = (-26.0, -15.0)
BRIDGE = 74.0  # x


class Cylinder:
    """A layer of light and cover around an eye; points are metres in the world."""

    def __init__(self, eye: tuple[float, float, float]) -> None:
        from PIL import Image, ImageDraw

        self.eye = eye
        self.tall = round(WIDE * (HIGH - LOW) / 360)
        self.image = Image.new("RGBA", (WIDE * 2, self.tall * 2))
        self.draw = ImageDraw.Draw(self.image, "RGBA")

    def at(self, point: Sequence[float]) -> tuple[float, float]:
        x, y, z = (a - b for a, b in zip(point, self.eye, strict=True))
        flat = max(np.hypot(x, z), 0.05)
        azimuth, elevation = np.degrees(np.arctan2(x, z)), np.degrees(np.arctan2(y, flat))
        return (azimuth / 360 + 0.5) * WIDE * 2, (HIGH - elevation) / (HIGH - LOW) * self.tall * 2

    def polygon(self, points: Sequence[Sequence[float]], ink: str, cover: float = 1.0) -> None:
        for placed in self._turns(points):
            self.draw.polygon(placed, fill=_ink(ink, cover))

    def line(self, points: Sequence[Sequence[float]], ink: str, thick: float, cover: float = 1.0) -> None:
        """thick: metres"""
        far = max(np.hypot(points[0][0] - self.eye[0], points[0][2] - self.eye[2]), 1)
        width = max(1, round(np.degrees(thick / far) / 360 * WIDE * 2))
        for placed in self._turns(points):
            self.draw.line(placed, fill=_ink(ink, cover), width=width, joint="curve")

    def _turns(self, points: Sequence[Sequence[float]]) -> list[list[tuple[float, float]]]:
        """Where points fall; twice where they reach around the back."""
        round_ = WIDE * 2
        placed = [self.at(point) for point in points]
        unwound = [placed[0]]
        for x, y in placed[1:]:
            unwound.append((x + round_ * round((unwound[-1][0] - x) / round_), y))
        low, high = min(x for x, _y in unwound), max(x for x, _y in unwound)
        shifts = [0.0, *([round_] if low < 0 else []), *([-round_] if high > round_ else [])]
        return [[(x + shift, y) for x, y in unwound] for shift in shifts]

    def disc(self, point: Sequence[float], radius: float, ink: str, cover: float = 1.0) -> None:
        x, y = self.at(point)
        far = max(np.hypot(point[0] - self.eye[0], point[2] - self.eye[2]), 0.5)
        r = max(0.8, np.degrees(radius / far) / 360 * WIDE * 2)
        self.draw.ellipse((x - r, y - r, x + r, y + r), fill=_ink(ink, cover))

    def finished(self) -> tuple[Any, Any]:
        """(linear light (tall, WIDE, 3), cover (tall, WIDE, 1))."""
        reduced = self.image.reduce(2)
        whole = np.asarray(reduced, np.float32) / 255
        return whole[:, :, :3] ** 2.2, whole[:, :, 3:]


def _ink(code: str, cover: float) -> tuple[int, int, int, int]:
    return int(code[0:2], 16), int(code[2:4], 16), int(code[4:6], 16), round(255 * cover)


def scene_from(x: float, z: float, *, night: bool) -> Callable[[Any], tuple[Any, Any]]:
    """What is seen from a place on the promenade."""
    eye = (x, 2.3, z)
    far_side, near_side = Cylinder(eye), Cylinder(eye)
    _far(far_side, night)
    _near(near_side, night)
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


def _far(c: Cylinder, night: bool) -> None:
    chance = random.Random(7)  # noqa: S311  the same city every time
    hills = ("8fa9b8", "7f9dab") if not night else ("1c2348", "171d3e")
    for number, (depth, top) in enumerate(((1500.0, 150.0), (1100.0, 95.0))):
        ridge = [
            (x, top * (0.35 + 0.65 * float(clouds(np.float32(x / 500), np.float32(number * 3), 4, 81 + number))), depth)
            for x in range(-2600, 2601, 40)
        ]
        c.polygon([(-2600, WATER, depth), *ridge, (2600, WATER, depth)], hills[number])
    rows = sorted(((chance.uniform(150, 420), chance.uniform(-620, 620)) for _n in range(110)), reverse=True)
    for depth, x in rows:
        _building(c, chance, x, depth, night)
    _south(c, night)
    _wheel(c, (-62.0, 50.0, 158.0), 43.0, night)
    _tower(c, 38.0, 170.0, night)
    wall, crown = ("9a9489", "4f7d45") if not night else ("2a2b3d", "1c3026")
    c.polygon([(-700, WATER, FAR), (700, WATER, FAR), (700, 1.2, FAR), (-700, 1.2, FAR)], wall)
    for n in range(150):
        x = -520 + n * 7 + chance.uniform(-2, 2)
        for _ in range(5):
            at = (x + chance.uniform(-3, 3), 3.5 + chance.uniform(0, 4), FAR + 3)
            c.disc(
                at,
                chance.uniform(1.6, 2.8),
                crown if chance.random() < 0.6 else ("6b9a57" if not night else "2c4a33"),
                0.92,
            )
    if night:
        for n in range(150):
            x = -520 + n * 7.0
            c.disc((x, 1.5, FAR - 0.2), 0.75, "ffb35c", 0.35)
            c.disc((x, 1.5, FAR - 0.2), 0.34, "ffe2a8")
    _bridge(c, night)


def _south(c: Cylinder, night: bool) -> None:
    """Beyond the park: low roofs and trees, and some towers of the old town."""
    chance = random.Random(5)  # noqa: S311
    for depth, x in sorted(((chance.uniform(170, 420), chance.uniform(-640, 640)) for _n in range(70)), reverse=True):
        _building(c, chance, x, -depth, night)
    crowns = ("1a2c26", "22382c") if night else ("5f8a58", "75a063")
    for n in range(420):
        at = (-640 + n * 3.05 + chance.uniform(-2, 2), chance.uniform(1, 7.5), -92 - chance.uniform(0, 8))
        c.disc(at, chance.uniform(1.6, 3.0), crowns[n % 2], 0.95)


def _building(c: Cylinder, chance: random.Random, x: float, depth: float, night: bool) -> None:
    wide, tall = chance.uniform(14, 34), chance.uniform(16, 60) * (1.6 if chance.random() < 0.22 else 1)
    haze = min((abs(depth) - 150) / 420, 0.72)
    day = chance.choice(("c9b8a0", "b9a898", "a8b0b4", "d3c4ac", "98a3ac", "bf9f86"))
    body = (
        _blend(day, "cfdbe2", haze)
        if not night
        else _blend(chance.choice(("20243f", "262840", "1b2038")), "2f2f55", haze)
    )
    left, right = x - wide / 2, x + wide / 2
    c.polygon([(left, 0, depth), (right, 0, depth), (right, tall, depth), (left, tall, depth)], body)
    shadow = _blend(body, "6a7280" if not night else "0c0f22", 0.35)
    lean = right + 7 if x < c.eye[0] else left - 7
    edge = right if x < c.eye[0] else left
    c.polygon([(edge, 0, depth), (lean, 0, depth + 16), (lean, tall, depth + 16), (edge, tall, depth)], shadow)
    if chance.random() < 0.4:
        c.polygon(
            [
                (x - wide * 0.3, tall, depth),
                (x + wide * 0.3, tall, depth),
                (x + wide * 0.2, tall + 5, depth),
                (x - wide * 0.2, tall + 5, depth),
            ],
            body,
        )
    columns, floors = max(3, int(wide / 3.2)), max(3, int(tall / 3.6))
    for i in range(columns):
        for j in range(floors):
            wx, wy = left + (i + 0.5) * wide / columns, 2 + j * (tall - 3) / floors
            if night:
                if chance.random() > 0.42:
                    continue
                ink = chance.choice(("ffcf7e", "ffdca0", "ffe9c4", "ffbf66", "cfe0ff"))
                cover = chance.uniform(0.45, 1)
            else:
                ink, cover = _blend("6f8796", "cfdbe2", haze), 0.8
            c.polygon(
                [
                    (wx - 0.85, wy, depth),
                    (wx + 0.85, wy, depth),
                    (wx + 0.85, wy + 1.9, depth),
                    (wx - 0.85, wy + 1.9, depth),
                ],
                ink,
                cover,
            )
    if night and tall > 46:
        for line in (left, right):
            c.line([(line, 0, depth), (line, tall, depth)], chance.choice(("5fd8ff", "ffd98a", "b79bff")), 0.7, 0.85)
        c.line([(left, tall, depth), (right, tall, depth)], "ffd98a", 0.8)


def _wheel(c: Cylinder, middle: tuple[float, float, float], radius: float, night: bool) -> None:
    x, y, z = middle
    frame = "e8ecee" if not night else "7fe0ff"
    for side in (-1, 1):
        c.line([(x + side * 26, 0, z), (x, y, z)], "cfd4d6" if not night else "c9b0ff", 2.2)
    if night:
        ring = [_on(middle, radius, n / 180 * 2 * np.pi) for n in range(181)]
        c.line(ring, "3fb8ff", 5.5, 0.28)
    for share, thick in ((1.0, 1.3), (0.93, 0.7), (0.35, 0.5)):
        c.line([_on(middle, radius * share, n / 180 * 2 * np.pi) for n in range(181)], frame, thick)
    for n in range(36):
        turn = n / 36 * 2 * np.pi
        ink = frame if not night else ("ff8fd0", "8fe6ff", "ffe08a")[n % 3]
        c.line([middle, _on(middle, radius * 0.95, turn)], ink, 0.28, 0.9)
        cabin = _on(middle, radius + 2.1, turn)
        c.disc(cabin, 1.75, "2f7f9a" if not night else "fff0c2")
    c.disc(middle, 3.4, "d8dde0" if not night else "ffd0f0")


def _on(middle: tuple[float, float, float], radius: float, turn: float) -> tuple[float, float, float]:
    return middle[0] + radius * np.sin(turn), middle[1] + radius * np.cos(turn), middle[2]


def _tower(c: Cylinder, x: float, z: float, night: bool) -> None:
    """A slender tower with a round room, and a pavilion roof on a drum beside it."""
    ink, light = ("dfe3e4", "7fa9bd") if not night else ("39406b", "8fd8ff")
    c.polygon([(x - 4, 0, z), (x + 4, 0, z), (x + 1.3, 118, z), (x - 1.3, 118, z)], ink)
    for level, wide in ((84, 9.5), (88, 12), (92, 9)):
        c.polygon(
            [
                (x - wide, level, z),
                (x + wide, level, z),
                (x + wide * 0.82, level + 4, z),
                (x - wide * 0.82, level + 4, z),
            ],
            light,
        )
    c.line([(x, 118, z), (x, 150, z)], ink if not night else "ff9f6a", 0.9)
    if night:
        for n in range(24):
            c.disc((x, 8 + n * 4.4, z - 1), 0.8, "ffd98a", 0.9)


def _bridge(c: Cylinder, night: bool) -> None:
    """Three bowed arches across the river."""
    ink, rail = ("d9dcd8", "b7bdbb") if not night else ("3d4468", "ffd48a")
    for x in (BRIDGE + 11, BRIDGE):
        c.polygon([(x, 5.4, 2), (x, 5.4, FAR + 10), (x, 7.0, FAR + 10), (x, 7.0, 2)], ink)
        for n in range(3):
            begin, end = 8 + n * 40.7, 8 + (n + 1) * 40.7
            high = 20 if n == 1 else 15
            arch = [(x, 6.5 + high * np.sin(np.pi * s / 40), begin + (end - begin) * s / 40) for s in range(41)]
            if night:
                c.line(arch, "ffb35c", 2.6, 0.3)
            c.line(arch, ink if not night else "ffe0a3", 1.0)
            for s in range(2, 40, 3):
                c.line([arch[s], (x, 6.8, arch[s][2])], rail, 0.18, 0.9)
            pier = [(x, WATER, end - 1.5), (x, WATER, end + 1.5), (x, 5.5, end + 1), (x, 5.5, end - 1)]
            c.polygon(pier, _blend(ink, "808890", 0.35))
        if night:
            for n in range(42):
                c.disc((x - 0.2, 5.3, 4 + n * 3.05), 0.42, "ffdf9a")


def _near(c: Cylinder, night: bool) -> None:
    chance = random.Random(11)  # noqa: S311
    _pavilion(c, *PAVILION, night)
    spots = [(x + chance.uniform(-2, 2), -9.5 - chance.uniform(0, 9)) for x in range(-96, 97, 6)]
    for x, z in sorted(spots, key=lambda one: one[1]):
        if abs(x + 26) > 8:
            _willow(c, chance, x, z, night)
    for x, z in sorted(LAMPS + PARK_LAMPS, key=lambda one: -abs(one[0] - c.eye[0])):
        _lamp(c, x, z, night)


def _willow(c: Cylinder, chance: random.Random, x: float, z: float, night: bool) -> None:
    tall = chance.uniform(7, 10.5)
    trunk = "5b4a3a" if not night else "241f26"
    c.line([(x, 0, z), (x + 0.2, tall * 0.45, z), (x - 0.1, tall * 0.7, z)], trunk, 0.42)
    shades = (
        ("12241b", "1b3425", "2a4a31", "3f5f38", "6f7a3d")
        if night
        else ("35602a", "46772f", "5d9140", "77a854", "9cc26e")
    )
    leaves = []
    for _n in range(520):
        turn, out = chance.uniform(0, 2 * np.pi), chance.uniform(0.02, 1) ** 0.55 * tall * 0.43
        high = tall * (0.99 - 0.36 * (out / (tall * 0.43)) ** 1.7) - chance.uniform(0, 1) ** 2 * tall * 0.22
        leaves.append((x + out * np.cos(turn), high, z + out * np.sin(turn) * 0.55))
    for at in sorted(leaves, key=lambda one: -one[2] if z < 0 else one[2], reverse=z < 0):
        lit = (at[1] / tall - 0.55) * 1.7 + 0.25 * (at[0] - x) / tall + chance.uniform(-0.22, 0.22)
        lit = (0.75 - (at[1] / tall) + chance.uniform(-0.25, 0.3)) if night else lit
        ink = shades[min(4, max(0, int(lit * 5)))]
        c.disc(at, chance.uniform(0.1, 0.3), ink, 0.9)
        if chance.random() < 0.42:
            down, swing = chance.uniform(0.8, 3.2), chance.uniform(-0.2, 0.2)
            strand = [at, (at[0] + swing * 0.4, at[1] - down * 0.5, at[2]), (at[0] + swing, at[1] - down, at[2])]
            c.line(strand, ink, 0.045, 0.85)


def _lamp(c: Cylinder, x: float, z: float, night: bool) -> None:
    post = "2f3a3a" if not night else "14181f"
    c.line([(x, 0, z), (x, 3.7, z)], post, 0.13)
    c.line([(x, 0, z), (x, 0.5, z)], post, 0.24)
    c.line([(x - 0.42, 3.55, z), (x, 3.75, z), (x + 0.42, 3.55, z)], post, 0.08)
    for side in (-0.42, 0.42):
        middle = (x + side, 3.32, z)
        c.disc(middle, 0.2, "fff2cf" if night else "f4efe2")
        c.polygon([(x + side - 0.2, 3.5, z), (x + side + 0.2, 3.5, z), (x + side, 3.68, z)], post)


def _pavilion(c: Cylinder, x: float, z: float, night: bool) -> None:
    """Six columns under two tiers of swept roofs."""
    red = "9c2a20" if not night else "7a2018"
    tile, ridge = ("3d5f62", "c9a24a") if not night else ("1d2c33", "e0b050")
    c.polygon(
        [(x - 6.2, 0, z), (x + 6.2, 0, z), (x + 5.8, 0.7, z), (x - 5.8, 0.7, z)], "bcb5aa" if not night else "5a4f48"
    )
    c.polygon(
        [(x - 4.6, 0.7, z - 1), (x + 4.6, 0.7, z - 1), (x + 4.6, 3.9, z - 1), (x - 4.6, 3.9, z - 1)],
        "6b4a38" if not night else "e39a4a",
        0.55,
    )
    for n in range(6):
        at = x - 5 + n * 2
        c.line([(at, 0.7, z), (at, 4.1, z)], red, 0.34)
    c.polygon(
        [(x - 5.4, 3.7, z), (x + 5.4, 3.7, z), (x + 5.4, 4.25, z), (x - 5.4, 4.25, z)],
        "2a5a55" if not night else "c98f3a",
    )
    for low, high, wide, top in ((4.2, 6.3, 7.2, 3.4), (6.6, 9.0, 4.8, 0.4)):
        steps = [s / 16 for s in range(17)]
        left = [(x - wide + (wide - top) * s, low + 0.55 * (1 - s) ** 3 + (high - low) * s**1.55, z) for s in steps]
        right = [(2 * x - px, py, pz) for px, py, pz in reversed(left)]
        c.polygon(left + right, tile)
        for s in range(-7, 8):
            c.line(
                [(x + s * wide / 8, low + 0.12, z - 0.1), (x + s * top / 8, high, z - 0.1)],
                _blend(tile, "ffffff", 0.18),
                0.07,
                0.7,
            )
        c.line(left, ridge, 0.16)
        c.line(right, ridge, 0.16)
        if low < 5:
            c.polygon([(x - 3.2, 6.1, z), (x + 3.2, 6.1, z), (x + 3.2, 6.75, z), (x - 3.2, 6.75, z)], red)
    c.disc((x, 9.3, z), 0.42, ridge)
    for side in (-1, 1):
        c.disc((x + side * 5.9, 3.5, z), 0.42, "c8322a" if not night else "ff6a45")


def _blend(one: str, two: str, share: float) -> str:
    a = [int(one[n : n + 2], 16) for n in (0, 2, 4)]
    b = [int(two[n : n + 2], 16) for n in (0, 2, 4)]
    return "".join(f"{round(x + (y - x) * share):02x}" for x, y in zip(a, b, strict=True))
