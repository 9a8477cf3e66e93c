"""The demonstration city's pictures, one function each; the same seed draws the same picture."""

from __future__ import annotations

import math
from collections.abc import Callable
from io import BytesIO

from haihe.portal.demo import motifs
from haihe.portal.demo.brush import Canvas, hexed

WIDTH, HEIGHT = 1600, 1000

Scene = Callable[[Canvas], None]
SCENES: dict[str, Scene] = {}


def drawn(name: str, *, width: int = WIDTH, height: int = HEIGHT) -> bytes:
    """One scene as JPEG bytes, sRGB."""
    canvas = Canvas(width, height, seed=sum(map(ord, name)))
    SCENES[name](canvas)
    out = BytesIO()
    canvas.finished().save(out, "JPEG", quality=86, optimize=True, progressive=True)
    return out.getvalue()


def scene(painter: Scene) -> Scene:
    SCENES[painter.__name__] = painter
    return painter


@scene
def river_dusk(c: Canvas) -> None:
    c.sky("20304f", "5b5f86", "c98b84", "f6c48e", bottom=0.6)
    c.glow((0.68, 0.56), 0.5, "ffd9a0", 0.8)
    c.disc((0.68, 0.52), 0.05, hexed("fff0cf"))
    c.ridge(0.6, 0.12, "7b6a86", opacity=0.7)
    c.skyline(0.62, 0.04, 0.2, "3f3d5c", lit="ffdf9e", lights=0.22)
    motifs.wheel(c, (0.3, 0.42), 0.19, "f7e3c4")
    motifs.arches(c, 0.62, "2c2f49", [(0.5, 0.12), (0.66, 0.16), (0.84, 0.12)])
    c.water(0.62, "3d4468", depth=0.36)
    motifs.boat(c, (0.2, 0.8), 0.16, "1d2238", "ffcf7a")


@scene
def lights_night(c: Canvas) -> None:
    c.sky("070b1d", "131a3a", "2a2f63", bottom=0.6)
    c.stars(160, 0.5)
    for x, tilt, colour in (
        (0.14, 0.1, "5fe0ff"),
        (0.3, -0.06, "ff8fc8"),
        (0.52, 0.03, "ffe08a"),
        (0.74, -0.1, "8affc9"),
        (0.9, 0.05, "a99bff"),
    ):
        c.polygon(
            [(x - 0.004, 0.6), (x + tilt - 0.05, 0), (x + tilt + 0.05, 0), (x + 0.004, 0.6)],
            hexed(colour),
            opacity=0.16,
        )
        c.glow((x, 0.59), 0.12, colour, 0.7)
    c.skyline(0.61, 0.06, 0.24, "10152f", lit="ffd58a", lights=0.4)
    for n in range(150):
        turn = n / 150 * math.tau
        swing = 0.16 + 0.03 * math.sin(6 * turn)
        c.disc((0.52 + swing * 0.62 * math.cos(turn), 0.24 + swing * math.sin(turn)), 0.0045, hexed("fff3c4"))
    motifs.arches(c, 0.61, "1a2147", [(0.35, 0.13), (0.52, 0.17), (0.7, 0.13)], trim="ffd27a")
    c.water(0.61, "101635", depth=0.25, calm=0.8)
    for _ in range(16):
        x, y = c.chance.random(), c.chance.uniform(0.72, 0.96)
        c.glow((x, y), 0.05, "ff9d4d", 0.7)
        c.disc((x, y), 0.008, hexed("ffe2a8"))


@scene
def museum_hall(c: Canvas) -> None:
    c.sky("d9cdb8", "efe6d6", "cdbd9f")
    for n, shade in enumerate(("bcab8c", "cbbb9e", "d9cbb1", "e7dbc5")):
        wide, high = 0.5 - n * 0.1, 0.52 - n * 0.1
        left, right, top = 0.5 - wide, 0.5 + wide, 0.62 - high
        c.box(left, top + 0.1, right, 0.84 - n * 0.045, hexed(shade))
        c.polygon(motifs.dome((0.5, top + 0.12), wide, 0.13 - n * 0.02), hexed(shade))
    c.polygon([(0, 1), (0.2, 0.71), (0.8, 0.71), (1, 1)], hexed("a8916c"))
    for n in range(9):
        x = n / 8
        c.line([(0.2 + 0.6 * x, 0.71), (-0.3 + 1.6 * x, 1)], hexed("8f7954"), 0.002, opacity=0.6)
    c.polygon([(0.42, 0), (0.58, 0), (0.66, 0.9), (0.34, 0.9)], hexed("fff6dc"), opacity=0.28)
    c.box(0.43, 0.66, 0.57, 0.9, hexed("f4ead6"))
    c.box(0.42, 0.64, 0.58, 0.675, hexed("fffaf0"))
    motifs.vase(c, (0.5, 0.64), 0.25)
    for x, tall in ((0.2, 0.2), (0.27, 0.18), (0.8, 0.21)):
        motifs.visitor(c, (x, 0.93), tall, "4a3f38")


@scene
def kites(c: Canvas) -> None:
    c.sky("4f9fc4", "9fd0dd", "f2ecd2", bottom=0.85)
    for x, y, size in ((0.13, 0.2, 0.07), (0.88, 0.13, 0.06), (0.52, 0.42, 0.045)):
        motifs.cloud(c, (x, y), size)
    for x, y, size, colours in (
        (0.3, 0.3, 0.16, ("c8332b", "f0b429", "1f6f78")),
        (0.62, 0.2, 0.12, ("1f6f78", "f4e3b2", "c8332b")),
        (0.78, 0.44, 0.09, ("7a3e8e", "f0b429", "e0637a")),
    ):
        motifs.swallow(c, (x, y), size, colours)
    c.ridge(0.84, 0.08, "6aa287")
    c.ridge(0.93, 0.06, "3f7f63")
    for n in range(7):
        motifs.visitor(
            c, (0.12 + n * 0.12 + c.chance.uniform(-0.03, 0.03), 0.97), c.chance.uniform(0.07, 0.11), "22483c"
        )


@scene
def works_reborn(c: Canvas) -> None:
    c.sky("e8dcc8", "f2e9d8", "e3b98f", bottom=0.8)
    c.disc((0.78, 0.26), 0.1, hexed("d9653b"))
    for x, top in ((0.12, 0.12), (0.19, 0.2)):
        c.polygon([(x, 0.72), (x + 0.008, top), (x + 0.034, top), (x + 0.042, 0.72)], hexed("8a3b2a"))
        c.box(x + 0.005, top + 0.03, x + 0.037, top + 0.05, hexed("f2e9d8"))
    for n in range(6):
        left = 0.24 + n * 0.12
        c.polygon(
            [(left, 0.72), (left, 0.5), (left + 0.12, 0.38), (left + 0.12, 0.72)],
            hexed("9c4631" if n % 2 else "a8523b"),
        )
        c.polygon(
            [(left + 0.02, 0.505), (left + 0.108, 0.418), (left + 0.108, 0.46), (left + 0.02, 0.545)], hexed("cfe3e2")
        )
    c.box(0.24, 0.58, 0.96, 0.74, hexed("7c3424"))
    for n in range(12):
        x = 0.262 + n * 0.0585
        c.box(x, 0.61, x + 0.036, 0.72, hexed("ffd98c"))
        c.line([(x + 0.018, 0.61), (x + 0.018, 0.72)], hexed("7c3424"), 0.003)
    c.polygon([(0, 0.74), (1, 0.74), (1, 1), (0, 1)], hexed("c9b08c"))
    for y, x in ((0.8, 0.3), (0.88, 0.1)):
        c.line([(0, y + 0.05), (x + 0.3, y - 0.03), (1, y - 0.05)], hexed("6f5a43"), 0.005)
    for n in range(9):
        motifs.visitor(
            c,
            (0.1 + n * 0.1 + c.chance.uniform(-0.04, 0.04), c.chance.uniform(0.86, 0.97)),
            c.chance.uniform(0.1, 0.14),
            "3a2a22",
        )


@scene
def reading_room(c: Canvas) -> None:
    c.sky("3b2c22", "5a4331", "6b5140")
    spines = [hexed(code) for code in ("a33b2e", "d4a64a", "2f6f6b", "e7dcc2", "6a4b7b", "3d5a80", "8c6b3f", "c97b63")]
    for row in range(6):
        base = 0.14 + row * 0.135
        c.box(0, base, 1, base + 0.012, hexed("2a1e16"))
        x = 0.0
        while x < 1:
            wide = c.chance.uniform(0.008, 0.02)
            tall = c.chance.uniform(0.075, 0.115)
            if c.chance.random() < 0.93:
                c.box(x, base - tall, x + wide, base, c.chance.choice(spines), opacity=0.92)
            x += wide + 0.0015
    c.polygon([(0, 0.86), (1, 0.86), (1, 1), (0, 1)], hexed("8a6a48"))
    for x in (0.2, 0.5, 0.8):
        c.glow((x, 0.62), 0.4, "ffd48a", 0.55)
        c.line([(x, 0), (x, 0.5)], hexed("1e1510"), 0.004)
        c.polygon([(x - 0.05, 0.56), (x - 0.02, 0.5), (x + 0.02, 0.5), (x + 0.05, 0.56)], hexed("2f5d50"))
        c.disc((x, 0.563), 0.014, hexed("fff1c9"))
    for x in (0.14, 0.33, 0.46, 0.66, 0.87):
        motifs.visitor(c, (x, 0.93), 0.2, "241a15")
    c.box(0, 0.9, 1, 1, hexed("5f452f"))


@scene
def lotus(c: Canvas) -> None:
    c.sky("7fb7a8", "4b8f86", "2c6a68")
    for n in range(70):
        far = (n / 70) ** 0.8
        x, y, r = c.chance.random(), 0.08 + far * 0.9, 0.02 + far * 0.085
        ink = hexed(c.chance.choice(("2f7d5b", "3c8f63", "56a36d", "256b55")))
        c.polygon(motifs.ellipse((x, y), r * 1.05, r * 0.42, gap=0.3), ink, opacity=0.95)
        c.polygon(motifs.ellipse((x, y - r * 0.05), r * 0.7, r * 0.24, gap=0.3), hexed("7cc08a"), opacity=0.35)
    for x, y, size in ((0.28, 0.5, 0.2), (0.62, 0.38, 0.13), (0.8, 0.66, 0.24), (0.12, 0.28, 0.09), (0.47, 0.78, 0.17)):
        c.line([(x, y), (x + 0.01, y + size * 0.8)], hexed("1d5a45"), 0.007)
        motifs.lotus(c, (x, y), size)


@scene
def opera_stage(c: Canvas) -> None:
    c.sky("1b0f14", "3a1219", "5c1a1e")
    c.glow((0.5, 0.45), 0.62, "ffcf8a", 0.6)
    for side in (-1, 1):
        for n in range(9):
            x = 0.5 + side * (0.5 - n * 0.026)
            ink = hexed("8f1d22" if n % 2 else "a92a2c")
            c.polygon(
                [(x, 0), (x - side * 0.03, 0), (x - side * (0.02 - n * 0.006), 0.86), (x + side * 0.012, 0.86)], ink
            )
    for n in range(14):
        x = n / 14
        c.polygon(
            [(x, 0), (x + 1 / 14, 0), (x + 1 / 14, 0.1), (x + 0.5 / 14, 0.15), (x, 0.1)],
            hexed("b8892f" if n % 2 else "d3a945"),
        )
    c.polygon([(0, 0.84), (1, 0.84), (1, 1), (0, 1)], hexed("7a4a2b"))
    for n in range(14):
        c.line([(n / 13, 0.84), ((n / 13 - 0.5) * 1.7 + 0.5, 1)], hexed("5d3720"), 0.003)
    motifs.mask(c, (0.5, 0.47), 0.25)


@scene
def snow_teahouse(c: Canvas) -> None:
    c.sky("8fa3b5", "c3cfd8", "e9eaea", bottom=0.7)
    c.ridge(0.62, 0.2, "a9b7c3")
    c.ridge(0.7, 0.14, "c5d0d8")
    c.box(0.28, 0.5, 0.74, 0.76, hexed("6e3428"))
    for n in range(7):
        x = 0.3 + n * 0.062
        c.box(x, 0.55, x + 0.045, 0.73, hexed("ffd690"))
        for m in range(1, 3):
            c.line([(x + 0.015 * m, 0.55), (x + 0.015 * m, 0.73)], hexed("6e3428"), 0.003)
        c.line([(x, 0.63), (x + 0.045, 0.63)], hexed("6e3428"), 0.003)
    motifs.roof(c, 0.51, 0.52, 0.31, 0.13, "3b4650", snow=True)
    motifs.roof(c, 0.51, 0.37, 0.16, 0.11, "3b4650", snow=True)
    for x in (0.3, 0.72):
        motifs.lantern(c, (x, 0.57), 0.032)
    c.polygon([(0, 0.76), (0.3, 0.74), (0.7, 0.755), (1, 0.73), (1, 1), (0, 1)], hexed("f3f4f3"))
    c.polygon([(0, 0.86), (0.4, 0.82), (1, 0.88), (1, 1), (0, 1)], hexed("dde5ea"))
    for x, tall in ((0.1, 0.6), (0.88, 0.7)):
        motifs.bare_tree(c, (x, 0.82), tall)
    for _ in range(420):
        c.disc(
            (c.chance.random(), c.chance.random()),
            c.chance.uniform(0.0015, 0.005),
            hexed("ffffff"),
            opacity=c.chance.uniform(0.5, 1),
        )


@scene
def old_street(c: Canvas) -> None:
    c.sky("f3c98b", "e99a6a", "a8546a", bottom=0.7)
    c.glow((0.5, 0.45), 0.4, "fff0c0", 0.8)
    for n in range(5):
        depth = 1 - n * 0.19
        for side in (-1, 1):
            edge, inner = 0.5 + side * 0.55 * depth, 0.5 + side * 0.55 * (depth - 0.19)
            shade = ("5b2b26", "6d352c", "824336", "995441", "b2684e")[n]
            top, low = 0.5 - 0.42 * depth, 0.56 + 0.46 * depth
            top2, low2 = 0.5 - 0.42 * (depth - 0.19), 0.56 + 0.46 * (depth - 0.19)
            c.polygon([(edge, top), (inner, top2), (inner, low2), (edge, low)], hexed(shade))
            c.polygon(
                [
                    (edge + side * 0.03, top - 0.05 * depth),
                    (inner - side * 0.012, top2 - 0.02),
                    (inner - side * 0.02, top2 + 0.05 * depth),
                    (edge - side * 0.05, top + 0.09 * depth),
                ],
                hexed("2f3540"),
            )
            mid = (edge + inner) / 2
            c.polygon(
                [
                    (mid + side * 0.03 * depth, 0.62),
                    (mid - side * 0.03 * depth, 0.6),
                    (mid - side * 0.03 * depth, 0.56 + 0.36 * depth),
                    (mid + side * 0.03 * depth, 0.56 + 0.4 * depth),
                ],
                hexed("ffcf83"),
                opacity=0.85,
            )
    c.polygon([(0.45, 0.6), (0.55, 0.6), (1.1, 1.02), (-0.1, 1.02)], hexed("7d5a4e"))
    for n in range(4):
        size = 0.052 - n * 0.011
        for side in (-1, 1):
            motifs.lantern(c, (0.5 + side * (0.34 - n * 0.075), 0.3 + n * 0.055), size)
    for _ in range(8):
        far = c.chance.random()
        motifs.visitor(
            c, (0.5 + (c.chance.random() - 0.5) * (0.14 + 0.5 * far), 0.66 + 0.31 * far), 0.06 + 0.15 * far, "2b1a1c"
        )


@scene
def scanning(c: Canvas) -> None:
    c.sky("0e1c26", "17303c", "0f2029")
    for n in range(22):
        c.line(
            [(0, 0.66 + 0.34 * (n / 22) ** 1.6), (1, 0.66 + 0.34 * (n / 22) ** 1.6)],
            hexed("2f7f88"),
            0.0015,
            opacity=0.5,
        )
        c.line([(0.5 + (n - 11) * 0.03, 0.66), (0.5 + (n - 11) * 0.16, 1)], hexed("2f7f88"), 0.0015, opacity=0.5)
    c.glow((0.5, 0.45), 0.45, "3fd6d0", 0.5)
    body = motifs.statue()
    c.polygon(body, hexed("cdb48a"))
    shaded = [(x, y) for x, y in body if x >= 0.5]
    c.polygon(shaded, hexed("8f7850"), opacity=0.65)
    for n in range(46):
        y = 0.16 + n * 0.0125
        xs = [x for x, at in body if abs(at - y) < 0.02]
        if len(xs) > 1:
            c.line(
                [(min(xs), y), ((min(xs) + max(xs)) / 2, y + 0.008), (max(xs), y)], hexed("7ff5ea"), 0.0016, opacity=0.6
            )
    c.polygon([(0.1, 0.3), (0.7, 0.36), (0.7, 0.375), (0.1, 0.306)], hexed("7ff5ea"), opacity=0.55)
    c.box(0.06, 0.27, 0.12, 0.33, hexed("dfe7ea"))
    c.disc((0.115, 0.302), 0.015, hexed("12303a"))
    c.line([(0.09, 0.33), (0.05, 0.86)], hexed("aebcc2"), 0.008)
    c.line([(0.09, 0.33), (0.13, 0.86)], hexed("aebcc2"), 0.008)


@scene
def tram(c: Canvas) -> None:
    c.sky("bfe0e2", "e6f0e2", "f7ecd0", bottom=0.7)
    c.skyline(0.66, 0.12, 0.34, "b9c3b4")
    for n in range(9):
        x = n * 0.13 + c.chance.uniform(-0.02, 0.02)
        c.line([(x, 0.72), (x, 0.52)], hexed("6b5a45"), 0.012)
        for _ in range(16):
            c.disc(
                (x + c.chance.uniform(-0.05, 0.05), 0.47 + c.chance.uniform(-0.08, 0.07)),
                c.chance.uniform(0.02, 0.045),
                hexed(c.chance.choice(("5f9d5a", "78b06a", "9cc47c", "e0a93b"))),
                opacity=0.85,
            )
    c.polygon([(0, 0.7), (1, 0.7), (1, 1), (0, 1)], hexed("d8cdb8"))
    c.polygon([(0, 0.86), (1, 0.82), (1, 0.9), (0, 0.95)], hexed("9fb08a"))
    c.box(0.2, 0.52, 0.86, 0.83, hexed("1f5f6b"))
    c.disc((0.2, 0.6), 0.08, hexed("1f5f6b"))
    c.box(0.155, 0.6, 0.3, 0.83, hexed("1f5f6b"))
    c.box(0.17, 0.75, 0.86, 0.785, hexed("f0b429"))
    for n in range(6):
        c.box(0.215 + n * 0.106, 0.565, 0.295 + n * 0.106, 0.7, hexed("e9f4f2"))
    for x in (0.28, 0.4, 0.66, 0.78):
        c.disc((x, 0.84), 0.028, hexed("22343a"))
    c.line([(0.5, 0.52), (0.56, 0.4), (0.5, 0.3)], hexed("3a4a50"), 0.006)
    c.line([(0, 0.3), (1, 0.3)], hexed("3a4a50"), 0.003)
    for y in (0.872, 0.9):
        c.line([(0, y + 0.02), (1, y - 0.02)], hexed("6b6a60"), 0.005)
