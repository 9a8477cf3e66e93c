"""Where every photo looks: rotations and lens that bring all matches together, then the whole turned level."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
STRETCH, BEND = 0.5, 0.2  # the most that a focal length's logarithm moves, and that lenses bend
STEP = 1e-6  # of a numeric derivative
SETTLED = 1e-7  # of the cost: an improvement below ends the fit


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
    told = _focals(lenses.values())
    cameras = {root: Camera(lenses[root], np.eye(3))}
    for pair, placed, new in spanning(root, members, inside):
        turn = _relative(pair, lenses) if pair.one == placed else _relative(pair, lenses).T
        cameras[new] = Camera(lenses[new], cameras[placed].rotation @ turn)
        if len(cameras) in (4, 12, 36, 108):  # before errors add up along the chain
            cameras = _settled(cameras, inside, root, told, rounds=8)
    cameras = _settled(cameras, inside, root, told, rounds=20)
    return _settled(cameras, inside, root, told, bend=len(members) > 2, rounds=40)


def readjust(cameras: dict[int, Camera], pairs: Sequence[Pair]) -> dict[int, Camera]:
    """Cameras that are placed already, after one more adjustment over all their matches."""
    tied = {number for pair in pairs for number in (pair.one, pair.other)}
    root = next(number for number in cameras if number in tied)
    told = _focals(camera.lens for camera in cameras.values())
    return _settled(cameras, pairs, root, told, bend=len(cameras) > 2, rounds=30)


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


@dataclass(frozen=True)
class _Fit:
    """What least squares moves: rotations of `numbers`, and what lenses share.

    told     focal length of each size of photo before the fit
    shared   logarithm of what each is stretched by, then the bend of all lenses
    """

    cameras: dict[int, Camera]
    numbers: list[int]
    told: dict[tuple[int, int], float]
    shared: Doubles
    bend: bool
    prior: float = PRIOR

    @property
    def width(self) -> int:
        return 3 * len(self.numbers) + len(self.shared)

    def moved(self, step: Doubles) -> _Fit:
        """After a step (width,): three numbers that turn each camera about its own axes, then what is shared."""
        reach = np.array([STRETCH] * len(self.told) + [BEND])
        shared = np.clip(self.shared + step[3 * len(self.numbers) :], -reach, reach)
        turns = dict(zip(self.numbers, step[: 3 * len(self.numbers)].reshape(-1, 3), strict=True))
        made = {}
        for number, camera in self.cameras.items():
            turn = _turn(turns[number]) if number in turns else np.eye(3)
            made[number] = replace(camera, lens=self.lens(camera.lens, shared), rotation=camera.rotation @ turn)
        return replace(self, cameras=made, shared=shared)

    def lens(self, lens: Lens, shared: Doubles) -> Lens:
        size = _size(lens)
        focal = self.told[size] * float(np.exp(shared[list(self.told).index(size)]))
        return replace(lens, focal=focal, bend=float(shared[-1]) if self.bend else lens.bend)


def _settled(
    cameras: dict[int, Camera],
    pairs: Sequence[Pair],
    root: int,
    told: dict[tuple[int, int], float],
    *,
    bend: bool = False,
    rounds: int,
) -> dict[int, Camera]:
    """The same cameras after least squares over all matches between them.

    Source: Marquardt 1963, "An algorithm for least-squares estimation of nonlinear parameters"; matches that miss by
    more than HUBER, or than half of them do, weigh less (Huber 1964).
    """
    known = [pair for pair in pairs if pair.one in cameras and pair.other in cameras]
    now = _focals(camera.lens for camera in cameras.values())
    stretched = [float(np.log(now[size] / told[size])) if size in now else 0.0 for size in told]
    shared = np.array([*stretched, next(iter(cameras.values())).lens.bend])
    fit = _Fit(cameras, [number for number in cameras if number != root], told, shared, bend)
    fit = fit.moved(np.zeros(fit.width))
    away = np.concatenate([residuals(fit.cameras, pair, pair.fitted) for pair in known])
    least = HUBER * max(max(size) for size in told) / 1000
    scale = max(least, float(np.median(np.abs(away))))
    fit = replace(fit, prior=PRIOR * scale / least)  # who walked between photos learns nothing of the lens
    cost, damping = _cost(fit, known, scale), 1e-3
    for _round in range(rounds):
        left, right = _normal(fit, known, scale)
        while damping < 1e6:
            tried = fit.moved(
                np.asarray(np.linalg.solve(left + damping * np.diag(np.diag(left) + 1e-9), -right), float)
            )
            better = _cost(tried, known, scale)
            if better < cost:
                break
            damping *= 8
        else:
            break
        settled = cost - better < SETTLED * cost
        fit, cost, damping = tried, better, max(damping / 8, 1e-9)
        if settled:
            break
    return fit.cameras


def _cost(fit: _Fit, pairs: Sequence[Pair], scale: float) -> float:
    away = [np.clip(residuals(fit.cameras, pair, pair.fitted), -FAR, FAR).ravel() for pair in pairs]
    beyond = np.abs(np.concatenate(away)) / scale
    return float(np.where(beyond <= 1, beyond**2, 2 * beyond - 1).sum() + ((fit.prior * fit.shared) ** 2).sum())


def _normal(fit: _Fit, pairs: Sequence[Pair], scale: float) -> tuple[Doubles, Doubles]:
    """The normal equations (width, width) and (width,): each match adds to the few columns that it depends on."""
    left, right = np.zeros((fit.width, fit.width)), np.zeros(fit.width)
    first = 3 * len(fit.numbers)
    left[first:, first:] = fit.prior**2 * np.eye(len(fit.shared))
    right[first:] = fit.prior**2 * fit.shared
    place = {number: 3 * at for at, number in enumerate(fit.numbers)}
    for pair in pairs:
        apart, turning, sharing = _changes(fit, pair)
        at, columns = list(range(first, fit.width)), [sharing]
        for number, change in zip((pair.one, pair.other), turning, strict=True):
            if number in place:
                at += range(place[number], place[number] + 3)
                columns.append(change)
        change = np.concatenate(columns, axis=1)
        weight = 1 / (scale * np.maximum(np.abs(apart), scale))
        left[np.ix_(at, at)] += change.T @ (weight[:, None] * change)
        right[at] += change.T @ (weight * apart)
    return left, right


def _changes(fit: _Fit, pair: Pair) -> tuple[Doubles, list[Doubles], Doubles]:
    """The matches' residuals (2 n,), and how they change as either camera turns, (2 n, 3) each, and with what is
    shared, (2 n, sizes + 1).
    """
    one, other = fit.cameras[pair.one], fit.cameras[pair.other]
    rays = one.lens.rays(pair.ours[pair.fitted])
    turn = other.rotation.T @ one.rotation
    met = rays @ turn.T
    ours = [np.cross(axis, rays) @ turn.T for axis in np.eye(3)]
    theirs = [np.cross(met, axis) for axis in np.eye(3)]
    seen = np.stack([met, *(met + STEP * change for change in ours + theirs)])
    seen[..., 2] = np.maximum(seen[..., 2], 1e-3)
    points = other.lens.points(seen)
    apart = points[0] - pair.theirs[pair.fitted]
    near = (np.abs(apart) < FAR).ravel()[:, None]
    turned = ((points[1:] - points[0]) / STEP).reshape(6, -1).T * near
    shared = []
    for unit in np.eye(len(fit.shared)):
        lenses = [fit.lens(camera.lens, fit.shared + STEP * unit) for camera in (one, other)]
        rays = lenses[0].rays(pair.ours[pair.fitted]) @ turn.T
        rays[..., 2] = np.maximum(rays[..., 2], 1e-3)
        shared.append(((lenses[1].points(rays) - points[0]) / STEP).ravel())
    return np.clip(apart, -FAR, FAR).ravel(), [turned[:, :3], turned[:, 3:]], np.stack(shared, axis=1) * near


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


def _focals(lenses: Iterable[Lens]) -> dict[tuple[int, int], float]:
    """The median focal length of each size of photo."""
    told: dict[tuple[int, int], list[float]] = {}
    for lens in lenses:
        told.setdefault(_size(lens), []).append(lens.focal)
    return {size: float(np.median(focals)) for size, focals in told.items()}


def _size(lens: Lens) -> tuple[int, int]:
    return min(lens.width, lens.height), max(lens.width, lens.height)
