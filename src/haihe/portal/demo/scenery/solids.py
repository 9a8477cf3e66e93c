"""The museum's hall as solids: what a ray meets first, and which way its surface looks. Metres, as in `hall`."""

from __future__ import annotations

from typing import Any

import numpy as np

from haihe.portal.demo.scenery import artefacts
from haihe.portal.demo.scenery.artefacts import ARTEFACTS, PLINTH

HALF, LONG, TALL = 8.6, 14.0, 7.0  # to the side walls, to the end walls, to the ceiling
SKY = (2.1, 12.0)  # half of the skylight
COLUMNS = [(x, z) for x in (-5.4, 5.4) for z in (-11.0, -5.5, 0.0, 5.5, 11.0)]
THICK = 0.42
SCROLLS = [(side, z) for side in (-1, 1) for z in (-8.25, -2.75, 2.75, 8.25)]
SCROLL = (1.35, 2.4, 2.75)  # wide, tall, height of its middle
BENCHES = [(-6.7, -5.5), (6.7, -5.5), (-6.7, 5.5), (6.7, 5.5)]
GATE = (2.35, 2.35)  # radius of the moon gate, height of its middle
FLOOR, CEILING, SIDE, NORTH, SOUTH, COLUMN, BOX, BEAM, OBJECT = range(9)


def trace(start: Any, rays: Any) -> tuple[Any, Any, Any]:
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


def normal_of(points: Any, kind: Any, which: Any) -> Any:
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
    return made
