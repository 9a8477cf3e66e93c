"""Lists of sources in OPML: in, out, and by whom."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from lxml import etree

from haihe.base.tasks.models import Job
from haihe.city.domain.organisations import found
from haihe.city.models import Organisation
from haihe.city.testing import RelatedCity, build_city, relations_allowed
from haihe.newsroom.domain.readers import FeedUnreadable
from haihe.newsroom.domain.subscriptions import as_opml, take_over
from haihe.newsroom.models import Source

pytestmark = pytest.mark.django_db
ROLES = ["viewer", "reporter", "editor", "publisher", "administrator", "auditor", "outsider"]
LIST = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>订阅</title></head><body>
<outline text="文化"><outline type="rss" text="津门文化" xmlUrl="https://a.example/feed.xml"/></outline>
<outline text="津门文化，又一次" xmlUrl="https://a.example/feed.xml"/>
<outline text="" xmlUrl="https://b.example/atom"/>
<outline text="不是地址" xmlUrl="javascript:alert(1)"/>
<outline text="只是一页" htmlUrl="https://c.example/"/>
</body></opml>"""


@pytest.fixture
def desk() -> Organisation:
    return found("海河区融媒体中心", slug="desk")


def test_list_becomes_sources_each_once(desk: Organisation) -> None:
    result = take_over(LIST.encode(), desk)
    assert [(one.name, one.address) for one in result.added] == [
        ("津门文化", "https://a.example/feed.xml"),
        ("https://b.example/atom", "https://b.example/atom"),
    ]
    again = take_over(LIST.encode(), desk)
    assert (again.added, again.known) == ([], ["https://a.example/feed.xml", "https://b.example/atom"])
    assert Source.objects.count() == 2


def test_real_list_of_another_reader_comes_in_whole(desk: Organisation, data_folder: Path) -> None:
    data = (data_folder / "feeds/real/RSParser/Subs.opml").read_bytes()
    wanted = {one.get("xmlUrl") for one in etree.fromstring(data).iter("outline") if one.get("xmlUrl")}
    assert {one.address for one in take_over(data, desk).added} == wanted
    assert len(wanted) > 10


def test_what_goes_out_comes_in_again(desk: Organisation) -> None:
    other = found("博物馆", slug="museum")
    take_over(LIST.encode(), desk)
    Source.objects.create(organisation=desk, name="私有 & <源>\x07", address="https://name:secret@d.example/feed")
    Source.objects.create(organisation=desk, name="投稿箱", transport="upload")
    told = as_opml(Source.objects.select_related("organisation"), "来源")
    assert b"secret" not in told
    assert "投稿箱" not in told.decode()
    back = take_over(told, other)
    assert {(one.name, one.address) for one in back.added} == {
        ("津门文化", "https://a.example/feed.xml"),
        ("https://b.example/atom", "https://b.example/atom"),
        ("私有 & <源>", "https://d.example/feed"),
    }


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not xml",
        LIST.encode()[:90],
        b"<opml version='2.0'><body/></opml>",
        b"<rss version='2.0'><channel><title>x</title><item><link>http://a.example</link></item></channel></rss>",
        b"<!DOCTYPE opml [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><opml><body><outline text='&x;'/></body></opml>",
    ],
)
def test_what_is_no_list_brings_nothing(desk: Organisation, data: bytes) -> None:
    with pytest.raises(FeedUnreadable):
        take_over(data, desk)
    assert not Source.objects.exists()


def test_too_long_an_address_stops_no_other(desk: Organisation) -> None:
    data = LIST.replace("https://b.example/atom", "https://b.example/" + "a" * 2000)
    result = take_over(data.encode(), desk)
    assert ([one.address for one in result.added], len(result.refused)) == (["https://a.example/feed.xml"], 1)


def test_only_feeds_go_out(desk: Organisation) -> None:
    kept = {"organisation": desk, "name": "x"}
    Source.objects.create(**kept, address="imaps://secret-user@mail.example/INBOX", transport="mailbox")
    Source.objects.create(**kept, address="desk/folder", transport="folder")
    Source.objects.create(**kept, address="https://me:pw@a.example/feed")
    out = as_opml(Source.objects.all(), "x").decode()
    assert out.count("xmlUrl") == 1
    assert 'xmlUrl="https://a.example/feed"' in out
    assert "secret-user" not in out


@pytest.mark.parametrize("role", ROLES)
def test_who_may_bring_a_list_in_and_sees_what_in_one(role: str) -> None:
    city: RelatedCity = build_city()
    planted = city.plant(
        lambda organisation, secret: Source.objects.create(
            organisation=organisation, name=secret, address=f"https://{secret}.example/"
        )
    )
    client = city.client(role)
    assert planted.shown_in(client.get("/admin/sources/list/").content) == relations_allowed(role, "view")
    for relation, organisation in city.organisations.items():
        before = Source.objects.filter(organisation=organisation).count()
        file = SimpleUploadedFile("list.opml", LIST.encode())
        client.post("/admin/sources/list/add/", {"file": file, "organisation": organisation.pk})
        added = Source.objects.filter(organisation=organisation).count() - before
        assert added == (2 if relation in relations_allowed(role, "manage_sources") else 0), relation


def test_new_sources_are_lined_up_and_a_bad_file_is_told() -> None:
    city = build_city()
    client = city.client("administrator")
    own = city.organisations["own"]
    answer = client.post(
        "/admin/sources/list/add/",
        {"file": SimpleUploadedFile("a.opml", LIST.encode()), "organisation": own.pk},
        follow=True,
    )
    assert "2 sources added." in answer.content.decode()
    assert Job.objects.filter(task_path__endswith="visit_source", state="waiting").count() == 2
    bad = client.post("/admin/sources/list/add/", {"file": SimpleUploadedFile("a.opml", b"x"), "organisation": own.pk})
    assert "This is no list of feeds." in bad.content.decode()
