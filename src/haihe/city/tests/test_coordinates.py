from math import cos, hypot, nan, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haihe.city.domain.coordinates import (
    NoSuchPoint,
    Point,
    System,
    bd09_to_gcj02,
    bd09_to_wgs84,
    convert,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)

# A little inside the rectangle: at its very edge the published algorithm has no unique inverse.
shifted = st.builds(Point, st.floats(72.03, 137.81), st.floats(0.86, 55.80))
elsewhere = st.one_of(
    st.builds(Point, st.floats(-180, 71.9), st.floats(-90, 90)),
    st.builds(Point, st.floats(138, 180), st.floats(-90, 90)),
    st.builds(Point, st.floats(-180, 180), st.floats(-90, 0.8)),
    st.builds(Point, st.floats(-180, 180), st.floats(55.9, 90)),
)


def metres(a, b):
    east = (a.longitude - b.longitude) * 111_320 * cos(radians(a.latitude))
    return hypot(east, (a.latitude - b.latitude) * 110_574)


@pytest.mark.parametrize(
    ("wgs", "gcj"),
    [
        # googollee/eviltransform, python/test.py: Shanghai, Shenzhen, Beijing. It computes on the ellipsoid of WGS-84,
        # which moves a point by at most a centimetre.
        ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
        ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
        ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
    ],
)
def test_gcj02_meets_the_points_of_eviltransform(wgs, gcj):
    assert metres(wgs84_to_gcj02(Point(*wgs)), Point(*gcj)) < 0.02


def test_meets_the_points_of_coordtransform():
    # wandergis/coordtransform, README.md
    point = Point(116.404, 39.915)
    assert metres(wgs84_to_gcj02(point), Point(116.41024449916938, 39.91640428150164)) < 1e-6
    assert metres(gcj02_to_bd09(point), Point(116.41036949371029, 39.92133699351022)) < 1e-6
    assert metres(wgs84_to_bd09(point), Point(116.41662724378733, 39.922699552216216)) < 1e-6
    # Its one-step inverses are good to metres only.
    assert metres(bd09_to_gcj02(point), Point(116.39762729119315, 39.90865673957631)) < 1
    assert metres(gcj02_to_wgs84(point), Point(116.39775550083061, 39.91359571849836)) < 5


def test_shift_in_tianjin_is_some_hundred_metres():
    point = Point(117.2010, 39.1333)
    assert 300 < metres(point, wgs84_to_gcj02(point)) < 900
    assert 300 < metres(point, wgs84_to_bd09(point)) < 2500


@given(shifted)
def test_gcj02_round_trip_is_exact(point):
    assert metres(gcj02_to_wgs84(wgs84_to_gcj02(point)), point) < 1e-6


@given(shifted)
def test_bd09_round_trips_are_exact(point):
    assert metres(bd09_to_gcj02(gcj02_to_bd09(point)), point) < 1e-6
    assert metres(bd09_to_wgs84(wgs84_to_bd09(point)), point) < 1e-6


@given(elsewhere)
def test_elsewhere_nothing_moves(point):
    for change in (wgs84_to_gcj02, gcj02_to_wgs84, wgs84_to_bd09, bd09_to_wgs84):
        assert change(point) == point


@given(shifted, st.sampled_from(System), st.sampled_from(System))
def test_convert_goes_there_and_back(point, one, other):
    there = convert(point, source=one, target=other)
    assert metres(convert(there, source=other, target=one), point) < 2e-6


@pytest.mark.parametrize("bad", [(181, 0), (0, 91), (-180.1, 0), (nan, 0), (0, float("inf"))])
def test_impossible_coordinates_are_refused(bad):
    with pytest.raises(NoSuchPoint):
        Point(*bad)
