"""The museum's great hall: red columns, a stone floor that mirrors them, scrolls on the walls, a moon gate at the end.

Metres; x to the right, y upwards, z to the moon gate in the north. Light comes from a long skylight, from lamps over
each object and each scroll; corners and feet of columns are darkened as if the light had been traced.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from haihe.portal.demo.scenery import scrolls
from haihe.portal.demo.scenery.artefacts import ARTEFACTS
from haihe.portal.demo.scenery.lighting import gleam, lit
from haihe.portal.demo.scenery.rays import clouds, hexed, mixed, noise, smooth
from haihe.portal.demo.scenery.solids import (
    BEAM,
    BOX,
    CEILING,
    COLUMN,
    COLUMNS,
    FLOOR,
    GATE,
    LONG,
    NORTH,
    OBJECT,
    SCROLL,
    SCROLLS,
    SIDE,
    SKY,
    SOUTH,
    normal_of,
    trace,
)


def scene_from(x: float, z: float, eye: float = 1.62) -> Callable[[Any], tuple[Any, Any]]:
    """What is seen from a place in the hall."""
    origin = np.array([x, eye, z], np.float32)

    def scene(rays: Any) -> tuple[Any, Any]:
        start = np.broadcast_to(origin, rays.shape)
        t, kind, which = trace(start, rays)
        points = start + rays * t[:, None]
        light, mirror = _shade(points, rays, kind, which)
        _reflect(light, mirror, points, rays, kind)
        return light, kind * 64 + which

    return scene


def _shade(points: Any, rays: Any, kind: Any, which: Any) -> tuple[Any, Any]:
    """(light, how much of it a mirror gives)."""
    normal = normal_of(points, kind, which)
    colour = np.zeros_like(points)
    glow = np.zeros_like(points)
    mirror = np.zeros(len(points), np.float32)
    for what, paint in PAINTS.items():
        hit = np.flatnonzero(kind == what)
        if len(hit):
            paint(points[hit], which[hit], hit, colour, glow, mirror)
    light = colour * lit(points, normal, kind) + glow
    shiny = np.flatnonzero((kind == COLUMN) | (kind == OBJECT))
    if len(shiny):
        light[shiny] += gleam(points[shiny], normal[shiny], rays[shiny], kind[shiny], which[shiny])
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
    t, what, which = trace(at, along)
    seen, _mirror = _shade(at + along * t[:, None], along, what, which)
    grazing = (1 - np.clip(rays[hit, 1] * -1, 0, 1)) ** 3
    share = (mirror[hit] * (0.22 + 0.78 * grazing) * np.exp(-t * 0.035))[:, None]
    light[hit] = light[hit] * (1 - share) + np.minimum(seen, 3) * share
