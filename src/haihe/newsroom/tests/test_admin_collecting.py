from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from haihe.archive import deposit
from haihe.archive.domain import segments
from haihe.base.outbound import forget_shared_client
from haihe.base.outbound.testing import LOOPBACK, Site, serving
from haihe.base.search import index_pending
from haihe.base.tasks import run_pending
from haihe.city.models import Organisation
from haihe.city.testing import RELATIONS, RelatedCity, build_city, relations_allowed
from haihe.newsroom.domain import intake
from haihe.newsroom.domain.readers import Document, read
from haihe.newsroom.models import Item, Manuscript, Source

pytestmark = pytest.mark.django_db
ROLES = ["viewer", "reporter", "editor", "publisher", "administrator", "auditor", "outsider"]


@pytest.fixture
def city() -> RelatedCity:
    return build_city()


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has an archive and an index of its own, and no open segment of another."""
    settings.HOME = tmp_path
    monkeypatch.setattr(segments, "_writer", None)


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("HAIHE_ALLOW_ADDRESSES", LOOPBACK)
    forget_shared_client()
    with serving() as running:
        yield running
    forget_shared_client()


def plant(organisation: Organisation, secret: str) -> Item:
    source = Source.objects.create(organisation=organisation, name=f"{secret}-source", transport="upload")
    feed = (
        f"<rss version='2.0'><channel><title>x</title><item><guid>{secret}</guid><title>{secret}-title 夜游</title>"
        "<description>&lt;p onclick='x'&gt;海河夜游今晚恢复运营，市民可以在码头登船。&lt;/p&gt;</description></item></channel></rss>"  # noqa: E501
    ).encode()
    master = deposit(feed, organisation=organisation, source_kind="upload")
    now = timezone.now()
    intake.take(source, intake.prepared(source, master, read(Document(feed)), arrived_at=now))
    return Item.objects.get(source=source)


@pytest.mark.parametrize("role", ROLES)
def test_lists_show_only_what_the_gate_lets_through(city: RelatedCity, role: str) -> None:
    planted = city.plant(plant)
    index_pending()
    client = city.client(role)
    seen = relations_allowed(role, "view")
    for address in (
        reverse("newsroom_sources"),
        reverse("newsroom_items"),
        reverse("newsroom_items") + "?q=夜游",
        reverse("newsroom_items") + "?state=all&q=海河",
    ):
        response = client.get(address)
        assert planted.shown_in(response) == seen, address
        assert (response.status_code == 200) == bool(seen)


@pytest.mark.parametrize("role", ROLES)
def test_record_pages_open_only_through_the_gate(city: RelatedCity, role: str) -> None:
    planted = city.plant(plant)
    client = city.client(role)
    for relation in RELATIONS:
        item = planted[relation]
        pages = [
            reverse("newsroom_item", args=[item.pk]),
            reverse("newsroom_item_original", args=[item.pk]),
            reverse("newsroom_source", args=[item.source_id]),
            reverse("newsroom_source_newest", args=[item.source_id]),
        ]
        for address in pages:
            response = client.get(address)
            assert (response.status_code == 200) == (relation in relations_allowed(role, "view")), (relation, address)
        chosen = client.get(reverse("newsroom_items") + f"?item={item.pk}")
        assert planted.shown_in(chosen) == relations_allowed(role, "view")


@pytest.mark.parametrize("role", ROLES)
def test_changes_need_their_action(city: RelatedCity, role: str) -> None:
    planted = city.plant(plant)
    client = city.client(role)
    for relation in RELATIONS:
        item = planted[relation]
        client.post(reverse("newsroom_item_move", args=[item.pk]), {"state": "set_aside"})
        item.refresh_from_db()
        assert (item.state == "set_aside") == (relation in relations_allowed(role, "create")), relation
        client.post(reverse("newsroom_source_pause", args=[item.source_id]))
        item.source.refresh_from_db()
        assert (not item.source.active) == (relation in relations_allowed(role, "manage_sources")), relation


@pytest.mark.parametrize("role", ROLES)
def test_making_a_manuscript_needs_create(city: RelatedCity, role: str) -> None:
    planted = city.plant(plant)
    for relation in RELATIONS:
        city.client(role).post(reverse("newsroom_item_begin", args=[planted[relation].pk]))
    made = relations_allowed(role, "create")
    assert Manuscript.objects.count() == len(made)
    states = {relation: Item.objects.get(pk=planted[relation].pk).state for relation in RELATIONS}
    assert states == {relation: "used" if relation in made else "new" for relation in RELATIONS}


def test_source_cannot_be_put_into_a_stranger_organisation(city: RelatedCity) -> None:
    stranger = city.organisations["stranger"]
    response = city.client("editor").post(
        reverse("newsroom_source_add"),
        {"address": "https://a.example/feed", "organisation": stranger.pk, "every_minutes": 15, "save": "1"},
    )
    assert response.status_code == 200
    assert Source.objects.count() == 0


def test_source_is_looked_at_added_collected_and_read(city: RelatedCity, site: Site) -> None:
    feed = "<rss version='2.0'><channel><title>津门新闻</title><item><title>海河夜游</title><guid>1</guid></item></channel></rss>"  # noqa: E501
    site.put("/feed", feed)
    client = city.client("editor")
    form = {"address": site.url("/feed"), "organisation": city.organisations["own"].pk, "every_minutes": 15}
    looked = client.post(reverse("newsroom_source_add"), form | {"look": "1"}).content.decode()
    assert "津门新闻" in looked
    assert "海河夜游" in looked
    assert Source.objects.count() == 0
    added = client.post(reverse("newsroom_source_add"), form | {"save": "1"})
    source = Source.objects.get()
    assert added.url == reverse("newsroom_source", args=[source.pk]) + "?waiting=first"
    assert run_pending(["collect"]) == 1
    assert "海河夜游" in client.get(reverse("newsroom_items")).content.decode()
    newest = client.get(reverse("newsroom_source_newest", args=[source.pk])).json()["newest"]
    client.post(reverse("newsroom_source_collect", args=[source.pk]))
    run_pending(["collect"])
    assert client.get(reverse("newsroom_source_newest", args=[source.pk])).json()["newest"] > newest


def test_source_in_trouble_says_what_and_what_to_do(city: RelatedCity, site: Site) -> None:
    site.put("/page", "<html><head><link rel=alternate type=application/rss+xml href=/real.xml></head></html>")
    client = city.client("editor")
    form = {"address": site.url("/page"), "organisation": city.organisations["own"].pk, "every_minutes": 15}
    looked = client.post(reverse("newsroom_source_add"), form | {"look": "1"}).content.decode()
    assert "This is a web page, not a feed." in looked
    assert site.url("/real.xml") in looked
    client.post(reverse("newsroom_source_add"), form | {"save": "1"})
    run_pending(["collect"])
    listed = client.get(reverse("newsroom_sources")).content.decode()
    assert "1 source has a problem" in listed
    assert "This is a web page, not a feed." in listed


def test_password_in_an_address_is_not_shown_to_viewers(city: RelatedCity) -> None:
    own = city.organisations["own"]
    source = Source.objects.create(organisation=own, name="n", address="https://ann:s3cret@a.example/feed")
    for address in (reverse("newsroom_sources"), reverse("newsroom_source", args=[source.pk])):
        page = city.client("viewer").get(address).content.decode()
        assert "https://a.example/feed" in page
        assert "s3cret" not in page


def test_upload_is_taken_in_and_trouble_is_told(city: RelatedCity) -> None:
    box = Source.objects.create(organisation=city.organisations["own"], name="box", transport="upload")
    client = city.client("editor")
    address = reverse("newsroom_source_upload", args=[box.pk])
    good = "<rss version='2.0'><channel><title>x</title><item><title>夜游</title></item></channel></rss>".encode()
    done = client.post(address, {"file": SimpleUploadedFile("a.xml", good)}, follow=True)
    assert "1 entries read: 1 new item, 0 changed." in done.content.decode()
    bad = client.post(address, {"file": SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n")}, follow=True)
    assert "not a feed" in bad.content.decode()
    assert Item.objects.count() == 1


def test_what_is_found_is_counted_by_source_and_narrowed_in_one_step(city: RelatedCity) -> None:
    """Sources of organisations that the reader does not see are neither named nor counted."""
    own = city.organisations["own"]
    first, second = plant(own, "Ka"), plant(own, "Kb")
    planted = plant(city.organisations["sibling"], "Kc")
    intake.set_state([second], Item.State.SET_ASIDE, by=city.people["editor"])
    index_pending()
    client = city.client("viewer")

    def links(**asked: str) -> dict[str, str]:
        page = client.get(reverse("newsroom_items"), asked).content.decode()
        assert planted.source.name not in page
        found = re.findall(r'<a href="([^"]*)">([^<]*) <span>(\d+)</span></a>', page)
        return {f"{text} {count}": href for href, text, count in found}

    offered = links(q="夜游", state="all", p="1")
    assert {f"{first.source.name} 1", f"{second.source.name} 1"} < set(offered)
    assert links(q="夜游", state="new") == {}
    narrowed = client.get(reverse("newsroom_items") + unescape(offered[f"{first.source.name} 1"])).content.decode()
    assert f'data-item="{first.pk}"' in narrowed
    assert f'data-item="{second.pk}"' not in narrowed


def test_item_is_shown_sanitised_with_its_evidence(city: RelatedCity) -> None:
    item = plant(city.organisations["own"], "Kx")
    client = city.client("viewer")
    page = client.get(reverse("newsroom_items") + f"?item={item.pk}").content.decode()
    assert "onclick" not in re.sub(r"<(?!p)[^>]*>", "", page)
    assert item.master.blob_id in page
    original = client.get(reverse("newsroom_item_original", args=[item.pk]))
    assert b"onclick" in original.content
    assert original["Content-Disposition"].startswith("attachment")
    assert original["X-Content-Type-Options"] == "nosniff"


def test_set_aside_can_be_undone_and_does_not_lead_elsewhere(city: RelatedCity) -> None:
    item = plant(city.organisations["own"], "Kx")
    client = city.client("editor")
    move = reverse("newsroom_item_move", args=[item.pk])
    moved = client.post(move, {"state": "set_aside", "here": "https://evil.example/"})
    assert moved.url.startswith(reverse("newsroom_items"))
    assert "Set aside: Kx-title" in client.get(moved.url).content.decode()
    client.post(move, {"state": "new"})
    item.refresh_from_db()
    assert item.state == "new"


def test_empty_pages_say_what_would_stand_there(city: RelatedCity) -> None:
    client = city.client("editor")
    assert "Add the address of a feed" in client.get(reverse("newsroom_sources")).content.decode()
    assert "Add the first source" in client.get(reverse("newsroom_items")).content.decode()
    index_pending()
    assert "Nothing fits" in client.get(reverse("newsroom_items") + "?language=&q=无此词").content.decode()


def test_pages_speak_chinese(city: RelatedCity) -> None:
    plant(city.organisations["own"], "Kx")
    client = city.client("editor")
    for address in (reverse("newsroom_sources"), reverse("newsroom_items"), reverse("newsroom_source_add")):
        page = client.get(address, headers={"accept-language": "zh-hans"}).content.decode()
        assert "来源" in page


def test_page_that_waits_takes_the_result_in_where_it_stands(city: RelatedCity) -> None:
    """The script swaps the parts that a visit changes; forms that somebody may be filling in are no such part."""
    item = plant(city.organisations["own"], "Kx")
    client = city.client("editor")
    address = reverse("newsroom_source", args=[item.source_id])
    waits, rests = (client.get(address + query).content.decode() for query in ("?waiting=first", ""))
    for page in (waits, rests):
        parts = re.findall(r'data-live="(\w+)"', page)
        assert parts == ["state", "facts", "visits"]
    assert ("data-waiting" in waits, "data-waiting" in rests) == (True, False)
    swapped = waits.partition('data-live="facts"')[2].partition("</dl>")[0] + waits.partition('data-live="visits"')[2]
    assert ("<form" in swapped.partition("</main>")[0], "<form" in waits) == (False, True)


def test_phone_reads_either_the_list_or_the_item_opened_from_it(city: RelatedCity) -> None:
    item = plant(city.organisations["own"], "Kx")
    client = city.client("editor")
    address = reverse("newsroom_items")
    assert "hh-reading" not in client.get(address).content.decode()
    opened = client.get(f"{address}?item={item.pk}&state=all").content.decode()
    assert "hh-reading" in opened
    assert f'class="hh-back" href="{address}?state=all"' in opened
    assert "hh-reading" not in client.get(f"{address}?item=no-such-item").content.decode()


def test_entries_that_came_together_stand_newest_first(city: RelatedCity) -> None:
    entries = "".join(
        f"<item><guid>{day}</guid><title>第{day}日</title><pubDate>{day:02d} Nov 2026 08:00:00 +0800</pubDate></item>"
        for day in (3, 9, 1, 7, 5)
    )
    entries += "<item><guid>n</guid><title>无日期</title></item>"
    feed = f"<rss version='2.0'><channel><title>x</title>{entries}</channel></rss>"
    source = Source.objects.create(organisation=city.organisations["own"], name="a", transport="upload")
    master = deposit(feed.encode(), organisation=source.organisation, source_kind="upload")
    intake.take(source, intake.prepared(source, master, read(Document(feed.encode())), arrived_at=timezone.now()))
    body = city.client("editor").get("/admin/items/").content.decode()
    assert list(dict.fromkeys(re.findall(r"第\d日|无日期", body))) == [
        "第9日",
        "第7日",
        "第5日",
        "第3日",
        "第1日",
        "无日期",
    ]
