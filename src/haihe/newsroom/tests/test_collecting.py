from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone, translation

from haihe.archive import read as read_master
from haihe.archive.domain import segments
from haihe.archive.models import Master
from haihe.base import outbound
from haihe.base.outbound import forget_shared_client
from haihe.base.outbound.testing import LOOPBACK, Site, serving
from haihe.base.search import index_pending, search
from haihe.base.tasks import run_pending
from haihe.city.domain.organisations import found
from haihe.city.models import Organisation
from haihe.newsroom.domain import asking, collecting, intake
from haihe.newsroom.models import Fetch, Item, ItemVersion, Source
from haihe.newsroom.tasks import visit_due_sources, visit_source

pytestmark = pytest.mark.django_db


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


@pytest.fixture
def centre() -> Organisation:
    return found("Centre", slug="centre")


def source_of(organisation: Organisation, address: str, **fields: object) -> Source:
    return Source.objects.create(organisation=organisation, name=address[-60:], address=address, **fields)


def feed_of(*entries: tuple[str, str, str]) -> str:
    items = "".join(
        f"<item><guid isPermaLink='false'>{guid}</guid><title>{title}</title><description>{text}</description></item>"
        for guid, title, text in entries
    )
    return f'<rss version="2.0"><channel><title>站</title>{items}</channel></rss>'


FIRST = ("g1", "海河夜游开航", "今晚起海河夜游恢复运营，市民可以在大悲院码头登船。")
SECOND = ("g2", "博物馆周末延时", "天津博物馆本周末延时开放到晚上九点，需要预约。")


def test_visit_keeps_bytes_and_makes_items(site: Site, centre: Organisation) -> None:
    site.put("/feed", feed_of(FIRST, SECOND), Content_Type="application/rss+xml", ETag='"1"')
    source = source_of(centre, site.url("/feed"), licence="CC BY 4.0")
    row = collecting.visit(source)
    assert (row.status, row.entries, row.new_items, row.problem) == (200, 2, 2, "")
    assert row.master is not None
    assert read_master(row.master) == feed_of(FIRST, SECOND).encode()
    assert (row.master.organisation, row.master.source_kind, row.master.rights) == (
        centre,
        "feed",
        {"licence": "CC BY 4.0"},
    )
    items = list(Item.objects.order_by("entry_id"))
    assert [(item.entry_id, item.title, item.locator) for item in items] == [
        ("g1", FIRST[1], "entry[1]"),
        ("g2", SECOND[1], "entry[2]"),
    ]
    assert {item.master_id for item in items} == {row.master_id}
    assert {item.language for item in items} == {"zh"}
    source.refresh_from_db()
    assert (source.etag, source.failures, source.problem_code) == ('"1"', 0, "")
    assert source.next_visit_at is not None


def test_source_without_a_name_takes_the_feeds_at_its_first_visit(site: Site, centre: Organisation) -> None:
    site.put("/feed", feed_of(FIRST).replace("<title>站</title>", "<title> 津门\n 文化 </title>"))
    nameless = Source.objects.create(organisation=centre, name=site.url("/feed"), address=site.url("/feed"))
    site.put("/other", feed_of(FIRST))
    named = Source.objects.create(organisation=centre, name="我们的名字", address=site.url("/other"))
    site.put("/untitled", feed_of(FIRST).replace("站", ""))
    untitled = Source.objects.create(organisation=centre, name=site.url("/untitled"), address=site.url("/untitled"))
    for source in (nameless, named, untitled):
        assert collecting.visit(source).problem == ""
    names = Source.objects.order_by("pk").values_list("name", flat=True)
    assert list(names) == ["津门 文化", "我们的名字", site.url("/untitled")]


def test_visit_twice_makes_nothing_twice(site: Site, centre: Organisation) -> None:
    site.put("/feed", feed_of(FIRST, SECOND))
    source = source_of(centre, site.url("/feed"))
    first, second = collecting.visit(source), collecting.visit(source)
    assert (first.new_items, second.new_items, second.changed_items) == (2, 0, 0)
    assert Item.objects.count() == 2
    assert ItemVersion.objects.count() == 0
    assert Fetch.objects.count() == Master.objects.count() == 2


def test_visit_of_unchanged_source_is_one_row_of_the_ledger(site: Site, centre: Organisation) -> None:
    site.put("/feed", b"", status=304)
    source = source_of(centre, site.url("/feed"), etag='"1"')
    row = collecting.visit(source)
    assert (row.status, row.master, row.problem) == (304, None, "")
    assert site.asked[0][1]["If-None-Match"] == '"1"'
    assert Master.objects.count() == 0


def test_one_guid_with_changing_content_keeps_every_version(site: Site, centre: Organisation) -> None:
    source = source_of(centre, site.url("/feed"))
    masters = []
    for text in ("初稿写得很短。", "第二稿改了数字。", "第三稿又改了。"):
        site.put("/feed", feed_of(("g1", "同一篇", text)))
        masters.append(collecting.visit(source).master_id)
    item = Item.objects.get()
    assert (item.version, item.text, item.master_id) == (3, "第三稿又改了。", masters[2])
    kept = list(item.versions.order_by("number").values_list("number", "body", "master_id"))
    assert kept == [(1, "初稿写得很短。", masters[0]), (2, "第二稿改了数字。", masters[1])]


def test_entries_that_share_a_guid_are_all_kept(site: Site, centre: Organisation) -> None:
    site.put("/feed", feed_of(("same", "甲", "一"), ("same", "乙", "二"), ("same", "乙", "三"), ("same", "甲", "一")))
    source = source_of(centre, site.url("/feed"))
    collecting.visit(source)
    collecting.visit(source)
    assert sorted(Item.objects.values_list("title", "text")) == [("乙", "三"), ("乙", "二"), ("甲", "一")]
    assert ItemVersion.objects.count() == 0


def test_exact_duplicates_join_within_organisation_only(site: Site, centre: Organisation) -> None:
    other = found("Other", slug="other")
    site.put("/a", feed_of(FIRST))
    site.put("/b", feed_of(("another-guid", *FIRST[1:]), SECOND))
    for organisation, path in ((centre, "/a"), (centre, "/b"), (other, "/b")):
        collecting.visit(source_of(organisation, site.url(path)))
    original = Item.objects.get(entry_id="g1")
    assert list(Item.objects.filter(duplicate_of=original).values_list("organisation", "entry_id")) == [
        (centre.pk, "another-guid")
    ]
    assert Item.objects.filter(duplicate_of=None).count() == 4  # g1, g2, and both of the other organisation


def test_future_and_impossible_dates_are_not_believed_and_kept(site: Site, centre: Organisation) -> None:
    dates = {
        "a": "Fri, 01 Jan 2999 00:00:00 GMT",
        "b": "Fri, 31 Feb 2023 12:00:00 GMT",
        "c": "Mon, 01 May 2023 12:00:00 GMT",
    }
    items = "".join(f"<item><guid>{k}</guid><title>{k}</title><pubDate>{v}</pubDate></item>" for k, v in dates.items())
    site.put("/feed", f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>')
    collecting.visit(source_of(centre, site.url("/feed")))
    assert {i.entry_id.rsplit("/", 1)[-1]: (i.published_at, i.published_raw) for i in Item.objects.all()} == {
        "a": (None, dates["a"]),
        "b": (None, dates["b"]),
        "c": (datetime(2023, 5, 1, 12, tzinfo=UTC), dates["c"]),
    }


def test_hostile_html_is_disarmed_and_the_original_kept(site: Site, centre: Organisation) -> None:
    hostile = "&lt;p onclick=x&gt;正文&lt;script&gt;alert(1)&lt;/script&gt;&lt;a href='javascript:x'&gt;链&lt;/a&gt;&lt;/p&gt;"  # noqa: E501
    site.put("/feed", feed_of(("g1", "&lt;b&gt;题&lt;/b&gt;&lt;script&gt;x&lt;/script&gt;", hostile)))
    row = collecting.visit(source_of(centre, site.url("/feed")))
    item = Item.objects.get()
    assert item.body == '<p>正文<a rel="noopener noreferrer nofollow">链</a></p>'
    assert item.title == "题"
    assert row.master is not None
    assert b"javascript:x" in read_master(row.master)


def test_each_trouble_is_told_and_the_others_go_on(
    site: Site, centre: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = outbound.Limits(total=1.0, read=0.5, body=2 << 20)
    monkeypatch.setattr(asking, "fetch", lambda *a, **k: outbound.fetch(*a, **k, limits=quick))
    gigabyte = b"x" * (1 << 20)
    site.stream("/huge", lambda: (gigabyte for _ in range(1024)))
    site.put("/bomb", gzip.compress(b"\0" * (64 << 20)), Content_Encoding="gzip")
    site.drip("/drip")
    site.redirect("/circle", "/circle2")
    site.redirect("/circle2", "/circle")
    site.redirect("/inside", "http://10.0.0.1/feed")
    site.redirect("/metadata", "http://169.254.169.254/latest/meta-data/")
    site.put("/page", "<!DOCTYPE html><html><body>hello</body></html>")
    site.put("/broken", "<catalog><x></catalog>")
    site.put("/empty", b"")
    site.put("/error", b"", status=500)
    site.put("/truncated", feed_of(FIRST)[:-30])
    site.put(
        "/external",
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + feed_of(("e1", "外部 &x;", "外部实体不会被读取。")),
    )
    site.put(
        "/entities",
        '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY x "&b;&b;&b;">]>'
        + feed_of(("e2", "炸弹 &x;", "z")),
    )
    site.put("/good", feed_of(SECOND))
    expected = {
        "/huge": "TooLarge", "/bomb": "TooLarge", "/drip": "TooSlow", "/circle": "TooManyRedirects",
        "/inside": "AddressRefused", "/metadata": "AddressRefused", "/page": "WebPage", "/broken": "FeedUnreadable",
        "/empty": "FeedUnreadable", "/error": "RefusedByServer", "/truncated": "", "/external": "", "/entities": "",
        "/good": "",
    }  # fmt: skip
    for path in expected:
        source_of(centre, site.url(path))
    visit_due_sources.func()
    run_pending(["collect"])
    told = {s.address.removeprefix(site.url("")): s.problem_code for s in Source.objects.all()}
    assert told == expected
    assert set(Item.objects.values_list("entry_id", flat=True)) == {"g1", "g2", "e1", "e2"}
    assert "root:" not in Item.objects.get(entry_id="e1").title
    # What came and could not be read was kept all the same; what was cut off was not.
    unread = Fetch.objects.filter(problem_code__in=["WebPage", "FeedUnreadable"])
    assert unread.count() == 3
    assert all(row.master_id for row in unread)


def test_resolver_answers_into_private_network_are_refused(
    centre: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    private = outbound.Client(resolver=lambda host, port: ["172.16.3.4"])
    monkeypatch.setattr("haihe.base.outbound.fetching._shared", private)
    source = source_of(centre, "http://news.example/feed")
    row = collecting.visit(source)
    assert row.problem_code == "AddressRefused"
    source.refresh_from_db()
    assert "172.16.3.4" in source.problem


def test_failing_source_is_asked_ever_less_often_and_recovers(site: Site, centre: Organisation) -> None:
    site.put("/feed", b"", status=500)
    source = source_of(centre, site.url("/feed"), every_minutes=10)
    pauses = []
    for _ in range(9):
        collecting.visit(source)
        pauses.append(round((source.next_visit_at - timezone.now()).total_seconds() / 60))  # type: ignore[operator]
    assert pauses == [20, 40, 80, 160, 320, 640, 1280, 1440, 1440]
    site.put("/feed", feed_of(FIRST))
    collecting.visit(source)
    source.refresh_from_db()
    assert (source.failures, source.problem, source.problem_code) == (0, "", "")


def test_quiet_source_is_visited_less_often(site: Site, centre: Organisation) -> None:
    site.put("/feed", feed_of(FIRST))
    source = source_of(centre, site.url("/feed"), every_minutes=10)
    pauses = []
    for _ in range(7):
        collecting.visit(source)
        pauses.append(round((source.next_visit_at - timezone.now()).total_seconds() / 60))  # type: ignore[operator]
    assert pauses == [10, 10, 10, 20, 20, 40, 40]


def test_due_sources_are_lined_up_once(site: Site, centre: Organisation) -> None:
    site.put("/feed", feed_of(FIRST))
    source_of(centre, site.url("/feed"))
    source_of(centre, site.url("/paused"), active=False)
    source_of(centre, "", transport="upload")
    source_of(centre, site.url("/later"), next_visit_at=timezone.now() + timedelta(hours=1))
    visit_due_sources.func()
    visit_due_sources.func()
    assert run_pending(["collect"]) == 1
    assert [path for path, _ in site.asked] == ["/feed"]


def test_visit_task_leaves_paused_and_gone_sources_alone(site: Site, centre: Organisation) -> None:
    paused = source_of(centre, site.url("/paused"), active=False)
    visit_source.func(paused.pk)
    visit_source.func(999_999)
    assert site.asked == []


def test_upload_takes_the_same_path(centre: Organisation) -> None:
    box = source_of(centre, "", transport="upload")
    row = collecting.take_upload(box, feed_of(FIRST).encode("gb18030"), filename="a.xml", by=None)
    assert (row.new_items, row.problem) == (1, "")
    assert row.master is not None
    assert (row.master.source_kind, row.master.filename) == ("upload", "a.xml")
    assert Item.objects.get().title == FIRST[1]


def test_preview_keeps_nothing(site: Site) -> None:
    site.put("/feed", feed_of(FIRST))
    found_there = collecting.preview(site.url("/feed"))
    assert [entry.title for entry in found_there.feed.entries] == [FIRST[1]]
    assert Master.objects.count() == Fetch.objects.count() == Item.objects.count() == 0


def test_items_are_found_and_follow_their_state(site: Site, centre: Organisation) -> None:
    site.put("/feed", feed_of(FIRST, SECOND))
    collecting.visit(source_of(centre, site.url("/feed")))
    index_pending()
    found_there = search("夜游", models=[Item], filters={"state": "new", "organisation_id": [centre.pk]})
    assert [item.entry_id for item in found_there.objects()] == ["g1"]
    intake.set_state(Item.objects.filter(entry_id="g1"), Item.State.SET_ASIDE, by=None)
    index_pending()
    assert search("夜游", models=[Item], filters={"state": "new"}).total == 0
    assert search("夜游", models=[Item], filters={"state": "set_aside"}).total == 1


def test_real_chinese_feed_at_three_times_is_taken_in_once(data_folder: Path, centre: Organisation) -> None:
    box = source_of(centre, "", transport="upload")
    rows = []
    for file in sorted((data_folder / "feeds/chinese").glob("*.gz")):
        rows.append(collecting.take_upload(box, gzip.decompress(file.read_bytes()), filename=file.name, by=None))
    assert Item.objects.count() == sum(row.new_items for row in rows)
    assert rows[1].new_items < rows[1].entries
    assert Item.objects.filter(version__gt=1).count() > 0
    assert ItemVersion.objects.count() == sum(row.changed_items for row in rows)


@translation.override("en")
def test_collect_command_names_what_came(site: Site, centre: Organisation) -> None:
    site.put("/feed", feed_of(FIRST))
    good = source_of(centre, site.url("/feed"))
    source_of(centre, site.url("/missing"))
    out = StringIO()
    with pytest.raises(CommandError, match="1 source has a problem"):
        call_command("collect", stdout=out)
    assert f"{good.pk}\t站\t1 entries, 1 new, 0 changed\n" in out.getvalue()  # the feed said its name
    assert "404" in out.getvalue()
    with pytest.raises(CommandError, match="no source"):
        call_command("collect", "--source", "nobody")


@pytest.mark.parametrize(
    "body",
    [
        "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>http://a.example/1</loc></url></urlset>",
        "<opml version='2.0'><body><outline xmlUrl='http://a.example/feed'/></body></opml>",
    ],
)
def test_list_of_addresses_makes_no_empty_items(centre: Organisation, site: Site, body: str) -> None:
    site.put("/list.xml", body, Content_Type="application/xml")
    source = source_of(centre, site.url("/list.xml"))
    assert collecting.visit(source).problem_code == "ListOfAddresses"
    assert not Item.objects.exists()
