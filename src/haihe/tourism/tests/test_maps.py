"""A bureau's map: approval numbers by their form, hostile GeoJSON refused with its reason, good ones tied and drawn."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from haihe.tourism.domain.maps import geojson
from haihe.tourism.domain.maps.approval import read_approval
from haihe.tourism.domain.maps.drawing import draw
from haihe.tourism.domain.maps.geojson import read_ground
from haihe.tourism.domain.maps.refusing import MapRefused
from haihe.tourism.tests.made import collection, feature, square

TODAY = date(2026, 11, 28)
CODES = {"D01": ("望潮区", "Wangchao"), "D02": ("柳岸区", "Liu'an"), "D03": ("河湾区", "Hewan")}


@pytest.mark.parametrize(
    ("written", "kept", "national"),
    [
        ("GS(2020)4619号", "GS(2020)4619号", True),
        ("审图号：ＧＳ（2024）0650号", "GS(2024)0650号", True),
        ("gs京（2022）1061号", "GS京(2022)1061号", True),
        ("津S (2024) 012 号", "津S(2024)012号", False),
        ("苏S[2021]024号", "苏S(2021)024号", False),
        ("粤AS〔2021〕003号", "粤AS(2021)003号", False),
    ],
)
def test_approval_numbers_are_read_as_people_write_them(written: str, kept: str, national: bool) -> None:
    found = read_approval(written, today=TODAY)
    assert (found.number, found.national) == (kept, national)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("GS20204619", "approval_malformed"),
        ("GS(2020)号", "approval_malformed"),
        ("GS(20)4619号", "approval_malformed"),
        ("海S(2024)012号", "approval_malformed"),
        ("GS(2024)12345678号", "approval_malformed"),
        ("GS(2024)12号<script>", "approval_malformed"),
        ("无", "approval_malformed"),
        ("GS(2031)0001号", "approval_year"),
        ("GS(1949)0001号", "approval_year"),
    ],
)
def test_what_is_no_approval_number_is_refused(written: str, reason: str) -> None:
    with pytest.raises(MapRefused) as refused:
        read_approval(written, today=TODAY)
    assert refused.value.reason == reason


FIGURE_OF_EIGHT = [[[117, 39], [117.2, 39.2], [117.2, 39], [117, 39.2], [117, 39]]]
DEEP: Any = [117.0, 39.0]
for _level in range(900):
    DEEP = [DEEP]


def system(name: str) -> dict[str, Any]:
    return {"crs": {"type": "name", "properties": {"name": name}}}


HOSTILE: dict[str, tuple[bytes, str]] = {
    "no json": (b'{"type": "FeatureCollection", ', "no_json"),
    "not utf-8": ("望潮".encode("gb18030"), "no_json"),
    "not a number": (collection(feature(square(117, 39))).replace(b"117.1", b"NaN"), "no_json"),
    "nested without end": (b"[" * 200_000, "no_json"),
    "a list": (b"[]", "no_geojson"),
    "topology": (b'{"type": "Topology", "objects": {}}', "no_geojson"),
    "features of text": (b'{"type": "FeatureCollection", "features": ["x"]}', "no_geojson"),
    "nothing in it": (collection(), "empty"),
    "lines only": (collection(feature({"type": "LineString", "coordinates": [[117, 39], [118, 39]]})), "empty"),
    "gcj-02": (collection(feature(square(117, 39)), **system("GCJ-02")), "system_shifted"),
    "bd-09 in a key of its own": (collection(feature(square(117, 39)), coordsys="bd09ll"), "system_shifted"),
    "beijing 54": (collection(feature(square(117, 39)), **system("urn:ogc:def:crs:EPSG::2436")), "system_unknown"),
    "metres": (collection(feature(square(13_024_000, 4_700_000, side=9_000))), "no_degrees"),
    "infinite": (collection(feature(square(117, 39))).replace(b"117.1", b"1e999"), "broken"),
    "swapped": (collection(feature(square(39, 117))), "swapped"),
    "swapped in the west": (collection(feature(square(39, 75))), "swapped"),
    "a position of text": (collection(feature({"type": "Point", "coordinates": ["117", "39"]})), "broken"),
    "a position of truth": (collection(feature({"type": "Point", "coordinates": [True, False]})), "broken"),
    "a ring of two": (collection(feature({"type": "Polygon", "coordinates": [[[117, 39], [118, 39]]]})), "broken"),
    "a ring too deep": (collection(feature({"type": "Polygon", "coordinates": DEEP})), "broken"),
    "no coordinates": (collection(feature({"type": "Polygon"})), "broken"),
    "a collection within": (collection(feature({"type": "GeometryCollection", "coordinates": [[1, 1]]})), "kind"),
    "figure of eight": (collection(feature({"type": "Polygon", "coordinates": FIGURE_OF_EIGHT})), "crossing"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_map_is_refused_with_its_reason(case: str) -> None:
    data, reason = HOSTILE[case]
    with pytest.raises(MapRefused) as refused:
        read_ground(data)
    assert refused.value.reason == reason


def test_a_map_too_large_in_bytes_features_or_points_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = collection(*(feature(square(117 + at / 10, 39)) for at in range(5)))
    bounds = {"POINTS": (24, "too_many_points"), "FEATURES": (4, "too_many_features"), "BYTES": (99, "too_large")}
    for name, (most, reason) in bounds.items():
        monkeypatch.setattr(geojson, f"MOST_{name}", most)
        with pytest.raises(MapRefused) as refused:
            read_ground(data)
        assert refused.value.reason == reason


def test_a_small_crossing_is_mended_and_said() -> None:
    """A spike of a few metres, as digitised borders have them."""
    ring = [[117, 39], [117.2, 39], [117.2, 39.2], [117.1001, 39.2], [117.1, 39.2001], [117.1001, 39.2001]]
    ring += [[117.1, 39.2], [117, 39.2], [117, 39]]
    ground = read_ground(collection(feature({"type": "Polygon", "coordinates": [ring]}, name="望潮区")))
    ((code, told),) = ground.notes
    assert (code, told["number"], told["name"]) == ("mended", 1, "望潮区")
    assert told["where"].startswith("117.1")
    assert ground.shapes[0].geometry.is_valid


def test_features_are_tied_by_the_property_that_fits_best_and_the_rest_is_told() -> None:
    data = collection(
        feature(square(117.0, 39), id="1", adcode="D02", name="甲"),
        feature(square(117.1, 39), id="2", adcode="D01", name="乙"),
        feature(square(117.2, 39), id="3", adcode="X9", name="望潮"),
        feature({"type": "LineString", "coordinates": [[117, 39], [117.3, 39.1]]}, name="海河"),
        feature({"type": "Point", "coordinates": [117.05, 39.05]}, adcode="D03"),
    )
    drawn = draw(read_ground(data), CODES)
    assert drawn.property == "adcode"
    assert [(one["kind"], one["key"]) for one in drawn.shapes] == [
        ("area", "D02"), ("area", "D01"), ("area", ""), ("line", ""), ("point", "D03"),
    ]  # fmt: skip
    assert (drawn.unknown, drawn.missing) == (["3"], [])
    first, second = drawn.shapes[:2]
    assert (first["path"][0], first["path"][-1]) == ("M", "Z")
    assert first["label"][0] < second["label"][0]  # east is to the right
    assert all(0 <= one["label"][0] <= drawn.width and 0 <= one["label"][1] <= drawn.height for one in (first, second))


def test_names_meet_with_and_without_their_kind() -> None:
    named = [feature(square(117 + at, 39), name=name) for at, name in enumerate(("望潮", "Hewan District"))]
    assert [one["key"] for one in draw(read_ground(collection(*named)), CODES).shapes] == ["D01", "D03"]
    other = read_ground(collection(feature(square(117, 39), name="朝阳区")))
    with pytest.raises(MapRefused) as refused:
        draw(other, CODES)
    assert (refused.value.reason, refused.value.told["seen"]) == ("nothing_known", "朝阳区")


def test_no_part_of_a_map_is_lost_to_drawing_and_neighbours_keep_their_edge() -> None:
    """Islands far smaller than a pixel: a map that was approved shows them."""
    land = square(97, 18, side=30)["coordinates"]
    islets = [square(110 + at / 50, 5, side=0.0004)["coordinates"] for at in range(30)]
    whole = collection(
        feature({"type": "MultiPolygon", "coordinates": [land, *islets]}, name="望潮区"),
        feature(square(127, 18, side=8), name="柳岸区"),
    )
    ground = read_ground(whole)
    drawn = draw(ground, CODES)
    assert drawn.shapes[0]["path"].count("M") == 31
    assert ground.national
    assert ground.notes == (("islands", {"south": 5.0}),)


def test_a_map_is_one_of_the_country_by_its_extent() -> None:
    assert not read_ground(collection(feature(square(116.7, 38.5, side=1.5)))).national  # a city
    assert not read_ground(collection(feature(square(113, 36, side=7)))).national  # a province
    assert read_ground(collection(feature(square(97, 18, side=36)))).national  # even without its west
    world = {"type": "Polygon", "coordinates": [[[-180, -85], [180, -85], [180, 85], [-180, 85], [-180, -85]]]}
    assert read_ground(collection(feature(world))).national
    assert json.loads(collection())["features"] == []
