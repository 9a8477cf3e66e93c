"""Which photos show the same, and where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import combinations

import cv2
import numpy as np
import numpy.typing as npt

from haihe.venues.domain.stitching.photos import Photo

Doubles = npt.NDArray[np.float64]

RATIO = 0.86  # of root-SIFT distances, best to second best (Lowe 2004: 0.8 of plain distances)
MOST = 160  # matches kept of a pair
TOLERANCE = 2.5  # pixels of a photo of 1,000 columns
ENOUGH = 9


@dataclass(frozen=True)
class Pair:
    """Matches of two photos that one homography explains: ours (n, 2) in photo `one`, theirs (n, 2) in `other`.

    `fitted` marks those that the adjustment sees; the others judge it.
    """

    one: int
    other: int
    ours: Doubles
    theirs: Doubles
    homography: Doubles
    fitted: npt.NDArray[np.bool_]


Tie = tuple[Doubles, Doubles]  # pixels (n, 2) of two photos that look alike, some of them by chance


def match_all(photos: Sequence[Photo], jobs: int) -> tuple[list[Pair], dict[tuple[int, int], Tie]]:
    """Every pair that overlaps, best first; and all features that look alike, by the numbers of the two photos."""
    numbers = list(combinations(range(len(photos)), 2))
    with ThreadPoolExecutor(jobs) as pool:
        found = list(pool.map(lambda two: alike(photos[two[0]], photos[two[1]]), numbers))
        ties = {two: tie for two, tie in zip(numbers, found, strict=True) if len(tie[0]) >= 4}
    pairs = [pair for two, tie in ties.items() if (pair := agreed(photos, two, tie)) is not None]
    return sorted(pairs, key=lambda pair: -len(pair.ours)), ties


def alike(ours: Photo, theirs: Photo) -> Tie:
    """Pixels whose features are each other's nearest."""
    if min(len(ours.points), len(theirs.points)) < 4:
        return np.zeros((0, 2)), np.zeros((0, 2))
    rows, columns = _mutual(ours.descriptors, theirs.descriptors)
    return ours.points[rows], theirs.points[columns]


def agreed(photos: Sequence[Photo], two: tuple[int, int], tie: Tie) -> Pair | None:
    """The pair if it overlaps. Brown & Lowe 2007: more than 8 + 0.3 n of n matches must agree on one homography."""
    (one, other), (source, target) = two, tie
    if len(source) < ENOUGH:
        return None
    tolerance = TOLERANCE * max(photos[other].width, photos[other].height) / 1000
    cv2.setRNGSeed(one * 4099 + other)
    homography, agreeing = cv2.findHomography(source, target, cv2.RANSAC, tolerance, maxIters=1000, confidence=0.995)
    if homography is None:
        return None
    agree = agreeing.ravel().astype(bool)
    if agree.sum() <= 8 + 0.22 * len(source) or not _sane(np.asarray(homography, float)):
        return None
    source, target = source[agree], target[agree]
    random = np.random.default_rng(one * 4099 + other)
    kept = np.sort(random.permutation(len(source))[:MOST])
    fitted = np.ones(len(kept), bool)
    fitted[::5] = False
    return Pair(one, other, source[kept], target[kept], np.asarray(homography, float), fitted)


def groups(count: int, pairs: Sequence[Pair]) -> list[list[int]]:
    """Photos that hang together, largest group first."""
    member = list(range(count))

    def root(number: int) -> int:
        while member[number] != number:
            number = member[number]
        return number

    for pair in pairs:
        member[root(pair.other)] = root(pair.one)
    together: dict[int, list[int]] = {}
    for number in range(count):
        together.setdefault(root(number), []).append(number)
    return sorted(together.values(), key=lambda one: (-len(one), one))


def spanning(root: int, members: Sequence[int], pairs: Sequence[Pair]) -> Iterator[tuple[Pair, int, int]]:
    """(pair, placed photo, new photo) in the order of the strongest ties, from `root` outwards."""
    reached, wanted = {root}, set(members)
    while reached != wanted:
        for pair in pairs:
            if (pair.one in reached) != (pair.other in reached) and {pair.one, pair.other} <= wanted:
                placed, new = (pair.one, pair.other) if pair.one in reached else (pair.other, pair.one)
                reached.add(new)
                yield pair, placed, new
                break
        else:
            return


def _mutual(ours: npt.NDArray[np.float32], theirs: npt.NDArray[np.float32]) -> tuple[Doubles, Doubles]:
    """Indices of features that are each other's nearest and clearly nearer than the next."""
    alike = ours @ theirs.T
    best = alike.argmax(axis=1)
    rows = np.arange(len(ours))
    nearest = alike[rows, best].copy()
    back = np.ascontiguousarray(alike.T).argmax(axis=1)  # along rows: half the time
    alike[rows, best] = -1
    second = alike.max(axis=1)
    near, next_near = np.sqrt(np.maximum(2 - 2 * nearest, 0)), np.sqrt(np.maximum(2 - 2 * second, 1e-9))
    good = (back[best] == rows) & (near < RATIO * next_near)
    return rows[good], best[good]


def _sane(homography: Doubles) -> bool:
    determinant = float(np.linalg.det(homography[:2, :2]))
    return 0.05 < determinant < 20
