"""What is brushed onto cylinders around an eye on the riverside: the other bank, and what stands on this one.

Metres; x along the river to the east, y upwards, z across it to the north; the water lies 3 m below the promenade.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import numpy as np

from haihe.portal.demo.scenery.rays import clouds

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


def far_bank(c: Cylinder, night: bool) -> None:
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


def near_bank(c: Cylinder, night: bool) -> None:
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
