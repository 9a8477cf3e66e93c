"""What an item gets at arrival, what staff change of it, and that machines leave that alone."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image as Pillow

from haihe.archive.domain import segments
from haihe.base.outbound import forget_shared_client
from haihe.base.outbound.testing import LOOPBACK, Site, serving
from haihe.city.domain.organisations import found
from haihe.city.models import Place
from haihe.city.testing import RELATIONS, build_city, relations_allowed
from haihe.newsroom.domain import directory, editing, leads
from haihe.newsroom.domain.arrival import Names, key_terms, quality_of
from haihe.newsroom.domain.arrival.thumbnails import NoPicture, PictureRefused, PictureTooLarge, thumbnail
from haihe.newsroom.domain.arrivals import settle_pending
from haihe.newsroom.domain.collecting import take_upload
from haihe.newsroom.domain.editing import Overruled, ValueRefused
from haihe.newsroom.domain.inert import POLICY, inert
from haihe.newsroom.domain.languages import language_of
from haihe.newsroom.domain.readers import Document
from haihe.newsroom.domain.readers.parts import part_of
from haihe.newsroom.models import Alias, Item, ItemEdit, LeadPicture, Source
from haihe.newsroom.tests.newsdesk import Newsdesk

TEXT = "天津博物馆今天上午举办海河文物特展，市民可以预约参观海河文物特展。"


@pytest.fixture
def own_home(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.HOME = tmp_path
    monkeypatch.setattr(segments, "_writer", None)
    directory.forget_names()
    yield
    directory.forget_names()


@pytest.fixture
def desk(db: None, own_home: None) -> Newsdesk:
    return Newsdesk()


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("HAIHE_ALLOW_ADDRESSES", LOOPBACK)
    forget_shared_client()
    with serving() as running:
        yield running
    forget_shared_client()


def feed(text: str = TEXT, title: str = "海河文物特展开幕", extra: str = "", guid: str = "g1") -> bytes:
    return (
        "<rss version='2.0'><channel><title>津门</title><language>en-US</language><item>"
        f"<guid isPermaLink='false'>{guid}</guid><title>{title}</title>{extra}"
        f"<description>&lt;p&gt;{text}&lt;/p&gt;</description></item></channel></rss>"
    ).encode()


def arrive(desk: Newsdesk, data: bytes, *, look: bool = True) -> Item:
    source, _ = Source.objects.get_or_create(organisation=desk.organisation, name="津门", transport="upload")
    row = take_upload(source, data, filename="feed.xml", by=None)
    assert row.problem == ""
    if look:
        settle_pending()
    return Item.objects.get(source=source)


def png(width: int, height: int) -> bytes:
    """A PNG that declares a size and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def picture(width: int = 800, height: int = 500) -> bytes:
    data = io.BytesIO()
    Pillow.new("RGB", (width, height), "navy").save(data, "JPEG")
    return data.getvalue()


def test_names_are_of_the_directory_only_and_the_longest_wins() -> None:
    names = Names([("organisation", 1, "天津博物馆"), ("place", 2, "天津"), ("person", 3, "Li Na"), ("place", 4, "河")])
    found_names = names.find("天津博物館在天津。天津！ Li Na met Li Nash；黄河很长。")
    assert [(one.kind, one.id, one.text, one.count) for one in found_names] == [
        ("place", 2, "天津", 2),
        ("organisation", 1, "天津博物館", 1),
        ("person", 3, "Li Na", 1),
    ]


def test_key_terms_are_what_a_text_comes_back_to() -> None:
    assert key_terms("海河文物特展开幕", TEXT, "zh")[0] in ("海河文物", "海河", "文物特展", "文物")
    english = "The museum opens. The light festival begins, and the light festival ends near the museum."
    assert set(key_terms("Light festival", english, "en")) == {"light festival", "museum"}
    assert key_terms("美術館", "美術館が開館しました。" * 5, "ja") == ()


def test_quality_names_what_is_wrong() -> None:
    whole = "天津博物馆今天上午举办了一场展览，许多市民前来参观。" * 10
    lines = "\n".join(whole[:26] + str(n) + "。" for n in range(10))
    assert quality_of(lines).score > 90
    assert quality_of("") == quality_of("  \n")
    assert quality_of("").score == 0
    assert "broken characters" in quality_of(lines.replace("博", "�")).faults
    assert "repeated" in quality_of("\n".join([whole[:26]] * 10)).faults
    assert "links" in quality_of(lines, f"<p><a href='#'>{lines}</a></p>").faults
    assert "no sentences" in quality_of("\n".join(["新闻中心"] * 40)).faults


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("天津博物馆今天开馆", "zh"),
        ("The museum of the city is open and it will be closed on Monday for the rest of the week", "en"),
        ("Die Stadt hat das Museum für die Bürger geöffnet, und es ist nicht mit dem Zug zu erreichen", "de"),
        ("Музей открыт сегодня", "ru"),
        ("Museum", ""),
    ],
)
def test_language_is_told_by_script_and_small_words(text: str, language: str) -> None:
    assert language_of(text) == language


def test_an_item_gets_its_values_at_arrival(desk: Newsdesk) -> None:
    museum = found("天津博物馆", slug="museum")
    square = Place.objects.create(name="文化中心", slug="square")
    Alias.objects.create(place=square, text="海河文物特展", owner=desk.organisation)
    item = arrive(desk, feed())
    assert item.language == "zh"  # whatever the template says
    assert item.quality is not None
    assert item.quality > 0
    assert item.terms
    assert not item.pending
    assert [(one.kind, one.thing_id) for one in item.mentions.all()] == [
        ("place", square.pk),
        ("organisation", museum.pk),
    ]


def test_arriving_twice_changes_nothing(desk: Newsdesk) -> None:
    found("天津博物馆", slug="museum")
    item = arrive(desk, feed())
    before = Item.objects.values().get(), list(item.mentions.values())
    arrive(desk, feed())
    Item.objects.update(pending=True)  # as after a kill in the middle
    settle_pending()
    assert (Item.objects.values().get(), [{**row, "id": 0} for row in item.mentions.values()]) == (
        before[0],
        [{**row, "id": 0} for row in before[1]],
    )


def test_a_new_version_derives_only_what_staff_did_not_touch(desk: Newsdesk) -> None:
    item = arrive(desk, feed())
    by = desk.person("reporter")
    editing.change(item, "terms", ["特展"], by=by)
    editing.change(item, "language", "zh-Hant", by=by)
    changed = arrive(
        desk, feed("Quite another text, of the museum and the river that is in the city, with the people." * 9)
    )
    assert changed.version == 2
    assert (changed.terms, changed.language) == (["特展"], "zh-hant")
    assert changed.quality != item.quality


def test_every_change_can_be_undone_in_order(desk: Newsdesk) -> None:
    found("天津博物馆", slug="museum")
    item = arrive(desk, feed())
    by = desk.person("reporter")
    machine = {what: kind.read(item) for what, kind in editing.KINDS.items()}
    wanted: dict[str, Any] = {"language": "en", "terms": ["一", "二"], "quality": 7, "names": []}
    edits = [editing.change(item, what, value, by=by) for what, value in wanted.items()]
    assert item.touched == sorted(wanted)
    assert editing.change(item, "quality", 7, by=by) is None
    later = editing.change(item, "terms", ["三"], by=by)
    first = edits[1]
    assert first is not None
    assert later is not None
    with pytest.raises(Overruled):
        editing.undo(first, by=by)
    for edit in (later, *edits):
        assert edit is not None
        editing.undo(edit, by=by)
        editing.undo(edit, by=by)
    item.refresh_from_db()
    assert {what: kind.read(item) for what, kind in editing.KINDS.items()} == machine
    assert item.touched == []


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("language", "not a tag"),
        ("quality", 101),
        ("quality", "x"),
        ("names", [{"kind": "place", "id": 99, "text": "x"}]),
        ("lead", "https://elsewhere.example/x.jpg"),
        ("duplicate", "00000000-0000-0000-0000-000000000001"),
    ],
)
def test_values_that_cannot_stand_are_refused(desk: Newsdesk, what: str, value: Any) -> None:
    item = arrive(desk, feed())
    with pytest.raises(ValueRefused):
        editing.change(item, what, value, by=None)
    assert not ItemEdit.objects.exists()


def test_pictures_are_refused_by_their_header() -> None:
    with pytest.raises(PictureTooLarge):
        thumbnail(png(30_000, 30_000))
    with pytest.raises(PictureRefused):
        thumbnail(png(2_000_000_000, 2))
    for hostile in (b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"", b"\xff\xd8\xffnothing", b"GIF89a"):
        with pytest.raises(NoPicture):
            thumbnail(hostile)
    made = thumbnail(picture(1600, 1000))
    assert (made.width, made.height) == (1600, 1000)
    small = Pillow.open(io.BytesIO(made.webp))
    assert (small.format, small.size) == ("WEBP", (640, 400))


def test_lead_picture_is_brought_kept_and_shown_through_the_gate(desk: Newsdesk, site: Site) -> None:
    site.put("/big.png", png(30_000, 30_000), **{"Content-Type": "image/png"})
    site.put("/lead.jpg", picture(), **{"Content-Type": "image/jpeg"})
    pictures = "".join(
        f"<enclosure url='{site.url(name)}' type='image/jpeg' length='1'/>" for name in ("/big.png", "/lead.jpg")
    )
    item = arrive(desk, feed(extra=pictures))
    assert item.lead_pending
    assert item.lead is None
    assert leads.bring_pending(seconds=60) is False
    item.refresh_from_db()
    assert item.lead is not None
    assert item.lead.url == site.url("/lead.jpg")
    assert item.lead.master is not None
    assert item.lead.master.source_kind == "picture"
    refused = LeadPicture.objects.get(url=site.url("/big.png"))
    assert (refused.problem_code, refused.file) == ("PictureTooLarge", "")
    address = reverse("newsroom_item_picture", args=[item.pk, item.lead_id])
    assert signed_in(desk, "viewer").get(address)["Content-Type"] == "image/webp"
    assert Client().get(address).status_code == 302
    edit = editing.change(item, "lead", "", by=None)
    item.refresh_from_db()
    assert item.lead is None
    assert edit is not None
    editing.undo(edit, by=None)
    item.refresh_from_db()
    assert (item.lead.url, item.touched) == (site.url("/lead.jpg"), [])


def test_a_duplicate_is_parted_by_staff_and_joined_again(desk: Newsdesk) -> None:
    first = arrive(desk, feed())
    other = Source.objects.create(organisation=desk.organisation, name="转载", transport="upload")
    take_upload(other, feed(guid="g2"), filename="feed.xml", by=None)
    double = Item.objects.get(source=other)
    assert double.duplicate_of == first
    client = signed_in(desk, "reporter")
    client.post(reverse("newsroom_item_details", args=[double.pk]), {"at-language": "zh", "at-quality": ""})
    double.refresh_from_db()
    assert (double.duplicate_of, double.touched) == (None, ["duplicate"])
    take_upload(other, feed(guid="g2").replace("预约参观".encode(), "预约看".encode()), filename="feed.xml", by=None)
    take_upload(other, feed(guid="g2"), filename="feed.xml", by=None)
    double.refresh_from_db()
    assert double.duplicate_of is None, "what staff parted, a new version does not join"
    client.post(reverse("newsroom_item_undo", args=[double.pk, ItemEdit.objects.get(what="duplicate").pk]))
    double.refresh_from_db()
    assert (double.duplicate_of, double.touched) == (first, [])


def test_a_picture_in_the_delivery_needs_no_request(desk: Newsdesk) -> None:
    mail = (
        b"From: a@b.example\r\nSubject: Photo\r\nMessage-ID: <1@b>\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n"
        b"Content-Type: text/plain\r\n\r\nSee the photo.\r\n--x\r\n"
        b'Content-Type: image/jpeg; name="../../p.jpg"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        + base64.encodebytes(picture())
        + b"--x--\r\n"
    )
    assert part_of(Document(mail), "1.2") == picture()
    item = arrive(desk, mail)
    assert leads.bring_pending(seconds=60) is False
    item.refresh_from_db()
    assert item.lead is not None
    assert (item.lead.width, item.lead.master_id) == (800, item.master_id)


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


def signed_in(desk: Newsdesk, role: str) -> Client:
    client = Client()
    client.force_login(desk.person(role))
    return client


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
@pytest.mark.usefixtures("own_home")
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
