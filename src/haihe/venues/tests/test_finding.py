"""Venues by theme, era and district; how many are there, as FactSheets say; two 3D objects side by side."""

from __future__ import annotations

import pytest
from django.test import Client
from lxml import html

from haihe.city.models import Place
from haihe.city.testing import RelatedCity
from haihe.releases.domain import publish
from haihe.releases.domain.facts import vouch
from haihe.venues.models import Tour, Venue
from haihe.venues.tests.test_exhibits import furnish, taken

pytestmark = pytest.mark.django_db


@pytest.fixture
def venues(city: RelatedCity) -> list[Venue]:
    district = Place.objects.create(name="河西区", name_en="Hexi", slug="hexi", kind=Place.Kind.DISTRICT)
    own = city.organisations["own"]
    return [
        Venue.objects.create(
            organisation=own, name="老城博物馆", slug="old-town", theme="history", era="ancient", district=district
        ),
        Venue.objects.create(organisation=own, name="纺织厂旧址", slug="mill", theme="science", era="modern"),
        Venue.objects.create(organisation=own, name="无名亭", slug="pavilion"),
    ]


def _names(client: Client, path: str) -> list[str]:
    page = html.document_fromstring(client.get(path).content)
    return [one.text_content() for one in page.xpath("//li[@class='venue-card']//h3")]


def test_venues_are_found_by_theme_era_and_district(venues: list[Venue], client: Client) -> None:
    assert set(_names(client, "/venues/")) == {"老城博物馆", "纺织厂旧址", "无名亭"}
    page = html.document_fromstring(client.get("/venues/").content)
    ways = page.xpath("//nav[@class='ways']//a/@href")
    assert ways == [
        "/venues/theme/history/", "/venues/theme/science/", "/venues/era/ancient/", "/venues/era/modern/",
        "/venues/district/hexi/",
    ]  # fmt: skip
    for way in ways:
        (name,) = _names(client, way)
        assert name == ("纺织厂旧址" if way.split("/")[3] in ("science", "modern") else "老城博物馆")
    assert "Hexi" in client.get("/en/venues/district/hexi/").content.decode()
    for nothing in ("theme/red", "era/never", "district/nowhere", "rank/5a"):
        assert client.get(f"/venues/{nothing}/").status_code == 404


def test_venue_says_how_many_are_there_as_its_house_vouches(
    venues: list[Venue], city: RelatedCity, client: Client
) -> None:
    told = {"period": "2026-11-27", "sources": []}
    load = {"name": "瞬时承载率", "unit": "%", **told}
    facts: list[dict[str, object]] = [
        {**load, "value": "86.5", "place": "老城博物馆"},
        {**load, "value": "12.0", "place": "别处景区"},
        {**told, "name": "酒店平均房价", "unit": "元", "value": "311", "place": "老城博物馆"},
    ]
    vouch(facts, organisation=city.organisations["own"], room="tourism", title="文旅数据")
    vouch([{**facts[0], "value": "1"}], organisation=city.organisations["own"], room="venues", title="不算")
    page = html.document_fromstring(client.get("/venues/old-town/").content)
    shown = [" ".join(one.text_content().split()) for one in page.xpath("//section[@class='crowding']//dd")]
    assert len(shown) == 1
    assert "86.5%" in shown[0]
    assert "拥挤" in shown[0]
    assert page.xpath("//span[contains(@class, 'crowding__level--crowded')]")
    assert not html.document_fromstring(client.get("/venues/mill/").content).xpath("//section[@class='crowding']")


def test_object_of_a_tour_is_compared_as_what_turns(tour: Tour, city: RelatedCity, client: Client) -> None:
    files = taken(city)
    release = publish(furnish(tour, city, files), city.people["publisher"])
    assert release is not None
    page = html.document_fromstring(client.get(f"{release.publication.path}compare/?a=a.vase").content)
    stages = page.xpath("//div[@data-pair-stage]/@data-object")
    assert stages == [f"/exhibit/{files['vase'].master_id}.glb"]
    assert page.xpath("//script[@id='object-words']")
