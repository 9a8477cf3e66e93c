"""Pages about what arrived: inert, its reading and details changed and undone, through the gate only."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from haihe.city.domain.organisations import found
from haihe.city.testing import RELATIONS, build_city, relations_allowed
from haihe.newsroom.domain import editing
from haihe.newsroom.domain.collecting import take_upload
from haihe.newsroom.domain.inert import POLICY, inert
from haihe.newsroom.models import Item, ItemEdit, LeadPicture, Source
from haihe.newsroom.tests.arriving import TEXT, arrive, feed, signed_in
from haihe.newsroom.tests.newsdesk import Newsdesk


@pytest.fixture
def desk(db: None, arriving_home: None) -> Newsdesk:
    return Newsdesk()


HOSTILE = """<html><head><meta http-equiv=refresh content="0;url=http://evil.example/"><base href="http://evil.example/">
<link rel=stylesheet href=//evil.example/a.css>
<style>@import "//evil.example/b.css"; p {background: url(//evil.example/c)}
b {background: u\\72l(//evil.example/d)}</style><script>fetch("//evil.example")</script></head>
<body onload="steal()" background="http://evil.example/e"><p style="background:url(http://evil.example/f)">text</p>
<img src="http://evil.example/g" srcset="http://evil.example/h 2x"><iframe src="http://evil.example/i"></iframe>
<form action="http://evil.example/j"><input autofocus onfocus=steal()></form>
<a href="javascript:steal()" ping="//evil.example/k">link</a>
<svg><image xlink:href="http://evil.example/l"/><use href="http://evil.example/m"/></svg><video poster="http://evil.example/n"></video>
<math><mtext><img src=x onerror=steal()></mtext></math></body></html>"""


def test_a_page_as_it_came_is_inert() -> None:
    said = inert(HOSTILE)
    assert ("text" in said, "link" in said) == (True, True)
    for word in ("evil.example/i", "http-equiv", "<base", "<link", "<script", "onload", "onerror", "onfocus", "href",
                 "ping",                 "srcset", "poster", "action=", "@import", "url("):  # fmt: skip
        assert word not in said, word
    assert "default-src 'none'" in POLICY
    assert POLICY.startswith("sandbox;")


@pytest.mark.parametrize("page", ["", "\x00", "<", "<!--", "no markup", "<p>" * 5000])
def test_broken_pages_are_shown_as_far_as_they_go(page: str) -> None:
    assert inert(page).startswith("<!doctype html>")


PAGE = (
    "<html><head><title>海河特展</title></head><body><nav><a href='/'>首页</a></nav><article><h1>海河特展</h1>"
    + "".join(
        f"<p>第{n}段：天津博物馆今天上午举办海河文物特展，市民可以预约参观，展览持续到年底。</p>" for n in range(8)
    )
    + "</article><script>alert(1)</script><footer>版权所有 海河</footer></body></html>"
).encode()


def test_a_reading_is_chosen_beside_the_page_and_undone(desk: Newsdesk) -> None:
    item = arrive(desk, PAGE)
    client = signed_in(desk, "reporter")
    address = reverse("newsroom_item_reading", args=[item.pk])
    shown = client.get(address).content.decode()
    assert 'sandbox=""' in shown
    assert reverse("newsroom_item_page", args=[item.pk]) in shown
    page = client.get(reverse("newsroom_item_page", args=[item.pk]))
    assert page["Content-Security-Policy"] == POLICY
    assert b"alert" not in page.content
    assert page["X-Frame-Options"] == "SAMEORIGIN"
    before = item.text
    assert client.post(address, {"reading": "whole"}).status_code == 302
    item.refresh_from_db()
    assert item.reading == "whole"
    assert "首页" in item.text
    assert "首页" not in before
    again = arrive(desk, PAGE.replace("年底".encode(), "年初".encode()))
    assert again.version == 2
    assert "首页" in again.text
    assert "年初" in again.text
    editing.undo(ItemEdit.objects.get(what="reading"), by=None)
    again.refresh_from_db()
    assert again.reading == ""
    assert "首页" not in again.text


def test_details_are_changed_over_http_and_undone(desk: Newsdesk) -> None:
    museum = found("天津博物馆", slug="museum")
    library = found("滨海图书馆", slug="library")
    item = arrive(desk, feed())
    client = signed_in(desk, "reporter")
    pane = client.get(reverse("newsroom_item", args=[item.pk])).content.decode()
    assert "天津博物馆" in pane
    assert f"organisation:{museum.pk}" in pane
    said = {"at-language": "zh-hant", "at-terms": "特展，海河", "at-quality": "50", "at-also": "滨海图书馆"}
    client.post(reverse("newsroom_item_details", args=[item.pk]), said)
    item.refresh_from_db()
    assert (item.language, item.terms, item.quality) == ("zh-hant", ["特展", "海河"], 50)
    assert [one.thing_id for one in item.mentions.all()] == [library.pk]  # the other was not ticked
    listed = client.get(reverse("newsroom_items") + f"?named=organisation:{library.pk}").content.decode()
    assert item.title in listed
    assert item.title not in client.get(reverse("newsroom_items") + f"?named=organisation:{museum.pk}").content.decode()
    edit = ItemEdit.objects.get(what="names")
    client.post(reverse("newsroom_item_undo", args=[item.pk, edit.pk]))
    assert [one.thing_id for one in item.mentions.all()] == [museum.pk]


@pytest.mark.django_db
@pytest.mark.usefixtures("arriving_home")
@pytest.mark.parametrize("role", ["viewer", "reporter", "publisher", "outsider"])
def test_arrival_pages_open_and_change_only_through_the_gate(role: str) -> None:
    city = build_city()

    def plant(organisation: Any, secret: str) -> Item:
        source = Source.objects.create(organisation=organisation, name=f"{secret}-source", transport="upload")
        take_upload(source, feed(f"{secret} {TEXT}", f"{secret}-title", guid=secret), filename="f.xml", by=None)
        item = Item.objects.get(source=source)
        LeadPicture.objects.create(item=item, url="https://x.example/1", file="derivatives/none.webp")
        editing.change(item, "quality", 11, by=None)
        return item

    planted = city.plant(plant)
    client = city.client(role)
    for relation in RELATIONS:
        item = planted[relation]
        may_see = relation in relations_allowed(role, "view")
        for name in ("newsroom_item_reading", "newsroom_item_page"):
            response = client.get(reverse(name, args=[item.pk]))
            assert (response.status_code == 200) == may_see, (relation, name)
        picture_at = reverse("newsroom_item_picture", args=[item.pk, item.pictures.get().pk])
        assert client.get(picture_at).status_code in ((404,) if role != "outsider" else (302, 404))
        client.post(reverse("newsroom_item_details", args=[item.pk]), {"at-quality": "22"})
        client.post(reverse("newsroom_item_reading", args=[item.pk]), {"reading": "summary"})
        item.refresh_from_db()
        may_change = relation in relations_allowed(role, "create")
        assert (item.quality == 22) == may_change, relation
        client.post(reverse("newsroom_item_undo", args=[item.pk, item.edits.filter(what="quality").last().pk]))
        other = planted["own" if relation != "own" else "stranger"]
        crossed = client.post(reverse("newsroom_item_undo", args=[item.pk, other.edits.first().pk]))
        assert crossed.status_code in (302, 403, 404)
