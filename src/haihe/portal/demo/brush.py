"""What the demonstration pictures are drawn with: skies, ridges, water, buildings, trees. Pillow only.

Coordinates are shares of the picture, x to the right and y downwards, 0 to 1; lengths are shares of its height.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Point = tuple[float, float]

SUPERSAMPLING = 2


def hexed(code: str) -> Colour:
    """(r, g, b) of "rrggbb"."""
    return (int(code[0:2], 16), int(code[2:4], 16), int(code[4:6], 16))


def mixed(a: Colour, b: Colour, share: float) -> Colour:
    """The colour that lies `share` of the way from a to b."""
    return tuple(round(x + (y - x) * share) for x, y in zip(a, b, strict=True))  # type: ignore[return-value]


class Canvas:
    """A picture under work, drawn at twice its size and handed out reduced."""

    def __init__(self, width: int, height: int, *, seed: int) -> None:
        self.size = (width * SUPERSAMPLING, height * SUPERSAMPLING)
        self.wide, self.high = self.size
        self.image = Image.new("RGB", self.size)
        self.chance = random.Random(seed)  # noqa: S311  pictures must come out the same each time

    # -- plain shapes ------------------------------------------------------------------------------------------------

    def at(self, point: Point) -> tuple[float, float]:
        return point[0] * self.wide, point[1] * self.high

    def polygon(self, points: Sequence[Point], colour: Colour, *, opacity: float = 1) -> None:
        self._draw.polygon([self.at(p) for p in points], fill=_ink(colour, opacity))

    def line(self, points: Sequence[Point], colour: Colour, thick: float, *, opacity: float = 1) -> None:
        width = max(1, round(thick * self.high))
        self._draw.line([self.at(p) for p in points], fill=_ink(colour, opacity), width=width, joint="curve")

    def disc(self, centre: Point, radius: float, colour: Colour, *, opacity: float = 1) -> None:
        self._draw.ellipse(self._around(centre, radius), fill=_ink(colour, opacity))

    def ring(self, centre: Point, radius: float, colour: Colour, thick: float, *, opacity: float = 1) -> None:
        width = max(1, round(thick * self.high))
        self._draw.ellipse(self._around(centre, radius), outline=_ink(colour, opacity), width=width)

    def box(self, left: float, top: float, right: float, bottom: float, colour: Colour, *, opacity: float = 1) -> None:
        self.polygon([(left, top), (right, top), (right, bottom), (left, bottom)], colour, opacity=opacity)

    def _around(self, centre: Point, radius: float) -> list[float]:
        (x, y), r = self.at(centre), radius * self.high
        return [x - r, y - r, x + r, y + r]

    @property
    def _draw(self) -> ImageDraw.ImageDraw:
        return ImageDraw.Draw(self.image, "RGBA")

    # -- light -------------------------------------------------------------------------------------------------------

    def sky(self, *stops: str, bottom: float = 1) -> None:
        """A gradient from the top down to `bottom`, through colours of equal distance."""
        colours = [hexed(code) for code in stops]
        column = Image.new("RGB", (1, self.high))
        reach = max(1, round(bottom * self.high))
        for y in range(self.high):
            place = min(1.0, y / reach) * (len(colours) - 1)
            step = min(int(place), len(colours) - 2)
            column.putpixel((0, y), mixed(colours[step], colours[step + 1], place - step))
        self.image.paste(column.resize(self.size))

    def glow(self, centre: Point, radius: float, colour: str, strength: float = 0.6) -> None:
        """Light that spreads from a point."""
        light = ImageChops.invert(Image.radial_gradient("L"))
        r = round(radius * self.high)
        x, y = self.at(centre)
        mask = Image.new("L", self.size)
        mask.paste(
            light.resize((2 * r, 2 * r)).point(lambda v: round((max(0, v - 76) / 179) ** 2 * 255 * strength)),
            (round(x) - r, round(y) - r),
        )
        lit = ImageChops.screen(self.image, Image.new("RGB", self.size, hexed(colour)))
        self.image.paste(lit, mask=mask)

    def stars(self, count: int, bottom: float) -> None:
        for _ in range(count):
            where = (self.chance.random(), self.chance.random() ** 1.5 * bottom)
            self.disc(
                where, self.chance.uniform(0.0006, 0.0018), hexed("fff6df"), opacity=self.chance.uniform(0.3, 0.95)
            )

    # -- land and water ----------------------------------------------------------------------------------------------

    def ridge(self, base: float, rise: float, colour: str, *, rough: int = 5, opacity: float = 1) -> None:
        """A line of hills whose feet stand at `base`."""
        waves = [(self.chance.uniform(0.6, 2.2) * n, self.chance.uniform(0, 6.3), 1 / n) for n in range(1, rough + 1)]
        total = sum(size for _f, _p, size in waves)
        top = [
            (x / 200, base - rise * (0.5 + sum(math.sin(f * x / 200 * 6.3 + p) * s for f, p, s in waves) / total / 2))
            for x in range(201)
        ]
        self.polygon([(0, 1), *top, (1, 1)], hexed(colour), opacity=opacity)

    def skyline(self, base: float, low: float, high: float, colour: str, *, lit: str = "", lights: float = 0.3) -> None:
        """Buildings side by side, some windows lit."""
        x = -0.02
        while x < 1.02:
            wide = self.chance.uniform(0.022, 0.06)
            top = base - self.chance.uniform(low, high)
            ink = mixed(hexed(colour), (0, 0, 0), self.chance.uniform(0, 0.12))
            self.box(x, top, x + wide, base, ink)
            if self.chance.random() < 0.25:
                self.box(x + wide * 0.45, top - self.chance.uniform(0.01, 0.04), x + wide * 0.55, top, ink)
            if lit:
                self._windows(x, top, wide, base, hexed(lit), lights)
            x += wide + self.chance.uniform(0, 0.008)

    def _windows(self, x: float, top: float, wide: float, base: float, colour: Colour, share: float) -> None:
        across, down = max(2, round(wide / 0.009)), max(2, round((base - top) / 0.022))
        for i in range(across):
            for j in range(down):
                if self.chance.random() < share:
                    left, up = x + wide * (i + 0.3) / across, top + (base - top) * (j + 0.3) / down
                    self.box(left, up, left + 0.0032, up + 0.0085, colour, opacity=self.chance.uniform(0.5, 1))

    def water(self, top: float, tint: str, *, depth: float = 0.45, calm: float = 1) -> None:
        """Everything above `top` mirrored below it, rippled, tinted."""
        edge = round(top * self.high)
        below = self.high - edge
        mirror = self.image.crop((0, max(0, edge - below), self.wide, edge)).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
        mirror = mirror.resize((self.wide, below)).filter(ImageFilter.GaussianBlur(self.high / 400))
        rows = Image.new("RGB", (self.wide, below))
        for y in range(0, below, 2):
            far = y / below
            shift = round(math.sin(y / (6 + 30 * far) + self.chance.random()) * (2 + 26 * far) / calm)
            rows.paste(mirror.crop((0, y, self.wide, y + 2)), (shift, y))
            if shift:
                edge_strip = mirror.crop((0 if shift > 0 else self.wide - 1, y, 1 if shift > 0 else self.wide, y + 2))
                rows.paste(edge_strip.resize((abs(shift), 2)), (0 if shift > 0 else self.wide + shift, y))
        rows = Image.blend(rows, Image.new("RGB", rows.size, hexed(tint)), depth)
        self.image.paste(rows, (0, edge))
        self._ripples(top, hexed(tint))

    def _ripples(self, top: float, tint: Colour) -> None:
        light = mixed(tint, (255, 255, 255), 0.5)
        for _ in range(90):
            far = self.chance.random() ** 0.7
            y, wide = top + (1 - top) * far, self.chance.uniform(0.01, 0.05) * (0.4 + far)
            x = self.chance.random()
            self.line([(x, y), (x + wide, y)], light, 0.0012 + 0.0014 * far, opacity=self.chance.uniform(0.05, 0.28))

    # -- handing out -------------------------------------------------------------------------------------------------

    def finished(self, *, grain: float = 7) -> Image.Image:
        """The picture at its own size, with a little grain as of print."""
        small = self.image.resize((self.wide // SUPERSAMPLING, self.high // SUPERSAMPLING), Image.Resampling.LANCZOS)
        speckle = Image.frombytes("L", small.size, self.chance.randbytes(small.width * small.height))
        speckle = speckle.point(lambda v: round(128 + (v - 128) * grain / 128))
        return ImageChops.overlay(small, Image.merge("RGB", (speckle,) * 3))


def _ink(colour: Colour, opacity: float) -> tuple[int, int, int, int]:
    return (*colour, round(255 * opacity))
