"""Looks and fronts that staff choose without code; what cannot be read is refused with the reason."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone, translation
from lxml import html
from wagtail.test.utils.form_data import nested_form_data, streamfield

from haihe.base.web.colours import INKS, asked_of, contrast, themes
from haihe.city import grant
from haihe.city.models import Person
from haihe.portal.domain.styling import style_sheet
from haihe.portal.looks import check_colour
from haihe.portal.models import CityLook, HomePage, OrganisationFront, SectionFront
from haihe.portal.tests import factory
from haihe.portal.tests.conftest import SmallCity
from haihe.releases.models import FactSheet

Page = Callable[[str], str]


def sheet(**fields: Any) -> FactSheet:
    facts = [
        {
            "name": "接待游客",
            "value": "128.4",
            "unit": "万人次",
            "period": "2026 年国庆",
            "place": "全市",
            "sources": [],
        }
    ]
    given = {"organisation": factory.organisation(), "room": "tourism", "title": "国庆假期", "facts": facts}
    return FactSheet.objects.create(**{**given, "sha256": "a" * 64, "made_at": timezone.now(), **fields})


def test_colour_that_cannot_be_read_is_refused_with_ratio_and_the_nearest() -> None:
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        check_colour("#ffcc00")
    (said,) = refused.value.messages
    assert said.startswith("#ffcc00 cannot be read: its contrast with the ground is 1.")
    nearest = re.findall("#[0-9a-f]{6}", said)[-1]
    check_colour(nearest)


@pytest.mark.parametrize("value", ["red", "#fff", "#12345g", "#0b5567;}body{display:none}", "url(x)"])
def test_what_is_no_colour_is_refused(value: str) -> None:
    with pytest.raises(ValidationError):
        check_colour(value)


@pytest.mark.parametrize("colour", ["#7a1f5c", "#b00020", "#000000", "#1d4a00", "#003a8c"])
def test_every_shade_of_a_chosen_colour_can_be_read(colour: str) -> None:
    rules = style_sheet(CityLook(colour=colour))
    for theme in ("light", "dark"):
        (body,) = re.findall(rf'^:root\[data-theme="{theme}"\] {{ (.*) }}$', rules, re.M)
        found = dict(re.findall("--([a-z0-9-]+): (#[0-9a-f]{6});", body))
        grounds = [found["wash"], themes()[theme]["paper"], themes()[theme]["tint"]]
        assert min(contrast(found["river"], ground) for ground in grounds) >= asked_of(theme)
        assert contrast(found["river"], themes()[theme]["on-river"]) >= asked_of(theme)
        inks = [themes()[theme][ink] for ink in INKS if ink not in ("river", "tone-0")]
        assert min(contrast(ink, found["wash"]) for ink in inks) >= asked_of(theme)
        assert contrast(found["river-deep"], "#d5e3e4") >= asked_of(theme)


@pytest.mark.django_db
def test_city_without_a_look_links_none_and_with_one_every_page_does(
    small_city: SmallCity, client: Client, page: Page
) -> None:
    assert "look.css" not in page("/")
    assert client.get("/look.css").status_code == 404
    CityLook.objects.create(colour="#7a1f5c", typeface="sans")
    (linked,) = re.findall(r'href="(/look\.css\?v=[0-9a-f]{8})"', page("/"))
    answer = client.get(linked)
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert b"--river: #7a1f5c;" in answer.content
    assert linked in page(small_city.full.path)


def test_organisation_has_its_own_look_and_bands(small_city: SmallCity, client: Client, page: Page) -> None:
    other = factory.organisation("柳岸区融媒体中心", "liuan")
    theirs = factory.story("别家的稿", organisation=other)
    OrganisationFront.objects.create(
        organisation=factory.organisation(),
        colour="#7a1f5c",
        front=[
            ("mosaic", {"title": "本馆精选", "stories": [], "section": None, "count": 3}),
            ("figures", {"title": "", "sheet": sheet()}),
        ],
    )
    text = page("/organisation/centre/")
    assert re.findall(r'href="(/organisation/centre/look\.css)\?v=', text) == ["/organisation/centre/look.css"]
    assert client.get("/organisation/centre/look.css").status_code == 200
    tree = html.fromstring(text)
    assert tree.cssselect(".listing__front h2")[0].text == "本馆精选"
    assert [one.text for one in tree.cssselect(".figures__value")] == ["128.4"]
    assert theirs.title not in text
    assert "look.css" not in page("/organisation/liuan/")
    assert client.get("/organisation/liuan/look.css").status_code == 404


def test_section_front_takes_only_its_own(small_city: SmallCity, page: Page) -> None:
    factory.story("别栏的稿", section=factory.section("other", "别栏", order=3))
    SectionFront.objects.create(
        section=small_city.culture, front=[("live", {"title": "文化快讯", "section": None, "count": 12})]
    )
    tree = html.fromstring(page("/section/culture/"))
    shown = [one.text for one in tree.cssselect(".ticker__list a")]
    assert small_city.full.title in shown
    assert "别栏的稿" not in shown


def test_home_shows_every_kind_of_band(small_city: SmallCity, page: Page) -> None:
    home = HomePage.objects.get(language="zh-hans")
    home.front = [
        ("live", {"title": "", "section": None, "count": 3}),
        ("map", {"title": ""}),
        ("figures", {"title": "假日数字", "sheet": sheet()}),
        ("notice", {"title": "停水", "text": "今晚八点。", "kind": "warning"}),
    ]
    home.save()
    tree = html.fromstring(page("/"))
    assert [one.get("class") for one in tree.cssselect("main section")][:3] == ["ticker", "map-band", "figures"]
    newest = [one.text for one in tree.cssselect(".ticker__list a")]
    assert newest == ["三岔河口的清晨", small_city.long.title, "桥上的风"]
    assert [one.get("href") for one in tree.cssselect(".drawing a")] == ["/place/sancha/"]
    assert tree.cssselect(".figures h2")[0].text == "假日数字"
    assert tree.cssselect("script[src*=live]")


def test_figures_name_who_vouches_for_them_in_the_language_of_the_page(small_city: SmallCity, page: Page) -> None:
    OrganisationFront.objects.create(
        organisation=factory.organisation(), front=[("figures", {"title": "", "sheet": sheet()})]
    )
    said = [
        html.fromstring(page(f"{prefix}/organisation/centre/")).cssselect(".figures__source")[0].text_content()
        for prefix in ("", "/en")
    ]
    assert ["海河市融媒体中心" in said[0], "Vouched for by Haihe Media Centre" in said[1]] == [True, True]


def test_sheet_that_nobody_put_on_a_front_is_not_public(small_city: SmallCity, page: Page) -> None:
    sheet(title="内部测算")
    assert "128.4" not in page("/") + page("/organisation/centre/")


def test_a_front_counts_only_once_it_is_published(small_city: SmallCity, client: Client, page: Page) -> None:
    """Over HTTP, as staff do it: a saved draft changes nothing that readers see, its preview shows it."""
    centre = factory.organisation()
    publisher = Person.objects.create_user("front-publisher", "p@centre.example")
    grant(publisher, "publisher", centre)
    staff = Client()
    staff.force_login(publisher)
    before = page("/organisation/centre/")

    def form(title: str) -> dict[str, str]:
        bands = [("mosaic", {"title": title, "stories": {"count": "0"}, "section": "", "count": "3"})]
        return nested_form_data(
            {
                "organisation": str(centre.pk),
                "colour": "#7a1f5c",
                "typeface": "",
                "logo": "",
                "front": streamfield(bands),
            }
        )

    base = "/admin/snippets/portal/organisationfront/"
    assert staff.post(f"{base}add/", form("馆藏精选")).status_code == 302
    front = OrganisationFront.objects.get()
    assert not front.live
    assert page("/organisation/centre/") == before
    assert client.get("/organisation/centre/look.css").status_code == 404
    assert staff.post(f"{base}edit/{front.pk}/", {**form("馆藏精选"), "action-publish": "1"}).status_code == 302
    shown = page("/organisation/centre/")
    assert "馆藏精选" in shown
    assert staff.post(f"{base}edit/{front.pk}/", form("还没想好")).status_code == 302
    assert page("/organisation/centre/") == shown
    front = OrganisationFront.objects.get()
    assert "还没想好" in front.get_latest_revision_as_object().make_preview_request().content.decode()


def test_only_who_publishes_for_an_organisation_arranges_its_front(small_city: SmallCity) -> None:
    front = OrganisationFront.objects.create(organisation=factory.organisation())
    other = factory.organisation("柳岸区融媒体中心", "liuan")
    stranger = Person.objects.create_user("front-stranger", "s@liuan.example")
    grant(stranger, "publisher", other)
    staff = Client()
    staff.force_login(stranger)
    for address in (f"edit/{front.pk}/", f"edit/{front.pk}/preview/", f"history/{front.pk}/", f"unpublish/{front.pk}/"):
        answer = staff.get(f"/admin/snippets/portal/organisationfront/{address}")
        assert answer.status_code in (302, 404), address
    assert staff.post(f"/admin/snippets/portal/organisationfront/unpublish/{front.pk}/").status_code in (302, 404)
    assert OrganisationFront.objects.get(pk=front.pk).live
