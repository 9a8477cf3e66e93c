"""The operator's maps over HTTP: given, refused with a reason, laid under figures, taken up, seen by whom they may."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from haihe.archive.domain import segments
from haihe.base.web import basemaps
from haihe.base.web.basemaps import BaseMap, register_base_map
from haihe.city.domain.organisations import found
from haihe.city.models import Organisation, Person
from haihe.city.testing import OUTSIDER, RELATIONS, ROLE_NAMES, Planted, RelatedCity, allowed, build_city, refused
from haihe.tourism.domain import board_maps, loads
from haihe.tourism.domain.board_maps import Told
from haihe.tourism.models import BoardMap, Figure
from haihe.tourism.tests.made import collection, feature, square

pytestmark = pytest.mark.django_db
CHINESE = {"accept-language": "zh-hans"}
NAMES = ("望潮区", "柳岸区", "河湾区")
DISTRICTS = collection(*(feature(square(117 + at / 10, 39), name=name) for at, name in enumerate(NAMES)))
COUNTRY = collection(
    *(feature(square(97 + 12 * at, 18, side=12), name=name) for at, name in enumerate(("北京", "河北省", "山东省"))),
    feature(square(97, 30, side=12), name="上海市"),
    feature(square(121, 30, side=12), name="广东省"),
    feature({"type": "MultiLineString", "coordinates": [[[110, 4], [111, 8]], [[118, 12], [119, 15]]]}, name="断续线"),
)


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.HOME = tmp_path
    monkeypatch.setattr(segments, "_writer", None)


@pytest.fixture
def bureau(client: Client) -> Organisation:
    """A bureau with figures by district and by origin, and its editor signed in."""
    made = found("文旅局", slug="bureau")
    client.force_login(Person.objects.create(username="chief", is_superuser=True))
    figures_of(made)
    return made


def figures_of(organisation: Organisation) -> None:
    loads.stream_of(organisation, "lodging")
    named: dict[str, Any] = {"organisation": organisation, "grain": "month", "period": date(2026, 9, 1)}
    for key, value in (("D01", 71.5), ("D02", 55.0), ("D04", 40.0)):
        Figure.objects.create(indicator="occupancy", by="district", key=key, value=value, **named)
    for key, value in (("beijing", 900), ("hebei", 500), ("abroad", 20)):
        Figure.objects.create(indicator="visits", by="origin", key=key, value=value, **named)


def give(client: Client, organisation: Organisation, data: bytes = DISTRICTS, **said: str) -> HttpResponse:
    told = {
        "column": "district",
        "title": "海河市区划图",
        "source": "海河市测绘院",
        "licence": "内部使用",
        "coverage": "part",
    }
    sent = {"organisation": organisation.pk, "file": SimpleUploadedFile("map.geojson", data)}
    return client.post(reverse("tourism_maps"), {**told, **said, **sent}, headers=CHINESE)  # type: ignore[return-value]


def board(client: Client, name: str) -> str:
    return client.get(reverse("tourism_board", args=[name]), headers=CHINESE).content.decode()


def test_figures_by_district_stand_on_the_map_with_legend_table_and_source(
    client: Client, bureau: Organisation
) -> None:
    assert '<svg viewBox="0 0 1000' not in board(client, "lodging")
    assert give(client, bureau, approval="津S（2026）012号").status_code == 302
    page = board(client, "lodging")
    links = re.findall(
        r'<a href="(#chart-\d+-\d+)" aria-label="([^"]*)"><path d="M[^"]*" class="tourism-map__area ([^"]*)"', page
    )
    assert [(label, level) for _row, label, level in links] == [
        ("望潮区: 71.5 %", "tourism-map__l5"), ("柳岸区: 55.0 %", "tourism-map__l1"),
    ]  # fmt: skip
    for row, label, _level in links:
        assert re.search(rf'<tr id="{row[1:]}"><th scope="row">{label.partition(":")[0]}</th>', page)
    assert page.count('class="tourism-map__area tourism-map__l0"') == 1  # 河湾区 has no figure
    legend = re.search(r'class="tourism-map__legend tourism-map__classes"[^>]*>(.*?)</ul>', page, re.DOTALL)
    assert legend
    assert re.sub(r"<[^>]*>", " ", legend[1]).split() == ["71.5", "55.0", "没有数值", "%"]
    assert "海河市区划图 · 海河市测绘院 · 内部使用 · 审图号" in page
    assert "津S(2026)012号" in page
    assert "不在此图上： 津门区" in page
    row = BoardMap.objects.get()
    assert (row.master.filename, row.master.source_kind, row.master.rights["licence"]) == (
        "map.geojson", "tourism-map", "内部使用",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("coverage", "approval", "words"),
    [
        ("national", "", "审图号（《地图管理条例》第十五条）"),
        ("part", "", "从范围看"),  # it says less of itself than it shows
        ("national", "津S(2026)012号", "以 GS 开头"),
        ("national", "GS 2024 1234", "不是审图号的写法"),
        ("national", "GS(2099)1234号", "2099"),
    ],
    ids=["missing", "missing by extent", "of a province", "malformed", "of a year to come"],
)
def test_a_national_map_without_a_sound_number_is_refused_with_the_reason(
    client: Client, bureau: Organisation, coverage: str, approval: str, words: str
) -> None:
    answer = give(client, bureau, COUNTRY, column="origin", coverage=coverage, approval=approval)
    assert answer.status_code == 200
    error = re.search(r'name="approval".*?role="alert">(.*?)</p>', answer.content.decode(), re.DOTALL)
    assert error
    assert words in error[1]
    assert not BoardMap.objects.exists()


def test_a_small_map_that_is_declared_national_needs_its_number_too(client: Client, bureau: Organisation) -> None:
    assert give(client, bureau, coverage="world").status_code == 200
    assert not BoardMap.objects.exists()


def test_origins_stand_on_an_approved_national_map_with_its_number(client: Client, bureau: Organisation) -> None:
    assert (
        give(client, bureau, COUNTRY, column="origin", coverage="national", approval="GS(2024)0650号").status_code
        == 302
    )
    page = board(client, "origins")
    assert re.findall(r'aria-label="([^"]*)"><path', page) == ["北京: 900 人次", "河北: 500 人次"]
    assert page.count('class="tourism-map__line"') == 1  # its line in the sea is drawn as well
    assert "GS(2024)0650号" in page
    assert "不在此图上： 境外" in page


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (collection(feature(square(39, 117), name="望潮区")), "经度和纬度颠倒了"),
        (collection(feature(square(117, 39), name="望潮区"), crs={"properties": {"name": "GCJ-02"}}), "GCJ-02"),
        (collection(feature(square(117, 39), name="<b>朝阳区")), "&lt;b&gt;朝阳区"),
        (b"PMTiles\x03", "不是 JSON"),
    ],
    ids=["swapped", "shifted", "other city", "no json"],
)
def test_a_refused_map_leaves_the_one_that_lies_there(
    client: Client, bureau: Organisation, data: bytes, words: str
) -> None:
    give(client, bureau)
    answer = give(client, bureau, data)
    assert words in answer.content.decode()
    assert "海河市测绘院" in answer.content.decode()  # what was typed stays
    assert list(BoardMap.objects.values_list("laid", flat=True)) == [True]
    assert "tourism-map__area" in board(client, "lodging")


def test_another_map_takes_the_place_and_the_first_can_be_laid_again(client: Client, bureau: Organisation) -> None:
    give(client, bureau)
    give(client, bureau, title="新图")
    first, second = BoardMap.objects.order_by("pk")
    assert (first.laid, second.laid) == (False, True)
    client.post(reverse("tourism_maps"), {"deed": "lay", "map": first.pk})
    assert list(BoardMap.objects.order_by("pk").values_list("laid", flat=True)) == [True, False]
    client.post(reverse("tourism_maps"), {"deed": "take_up", "map": first.pk})
    assert "tourism-map__area" not in board(client, "lodging")
    assert client.post(reverse("tourism_maps"), {"deed": "lay", "map": "x"}).status_code == 404


def test_names_in_a_map_are_text_and_nothing_else(client: Client, bureau: Organisation) -> None:
    data = collection(feature(square(117, 39), name="望潮区"), feature(square(118, 39), name="<script>x</script>"))
    give(client, bureau, data, title="<script>t</script>", source='"><img src=x>')
    for page in (board(client, "lodging"), client.get(reverse("tourism_maps")).content.decode()):
        assert "<script>t" not in page
        assert "<script>x" not in page
        assert "<img src=x" not in page


@pytest.fixture
def planted() -> tuple[RelatedCity, Planted[BoardMap]]:
    """In every organisation of the matrix a map with its secret, and figures on it."""
    city = build_city()

    def plant(organisation: Organisation, secret: str) -> BoardMap:
        figures_of(organisation)
        told = Told(secret, "district", "测绘院", "内部使用")
        return board_maps.keep(DISTRICTS, told, organisation=organisation, filename="m.json", by=None)

    return city, city.plant(plant)


def test_places_lie_as_points_on_the_citys_map_with_their_loads(client: Client, bureau: Organisation) -> None:
    day = {"organisation": bureau, "grain": "day", "by": "spot", "period": date(2026, 9, 2)}
    Figure.objects.create(indicator="capacity_load", key="V01", value=83.4, **day)
    Figure.objects.create(indicator="visits", key="V01", value=1200, **day)
    assert client.get(reverse("tourism_places")).status_code == 404  # no map of places is laid
    points = ({"type": "Point", "coordinates": at} for at in ([117.2, 39.14], [117.21, 39.08]))
    data = collection(*(feature(point, name=name) for point, name in zip(points, ("V01", "V02"), strict=True)))
    told = Told("景区点位", "spot", "海河市测绘院", "内部使用")
    board_maps.keep(data, told, organisation=bureau, filename="m.json", by=None)
    named = {
        "code": "V01",
        "name": "老码头历史街区",
        "load": 83.4,
        "shown": "83.4%",
        "visitors": "2026-09-02：1,200 人次",
    }
    first, second = client.get(reverse("tourism_places"), headers=CHINESE).json()["features"]
    assert (first["geometry"]["coordinates"], first["properties"]) == ([117.2, 39.14], named)
    assert (second["properties"]["load"], second["properties"]["shown"]) == (None, "")
    register_base_map(lambda: BaseMap("pmtiles", "/media/maps/city.pmtiles", approval="津S(2026)012号"))
    page = client.get(reverse("tourism_board", args=["today"]), headers=CHINESE).content.decode()
    basemaps._providers.pop()
    assert 'data-placemap="/admin/tourism/places.geojson?organisation=bureau" data-kind="pmtiles"' in page
    assert 'data-address="/media/maps/city.pmtiles"' in page
    assert 'data-approval="津S(2026)012号"' in page


@pytest.mark.parametrize("role", [*ROLE_NAMES, OUTSIDER])
def test_maps_are_given_and_changed_where_streams_are_managed_and_seen_with_the_figures(
    role: str, planted: tuple[RelatedCity, Planted[BoardMap]]
) -> None:
    city, maps = planted
    client: Any = city.client(role)
    manages = {relation for relation in RELATIONS if allowed(role, "manage_sources", relation)}
    listed = client.get(reverse("tourism_maps"))
    assert refused(listed) == (not manages)
    assert maps.shown_in(listed) == manages
    for relation in RELATIONS:
        row, may, seen = maps[relation], relation in manages, allowed(role, "view", relation)
        page = client.get(reverse("tourism_board", args=["lodging"]) + f"?organisation={row.organisation.slug}")
        assert maps.shown_in(page) == ({relation} if seen else set())
        client.post(reverse("tourism_maps"), {"deed": "take_up", "map": row.pk})
        row.refresh_from_db()
        assert (relation, row.laid) == (relation, not may)
        client.post(reverse("tourism_maps"), {"deed": "lay", "map": row.pk})
        row.refresh_from_db()
        assert row.laid
        count = BoardMap.objects.filter(organisation=row.organisation).count()
        give(client, row.organisation)
        assert BoardMap.objects.filter(organisation=row.organisation).count() - count == int(may)
