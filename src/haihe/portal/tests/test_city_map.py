"""The map of the city: its base map is the operator's to choose, and nobody else is asked without that."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from haihe.city.models import Person
from haihe.portal.demo import basemap
from haihe.portal.domain.tiles import draw
from haihe.portal.models import CityMap
from haihe.portal.tests.conftest import SmallCity

pytestmark = pytest.mark.django_db
OPERATORS = "https://tiles.example.org/c/{z}/{x}/{y}.png"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    file = tmp_path_factory.mktemp("drawn") / "city.pmtiles"
    draw(basemap.features(), file, zooms=(8, 9))
    return file.read_bytes()


@pytest.fixture
def tiles(drawn: bytes, tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    file = tmp_path / "mine.pmtiles"
    file.write_bytes(drawn)
    return file


def stage(page: str) -> dict[str, str]:
    found = re.search(r'<div class="citymap"([^>]*)>', page)
    assert found
    return dict(re.findall(r'data-([a-z]+)="([^"]*)"', found[1]))


def test_without_a_base_map_nothing_is_asked_of_anybody(small_city: SmallCity, client: Client) -> None:
    answer = client.get("/map/")
    said = stage(answer.content.decode())
    assert (said["kind"], said["address"], said["places"]) == ("", "", "/map/places.geojson")
    assert "http" not in answer.headers["Content-Security-Policy"]


def test_a_file_of_tiles_is_served_from_here_under_the_name_of_its_bytes(
    small_city: SmallCity, tiles: Path, page: Callable[[str], str]
) -> None:
    call_command("map", "use", str(tiles), attribution="海河测绘", approval="津S(2026)001号")
    said = stage(page("/map/"))
    assert (said["kind"], said["attribution"], said["approval"]) == ("pmtiles", "海河测绘", "津S(2026)001号")
    assert re.fullmatch(r"/media/maps/city-[0-9a-f]{16}\.pmtiles", said["address"])
    assert (tiles.parent / said["address"][1:]).read_bytes() == tiles.read_bytes()
    call_command("map", "none")
    assert stage(page("/map/"))["kind"] == ""


def test_the_operators_own_tiles_open_the_maps_page_to_them_and_no_other(small_city: SmallCity, client: Client) -> None:
    CityMap.objects.create(address=OPERATORS, attribution="市测绘院")
    answer = client.get("/map/")
    header = answer.headers["Content-Security-Policy"]
    assert header.count("https://tiles.example.org") == 2  # img-src and connect-src
    said = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', answer.content.decode())
    assert said
    assert said[1].replace("&#x27;", "'").count("https://tiles.example.org") == 2
    assert stage(answer.content.decode())["kind"] == "raster"
    for other in ("/", small_city.full.path, "/people/"):
        found = client.get(other)
        assert "tiles.example.org" not in found.headers["Content-Security-Policy"] + found.content.decode()


def test_a_base_map_marks_the_pages_that_show_it(small_city: SmallCity, settings: Any, tmp_path: Path) -> None:
    from haihe.base.edge import tree
    from haihe.releases.baking.domain import baking, marking

    settings.HAIHE_BAKED_ROOT = tmp_path / "baked"
    for path in ("/map/", "/people/"):
        marking.ensure(path)
    baking.bake()
    CityMap.objects.create(address=OPERATORS, attribution="市测绘院")
    assert baking.bake().baked == 1
    found = tree.read(settings.HAIHE_BAKED_ROOT, "/map/")
    assert found
    assert "https://tiles.example.org" in dict(found[0].headers)["content-security-policy"]
    assert b"https://tiles.example.org" in found[1]["identity"]


@pytest.mark.parametrize(
    "address",
    [
        "tiles.example.org/{z}/{x}/{y}.png",
        "ftp://tiles.example.org/{z}/{x}/{y}.png",
        "https://tiles.example.org/{z}/{x}.png",
        "https://tiles.example.org; script-src *; /{z}/{x}/{y}",
        "https://user:word@tiles.example.org/{z}/{x}/{y}.png",
        "https://[::1/{z}/{x}/{y}",
    ],
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ValidationError) as refused:
        CityMap(address=address, attribution="x").full_clean()
    assert set(refused.value.message_dict) == {"address"}


def test_tiles_of_others_need_their_name_and_stand_alone(tiles: Path) -> None:
    with pytest.raises(ValidationError) as refused:
        CityMap(address=OPERATORS).full_clean()
    assert set(refused.value.message_dict) == {"attribution"}
    file = ContentFile(tiles.read_bytes(), name="a.pmtiles")
    with pytest.raises(ValidationError) as refused:
        CityMap(address=OPERATORS, attribution="x", file=file).full_clean()
    assert set(refused.value.message_dict) == {"address"}


def test_a_file_that_is_no_base_map_leaves_the_old_one_in_place(tiles: Path) -> None:
    call_command("map", "use", str(tiles))
    before = CityMap.objects.get().file.name
    (tiles.parent / "bad.pmtiles").write_bytes(tiles.read_bytes()[:-9])
    with pytest.raises(CommandError, match="不完整"):
        call_command("map", "use", str(tiles.parent / "bad.pmtiles"))
    assert CityMap.objects.get().file.name == before
    with pytest.raises(CommandError, match=r"gone\.pmtiles"):
        call_command("map", "use", str(tiles.parent / "gone.pmtiles"))


def test_draw_makes_tiles_of_geojson_and_says_what_is_none(tmp_path: Path, capsys: Any) -> None:
    given, out = tmp_path / "in.geojson", tmp_path / "out.pmtiles"
    given.write_text(
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"layer": "water"},'
        ' "geometry": {"type": "LineString", "coordinates": [[117.1, 39.1], [117.2, 39.2]]}}]}'
    )
    call_command("map", "draw", str(given), str(out))
    call_command("map", "use", str(out))
    given.write_text('{"type": "FeatureCollection"}')
    with pytest.raises(CommandError, match="GeoJSON"):
        call_command("map", "draw", str(given), str(tmp_path / "other.pmtiles"))


def test_only_who_may_change_settings_chooses_the_base_map(client: Client) -> None:
    address = "/admin/settings/portal/citymap/"
    editor = Person.objects.create_user("bianji", password="x")
    client.force_login(editor)
    kept = CityMap.objects.create(attribution="before")
    assert client.post(f"{address}{kept.pk}/", {"address": OPERATORS, "attribution": "x"}).status_code in (302, 403)
    assert CityMap.objects.get().attribution == "before"
    client.force_login(Person.objects.create_superuser("guan", password="x"))
    form = client.get(address, follow=True).redirect_chain[-1][0]
    client.post(form, {"address": OPERATORS, "attribution": "x", "approval": ""})
    assert CityMap.objects.get().address == OPERATORS


def test_staff_upload_a_file_of_tiles_and_a_broken_one_leaves_it_in_place(
    small_city: SmallCity, tiles: Path, client: Client, page: Callable[[str], str]
) -> None:
    """Over HTTP, as staff do it in the admin."""
    client.force_login(Person.objects.create_superuser("guan", password="x"))
    form = client.get("/admin/settings/portal/citymap/", follow=True).redirect_chain[-1][0]

    def sent(data: bytes) -> Any:
        file = SimpleUploadedFile("town.pmtiles", data, content_type="application/octet-stream")
        return client.post(form, {"file": file, "address": "", "attribution": "海河测绘", "approval": ""})

    whole = tiles.read_bytes()
    assert sent(whole).status_code == 302
    kept = CityMap.objects.get().file
    said = stage(page("/map/"))
    assert (said["kind"], said["address"], Path(kept.path).read_bytes()) == ("pmtiles", kept.url, whole)

    refused = sent(whole[:-9])
    assert refused.status_code == 200
    assert "不完整" in refused.content.decode()
    assert stage(page("/map/")) == said

    assert client.post(form, {"file-clear": "on", "address": "", "attribution": "", "approval": ""}).status_code == 302
    assert stage(page("/map/"))["kind"] == ""


def test_a_places_page_names_itself_as_the_one_to_show(small_city: SmallCity, page: Callable[[str], str]) -> None:
    said = stage(page("/place/sancha/"))
    assert (said["map"], said["here"]) == ("asked", "/place/sancha/")


NATIONAL = (
    '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"layer": "earth"},'
    ' "geometry": {"type": "Polygon", "coordinates": [[[74, 4], [135, 4], [135, 53], [74, 53], [74, 4]]]}}]}'
)


@pytest.mark.parametrize(
    ("approval", "reason"),
    [("", "从范围看"), ("津S(2026)001号", "以 GS 开头"), ("2026-1", "2026-1")],
    ids=["none", "of a city", "no number"],
)
def test_a_base_map_of_the_country_without_its_number_is_refused(tiles: Path, approval: str, reason: str) -> None:
    call_command("map", "use", str(tiles), attribution="before")
    country = tiles.parent / "cn.pmtiles"
    draw(json.loads(NATIONAL)["features"], country, zooms=(0, 1))
    with pytest.raises(CommandError, match=reason):
        call_command("map", "use", str(country), attribution="x", approval=approval)
    assert CityMap.objects.get().attribution == "before"
    call_command("map", "use", str(country), attribution="x", approval="审图号：GS（2024）1234号")
    assert CityMap.objects.get().attribution == "x"
