"""Photos taken from different places: what two of them show is brought together by bending each a little.

A turn of the head cannot do it: near things move against far ones. The grids of all photos are found together, by
least squares over their matches; they stay smooth, and lie still where nothing matches. Source: Liu et al. 2009,
"Content-preserving warps for 3D video stabilization"; for a grid in place of one homography, Zaragoza et al. 2013,
"As-projective-as-possible image stitching with moving DLT".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from haihe.venues.domain.stitching.adjusting import Camera
from haihe.venues.domain.stitching.lens import Lens
from haihe.venues.domain.stitching.matching import Pair
from haihe.venues.domain.stitching.warp import Warp

if TYPE_CHECKING:
    from scipy.sparse import spmatrix

Doubles = npt.NDArray[np.float64]

CELLS = 24  # along the longer side of a photo
SMOOTH = 0.05  # pixels of a match that a pixel of a second difference weighs as much as
CALM = 0.03  # the same, of a first difference: a shift goes on beyond the last match, and fades
STILL = 0.001  # the same, of a displacement
ROUNDS = 4
FOLDING = 0.5  # of a cell: bent more steeply, a picture is smeared


def bent(cameras: dict[int, Camera], pairs: Sequence[Pair]) -> dict[int, Camera]:
    """The same cameras, their photos bent so that matches meet; more stiffly where they would fold otherwise."""
    known = [pair for pair in pairs if pair.one in cameras and pair.other in cameras]
    smooth = SMOOTH
    while True:
        made = _fitted(cameras, known, smooth)
        if smooth > 1e3 or all(one.warp is None or one.warp.steepest < FOLDING for one in made.values()):
            return made
        smooth *= 2


def _fitted(cameras: dict[int, Camera], pairs: Sequence[Pair], smooth: float) -> dict[int, Camera]:
    """Gauss-Newton over the corners of all grids; matches far off for their pair weigh less (Huber 1964)."""
    from scipy.sparse import block_diag, diags, vstack
    from scipy.sparse.linalg import spsolve

    numbers = sorted({number for pair in pairs for number in (pair.one, pair.other)})
    warps = {number: _straight(cameras[number].lens) for number in numbers}
    begins = np.concatenate([[0], np.cumsum([warp.moved.size for warp in warps.values()])])
    columns = dict(zip(numbers, begins, strict=False))
    calm = block_diag([_calm(warp, smooth) for warp in warps.values()], format="csr")
    for _round in range(ROUNDS):
        seen = [_met(pair, cameras, warps, columns) for pair in pairs]
        weight = diags(np.concatenate([np.repeat(_trust(apart), 2) for apart, _change in seen]))
        state = np.concatenate([warp.moved.ravel() for warp in warps.values()])
        left = vstack([weight @ vstack([change for _apart, change in seen]), calm]).tocsc()
        right = np.concatenate(
            [-(weight @ np.concatenate([apart.ravel() for apart, _change in seen])), -(calm @ state)]
        )
        state = state + spsolve(left.T @ left, left.T @ right)
        for number, part in zip(numbers, np.split(state, begins[1:-1]), strict=True):
            warps[number] = replace(warps[number], moved=part.reshape(warps[number].moved.shape))
    return cameras | {number: replace(cameras[number], warp=warp) for number, warp in warps.items()}


def _straight(lens: Lens) -> Warp:
    longer = max(lens.width, lens.height)
    rows, columns = (max(2, round(CELLS * side / longer)) for side in (lens.height, lens.width))
    return Warp(lens.width, lens.height, np.zeros((rows + 1, columns + 1, 2)))


def _trust(apart: Doubles) -> Doubles:
    away = np.linalg.norm(apart, axis=1)
    limit = max(3 * float(np.median(away)), 1.0)
    made: Doubles = np.sqrt(limit / np.maximum(away, limit))
    return made


def _met(
    pair: Pair, cameras: dict[int, Camera], warps: dict[int, Warp], columns: dict[int, int]
) -> tuple[Doubles, spmatrix]:
    """How far the matches of a pair are apart, (n, 2), as the second lens shows them, and how that changes as corners
    move, (2 n, all corners of all grids).
    """
    from scipy.sparse import coo_matrix

    one, other = cameras[pair.one], cameras[pair.other]
    ours, theirs = pair.ours[pair.fitted], pair.theirs[pair.fitted]

    def shown(points: Doubles) -> Doubles:
        return other.lens.points(one.lens.rays(points) @ one.rotation.T @ other.rotation)

    begin = warps[pair.one].back(ours)
    met = shown(begin)
    turned = np.stack([shown(begin + step) - met for step in np.eye(2)], axis=-1)  # (n, 2 of theirs, 2 of ours)
    kept = np.broadcast_to(-np.eye(2), turned.shape)
    rows, places, values = [], [], []
    for number, points, change in ((pair.one, ours, turned), (pair.other, theirs, kept)):
        for corner, share in _corners(warps[number], points):
            for to, axis in ((0, 0), (0, 1), (1, 0), (1, 1)):
                rows.append(2 * np.arange(len(points)) + to)
                places.append(columns[number] + 2 * corner + axis)
                values.append(change[:, to, axis] * share)
    where = (np.concatenate(rows), np.concatenate(places))
    width = sum(warp.moved.size for warp in warps.values())
    return met - warps[pair.other].back(theirs), coo_matrix((np.concatenate(values), where), (2 * len(ours), width))


def _corners(warp: Warp, points: Doubles) -> Iterator[tuple[npt.NDArray[np.int64], Doubles]]:
    """The four corners around each point, by their number in the grid, and its share of each."""
    count = warp.moved.shape[1]
    last = np.array(warp.moved.shape[:2])[:, None] - 1
    where = np.clip(warp.cells(points), 0, last)
    first = np.minimum(np.floor(where).astype(np.int64), last - 1)
    part = where - first
    for down in (0, 1):
        for right in (0, 1):
            share = np.abs(1 - down - part[0]) * np.abs(1 - right - part[1])
            yield (first[0] + down) * count + first[1] + right, share


def _calm(warp: Warp, smooth: float) -> spmatrix:
    """What holds a grid: second differences, first differences, displacements, each at its weight."""
    from scipy.sparse import identity, kron, vstack

    down, across = warp.moved.shape[:2]
    one = [(kron(_difference(down, n), identity(across)), kron(identity(down), _difference(across, n))) for n in (1, 2)]
    crossed = kron(_difference(down, 1), _difference(across, 1))
    parts = [CALM * part for part in one[0]] + [smooth * part for part in (*one[1], crossed)]
    return kron(vstack([*parts, STILL * identity(down * across)]), identity(2))


def _difference(count: int, order: int) -> spmatrix:
    from scipy.sparse import diags

    values = {1: [-1.0, 1.0], 2: [1.0, -2.0, 1.0]}[order]
    return diags(values, range(order + 1), shape=(count - order, count))
