"""Each kind of source over its form: made, shown, edited; what is secret is never shown again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from haihe.base.outbound.testing import Site
from haihe.base.tasks import run_pending
from haihe.city.testing import RelatedCity, build_city
from haihe.newsroom.domain.sealing import unseal
from haihe.newsroom.models import Item, PushKey, Source
from haihe.newsroom.tests.test_listpages import TITLES, front
from haihe.newsroom.tests.test_transports_folder import story, zipped
from haihe.newsroom.tests.test_transports_sitemap import page

pytestmark = pytest.mark.django_db
ADD = "newsroom_source_add"


@pytest.fixture
def city(collecting_home: Path) -> RelatedCity:
    return build_city()


def add(city: RelatedCity, transport: str, **fields: Any) -> Any:
    sent = {"transport": transport, "organisation": city.organisations["own"].pk, "every_minutes": 15, **fields}
    return city.client("editor").post(reverse(ADD), sent)


def edit(city: RelatedCity, source: Source, **fields: Any) -> Any:
    sent = {"organisation": source.organisation_id, "every_minutes": 15, "name": source.name, **fields}
    return city.client("editor").post(reverse("newsroom_source_edit", args=[source.pk]), sent)


@pytest.mark.parametrize("transport", ["address", "page", "sitemap", "mailbox", "folder", "push", "upload"])
def test_form_of_each_kind_opens_and_asks_for_what_is_missing(city: RelatedCity, transport: str) -> None:
    client = city.client("editor")
    assert client.get(reverse(ADD) + f"?transport={transport}").status_code == 200
    answer = client.post(reverse(ADD), {"transport": transport})
    assert answer.status_code == 200
    assert "error" in answer.content.decode()
    assert Source.objects.count() == 0


def test_list_page_is_tried_proposed_saved_and_collected(city: RelatedCity, web: Site) -> None:
    web.put("/list", front(web.url("")).data)
    for number, title in enumerate(TITLES, 1):
        web.put(f"/xw/2026{number:02d}/t2026{number:02d}01_{number}88.html", page(title))
    client = city.client("editor")
    tried = client.post(reverse("newsroom_source_links"), {"address": web.url("/list")}).json()
    assert f"{len(TITLES)} links would be taken" in tried["html"]
    assert tried["proposed"]["selector"] == "ul.news-list li.item a"
    narrowed = client.post(
        reverse("newsroom_source_links"), {"address": web.url("/list"), "pattern": "/xw/202601/*"}
    ).json()
    assert "1 link would be taken" in narrowed["html"]
    assert [path for path, _ in web.asked] == ["/list"], "its host does not feel each letter typed"
    looked = add(city, "page", address=web.url("/list"), look="1").content.decode()
    assert TITLES[0] in looked
    assert "ul.news-list li.item a" in looked
    assert add(city, "page", address=web.url("/list"), **tried["proposed"], save="1").status_code == 302
    run_pending(["collect"])
    assert sorted(Item.objects.values_list("title", flat=True)) == sorted(TITLES)
    assert add(city, "page", address="http://a.example/", selector="ul[", save="1").status_code == 200


def test_mailbox_keeps_its_password_sealed_and_never_shows_it(city: RelatedCity) -> None:
    made = add(city, "mailbox", server="imap.example.org", user="desk@example.org", password="p w-8Q", name="投稿")
    assert made.status_code == 302
    source = Source.objects.get()
    assert source.address == "imaps://desk%40example.org@imap.example.org/INBOX"
    assert "p w-8Q" not in str(Source.objects.values().get())
    assert unseal(source.sealed) == "p w-8Q"
    client = city.client("editor")
    pages = [reverse("newsroom_source", args=[source.pk]), reverse("newsroom_source_edit", args=[source.pk])]
    shown = "".join(client.get(address).content.decode() for address in [*pages, reverse("newsroom_sources")])
    assert "p w-8Q" not in shown
    assert source.sealed not in shown
    edit(city, source, server="imap.example.org", user="desk@example.org", password="", mail_folder="来稿")
    source.refresh_from_db()
    assert (unseal(source.sealed), source.address.rpartition("/")[2]) == ("p w-8Q", "%E6%9D%A5%E7%A8%BF")


def test_folder_lies_below_that_of_its_organisation(city: RelatedCity, collecting_home: Path) -> None:
    assert add(city, "folder", folder="投稿/今日", name="x").status_code == 302
    source = Source.objects.get()
    assert source.address == "kit-own/投稿/今日"
    assert (collecting_home / "watched/kit-own/投稿/今日").is_dir()
    for name in ("../kit-stranger", "a/../../b", "..", ".", "a/./b", "a\\b", "~", ""):
        assert add(city, "folder", folder=name, name="y").status_code == 200, name
    assert Source.objects.count() == 1
    assert sorted(one.name for one in (collecting_home / "watched").iterdir()) == ["kit-own"]


def test_push_key_is_shown_once(city: RelatedCity) -> None:
    add(city, "push", name="通讯社")
    source = Source.objects.get()
    client = city.client("editor")
    page = reverse("newsroom_source", args=[source.pk])
    made = client.post(reverse("newsroom_source_key", args=[source.pk]))
    key = made.content.decode().partition('class="hh-key">')[2].partition("<")[0]
    assert key.startswith("haihe_")
    assert "no-store" in made.headers["Cache-Control"]
    assert key not in client.get(page).content.decode()
    assert PushKey.objects.get().ends_with == key[-4:]


def test_same_address_twice_is_told_and_not_a_crash(city: RelatedCity) -> None:
    assert add(city, "address", address="http://a.example/feed", name="x").status_code == 302
    again = add(city, "address", address="http://a.example/feed", name="y")
    assert again.status_code == 200
    assert "collects from there already" in again.content.decode()


def test_rights_are_kept_told_to_masters_and_listed(city: RelatedCity, web: Site) -> None:
    web.put("/feed", "<rss version='2.0'><channel><title>x</title><item><title>海河夜游</title></item></channel></rss>")
    until = timezone.localdate() + timedelta(days=30)
    rights = {
        "licence": "CC BY 4.0",
        "reprint": "listed",
        "reprint_basis": "白名单2026-12",
        "reprint_until": until.isoformat(),
        "credit_as": "津门新闻",
    }
    add(city, "address", address=web.url("/feed"), name="=cmd", **rights)
    run_pending(["collect"])
    master = Item.objects.get().master
    assert master.rights == {
        "licence": "CC BY 4.0",
        "reprint": "listed",
        "basis": "白名单2026-12",
        "until": until.isoformat(),
        "credit": "津门新闻",
    }
    client = city.client("editor")
    table = client.get(reverse("newsroom_reprint_list")).content.decode("utf-8-sig")
    assert "白名单2026-12" in table
    assert "\n'=cmd," in table.replace("\r\n", "\n"), "no formula for a spreadsheet"
    assert "白名单2026-12" in client.get(reverse("newsroom_source", args=[Source.objects.get().pk])).content.decode()
    Source.objects.update(reprint_until=timezone.localdate() - timedelta(days=1))
    assert "白名单2026-12" not in client.get(reverse("newsroom_reprint_list")).content.decode()
    assert "=cmd" not in client.get(reverse("newsroom_sources") + "?reprint=may").content.decode()
    assert "=cmd" in client.get(reverse("newsroom_sources") + "?reprint=listed&kind=address").content.decode()


def test_zip_is_uploaded_and_what_was_refused_is_named(city: RelatedCity) -> None:
    add(city, "upload", name="投稿箱")
    source = Source.objects.get()
    data = zipped(**{"a.html": story("压缩包里的稿件"), "in.zip": zipped(x=b"y")})
    client = city.client("editor")
    address = reverse("newsroom_source_upload", args=[source.pk])
    answer = client.post(address, {"file": SimpleUploadedFile("稿.zip", data)}, follow=True).content.decode()
    assert Item.objects.get().title == "压缩包里的稿件"
    assert "1 new item" in answer
    assert "in.zip" in answer


def test_another_rule_reads_the_same_page_anew(city: RelatedCity, web: Site) -> None:
    web.put("/list", front(web.url("")).data, ETag='"1"')
    add(city, "page", address=web.url("/list"), pattern="/xw/202601/*", name="x")
    source = Source.objects.get()
    Source.objects.update(etag='"1"')
    edit(city, source, address=web.url("/list"), pattern="/xw/202601/*")
    source.refresh_from_db()
    assert source.etag == '"1"'
    edit(city, source, address=web.url("/list"), pattern="/xw/*")
    source.refresh_from_db()
    assert (source.etag, source.options["pattern"]) == ("", "/xw/*")
