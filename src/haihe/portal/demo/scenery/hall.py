"""The museum's great hall: red columns, a stone floor that mirrors them, scrolls on the walls, a moon gate at the end.

Metres; x to the right, y upwards, z to the moon gate in the north. Light comes from a long skylight, from lamps over
each object and each scroll; corners and feet of columns are darkened as if the light had been traced.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from haihe.portal.demo.scenery import artefacts, scrolls
from haihe.portal.demo.scenery.artefacts import ARTEFACTS, PLINTH
from haihe.portal.demo.scenery.rays import clouds, hexed, mixed, noise, smooth

HALF, LONG, TALL = 8.6, 14.0, 7.0  # to the side walls, to the end walls, to the ceiling
SKY = (2.1, 12.0)  # half of the skylight
COLUMNS = [(x, z) for x in (-5.4, 5.4) for z in (-11.0, -5.5, 0.0, 5.5, 11.0)]
THICK = 0.42
SCROLLS = [(side, z) for side in (-1, 1) for z in (-8.25, -2.75, 2.75, 8.25)]
SCROLL = (1.35, 2.4, 2.75)  # wide, tall, height of its middle
BENCHES = [(-6.7, -5.5), (6.7, -5.5), (-6.7, 5.5), (6.7, 5.5)]
GATE = (2.35, 2.35)  # radius of the moon gate, height of its middle
FLOOR, CEILING, SIDE, NORTH, SOUTH, COLUMN, BOX, BEAM, OBJECT = range(9)


def scene_from(x: float, z: float, eye: float = 1.62) -> Callable[[Any], tuple[Any, Any]]:
    """What is seen from a place in the hall."""
    origin = np.array([x, eye, z], np.float32)

    def scene(rays: Any) -> tuple[Any, Any]:
        start = np.broadcast_to(origin, rays.shape)
        t, kind, which = _trace(start, rays)
        points = start + rays * t[:, None]
        light, mirror = _shade(points, rays, kind, which)
        _reflect(light, mirror, points, rays, kind)
        return light, kind * 64 + which

    return scene


def _trace(start: Any, rays: Any) -> tuple[Any, Any, Any]:
    safe = np.where(np.abs(rays) < 1e-6, 1e-6, rays)
    ends = np.where(safe > 0, np.array([HALF, TALL, LONG]), np.array([-HALF, 0, -LONG]))
    out = (ends - start) / safe
    t = out.min(axis=1).astype(np.float32)
    axis = out.argmin(axis=1)
    kind = np.where(axis == 1, np.where(safe[:, 1] > 0, CEILING, FLOOR), SIDE)
    kind = np.where(axis == 2, np.where(safe[:, 2] > 0, NORTH, SOUTH), kind).astype(np.int32)
    which = ((axis == 0) & (safe[:, 0] > 0)).astype(np.int32)
    for number, (cx, cz) in enumerate(COLUMNS):
        _nearer(t, kind, which, _column(start, rays, cx, cz, THICK, TALL), COLUMN, number)
        _nearer(t, kind, which, _column(start, rays, cx, cz, THICK + 0.2, 0.32), COLUMN, number + 16)
    for number, (low, high) in enumerate(_boxes()):
        _nearer(t, kind, which, _box(start, safe, low, high), BOX, number)
    for number, (low, high) in enumerate(_beams()):
        _nearer(t, kind, which, _box(start, safe, low, high), BEAM, number)
    for number, one in enumerate(ARTEFACTS):
        near, far = artefacts.meet(one, start, rays)
        closer = near[far < t[near]]
        t[closer] = far[far < t[near]]
        kind[closer], which[closer] = OBJECT, number
    return t, kind, which


def _nearer(t: Any, kind: Any, which: Any, far: Any, what: int, number: int) -> None:
    closer = far < t
    t[closer] = far[closer]
    kind[closer], which[closer] = what, number


def _column(start: Any, rays: Any, cx: float, cz: float, radius: float, top: float) -> Any:
    dx, dz = rays[:, 0], rays[:, 2]
    ox, oz = start[:, 0] - cx, start[:, 2] - cz
    a = np.maximum(dx * dx + dz * dz, 1e-9)
    b = ox * dx + oz * dz
    c = ox * ox + oz * oz - radius * radius
    root = b * b - a * c
    t = (-b - np.sqrt(np.maximum(root, 0))) / a
    height = start[:, 1] + rays[:, 1] * t
    side = np.where((root > 0) & (t > 0.001) & (height < top) & (height > 0), t, np.inf)
    if top >= TALL:
        return side
    down = (top - start[:, 1]) / np.where(np.abs(rays[:, 1]) < 1e-6, -1e-6, rays[:, 1])
    inside = np.hypot(ox + dx * down, oz + dz * down) < radius
    return np.minimum(side, np.where(inside & (down > 0.001), down, np.inf))


def _box(start: Any, safe: Any, low: Any, high: Any) -> Any:
    one, two = (low - start) / safe, (high - start) / safe
    enter = np.minimum(one, two).max(axis=1)
    leave = np.maximum(one, two).min(axis=1)
    return np.where((enter < leave) & (enter > 0.001), enter, np.inf)


def _boxes() -> list[tuple[Any, Any]]:
    """Plinths, each with a dark foot, then benches."""
    found = []
    for one in ARTEFACTS:
        x, _y, z = one.at
        found.append((np.array([x - 0.5, 0.09, z - 0.5]), np.array([x + 0.5, PLINTH, z + 0.5])))
        found.append((np.array([x - 0.44, 0, z - 0.44]), np.array([x + 0.44, 0.09, z + 0.44])))
    for x, z in BENCHES:
        found.append((np.array([x - 0.25, 0.36, z - 1.1]), np.array([x + 0.25, 0.46, z + 1.1])))
        found += [
            (np.array([x - 0.2, 0, z + end - 0.06]), np.array([x + 0.2, 0.36, z + end + 0.06])) for end in (-0.9, 0.9)
        ]
    return found


def _beams() -> list[tuple[Any, Any]]:
    across = [
        (np.array([-HALF, TALL - 0.62, z - 0.2]), np.array([HALF, TALL - 0.02, z + 0.2]))
        for z in (-11.0, -5.5, 0.0, 5.5, 11.0)
    ]
    along = [(np.array([x - 0.18, TALL - 0.9, -LONG]), np.array([x + 0.18, TALL - 0.3, LONG])) for x in (-5.4, 5.4)]
    return across + along


def _normal(points: Any, kind: Any, which: Any, rays: Any) -> Any:
    made = np.zeros_like(points)
    made[kind == FLOOR, 1], made[kind == CEILING, 1] = 1, -1
    made[kind == NORTH, 2], made[kind == SOUTH, 2] = -1, 1
    side = kind == SIDE
    made[side, 0] = -np.sign(points[side, 0])
    columns = np.flatnonzero(kind == COLUMN)
    if len(columns):
        centres = np.array(COLUMNS, np.float32)[which[columns] % 16]
        flat = points[columns][:, (0, 2)] - centres
        flat /= np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6)
        made[columns, 0], made[columns, 2] = flat[:, 0], flat[:, 1]
        top = columns[(which[columns] >= 16) & (points[columns, 1] > 0.315)]
        made[top] = (0, 1, 0)
    for what, boxes in ((BOX, _boxes()), (BEAM, _beams())):
        for number, (low, high) in enumerate(boxes):
            hit = np.flatnonzero((kind == what) & (which == number))
            if not len(hit):
                continue
            off = (points[hit] - (low + high) / 2) / ((high - low) / 2)
            axis = np.abs(off).argmax(axis=1)
            made[hit, axis] = np.sign(off[np.arange(len(hit)), axis])
    for number, one in enumerate(ARTEFACTS):
        hit = np.flatnonzero((kind == OBJECT) & (which == number))
        if len(hit):
            made[hit] = artefacts.normal(one, points[hit] - np.asarray(one.at, np.float32))
    del rays
    return made


def _shade(points: Any, rays: Any, kind: Any, which: Any) -> tuple[Any, Any]:
    """(light, how much of it a mirror gives)."""
    normal = _normal(points, kind, which, rays)
    colour = np.zeros_like(points)
    glow = np.zeros_like(points)
    mirror = np.zeros(len(points), np.float32)
    for what, paint in PAINTS.items():
        hit = np.flatnonzero(kind == what)
        if len(hit):
            paint(points[hit], which[hit], hit, colour, glow, mirror)
    light = colour * _lit(points, normal, kind) + glow
    shiny = np.flatnonzero((kind == COLUMN) | (kind == OBJECT))
    if len(shiny):
        light[shiny] += _gleam(points[shiny], normal[shiny], rays[shiny], kind[shiny], which[shiny])
    return light, mirror


def _floor(p: Any, _which: Any, hit: Any, colour: Any, _glow: Any, mirror: Any) -> None:
    x, z = p[:, 0], p[:, 2]
    tile = 1.2
    i, j = np.floor(x / tile), np.floor(z / tile)
    stone = clouds(x * 1.7 + i * 3, z * 1.7 + j * 5, 4, 21)
    veins = smooth(0.02, 0, np.abs(clouds(x * 1.3 + j * 7, z * 1.3 - i * 5, 5, 33) - 0.42))
    made = mixed(np.broadcast_to(hexed("5d5750"), p.shape), hexed("787068"), stone)
    made = mixed(made, hexed("a39a8c"), veins * 0.35)
    made = made * (0.9 + 0.2 * noise(i * 7.13 + 0.5, j * 3.71 + 0.5, 3))[:, None]
    joint = np.minimum(np.abs(x / tile - np.round(x / tile)), np.abs(z / tile - np.round(z / tile)))
    carpet = (np.abs(x) < 1.15) & (np.abs(z) < LONG - 1)
    made *= np.where(joint < 0.006, 0.55, 1)[:, None]
    band = np.abs(np.abs(x) - 1.22) < 0.07
    made = np.where(band[:, None], hexed("8d7a52"), made)
    made = np.where(carpet[:, None], made * 1.16, made)
    colour[hit] = made
    mirror[hit] = np.where(joint < 0.006, 0.02, 0.34)


def _ceiling(p: Any, _which: Any, hit: Any, colour: Any, glow: Any, _mirror: Any) -> None:
    x, z = p[:, 0], p[:, 2]
    sky = (np.abs(x) < SKY[0]) & (np.abs(z) < SKY[1])
    bars = (np.abs(np.mod(z + 0.6, 1.2) - 0.6) < 0.035) | (np.abs(np.abs(x) - 0.7) < 0.03)
    drift = clouds(x * 0.35, z * 0.35, 4, 12)
    day = mixed(np.broadcast_to(hexed("bcd8ee"), p.shape), hexed("ffffff"), smooth(0.35, 0.7, drift)) * 2.5
    coffer = (np.abs(np.mod(x, 1.1) - 0.55) > 0.49) | (np.abs(np.mod(z, 1.1) - 0.55) > 0.49)
    wood = mixed(np.broadcast_to(hexed("4a2b1a"), p.shape), hexed("6b4128"), clouds(x * 2, z * 9, 3, 6))
    gilt = np.hypot(np.mod(x, 1.1) - 0.55, np.mod(z, 1.1) - 0.55)
    wood = mixed(wood, hexed("b98a3a"), smooth(0.02, 0.0, np.abs(gilt - 0.26)) * 0.8)
    wood = np.where(coffer[:, None], hexed("7a1f18"), wood)
    colour[hit] = np.where(sky[:, None], np.where(bars[:, None], hexed("3a2a20"), 0), wood)
    glow[hit] = np.where((sky & ~bars)[:, None], day, 0)


def _plaster(p: Any, along: Any) -> Any:
    y = p[:, 1]
    wall = mixed(np.broadcast_to(hexed("d9cbb0"), p.shape), hexed("e6dac2"), clouds(along * 0.8, y * 0.8, 5, 14))
    wood = mixed(np.broadcast_to(hexed("4d2a1b"), p.shape), hexed("643a26"), clouds(along * 1.5, y * 14, 3, 15))
    panel = np.minimum(np.abs(np.mod(along, 1.375) - 0.6875) - 0.55, 0) > -0.05
    wood = wood * np.where(panel | (np.abs(y - 0.5) > 0.36), 0.7, 1)[:, None]
    made = np.where((y < 0.95)[:, None], wood, wall)
    rail = np.abs(y - 0.97) < 0.04
    frieze = (y > 5.6) & (y < 6.1)
    cloud = np.sin(along * 5 + 1.6 * np.sin(y * 14)) * np.sin(y * 19)
    frieze_colour = np.where((cloud > 0.1)[:, None], hexed("b8903f"), hexed("1f4a52"))
    made = np.where(rail[:, None], hexed("3a1d14"), made)
    return np.where(frieze[:, None], frieze_colour, made)


def _side(p: Any, _which: Any, hit: Any, colour: Any, glow: Any, _mirror: Any) -> None:
    made = _plaster(p, p[:, 2])
    lamp = np.zeros(len(p), np.float32)
    wide, tall, middle = SCROLL
    for number, (side, z) in enumerate(SCROLLS):
        on = np.sign(p[:, 0]) == side
        u = (p[:, 2] - z) * side
        v = p[:, 1] - middle
        lamp += np.where(on, 0.85 * np.exp(-((u / 1.05) ** 2) - ((v - 0.3) / 1.5) ** 2), 0)
        near = np.flatnonzero(on & (np.abs(u) < wide / 2 + 0.2) & (np.abs(v) < tall / 2 + 0.35))
        if len(near):
            made[near] = _scroll(number, -u[near] / wide + 0.5, 0.5 - v[near] / tall, made[near])
    colour[hit] = made
    glow[hit] = made * (hexed("ffdfae") * 1.0) * lamp[:, None]


def _scroll(number: int, u: Any, v: Any, wall: Any) -> Any:
    texture = scrolls.poem() if number in (1, 6) else scrolls.landscape(number)
    made = wall.copy()
    silk = (np.abs(u - 0.5) < 0.5) & (np.abs(v - 0.5) < 0.5)
    cloth = mixed(np.broadcast_to(hexed("8a7a55"), wall.shape), hexed("a8976c"), noise(u * 60, v * 110, 2))
    made[silk] = cloth[silk]
    inner = (np.abs(u - 0.5) < 0.42) & (np.abs(v - 0.5) < 0.42)
    made[inner] = scrolls.read(texture, (u[inner] - 0.08) / 0.84, (v[inner] - 0.08) / 0.84)
    rods = (np.abs(np.abs(v - 0.5) - 0.51) < 0.017) & (np.abs(u - 0.5) < 0.55)
    made[rods] = hexed("2a140d")
    shadow = ~silk & ~rods & (np.abs(u - 0.51) < 0.52) & (np.abs(v - 0.515) < 0.53)
    made[shadow] = wall[shadow] * 0.6
    return made


def _north(p: Any, _which: Any, hit: Any, colour: Any, glow: Any, _mirror: Any) -> None:
    """The moon gate: behind it bamboo in morning light."""
    x, y = p[:, 0], p[:, 1]
    made = _plaster(p, x)
    radius, middle = GATE
    far = np.hypot(x, y - middle)
    frame = (far < radius + 0.22) & (far >= radius)
    gate = (far < radius) & (y > 0.02)
    garden = np.zeros_like(p)
    inside = np.flatnonzero(gate)
    if len(inside):
        garden[inside] = _garden(x[inside], y[inside])
    made = np.where(frame[:, None], hexed("6d675e"), made)
    colour[hit] = np.where(gate[:, None], 0, made)
    glow[hit] = garden + made * hexed("fff0c8") * (0.45 * np.exp(-np.maximum(far - radius, 0) * 1.1) * ~gate)[:, None]


def _garden(x: Any, y: Any) -> Any:
    shape = (len(x), 3)
    made = mixed(np.broadcast_to(hexed("fff4d6"), shape), hexed("b9d7b2"), smooth(4.6, 0.3, y)) * 1.35
    hills = smooth(0.0, 0.08, 1.5 + 0.7 * clouds(x * 0.7 + 3, x * 0, 4, 2) - y)
    made = mixed(made, hexed("a3c3b0") * 1.1, hills * 0.75)
    for layer in range(4):
        depth = layer / 3
        leaf = mixed(np.array([hexed("93b77c")]), hexed("2f5a30"), np.array([depth]))[0]
        for stem in range(5):
            at = -2.5 + stem * 1.15 + 0.43 * layer + 0.2 * np.sin(stem * 9.1 + layer)
            bow = at + 0.05 * (y - 1) * np.sin(stem + layer * 2)
            thick = 0.022 + 0.022 * depth
            knots = 1 - 0.35 * (np.abs(np.mod(y * 2.2 + stem * 0.37, 1) - 0.5) > 0.47)
            made = mixed(made, leaf, smooth(thick, thick * 0.6, np.abs(x - bow)) * 0.9 * knots)
        leaves = clouds(x * 5 + layer * 9, y * 9 + x * 3, 4, layer)
        made = mixed(made, leaf, smooth(0.6 - 0.03 * depth, 0.68, leaves) * smooth(1.2, 2.6, y) * 0.85)
    path = smooth(0.1, 0.0, np.abs(x) - 0.25 - 0.5 * np.maximum(0.75 - y, 0)) * smooth(0.75, 0.7, y)
    ground = smooth(0.8, 0.72, y)
    made = mixed(made, hexed("7f9a5f"), ground * 0.85)
    return mixed(made, hexed("d8ccb0"), path * ground)


def _south(p: Any, _which: Any, hit: Any, colour: Any, glow: Any, _mirror: Any) -> None:
    """Doors of lattice, with daylight behind paper."""
    x, y = p[:, 0], p[:, 1]
    made = _plaster(p, x)
    door = (np.abs(x) < 3.0) & (y < 4.2)
    leaf = np.mod(x + 3.0, 1.5)
    frame = (leaf < 0.09) | (leaf > 1.41) | (np.abs(y - 1.1) < 0.07) | (y > 4.08) | (np.abs(y - 3.3) < 0.05)
    panel = y < 1.03
    lattice = (np.abs(np.mod(x * 4 + y * 4, 1) - 0.5) > 0.43) | (np.abs(np.mod(x * 4 - y * 4, 1) - 0.5) > 0.43)
    paper = door & ~frame & ~panel & ~lattice
    wood = np.where((door & panel)[:, None], hexed("6a2018"), hexed("4a1a12"))
    colour[hit] = np.where(door[:, None], np.where(paper[:, None], 0, wood), made)
    shine = mixed(np.broadcast_to(hexed("ffdf9f"), p.shape), hexed("fff6df"), smooth(1, 4, y)) * 1.25
    glow[hit] = np.where(paper[:, None], shine, 0)


def _columns(p: Any, which: Any, hit: Any, colour: Any, _glow: Any, mirror: Any) -> None:
    y = p[:, 1]
    base = which >= 16
    centres = np.array(COLUMNS, np.float32)[which % 16]
    around = np.arctan2(p[:, 0] - centres[:, 0], p[:, 2] - centres[:, 1])
    red = mixed(np.broadcast_to(hexed("7e1712"), p.shape), hexed("97221a"), clouds(around * 2, y * 0.6, 3, 7))
    band = (y > 5.15) & (y < 6.1)
    coil = np.sin(around * 4 + 2 * np.sin(y * 9)) * np.sin(y * 20)
    red = np.where(band[:, None], np.where((coil > 0)[:, None], hexed("c09036"), hexed("1d5560")), red)
    edge = (np.abs(y - 5.12) < 0.04) | (np.abs(y - 6.12) < 0.04)
    red = np.where(edge[:, None], hexed("d2a547"), red)
    stone = hexed("8b857b") * (0.85 + 0.3 * clouds(around * 4, y * 8, 3, 5))[:, None]
    colour[hit] = np.where(base[:, None], stone, red)
    mirror[hit] = 0


def _boxed(p: Any, which: Any, hit: Any, colour: Any, _glow: Any, mirror: Any) -> None:
    plinths = 2 * len(ARTEFACTS)
    foot = (which < plinths) & (which % 2 == 1)
    wood = mixed(np.broadcast_to(hexed("5a3220"), p.shape), hexed("774a2e"), clouds(p[:, 0] * 9, p[:, 2] * 2, 3, 4))
    made = np.where((which < plinths)[:, None], np.where(foot[:, None], hexed("2a2724"), hexed("d8d3c8")), wood)
    colour[hit] = made
    mirror[hit] = 0.02


def _beamed(p: Any, which: Any, hit: Any, colour: Any, _glow: Any, _mirror: Any) -> None:
    along = np.where(which < 5, p[:, 0], p[:, 2])
    wave = np.sin(along * 4.2 + 1.5 * np.sin(p[:, 1] * 13)) * np.sin(p[:, 1] * 17 + along)
    panel = np.abs(np.mod(along, 2.75) - 1.375) < 1.05
    painted = np.where(
        (wave > 0.15)[:, None], hexed("c59a45"), np.where((wave < -0.3)[:, None], hexed("23635a"), hexed("1b3f73"))
    )
    colour[hit] = np.where(panel[:, None], painted, hexed("7c231a"))


def _objects(p: Any, which: Any, hit: Any, colour: Any, glow: Any, _mirror: Any) -> None:
    for number, one in enumerate(ARTEFACTS):
        mine = which == number
        if mine.any():
            local = p[mine] - np.asarray(one.at, np.float32)
            colour[hit[mine]] = one.colour(local, None)
            if one.name == "disc":
                glow[hit[mine]] = one.colour(local, None) * 0.18


PAINTS: dict[int, Any] = {
    FLOOR: _floor, CEILING: _ceiling, SIDE: _side, NORTH: _north, SOUTH: _south, COLUMN: _columns, BOX: _boxed,
    BEAM: _beamed, OBJECT: _objects,
}  # fmt: skip


def _lit(points: Any, normal: Any, kind: Any) -> Any:
    """Irradiance: skylight by seven points, lamps by cones, the gate's glow, and a floor of scattered light."""
    total = np.full_like(points, 0.0) + hexed("c9b79a") * 0.36
    for z in np.linspace(-10.5, 10.5, 7):
        to = np.array([0, TALL - 0.05, z], np.float32) - points
        far = np.maximum((to * to).sum(axis=1), 0.5)
        cosine = np.maximum((to * normal).sum(axis=1), 0) / np.sqrt(far)
        leaving = np.maximum(to[:, 1], 0) / np.sqrt(far)
        soft = np.where(kind == OBJECT, 0.5, 0.0)
        total += (4.9 * (cosine * (1 - soft) + soft * 0.5) * leaving / far)[:, None] * hexed("e9f1f6")
    for one in ARTEFACTS:
        lamp = np.array([one.at[0], 6.2, one.at[2] - 0.5], np.float32)
        to = lamp - points
        far = np.sqrt(np.maximum((to * to).sum(axis=1), 0.25))
        cosine = np.clip((to * normal).sum(axis=1) / far, 0, 1)
        cone = smooth(0.945, 0.985, to[:, 1] / far)
        total += (11 * cone * (0.3 + 0.7 * cosine) / (far * far) * np.where(kind == OBJECT, 0.7, 1))[:, None] * hexed(
            "ffdca6"
        )
    gate = np.array([0, 2.2, LONG], np.float32) - points
    far = np.maximum((gate * gate).sum(axis=1), 1.0)
    total += (
        (3.4 * np.maximum((gate * normal).sum(axis=1), 0) / far**1.5 * np.sqrt(far))[:, None] * 0.3 * hexed("fff0cc")
    )
    return total * _closeness(points, kind)[:, None]


def _closeness(points: Any, kind: Any) -> Any:
    """How much of the room's light reaches a place: less at feet, in corners and under beams."""
    x, y, z = points.T
    made = np.ones(len(points), np.float32)
    ground = (kind == FLOOR) | (kind == SIDE) | (kind == NORTH) | (kind == SOUTH)
    low = np.flatnonzero(ground)
    shade = np.ones(len(low), np.float32)
    for cx, cz in COLUMNS:
        far = np.hypot(x[low] - cx, z[low] - cz) - THICK - 0.2
        shade *= 1 - 0.55 * np.exp(-np.maximum(far, 0) * 2.2 - y[low] * 0.8)
    for one in ARTEFACTS:
        off = np.maximum(np.maximum(np.abs(x[low] - one.at[0]), np.abs(z[low] - one.at[2])) - 0.48, 0)
        shade *= 1 - 0.6 * np.exp(-off * 3.2 - y[low] * 2)
    for bx, bz in BENCHES:
        off = np.hypot(np.maximum(np.abs(x[low] - bx) - 0.25, 0), np.maximum(np.abs(z[low] - bz) - 1.1, 0))
        shade *= 1 - 0.5 * np.exp(-off * 5 - y[low] * 2)
    made[low] = shade
    walls = np.minimum(HALF - np.abs(x), LONG - np.abs(z))
    made *= np.where(kind == FLOOR, 1 - 0.4 * np.exp(-walls * 1.6), 1)
    upright = (kind == SIDE) | (kind == NORTH) | (kind == SOUTH) | (kind == COLUMN) | (kind == BOX)
    made *= np.where(upright, 1 - 0.45 * np.exp(-y * 2.2) - 0.3 * np.exp(-np.maximum(TALL - y, 0) * 1.6), 1)
    corner = np.minimum(
        np.abs(HALF - np.abs(x)) + np.where(kind == SIDE, 9, 0),
        np.abs(LONG - np.abs(z)) + np.where((kind == NORTH) | (kind == SOUTH), 9, 0),
    )
    return made * np.where(kind != FLOOR, 1 - 0.3 * np.exp(-corner * 1.8), 1)


def _gleam(points: Any, normal: Any, rays: Any, kind: Any, which: Any) -> Any:
    """The skylight and the gate, mirrored in lacquer and glaze."""
    seen = rays - 2 * (rays * normal).sum(axis=1, keepdims=True) * normal
    rise = np.where(seen[:, 1] > 0.02, seen[:, 1], np.inf)
    t = (TALL - points[:, 1]) / rise
    x, z = points[:, 0] + seen[:, 0] * t, points[:, 2] + seen[:, 2] * t
    edge = smooth(1.0, -0.8, np.abs(x) - SKY[0]) * smooth(1.0, -1.0, np.abs(z) - SKY[1]) * (seen[:, 1] > 0.02)
    ahead = np.where(seen[:, 2] > 0.05, seen[:, 2], np.inf)
    t = (LONG - points[:, 2]) / ahead
    gate = smooth(0.3, -0.3, np.hypot(points[:, 0] + seen[:, 0] * t, points[:, 1] + seen[:, 1] * t - GATE[1]) - GATE[0])
    gate = gate * (seen[:, 2] > 0.05)
    grazing = (1 - np.clip(-(rays * normal).sum(axis=1), 0, 1)) ** 4
    gloss = np.full(len(points), 0.10, np.float32)
    for number, one in enumerate(ARTEFACTS):
        gloss = np.where((kind == OBJECT) & (which == number), one.gloss * 0.55, gloss)
    gloss = np.where((kind == COLUMN) & (which >= 16), 0.01, gloss)
    share = gloss + (1 - gloss) * grazing * np.minimum(gloss * 5, 0.6)
    return (share * (edge * 2.2 + gate * 1.2 + 0.12))[:, None] * np.ones(3, np.float32)


def _reflect(light: Any, mirror: Any, points: Any, rays: Any, kind: Any) -> None:
    """What the floor mirrors, softened by its grain, stronger where one looks along it."""
    hit = np.flatnonzero((kind == FLOOR) & (mirror > 0))
    if not len(hit):
        return
    at, along = points[hit].copy(), rays[hit].copy()
    at[:, 1] = 0.002
    along[:, 1] = np.abs(along[:, 1])
    ripple = 0.012 * (noise(at[:, 0] * 3, at[:, 2] * 3, 77) - 0.5)
    along[:, 0] += ripple
    t, what, which = _trace(at, along)
    seen, _mirror = _shade(at + along * t[:, None], along, what, which)
    grazing = (1 - np.clip(rays[hit, 1] * -1, 0, 1)) ** 3
    share = (mirror[hit] * (0.22 + 0.78 * grazing) * np.exp(-t * 0.035))[:, None]
    light[hit] = light[hit] * (1 - share) + np.minimum(seen, 3) * share
