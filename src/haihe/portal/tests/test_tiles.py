"""Base maps: drawn ones are read back with the field's own readers; what is none is refused with its reason."""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import pytest
from pmtiles.reader import MemorySource, Reader

from haihe.portal.demo import basemap
from haihe.portal.domain.tiles import NoBaseMap, NothingToDraw, draw, inspect


def line(*points: tuple[float, float], **said: Any) -> dict[str, Any]:
    geometry = {"type": "LineString", "coordinates": points}
    return {"type": "Feature", "geometry": geometry, "properties": {"layer": "roads", **said}}


def tile(file: Path, zoom: int, column: int, row: int) -> dict[str, Any]:
    data = Reader(MemorySource(file.read_bytes())).get(zoom, column, row)
    return mapbox_vector_tile.decode(gzip.decompress(data)) if data else {}


def test_a_drawn_line_stands_where_it_was_given(tmp_path: Path) -> None:
    drawn = draw([line((0, 0), (90, 0), kind="highway", name="赤道")], tmp_path / "m.pmtiles", zooms=(1, 1))
    assert (drawn.kind, drawn.zooms) == ("vector", (1, 1))
    # the tile south-east of the middle of the world: the equator is its upper edge, 90° east its half
    found = tile(tmp_path / "m.pmtiles", 1, 1, 1)["roads"]["features"]
    assert [one["properties"] for one in found] == [{"kind": "highway", "name": "赤道"}]
    assert found[0]["geometry"] == {"type": "LineString", "coordinates": [[0, 4096], [2048, 4096]]}


def test_what_is_for_larger_zooms_is_not_in_smaller_ones(tmp_path: Path) -> None:
    near, far = line((10, 10), (20, 20), kind="path", min_zoom=2), line((10, 10), (20, 20), kind="highway")
    draw([near, far], tmp_path / "m.pmtiles", zooms=(1, 2))
    kinds = {zoom: [one["properties"]["kind"] for one in tile(tmp_path / "m.pmtiles", zoom, *at)["roads"]["features"]]
             for zoom, at in {1: (1, 0), 2: (2, 1)}.items()}  # fmt: skip
    assert kinds == {1: ["highway"], 2: ["path", "highway"]}


def test_what_cannot_be_drawn_is_left_out_and_does_not_stop_the_rest(tmp_path: Path) -> None:
    broken: list[Any] = [
        {"type": "Feature", "geometry": None, "properties": {"layer": "roads"}},
        {"type": "Feature", "geometry": {"type": "Blob", "coordinates": [1]}, "properties": {"layer": "roads"}},
        {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [[[0, 0]]]}, "properties": {"layer": "x"}},
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 89.9]}, "properties": {"layer": "x"}},
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 1]}, "properties": None},
    ]
    draw([*broken, line((0, 1), (9, 1))], tmp_path / "m.pmtiles", zooms=(0, 0))
    assert list(tile(tmp_path / "m.pmtiles", 0, 0, 0)) == ["roads"]
    with pytest.raises(NothingToDraw):
        draw(broken, tmp_path / "n.pmtiles")


def test_the_demonstration_citys_river_and_quarters_are_in_its_tiles(tmp_path: Path) -> None:
    file = tmp_path / "city.pmtiles"
    drawn = draw(basemap.features(), file, zooms=(9, 10))
    assert inspect(io.BytesIO(file.read_bytes())) == drawn
    layers = tile(file, 9, 422, 195)
    assert set(layers) == {"earth", "landuse", "water", "roads", "places"}
    names = {one["properties"].get("name") for one in layers["water"]["features"]}
    assert "海河" in names
    assert {one["properties"]["name:en"] for one in layers["places"]["features"]} >= {"Old Wharf", "Wangchao"}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda data: b"", "begin"),
        (lambda data: b"<svg>" + data, "begin"),
        (lambda data: data[:7] + b"\x02" + data[8:], "begin"),
        (lambda data: data[:-1], "cut off"),
        (lambda data: data[:8] + b"\xff" * 8 + data[16:], "cut off"),
        (lambda data: data[:99] + b"\x09" + data[100:], "exist"),
        (lambda data: data[:99] + b"\x00" + data[100:], "browser"),
        (lambda data: data[:102] + b"\x7f" * 16 + data[118:], "earth"),
    ],
)
def test_what_is_no_base_map_is_refused_with_its_reason(tmp_path: Path, change: Any, reason: str) -> None:
    draw([line((0, 0), (9, 9))], tmp_path / "m.pmtiles", zooms=(0, 1))
    with pytest.raises(NoBaseMap, match=reason):
        inspect(io.BytesIO(change((tmp_path / "m.pmtiles").read_bytes())))
