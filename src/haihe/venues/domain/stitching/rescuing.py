"""Photos that overlap each neighbour by too little for a match of two: all their neighbours together place them.

Every single feature match says "this pixel looks that way". One rotation must explain several of them, whichever
photos they come from; two matches propose it (Black 1964, TRIAD), the others agree or not.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from haihe.venues.domain.stitching.adjusting import Camera
from haihe.venues.domain.stitching.lens import Lens
from haihe.venues.domain.stitching.matching import TOLERANCE, Pair, Tie
from haihe.venues.domain.stitching.photos import Photo

Doubles = npt.NDArray[np.float64]

TRIES = 3000
AGREEING = 7
SPREAD = 0.05  # radians that agreeing matches must span


def rescue(
    photos: Sequence[Photo], cameras: dict[int, Camera], ties: dict[tuple[int, int], Tie], rest: Sequence[int]
) -> tuple[dict[int, Camera], list[Pair]]:
    """Cameras for those of `rest` that can be placed, and their matches as pairs for the adjustment."""
    made: dict[int, Camera] = {}
    pairs: list[Pair] = []
    left = list(rest)
    while left:
        found = {number: _place(photos, cameras | made, ties, number) for number in left}
        best = max(left, key=lambda number: (len(found[number][1]), -number))
        camera, agreeing = found[best]
        if camera is None:
            break
        made[best] = camera
        pairs += _pairs(best, agreeing)
        left.remove(best)
    return made, pairs


Match = tuple[int, Doubles, Doubles]  # the placed photo, our pixel, its pixel


def _place(
    photos: Sequence[Photo], cameras: dict[int, Camera], ties: dict[tuple[int, int], Tie], number: int
) -> tuple[Camera | None, list[Match]]:
    photo = photos[number]
    matches = [match for other in cameras for match in _matches(ties, number, other)]
    if len(matches) < AGREEING:
        return None, []
    like = min(cameras, key=lambda other: (abs(other - number), other))
    lens = _like(photo, cameras[like].lens)
    ours = _unit(lens.rays(np.stack([match[1] for match in matches])))
    world = _unit(
        np.stack(
            [cameras[other].lens.rays(theirs[None])[0] @ cameras[other].rotation.T for other, _o, theirs in matches]
        )
    )
    tolerance = 2 * TOLERANCE * max(photo.width, photo.height) / 1000 / lens.focal
    random = np.random.default_rng(number)
    first, second = (random.integers(0, len(ours), TRIES) for _two in range(2))
    apart = np.einsum("ij,ij->i", ours[first], ours[second])
    good = (first != second) & (apart < np.cos(0.02))
    good &= np.abs(np.arccos(np.clip(apart, -1, 1)) - _angle(world[first], world[second])) < 2 * tolerance
    rotations = _triads(world[first[good]], world[second[good]]) @ _triads(
        ours[first[good]], ours[second[good]]
    ).transpose(0, 2, 1)
    if not len(rotations):
        return None, []
    limit = np.cos(tolerance)
    counts = [(np.einsum("ij,ij->i", ours @ turn.T, world) > limit).sum() for turn in rotations]
    turn = rotations[int(np.argmax(counts))]
    for _round in range(3):
        agree = np.einsum("ij,ij->i", ours @ turn.T, world) > limit
        if agree.sum() < AGREEING or np.ptp(ours[agree], axis=0).max() < SPREAD:
            return None, []
        left, _values, right = np.linalg.svd(world[agree].T @ ours[agree])
        turn = left @ np.diag([1, 1, np.linalg.det(left @ right)]) @ right
    return Camera(lens, turn), [match for match, one in zip(matches, agree, strict=True) if one]


def _matches(ties: dict[tuple[int, int], Tie], number: int, other: int) -> list[Match]:
    if (number, other) in ties:
        ours, theirs = ties[number, other]
    elif (other, number) in ties:
        theirs, ours = ties[other, number]
    else:
        return []
    return [(other, one, two) for one, two in zip(ours, theirs, strict=True)]


def _pairs(number: int, matches: Sequence[Match]) -> list[Pair]:
    made = []
    for other in sorted({match[0] for match in matches}):
        chosen = [match for match in matches if match[0] == other]
        fitted = np.ones(len(chosen), bool)
        fitted[4::5] = False
        ours, theirs = (np.stack([match[at] for match in chosen]) for at in (1, 2))
        made.append(Pair(number, other, ours, theirs, np.eye(3), fitted))
    return made


def _like(photo: Photo, lens: Lens) -> Lens:
    focal = lens.focal / max(lens.width, lens.height) * max(photo.width, photo.height)
    return Lens(photo.width, photo.height, focal, lens.bend)


def _triads(one: Doubles, other: Doubles) -> Doubles:
    """Orthonormal frames (n, 3, 3), columns, from pairs of unit vectors."""
    third = np.cross(one, other)
    third = third / np.maximum(np.linalg.norm(third, axis=1, keepdims=True), 1e-12)
    made: Doubles = np.stack([one, np.cross(third, one), third], axis=-1)
    return made


def _angle(one: Doubles, other: Doubles) -> Doubles:
    made: Doubles = np.arccos(np.clip(np.einsum("ij,ij->i", one, other), -1, 1))
    return made


def _unit(rays: Doubles) -> Doubles:
    made: Doubles = rays / np.linalg.norm(rays, axis=-1, keepdims=True)
    return made
