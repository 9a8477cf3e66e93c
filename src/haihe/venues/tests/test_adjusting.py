"""Matches of cameras that are known, and the cameras that the fit finds from them."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from haihe.venues.domain.stitching.adjusting import adjust
from haihe.venues.domain.stitching.lens import Lens
from haihe.venues.domain.stitching.matching import Pair
from haihe.venues.domain.stitching.photos import Photo
from haihe.venues.domain.stitching.placing import looking

WIDTH, HEIGHT, FOCAL = 900, 600, 700.0
YAWS = (0.0, 0.45, 0.9, 1.35)


def photo(focal: float) -> Photo:
    nothing = np.zeros((0, 2)), np.zeros((0, 128), np.float32), np.zeros((1, 1, 3), np.uint8)
    return Photo(Path("a.jpg"), WIDTH, HEIGHT, focal, *nothing)


def matches(one: int, other: int, *, noise: float, bend: float = 0.0, outliers: int = 0) -> Pair:
    """Of photos `one` and `other`, which look to their YAWS through one lens; outliers are anywhere."""
    random = np.random.default_rng(one)
    lens = Lens(WIDTH, HEIGHT, FOCAL, bend)
    ours = random.uniform((0, 0), (WIDTH, HEIGHT), (400, 2))
    rays = lens.rays(ours) @ looking(YAWS[one], 0.0).T @ looking(YAWS[other], 0.02)
    theirs = lens.points(np.where(rays[:, 2:] > 0.05, rays, 1.0))
    seen = (rays[:, 2] > 0.05) & (theirs > 0).all(axis=1) & (theirs < (WIDTH, HEIGHT)).all(axis=1)
    ours, theirs = ours[seen][:120], theirs[seen][:120] + random.normal(0, noise, (int(seen.sum()), 2))[:120]
    theirs[:outliers] = random.uniform((0, 0), (WIDTH, HEIGHT), (outliers, 2))
    return Pair(one, other, ours, theirs, np.eye(3), np.ones(len(ours), bool))


@pytest.mark.parametrize(("told", "bend"), [(FOCAL, 0.0), (FOCAL * 1.06, 0.0), (FOCAL * 0.95, 0.03)])
def test_lens_told_a_little_wrong_is_found_from_matches(told: float, bend: float) -> None:
    pairs = [matches(*two, noise=0.3, bend=bend, outliers=6) for two in pairwise(range(4))]
    cameras = adjust([photo(told)] * 4, range(4), pairs)
    assert cameras[0].lens.focal == pytest.approx(FOCAL, rel=0.01)
    assert cameras[0].lens.bend == pytest.approx(bend, abs=0.01)
    for one, other in pairwise(range(4)):
        turn = cameras[one].rotation.T @ cameras[other].rotation
        truth = looking(YAWS[one], 0.0).T @ looking(YAWS[other], 0.02)
        assert np.degrees(np.arccos((np.trace(truth.T @ turn) - 1) / 2)) < 0.2


def test_who_walked_between_photos_learns_nothing_of_the_lens() -> None:
    pairs = [matches(*two, noise=40.0) for two in pairwise(range(4))]
    cameras = adjust([photo(FOCAL)] * 4, range(4), pairs)
    assert cameras[0].lens.focal == pytest.approx(FOCAL, rel=0.03)
    assert abs(cameras[0].lens.bend) < 0.03
