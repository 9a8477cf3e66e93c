"""Objects of the museum, as distances: a blue-and-white vase, a bronze tripod, a jade disc, a celadon gourd, a bell.

Every distance function takes points (n, 3) around the middle of the object's foot, metres, y upwards.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from haihe.portal.demo.scenery.rays import clouds, hexed, mixed, noise, smooth

STEPS = 56


@dataclass(frozen=True)
class Artefact:
    """at: its foot, in the hall; around: centre above the foot and radius of a sphere that holds it."""

    name: str
    at: tuple[float, float, float]
    tall: float
    radius: float
    distance: Callable[[Any], Any]
    colour: Callable[[Any, Any], Any]
    gloss: float


def _turned(points: Any, heights: Any, radii: Any) -> Any:
    """A body of revolution by its profile."""
    x, y, z = points.T
    flat = np.hypot(x, z)
    outline = np.interp(y, heights, radii)
    over = np.maximum(heights[0] - y, y - heights[-1])
    side = (flat - outline) * 0.72
    return np.where(over > 0, np.hypot(np.maximum(flat - outline, 0), over), np.maximum(side, over))


def _smooth_profile(heights: list[float], radii: list[float]) -> tuple[Any, Any]:
    """The profile without its corners: 400 places, averaged over 3 cm."""
    dense = np.linspace(heights[0], heights[-1], 400)
    window = max(3, round(400 * 0.06 / (heights[-1] - heights[0])))
    kernel = np.hanning(window + 2)[1:-1]
    padded = np.pad(np.interp(dense, heights, radii), window // 2, mode="reflect", reflect_type="odd")
    return dense, np.convolve(padded, kernel / kernel.sum(), mode="valid")[:400]


VASE = _smooth_profile(
    [0, 0.03, 0.2, 0.42, 0.6, 0.72, 0.82, 0.9, 0.93], [0.15, 0.145, 0.17, 0.25, 0.3, 0.25, 0.13, 0.105, 0.15]
)
GOURD = _smooth_profile(
    [0, 0.04, 0.2, 0.34, 0.44, 0.52, 0.62, 0.7, 0.76, 0.8], [0.12, 0.14, 0.23, 0.22, 0.13, 0.1, 0.145, 0.12, 0.06, 0.05]
)
BELL = _smooth_profile([0.12, 0.16, 0.4, 0.6, 0.7, 0.74], [0.27, 0.26, 0.235, 0.2, 0.15, 0.05])


def vase(points: Any) -> Any:
    return _turned(points, *VASE)


def gourd(points: Any) -> Any:
    return _turned(points, *GOURD)


def bell(points: Any) -> Any:
    x, y, z = points.T
    body = _turned(points, *BELL)
    around = np.arctan2(x, z)
    bosses = np.where((y > 0.42) & (y < 0.62), np.cos(around * 9) * np.cos((y - 0.42) * 94), 0)
    handle = np.hypot(np.hypot(x, y - 0.8) - 0.07, z) - 0.022
    foot = np.maximum(np.abs(x) - 0.42, np.maximum(np.abs(y - 0.03) - 0.03, np.abs(z) - 0.16))
    posts = np.maximum(np.hypot(np.abs(x) - 0.38, z) - 0.025, np.abs(y - 0.5) - 0.48)
    beam = np.maximum(np.hypot(y - 0.93, z) - 0.035, np.abs(x) - 0.46)
    return np.minimum(
        np.minimum(body - 0.006 * np.maximum(bosses, 0), handle), np.minimum(foot, np.minimum(posts, beam))
    )


def tripod(points: Any) -> Any:
    x, y, z = points.T
    round_ = np.hypot(x, z)
    bowl = (np.sqrt((round_ / 0.33) ** 2 + ((y - 0.44) / 0.25) ** 2) - 1) * 0.22
    bowl = np.maximum(bowl, y - 0.56)
    hollow = (np.sqrt((round_ / 0.29) ** 2 + ((y - 0.5) / 0.24) ** 2) - 1) * 0.2
    body = np.maximum(bowl, -hollow)
    rim = np.hypot(round_ - 0.305, y - 0.56) - 0.022
    legs = np.full_like(x, 9)
    for turn in (0.5, 0.5 + 2 * np.pi / 3, 0.5 + 4 * np.pi / 3):
        far = np.hypot(x - 0.21 * np.sin(turn), z - 0.21 * np.cos(turn))
        legs = np.minimum(legs, np.maximum(far - (0.045 + 0.03 * np.abs(y - 0.15)), np.abs(y - 0.17) - 0.17))
    ears = np.hypot(np.hypot((np.abs(x) - 0.29) * 0.6 + 0, y - 0.66) - 0.075, z) - 0.024
    return np.minimum(np.minimum(body, rim), np.minimum(legs, ears)) * 0.85


def disc(points: Any) -> Any:
    x, y, z = points.T
    round_ = np.hypot(x, y - 0.47)
    ring = np.maximum(np.abs(round_ - 0.235) - 0.135, np.abs(z) - 0.03) - 0.006
    stand = np.maximum(np.abs(x) - 0.2 + y * 0.6, np.maximum(np.abs(y - 0.07) - 0.07, np.abs(z) - 0.09))
    return np.minimum(ring, stand) * 0.85


def _porcelain(p: Any, _n: Any) -> Any:
    x, y, z = p.T
    around = np.arctan2(x, z)
    white, blue = hexed("dfe3e2"), hexed("12308c")
    stems = np.abs(np.sin(around * 3 + 2.2 * np.sin(y * 17)) + 0.35 * np.sin(around * 7 - y * 23))
    flowers = np.hypot(np.mod(around * 3 / np.pi + 0.5, 1) - 0.5, (y - 0.5) * 3.2)
    petals = 0.17 + 0.045 * np.cos(8 * np.arctan2((y - 0.5) * 3.2, np.mod(around * 3 / np.pi + 0.5, 1) - 0.5))
    belly = (y > 0.27) & (y < 0.7)
    painted = np.where(belly, np.maximum(smooth(0.28, 0.12, stems), smooth(0.02, 0, np.abs(flowers - petals))), 0)
    painted = np.maximum(painted, np.where(belly, smooth(0.01, 0, flowers - 0.075), 0))
    lappets = (y < 0.2) & (y > 0.03)
    painted = np.maximum(
        painted, np.where(lappets, smooth(0.25, 0.1, np.abs(np.mod(around * 8 / np.pi, 1) - y * 3.6)), 0)
    )
    waves = (y > 0.75) & (y < 0.89)
    painted = np.maximum(painted, np.where(waves, smooth(0.3, 0.1, np.abs(np.sin(around * 12 + y * 90))), 0))
    for line in (0.035, 0.22, 0.25, 0.715, 0.74, 0.9):
        painted = np.maximum(painted, smooth(0.007, 0.004, np.abs(y - line)))
    tone = 0.65 + 0.35 * clouds(around * 6, y * 30, 3, 2)
    return mixed(np.broadcast_to(white, p.shape), blue, painted * tone)


def _celadon(p: Any, _n: Any) -> Any:
    x, y, z = p.T
    crackle = np.abs(noise(np.arctan2(x, z) * 9 + 5, y * 40, 5) - noise(np.arctan2(x, z) * 13, y * 33, 6))
    return mixed(np.broadcast_to(hexed("9fc3ae"), p.shape), hexed("6f9c88"), smooth(0.03, 0.0, crackle) * 0.45)


def _bronze(p: Any, _n: Any) -> Any:
    x, y, z = p.T
    around = np.arctan2(x, z)
    frieze = (y > 0.34) & (y < 0.5)
    key = np.sign(np.sin(around * 18)) * np.sign(np.sin(y * 150)) + np.sign(np.sin(around * 9 + 0.4)) * 0.6
    patina = clouds(around * 3 + 7, y * 9, 5, 3)
    made = mixed(np.broadcast_to(hexed("6b5a36"), p.shape), hexed("3f6b58"), smooth(0.4, 0.62, patina))
    return made * np.where(frieze & (key < 0.2), 0.5, 1)[..., None]


def _bell_bronze(p: Any, n: Any) -> Any:
    x, y, _z = p.T
    wood = (np.abs(x) > 0.33) | (y < 0.075) | (y > 0.88)
    made = mixed(
        np.broadcast_to(hexed("7d6430"), p.shape), hexed("4a6a50"), smooth(0.5, 0.7, clouds(x * 9, y * 9, 4, 8))
    )
    made = made * (0.75 + 0.25 * np.sign(np.sin(y * 60)) * (y < 0.38) * (y > 0.2))[..., None]
    return np.where(wood[..., None], hexed("3a1d14"), made)


def _jade(p: Any, _n: Any) -> Any:
    x, y, _z = p.T
    grains = smooth(0.35, 0.75, np.cos(x * 95) * np.cos((y - 0.47) * 95))
    made = mixed(np.broadcast_to(hexed("a9c79b"), p.shape), hexed("dfe9cf"), clouds(x * 7, y * 7, 4, 4))
    made = mixed(made, hexed("7fa67a"), grains * 0.4)
    wood = np.hypot(x, y - 0.47) > 0.385
    return np.where(wood[..., None], hexed("3a1d14"), made)


PLINTH = 1.02  # metres: all stand on plinths of this height
ARTEFACTS = (
    Artefact("vase", (0.0, PLINTH, -2.5), 0.93, 0.58, vase, _porcelain, 0.5),
    Artefact("tripod", (-2.9, PLINTH, 6.0), 0.8, 0.55, tripod, _bronze, 0.16),
    Artefact("disc", (2.9, PLINTH, 6.0), 0.86, 0.55, disc, _jade, 0.3),
    Artefact("gourd", (-3.1, PLINTH, 1.6), 0.8, 0.5, gourd, _celadon, 0.5),
    Artefact("bell", (3.1, PLINTH, 1.6), 0.98, 0.66, bell, _bell_bronze, 0.2),
)


def meet(one: Artefact, origin: Any, rays: Any) -> tuple[Any, Any]:
    """(indices of rays that come near, how far they go till they meet it; inf where they pass)."""
    middle = np.asarray(one.at, np.float32) + np.array([0, one.tall / 2, 0], np.float32)
    to = middle - origin
    along = (rays * to).sum(axis=1)
    apart = (to * to).sum(axis=-1) - along * along
    near = np.flatnonzero((apart < one.radius**2) & (along > 0))
    if not len(near):
        return near, np.empty(0, np.float32)
    start = origin[near] if origin.ndim == 2 else origin
    base = start - np.asarray(one.at, np.float32)
    apart, along, rays = apart[near], along[near], rays[near]
    half = np.sqrt(np.maximum(one.radius**2 - apart, 0))
    t, end = np.maximum(along - half, 0.001), along + half
    for _ in range(STEPS):
        t = t + np.clip(one.distance(base + rays * t[:, None]), -0.02, 0.2)
    met = (np.abs(one.distance(base + rays * t[:, None])) < 0.006) & (t < end)
    return near, np.where(met, t, np.inf).astype(np.float32)


def normal(one: Artefact, points: Any) -> Any:
    """Outward, at points around its foot."""
    small = 0.002
    steps = [
        one.distance(points + small * axis) - one.distance(points - small * axis)
        for axis in np.eye(3, dtype=np.float32)
    ]
    found = np.stack(steps, axis=1)
    return (found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-6)).astype(np.float32)
