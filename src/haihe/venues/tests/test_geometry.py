"""The conventions as they are written, and the maps beside them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haihe.venues.domain.tiling import geometry
from haihe.venues.domain.tiling.geometry import FACES, SIDES, Sphere, directions, face_size_for, to_panorama


def edge(face: str, side: str) -> np.ndarray:
    """Directions of the outermost pixels of one side of a face, in reading order."""
    seen = directions(face, 256)
    return {"top": seen[0], "bottom": seen[-1], "left": seen[:, 0], "right": seen[:, -1]}[side]


@pytest.mark.parametrize(
    ("face", "direction"),
    [("f", (0, 0, 1)), ("r", (1, 0, 0)), ("b", (0, 0, -1)), ("l", (-1, 0, 0)), ("u", (0, 1, 0)), ("d", (0, -1, 0))],
)
def test_middle_of_a_face_looks_along_its_axis(face: str, direction: tuple[int, int, int]) -> None:
    assert directions(face, 256)[127:129, 127:129].mean(axis=(0, 1)) == pytest.approx(direction, abs=1e-4)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("f", "right"), ("r", "left")),
        (("r", "right"), ("b", "left")),
        (("b", "right"), ("l", "left")),
        (("l", "right"), ("f", "left")),
        (("u", "bottom"), ("f", "top")),
        (("d", "top"), ("f", "bottom")),
    ],
)
def test_edges_that_meet_look_the_same_way(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert edge(*one) == pytest.approx(edge(*other), abs=2 / 256)


def test_panorama_middle_is_front_and_east_is_right() -> None:
    columns, rows = to_panorama(np.array([[0, 0, 1.0], [1.0, 0, 0], [0, 1.0, 1e-9], [0, 0, -1.0]]), 400, 200)
    assert columns == pytest.approx([199.5, 299.5, 199.5, 399.5])
    assert rows == pytest.approx([99.5, 99.5, -0.5, 99.5])


@pytest.mark.parametrize(
    ("width", "face"),
    [(64, 512), (2048, 512), (4000, 1024), (6000, 2048), (8192, 2048), (16384, 4096), (32768, 8192), (10**6, 8192)],
)
def test_face_size_is_the_power_nearest_to_the_panoramas_own_resolution(width: int, face: int) -> None:
    assert face_size_for(width) == face


@settings(max_examples=15, deadline=None)
@given(width=st.integers(64, 32768), size=st.sampled_from([512, 1024]), face=st.sampled_from(SIDES))
def test_side_maps_are_the_definition_within_a_hundredth_pixel(width: int, size: int, face: str) -> None:
    shape, half = Sphere(width, width // 2, size), size // 2
    begin, end, left, right = size // 4, size // 4 + 16, half // 2, half
    columns, rows = geometry.side_half(shape, (begin, end), (left, right))
    exact_columns, exact_rows = to_panorama(directions(face, size)[begin:end, half + left :], width, width // 2)
    middle = width / 2 - 0.5 + {"f": 0, "r": 1, "b": 2, "l": -1}[face] * width / 4
    away = (columns + middle - exact_columns + width / 2) % width - width / 2
    assert np.abs(away).max() < 0.01
    assert np.abs(rows - exact_rows).max() < 0.01
    first, last = geometry.side_rows(shape, (begin, end), (left, right))
    pixel = 2 * shape.rows_per_radian / size  # of a face; the part is taken with its edges
    assert exact_rows.min() - 6 - pixel <= first <= exact_rows.min() - 2
    assert exact_rows.max() + 3 <= last <= exact_rows.max() + 7 + pixel


def test_pole_quadrant_is_the_definition() -> None:
    shape = Sphere(4096, 2048, 1024)
    columns, depth = geometry.pole_quadrant(shape, (0, 512), (0, 512))
    exact_columns, exact_rows = to_panorama(directions("u", 1024)[512:, 512:], 4096, 2048)
    assert np.abs(columns + 4096 / 2 - 0.5 - exact_columns).max() < 0.01
    assert np.abs(depth - 0.5 - exact_rows).max() < 0.01
    assert geometry.pole_rows(shape, 512, 512) >= exact_rows.max() + 3
    assert (
        exact_rows[256:, 128:].min() - 5 <= geometry.pole_rows_left(shape, 256, 128) <= exact_rows[256:, 128:].min() - 3
    )


def test_every_direction_is_seen_by_one_face() -> None:
    together = np.concatenate([directions(face, 64).reshape(-1, 3) for face in FACES])
    assert np.abs(together.mean(axis=0)).max() < 1e-12
