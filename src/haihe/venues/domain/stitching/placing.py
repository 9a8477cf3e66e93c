"""Photos that no match places: a sky, a wall, water. Their neighbours in the row and the hole in the sphere tell.

A photographer's head turns in steps, photo after photo. Candidates are the step that other neighbours in the list make,
the way between the photos before and after, the zenith, the nadir and the middle of the largest hole; the one taken
agrees best with what its placed neighbours show at a small scale, and fills most of what nobody else shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import cv2
import numpy as np
import numpy.typing as npt

from haihe.venues.domain.stitching.adjusting import Camera
from haihe.venues.domain.stitching.lens import Lens
from haihe.venues.domain.stitching.photos import Photo
from haihe.venues.domain.tiling.geometry import directions

Doubles = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

SIDE = 48  # pixels of a cube face on which photos are compared
THUMBNAIL = 96
BLUR = 1.5


def place_plain(photos: Sequence[Photo], cameras: dict[int, Camera], plain: Sequence[int]) -> dict[int, Camera]:
    """Cameras of the photos `plain` as well, in a levelled world; the lens is their neighbours'."""
    world = np.concatenate([directions(face, SIDE).reshape(-1, 3) for face in "frblud"])
    small = {number: _small(photos[number]) for number in [*cameras, *plain]}
    seen = {number: _seen(photos[number], small[number], camera, world) for number, camera in cameras.items()}
    made = dict(cameras)
    for number in sorted(plain, key=lambda one: (_gap(one, made), one)):
        lens = _like(photos[number], made[min(made, key=lambda other: (abs(other - number), other))].lens)
        covered = np.any([one[..., 3] > 0 for one in seen.values()], axis=0)

        def cost(rotation: Doubles, number: int = number, lens: Lens = lens, covered: Flags = covered) -> float:
            view = _seen(photos[number], small[number], Camera(lens, rotation), world)
            return _cost(view, seen, covered)

        rotation = _refined(min(_candidates(number, made, world, covered), key=cost), cost)
        made[number] = Camera(lens, rotation, by="neighbours")
        seen[number] = _seen(photos[number], small[number], made[number], world)
    return made


def _refined(rotation: Doubles, cost: Callable[[Doubles], float]) -> Doubles:
    """The rotation turned about its own axes by ever smaller steps as long as that helps."""
    least = cost(rotation)
    for step in np.radians([8, 4, 2, 1]):
        for _round in range(3):
            turned = [rotation @ cv2.Rodrigues(sign * step * axis)[0] for axis in np.eye(3) for sign in (1, -1)]
            costs = [cost(one) for one in turned]
            best = int(np.argmin(costs))
            if costs[best] >= least:
                break
            rotation, least = turned[best], costs[best]
    return rotation


def _like(photo: Photo, lens: Lens) -> Lens:
    focal = lens.focal / max(lens.width, lens.height) * max(photo.width, photo.height)
    return Lens(photo.width, photo.height, focal, lens.bend)


def _small(photo: Photo) -> Floats:
    """The photo's colours as logarithms, about 96 pixels a side, slightly blurred."""
    share = min(1.0, THUMBNAIL / max(photo.small.shape))
    pixels = cv2.resize(photo.small, None, fx=share, fy=share, interpolation=cv2.INTER_AREA).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(np.log(pixels + 8), (0, 0), BLUR), np.float32)


def _gap(number: int, placed: dict[int, Camera]) -> int:
    return min(abs(number - other) for other in placed)


def _candidates(
    number: int, placed: dict[int, Camera], world: Doubles, covered: npt.NDArray[np.bool_]
) -> Iterator[Doubles]:
    before = [one for one in sorted(placed) if one < number][::-1]
    after = [one for one in sorted(placed) if one > number]
    if before and after:
        one, other = placed[before[0]].rotation, placed[after[0]].rotation
        share = (number - before[0]) / (after[0] - before[0])
        yield one @ _part(one.T @ other, share)
    for first, second in [side[:2] for side in (before, after) if len(side) > 1]:
        if abs(first - second) == 1:
            step = placed[first].rotation @ placed[second].rotation.T  # in the world: a turn of the head
            yield _part(step, abs(number - first)) @ placed[first].rotation
    pitches = sorted({round(float(np.arcsin(np.clip(one.rotation[1, 2], -1, 1))), 1) for one in placed.values()})
    for pitch in [np.pi / 2, -np.pi / 2, *pitches]:
        for yaw in np.arange(0, 360, 15):
            yield looking(np.radians(yaw), pitch)
    if not covered.all():
        hole = world[~covered].mean(axis=0)
        if np.linalg.norm(hole) > 1e-3:
            x, y, z = hole / np.linalg.norm(hole)
            yield looking(float(np.arctan2(x, z)), float(np.arcsin(np.clip(y, -1, 1))))


def looking(yaw: float, pitch: float, roll: float = 0.0) -> Doubles:
    """Rotation of a camera that looks `yaw` to the right and `pitch` up, turned clockwise by `roll`; radians."""
    a, b, c = yaw, pitch, roll
    turn = np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
    lift = np.array([[1, 0, 0], [0, np.cos(b), np.sin(b)], [0, -np.sin(b), np.cos(b)]])
    tilt = np.array([[np.cos(c), np.sin(c), 0], [-np.sin(c), np.cos(c), 0], [0, 0, 1]])
    made: Doubles = turn @ lift @ tilt
    return made


def _seen(photo: Photo, small: Floats, camera: Camera, world: Doubles) -> Floats:
    """What a photo shows in every direction of `world`, (n, 4): colour in logarithms, and 1 where it shows anything."""
    rays = world @ camera.rotation
    ahead = rays[:, 2] > 0.05
    rays[:, 2] = np.maximum(rays[:, 2], 0.05)
    points = camera.points(rays)
    inside = ahead & (points >= 0).all(axis=1) & (points <= (photo.width - 1, photo.height - 1)).all(axis=1)
    scale = small.shape[1] / photo.width
    where = ((points + 0.5) * scale - 0.5).astype(np.float32)
    made = np.zeros((len(world), 4), np.float32)
    read = cv2.remap(small, where[None, :, 0], where[None, :, 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    made[:, :3], made[:, 3] = read[0], inside
    made[~inside] = 0
    return made


def _cost(view: Floats, seen: dict[int, Floats], covered: Flags) -> float:
    """Disagreement with what others show there, less for every part of the sphere that only this one shows."""
    shows = view[:, 3] > 0
    total, weight = 0.0, 0
    for other in seen.values():
        both = shows & (other[:, 3] > 0)
        if both.sum() < 12:
            continue
        apart = view[both, :3] - other[both, :3]
        apart -= apart.mean(axis=0) * 0.7  # exposures differ, but not by all
        total += float(np.minimum(np.abs(apart), 0.7).sum()) / 3
        weight += int(both.sum())
    disagreement = total / weight if weight else 0.35
    fills = float((shows & ~covered).sum()) / max(float(shows.sum()), 1.0)
    return disagreement - 0.5 * fills


def _part(rotation: Doubles, share: float) -> Doubles:
    """`share` of a rotation about its own axis."""
    vector, _jacobian = cv2.Rodrigues(rotation)
    made, _jacobian = cv2.Rodrigues(vector * share)
    return np.asarray(made, float)
