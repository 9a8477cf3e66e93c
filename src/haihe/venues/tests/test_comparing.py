"""Two works side by side: the address that leads to them, without scripts and with two pictures that move together."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from lxml import html

from haihe.archive.domain import granting
from haihe.archive.models import Picture
from haihe.base.edge.tests.conftest import RunningEdge
from haihe.base.web.tests import axe
from haihe.city.testing import RelatedCity
from haihe.releases.domain import publish
from haihe.venues.models import Exhibition, Tour
from haihe.venues.tests.test_exhibitions import exhibition  # noqa: F401  (its fixture)
from haihe.venues.tests.test_exhibits import furnish, taken

ZOOMS = "() => [...document.querySelectorAll('.pair__zoom')].map((one) => one.dataset.zoom)"


def keys(page: Any) -> list[str]:
    return [one.xpath("string(option[@selected]/@value)") for one in page.xpath("//form[@class='pairing']//select")]


@pytest.mark.django_db
def test_two_artefacts_stand_side_by_side_by_their_address(
    exhibition: Exhibition,  # noqa: F811
    city: RelatedCity,
    client: Client,
) -> None:
    release = publish(Exhibition.objects.get(pk=exhibition.pk), city.people["publisher"])
    assert release is not None
    path = f"{release.publication.path}compare/"
    listed = html.document_fromstring(client.get(release.publication.path).content)
    assert path in listed.xpath("//a/@href")
    first = html.document_fromstring(client.get(path).content)
    works = first.xpath("//select[@name='a']/option/@value")
    assert len(works) == 3
    assert keys(first) == works[:2]
    chosen = html.document_fromstring(client.get(path, {"a": works[2]}).content)
    assert keys(chosen) == [works[2], works[0]]
    assert chosen.xpath("//figure//img/@alt")
    assert chosen.xpath("//a[@class='pairing__swap']/@href") == [f"?a={works[0]}&b={works[2]}"]
    for wrong in ({"a": "nothing"}, {"a": works[0], "b": "<script>"}, {"b": "../x"}):
        assert client.get(path, wrong).status_code == 404
    assert client.post(path).status_code == 405
    assert "Two works side by side" in client.get(f"/en{path}").content.decode()


@pytest.mark.django_db
def test_pictures_of_a_tour_are_compared_and_a_closed_one_is_not(tour: Tour, city: RelatedCity, client: Client) -> None:
    release = publish(furnish(tour, city, taken(city)), city.people["publisher"])
    assert release is not None
    path = f"{release.publication.path}compare/"
    assert keys(html.document_fromstring(client.get(path).content)) == ["a.film", "a.vase"]
    assert path in html.document_fromstring(client.get(release.publication.path).content).xpath("//a/@href")
    master = Picture.objects.get(title="花瓶").master
    assert master is not None
    granting.withdraw(master, by=city.people["publisher"], reason="所有人要求撤下。")
    assert client.get(path, {"a": "a.film", "b": "a.vase"}).status_code == 404


@pytest.mark.full
@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_two_pictures_move_together_by_keys_and_buttons(
    tab: Any,
    exhibition: Exhibition,  # noqa: F811
    city: RelatedCity,
    edge: RunningEdge,
) -> None:
    release = publish(Exhibition.objects.get(pk=exhibition.pk), city.people["publisher"])
    assert release is not None
    tab.goto(f"{edge.url}{release.publication.path}compare/")
    tab.wait_for_function("document.querySelectorAll('.pair__stage.is-open').length === 2")
    tab.wait_for_function(f"() => ({ZOOMS})().every((one) => one === '1.00')")
    tab.locator(".pair__zoom .openseadragon-canvas").first.focus()
    tab.keyboard.press("+")
    tab.wait_for_function(f"() => {{ const [a, b] = ({ZOOMS})(); return a > 1 && a === b; }}")
    tab.keyboard.press("0")
    tab.wait_for_function(f"() => ({ZOOMS})().every((one) => one === '1.00')")
    tab.click("[data-pair-linked]")
    tab.locator(".pair__zoom .openseadragon-canvas").nth(1).focus()
    tab.keyboard.press("+")
    tab.wait_for_function(f"() => {{ const [a, b] = ({ZOOMS})(); return a === '1.00' && b > 1; }}")
    tab.click("[data-pair-linked]")
    tab.wait_for_function(f"() => {{ const [a, b] = ({ZOOMS})(); return a === b; }}")
    assert axe.findings(tab) == []
    tab.select_option("select[name=b]", index=2)
    tab.click(".pairing button")
    tab.wait_for_function("document.querySelectorAll('.pair__stage.is-open').length === 2")
    assert tab.evaluate("new URL(location).searchParams.get('b')") == tab.input_value("select[name=b]")
