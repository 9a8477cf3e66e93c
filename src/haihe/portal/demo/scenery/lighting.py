"""Light in the museum's hall: from the skylight, the lamps and the gate, less in corners, and mirrored in lacquer."""

from __future__ import annotations

from typing import Any

import numpy as np

from haihe.portal.demo.scenery.artefacts import ARTEFACTS
from haihe.portal.demo.scenery.rays import hexed, smooth
from haihe.portal.demo.scenery.solids import (
    BENCHES,
    BOX,
    COLUMN,
    COLUMNS,
    FLOOR,
    GATE,
    HALF,
    LONG,
    NORTH,
    OBJECT,
    SIDE,
    SKY,
    SOUTH,
    TALL,
    THICK,
)


def lit(points: Any, normal: Any, kind: Any) -> Any:
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
    return total * closeness(points, kind)[:, None]


def closeness(points: Any, kind: Any) -> Any:
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


def gleam(points: Any, normal: Any, rays: Any, kind: Any, which: Any) -> Any:
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
