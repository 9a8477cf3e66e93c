"""Things that stand in several of the demonstration pictures."""

from __future__ import annotations

import math

from haihe.portal.demo.brush import Canvas, Point, hexed


def wheel(c: Canvas, centre: Point, radius: float, colour: str) -> None:
    ink, squeeze = hexed(colour), c.high / c.wide
    for ring in (1, 0.9):
        c.ring(centre, radius * ring, ink, 0.003, opacity=0.9)
    for n in range(24):
        turn = n / 24 * math.tau
        end = (centre[0] + radius * squeeze * math.cos(turn), centre[1] + radius * math.sin(turn))
        c.line([centre, end], ink, 0.0012, opacity=0.7)
        c.disc(end, 0.008, ink)
    for side in (-1, 1):
        c.line([centre, (centre[0] + side * radius * 0.4, 0.62)], ink, 0.006)


def arches(c: Canvas, base: float, colour: str, spans: list[tuple[float, float]], trim: str = "") -> None:
    ink = hexed(colour)
    left, right = spans[0][0] - spans[0][1], spans[-1][0] + spans[-1][1]
    c.box(left - 0.05, base - 0.075, right + 0.05, base - 0.05, ink)
    for middle, half in spans:
        bow = [
            (middle + half * math.cos(t / 30 * math.pi), base - 0.06 - half * 0.7 * math.sin(t / 30 * math.pi))
            for t in range(31)
        ]
        c.line(bow, ink, 0.012)
        for n in range(1, 10):
            x = middle - half + n * half / 5
            rise = half * 0.7 * math.sqrt(max(0, 1 - ((x - middle) / half) ** 2))
            c.line([(x, base - 0.06), (x, base - 0.06 - rise)], ink, 0.003)
        c.box(middle - half - 0.008, base - 0.06, middle - half + 0.008, base, ink)
        if trim:
            for x, y in bow[::2]:
                c.disc((x, y), 0.004, hexed(trim))
    c.box(right - 0.008, base - 0.06, right + 0.008, base, ink)


def boat(c: Canvas, at: Point, long: float, hull: str, lamp: str) -> None:
    x, y = at
    c.polygon([(x, y), (x + long, y), (x + long * 0.88, y + 0.035), (x + long * 0.1, y + 0.035)], hexed(hull))
    c.box(x + long * 0.2, y - 0.035, x + long * 0.78, y, hexed(hull))
    for n in range(6):
        left = x + long * (0.24 + n * 0.09)
        c.box(left, y - 0.026, left + long * 0.055, y - 0.008, hexed(lamp))


def dome(centre: Point, wide: float, high: float) -> list[Point]:
    return [
        (centre[0] + wide * math.cos(t / 40 * math.pi), centre[1] - high * math.sin(t / 40 * math.pi))
        for t in range(41)
    ]


def ellipse(centre: Point, wide: float, high: float, *, gap: float = 0) -> list[Point]:
    rim = [
        (
            centre[0] + wide * 0.62 * math.cos(gap + t / 40 * (math.tau - 2 * gap)),
            centre[1] + high * math.sin(gap + t / 40 * (math.tau - 2 * gap)),
        )
        for t in range(41)
    ]
    return [centre, *rim] if gap else rim


def vase(c: Canvas, foot: Point, tall: float) -> None:
    profile = ((0, 0.16), (0.1, 0.2), (0.4, 0.36), (0.62, 0.38), (0.8, 0.2), (0.88, 0.1), (0.95, 0.1), (1, 0.17))
    squeeze = c.high / c.wide
    side = [(share * tall * squeeze, foot[1] - up * tall) for up, share in profile]
    outline = [(foot[0] - dx, y) for dx, y in side] + [(foot[0] + dx, y) for dx, y in reversed(side)]
    c.polygon(outline, hexed("f7f5ee"))
    for up, ink in ((0.08, 0.006), (0.3, 0.004), (0.72, 0.005)):
        half = (0.3 if up > 0.2 else 0.18) * tall * squeeze
        c.line([(foot[0] - half, foot[1] - up * tall), (foot[0] + half, foot[1] - up * tall)], hexed("2b4c8c"), ink)
    for n in range(5):
        c.disc(
            (foot[0] + (n - 2) * 0.016, foot[1] - (0.5 + 0.05 * math.cos(n * 2.1)) * tall),
            0.016,
            hexed("2b4c8c"),
            opacity=0.85,
        )
        c.disc((foot[0] + (n - 2) * 0.016, foot[1] - (0.5 + 0.05 * math.cos(n * 2.1)) * tall), 0.007, hexed("f7f5ee"))


def visitor(c: Canvas, foot: Point, tall: float, colour: str) -> None:
    x, y = foot
    ink, wide = hexed(colour), tall * 0.5 * c.high / c.wide
    for side in (-1, 1):
        c.line([(x + side * wide * 0.16, y - tall * 0.4), (x + side * wide * 0.2, y)], ink, tall * 0.09)
    hem, waist, shoulder = y - tall * 0.3, y - tall * 0.58, y - tall * 0.78
    coat = [(-0.42, hem), (-0.3, waist), (-0.4, shoulder), (-0.16, shoulder - tall * 0.05)]
    c.polygon([(x + dx * wide, at) for dx, at in coat] + [(x - dx * wide, at) for dx, at in reversed(coat)], ink)
    c.disc((x, y - tall * 0.91), tall * 0.085, ink)


def cloud(c: Canvas, at: Point, size: float) -> None:
    for dx, dy, r in ((-0.9, 0.16, 0.5), (-0.4, -0.08, 0.62), (0.2, -0.2, 0.75), (0.8, 0.1, 0.55), (1.2, 0.25, 0.34)):
        c.disc((at[0] + dx * size * 0.8, at[1] + dy * size), r * size, hexed("fdfcf7"))


def swallow(c: Canvas, centre: Point, size: float, colours: tuple[str, str, str]) -> None:
    x, y = centre
    wing, trim, tail = (hexed(code) for code in colours)
    for side in (-1, 1):
        c.polygon(
            [
                (x, y - size * 0.3),
                (x + side * size * 0.75, y - size * 0.55),
                (x + side * size * 0.95, y - size * 0.2),
                (x + side * size * 0.4, y + size * 0.12),
                (x, y + size * 0.1),
            ],
            wing,
        )
        c.polygon(
            [
                (x + side * size * 0.2, y - size * 0.26),
                (x + side * size * 0.72, y - size * 0.42),
                (x + side * size * 0.8, y - size * 0.26),
                (x + side * size * 0.35, y - size * 0.02),
            ],
            trim,
        )
        c.disc((x + side * size * 0.5, y - size * 0.26), size * 0.09, tail)
        c.polygon([(x, y), (x + side * size * 0.28, y + size * 0.9), (x + side * size * 0.1, y + size * 0.75)], tail)
    c.polygon(ellipse((x, y), size * 0.22, size * 0.42), wing)
    c.disc((x, y - size * 0.4), size * 0.15, trim)
    c.line([(x, y + size * 0.4), (x - 0.06, 0.9)], hexed("ffffff"), 0.0014, opacity=0.8)


def lotus(c: Canvas, at: Point, size: float) -> None:
    x, y = at
    squeeze = c.high / c.wide
    for angle, long, shade in (
        (-1.25, 0.8, "e58aa4"),
        (1.25, 0.8, "e58aa4"),
        (-0.85, 0.95, "ee9fb3"),
        (0.85, 0.95, "ee9fb3"),
        (-0.42, 1, "f5b9c6"),
        (0.42, 1, "f5b9c6"),
        (0, 1.05, "fbd5dc"),
    ):
        tip = (x + math.sin(angle) * size * long * squeeze, y - math.cos(angle) * size * long * 0.75)
        mid = ((x + tip[0]) / 2, (y + tip[1]) / 2)
        nx, ny = math.cos(angle) * size * 0.2 * squeeze, math.sin(angle) * size * 0.2
        c.polygon([(x, y), (mid[0] - nx, mid[1] - ny), tip, (mid[0] + nx, mid[1] + ny)], hexed(shade))
    c.polygon(ellipse((x, y - size * 0.06), size * 0.13, size * 0.07), hexed("e9c75a"))


def mask(c: Canvas, centre: Point, size: float) -> None:
    x, y = centre
    squeeze = c.high / c.wide
    face = [
        (
            x + size * 0.74 * squeeze * math.cos(t / 60 * math.tau),
            y + size * math.sin(t / 60 * math.tau) * (1 if math.sin(t / 60 * math.tau) < 0 else 1.1),
        )
        for t in range(60)
    ]
    c.polygon(face, hexed("f6efe2"))
    c.polygon(
        [
            (x - size * 0.2 * squeeze, y - size),
            (x + size * 0.2 * squeeze, y - size),
            (x + size * 0.08 * squeeze, y + size * 0.25),
            (x - size * 0.08 * squeeze, y + size * 0.25),
        ],
        hexed("c8332b"),
    )
    for side in (-1, 1):
        s = side * squeeze
        c.polygon(
            [
                (x + s * size * 0.1, y - size * 0.08),
                (x + s * size * 0.3, y - size * 0.52),
                (x + s * size * 0.66, y - size * 0.42),
                (x + s * size * 0.5, y - size * 0.1),
                (x + s * size * 0.3, y + size * 0.02),
            ],
            hexed("1d1b22"),
        )
        c.polygon(
            [
                (x + s * size * 0.2, y - size * 0.13),
                (x + s * size * 0.34, y - size * 0.24),
                (x + s * size * 0.5, y - size * 0.17),
                (x + s * size * 0.34, y - size * 0.08),
            ],
            hexed("f6efe2"),
        )
        c.disc((x + s * size * 0.34, y - size * 0.155), size * 0.045, hexed("1d1b22"))
        c.polygon(
            [
                (x + s * size * 0.16, y + size * 0.3),
                (x + s * size * 0.6, y + size * 0.08),
                (x + s * size * 0.62, y + size * 0.4),
                (x + s * size * 0.36, y + size * 0.6),
            ],
            hexed("c8332b"),
        )
        c.polygon(
            [
                (x + s * size * 0.34, y - size * 0.72),
                (x + s * size * 0.6, y - size * 0.8),
                (x + s * size * 0.5, y - size * 0.6),
            ],
            hexed("d3a945"),
        )
    c.polygon(ellipse((x, y + size * 0.62), size * 0.24, size * 0.07), hexed("8f1d22"))
    c.disc((x, y - size * 1.02), size * 0.1, hexed("d3a945"))


def roof(c: Canvas, middle: float, base: float, half: float, high: float, colour: str, *, snow: bool) -> None:
    sweep = [
        (middle + side * half * (1 - t / 10), base - high * (t / 10) ** 1.7)
        for side, ts in ((-1, range(11)), (1, range(10, -1, -1)))
        for t in ts
    ]
    c.polygon(
        [
            (middle - half - 0.02, base - 0.03),
            *sweep,
            (middle + half + 0.02, base - 0.03),
            (middle + half, base + 0.015),
            (middle - half, base + 0.015),
        ],
        hexed(colour),
    )
    if snow:
        c.polygon(
            [(x, y - 0.012) for x, y in sweep]
            + [
                (middle + half * 0.6, base - high * 0.12),
                (middle, base - high * 0.32),
                (middle - half * 0.6, base - high * 0.12),
            ],
            hexed("f4f6f7"),
            opacity=0.95,
        )


def lantern(c: Canvas, at: Point, size: float) -> None:
    c.glow(at, size * 2.6, "ff7a3c", 0.55)
    c.line([(at[0], at[1] - size * 2), at], hexed("5a2a20"), 0.002)
    c.polygon(ellipse(at, size * 1.05, size * 0.82), hexed("d3352b"))
    c.polygon(ellipse(at, size * 0.5, size * 0.82), hexed("ef5a3a"), opacity=0.7)
    c.box(at[0] - size * 0.22, at[1] - size * 0.95, at[0] + size * 0.22, at[1] - size * 0.75, hexed("d3a945"))
    c.box(at[0] - size * 0.22, at[1] + size * 0.75, at[0] + size * 0.22, at[1] + size * 0.95, hexed("d3a945"))
    for n in (-1, 0, 1):
        c.line(
            [(at[0] + n * size * 0.1, at[1] + size * 0.95), (at[0] + n * size * 0.14, at[1] + size * 1.7)],
            hexed("d3a945"),
            0.0022,
        )


def bare_tree(c: Canvas, foot: Point, tall: float) -> None:
    def grow(at: Point, angle: float, long: float, thick: float) -> None:
        end = (at[0] + math.sin(angle) * long * c.high / c.wide, at[1] - math.cos(angle) * long)
        c.line([at, end], hexed("43382f"), thick)
        if long > 0.03:
            for turn in (-0.45, 0.4):
                grow(
                    end, angle + turn + c.chance.uniform(-0.15, 0.15), long * c.chance.uniform(0.66, 0.78), thick * 0.66
                )

    grow(foot, 0, tall * 0.3, 0.014)


def statue() -> list[Point]:
    """A seated figure in robes, as an outline."""
    half = [
        (0, 0.14),
        (0.035, 0.16),
        (0.045, 0.22),
        (0.04, 0.28),
        (0.03, 0.31),
        (0.09, 0.35),
        (0.12, 0.44),
        (0.11, 0.54),
        (0.16, 0.6),
        (0.19, 0.66),
        (0.17, 0.71),
        (0.2, 0.73),
        (0.2, 0.78),
    ]
    return [(0.5 + x, y) for x, y in half] + [(0.5 - x, y) for x, y in reversed(half)]
