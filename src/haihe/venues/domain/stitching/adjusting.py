"""Where every photo looks: rotations and lens that bring all matches together, then the whole turned level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from haihe.venues.domain.stitching.lens import Lens, first_focals
from haihe.venues.domain.stitching.matching import Pair, spanning
from haihe.venues.domain.stitching.photos import Photo
from haihe.venues.domain.stitching.warp import Warp

Doubles = npt.NDArray[np.float64]

HUBER = 2.0  # pixels of a photo of 1,000 columns
FAR = 2000.0  # pixels: what looks backwards is no further away
PRIOR = 20.0  # a lens that matches say nothing of stays as it was told


@dataclass(frozen=True)
class Camera:
    """lens, and the rotation (3, 3) from camera to world; by: "matches" or "neighbours", what it was placed by

    warp    how the photo is bent where it was taken from another place than its neighbours
    """

    lens: Lens
    rotation: Doubles
    by: str = "matches"
    warp: Warp | None = None

    def rays(self, points: Doubles) -> Doubles:
        """Directions (n, 3) in the world of pixels (n, 2) of the photo."""
        return self.lens.rays(points if self.warp is None else self.warp.back(points)) @ self.rotation.T

    def points(self, rays: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Pixels (..., 2) of the photo of directions (..., 3) by the camera's own axes, which look forward."""
        seen = self.lens.points(rays)
        return seen if self.warp is None else self.warp.there(seen)


def adjust(photos: Sequence[Photo], members: Sequence[int], pairs: Sequence[Pair]) -> dict[int, Camera]:
    """Cameras of the photos of one group, by their number.

    Source: Triggs et al. 2000, "Bundle adjustment"; here for cameras that only turn, with one bend for all lenses
    and one focal length for all photos of a size.
    """
    inside = [pair for pair in pairs if pair.one in members and pair.other in members]
    focals = first_focals(photos, inside)
    lenses = {number: Lens(photos[number].width, photos[number].height, focals[number]) for number in members}
    ties = {number: sum(len(pair.ours) for pair in inside if number in (pair.one, pair.other)) for number in members}
    root = max(members, key=lambda number: (ties[number], -number))
    cameras = {root: Camera(lenses[root], np.eye(3))}
    for pair, placed, new in spanning(root, members, inside):
        turn = _relative(pair, lenses) if pair.one == placed else _relative(pair, lenses).T
        cameras[new] = Camera(lenses[new], cameras[placed].rotation @ turn)
        if len(cameras) in (4, 12, 36, 108):  # before errors add up along the chain
            cameras = _settled(cameras, inside, root, bend=False, rounds=8)
    cameras = _settled(cameras, inside, root, bend=False, rounds=20)
    return _settled(cameras, inside, root, bend=len(members) > 2, rounds=40)


def readjust(cameras: dict[int, Camera], pairs: Sequence[Pair]) -> dict[int, Camera]:
    """Cameras that are placed already, after one more adjustment over all their matches."""
    tied = {number for pair in pairs for number in (pair.one, pair.other)}
    root = next(number for number in cameras if number in tied)
    return _settled(cameras, pairs, root, bend=len(cameras) > 2, rounds=30)


def residuals(cameras: dict[int, Camera], pair: Pair, which: npt.NDArray[np.bool_]) -> Doubles:
    """How many pixels of the second photo its matches lie from where the first photo's are seen, (n, 2)."""
    one, other = cameras[pair.one], cameras[pair.other]
    rays = one.rays(pair.ours[which]) @ other.rotation
    rays[..., 2] = np.maximum(rays[..., 2], 1e-3)
    away: Doubles = other.points(rays) - pair.theirs[which]
    return away


def level(cameras: dict[int, Camera]) -> dict[int, Camera]:
    """Turn the world so that the photographer stood upright and the first photo's neighbours face the front.

    The up direction is the one that the photos' horizontal axes avoid (Brown & Lowe 2007, section 5).
    """
    across = np.stack([camera.rotation[:, 0] for camera in cameras.values()])
    upward = np.stack([camera.rotation[:, 1] for camera in cameras.values()]).sum(axis=0)
    values, vectors = np.linalg.eigh(across.T @ across)
    up = vectors[:, 0] if len(cameras) > 2 and values[1] > 1e-3 * values[2] else upward
    up = up / np.linalg.norm(up)
    up = up if up @ upward >= 0 else -up
    ahead = np.stack([camera.rotation[:, 2] for camera in cameras.values()])
    middle = ahead.sum(axis=0) if np.linalg.norm(ahead.mean(axis=0)) > 0.3 else ahead[0]
    forward = middle - (middle @ up) * up
    if np.linalg.norm(forward) < 1e-6:
        forward = np.cross(up, across[0])
    forward = forward / np.linalg.norm(forward)
    world = np.stack([np.cross(up, forward), up, forward])
    return {number: replace(camera, rotation=world @ camera.rotation) for number, camera in cameras.items()}


def _relative(pair: Pair, lenses: dict[int, Lens]) -> Doubles:
    """Rotation from the second photo's axes to the first's, by the closest fit of directions (Kabsch 1976), trimmed."""
    ours = _unit(lenses[pair.one].rays(pair.ours[pair.fitted]))
    theirs = _unit(lenses[pair.other].rays(pair.theirs[pair.fitted]))
    kept = np.ones(len(ours), bool)
    turn = np.eye(3)
    for _round in range(4):
        left, _values, right = np.linalg.svd(ours[kept].T @ theirs[kept])
        turn = left @ np.diag([1, 1, np.linalg.det(left @ right)]) @ right
        away = np.linalg.norm(ours - theirs @ turn.T, axis=1)
        kept = away <= max(2.5 * float(np.median(away)), 1e-6)
    return turn


def _settled(
    cameras: dict[int, Camera], pairs: Sequence[Pair], root: int, *, bend: bool, rounds: int
) -> dict[int, Camera]:
    """The same cameras after least squares over all matches between them."""
    from scipy.optimize import least_squares

    known = [pair for pair in pairs if pair.one in cameras and pair.other in cameras]
    numbers = [number for number in cameras if number != root]
    sizes = sorted({_size(camera.lens) for camera in cameras.values()})
    first = {size: [one.lens.focal for one in cameras.values() if _size(one.lens) == size] for size in sizes}
    begin = np.concatenate([np.zeros(3 * len(numbers)), np.zeros(len(sizes)), [next(iter(cameras.values())).lens.bend]])
    scale = HUBER * max(max(size) for size in sizes) / 1000

    def moved(state: Doubles) -> dict[int, Camera]:
        made = {}
        stretch = np.exp(np.clip(state[3 * len(numbers) : -1], -1, 1))
        for number, camera in cameras.items():
            size = _size(camera.lens)
            focal = float(np.median(first[size]) * stretch[sizes.index(size)])
            lens = replace(camera.lens, focal=focal, bend=float(state[-1]) if bend else camera.lens.bend)
            at = 3 * numbers.index(number) if number != root else None
            turn = np.eye(3) if at is None else _turn(state[at : at + 3])
            made[number] = replace(camera, lens=lens, rotation=camera.rotation @ turn)
        return made

    def error(state: Doubles) -> Doubles:
        now = moved(state)
        apart = [np.clip(residuals(now, pair, pair.fitted), -FAR, FAR).ravel() for pair in known]
        return np.concatenate([*apart, PRIOR * scale * state[3 * len(numbers) :]])

    reach = np.full(len(begin), np.inf)
    reach[3 * len(numbers) : -1], reach[-1] = 0.5, 0.2
    pattern = _pattern(known, numbers, len(begin), root)
    found = least_squares(
        error, begin, jac_sparsity=pattern, loss="huber", f_scale=scale, max_nfev=rounds, bounds=(-reach, reach)
    )
    return moved(found.x)


def _pattern(pairs: Sequence[Pair], numbers: list[int], width: int, root: int) -> object:
    from scipy.sparse import lil_matrix

    counts = [2 * int(pair.fitted.sum()) for pair in pairs]
    shared = width - 3 * len(numbers)
    pattern = lil_matrix((sum(counts) + shared, width), dtype=np.int8)
    pattern[sum(counts) :, 3 * len(numbers) :] = np.eye(shared)
    row = 0
    for pair, count in zip(pairs, counts, strict=True):
        for number in (pair.one, pair.other):
            if number != root:
                at = 3 * numbers.index(number)
                pattern[row : row + count, at : at + 3] = 1
        pattern[row : row + count, 3 * len(numbers) :] = 1
        row += count
    return pattern


def _turn(vector: Doubles) -> Doubles:
    """Rotation by a vector: its length the angle, its direction the axis (Rodrigues)."""
    angle = float(np.linalg.norm(vector))
    if angle < 1e-12:
        return np.eye(3)
    x, y, z = vector / angle
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    made: Doubles = np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
    return made


def _unit(rays: Doubles) -> Doubles:
    made: Doubles = rays / np.linalg.norm(rays, axis=1, keepdims=True)
    return made


def _size(lens: Lens) -> tuple[int, int]:
    return min(lens.width, lens.height), max(lens.width, lens.height)
