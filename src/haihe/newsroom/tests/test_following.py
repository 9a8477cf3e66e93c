"""Pages that entries lead to: fetched where the source says so, politely, and never lost or doubled."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from haihe.base.outbound import forget_shared_client
from haihe.base.outbound.testing import Site
from haihe.base.tasks import run_pending
from haihe.base.tasks.models import Job
from haihe.city.models import Organisation
from haihe.newsroom.domain import collecting, frontier, sweeping
from haihe.newsroom.models import Fetch, Item, ItemVersion, LinkedPage, Source
from haihe.newsroom.tasks import visit_due_sources, visit_source
from haihe.newsroom.tests.test_transports_sitemap import TEXT, page

pytestmark = pytest.mark.django_db


def feed(*entries: tuple[str, str, str]) -> str:
    """(id, link, text) of each."""
    items = "".join(
        f"<item><guid isPermaLink='false'>{name}</guid><title>{name}</title><link>{link}</link><description>{text}"
        "</description></item>"
        for name, link, text in entries
    )
    return f"<rss version='2.0'><channel><title>站</title>{items}</channel></rss>"


def source_of(office: Organisation, address: str, linked: str = "always") -> Source:
    return Source.objects.create(organisation=office, name="x", address=address, linked=linked)


def collect(source: Source) -> None:
    visit_source.enqueue(source_id=source.pk)
    run_pending(["collect"])


def test_whole_text_takes_the_place_of_the_summary_and_stays(web: Site, office: Organisation) -> None:
    web.put("/feed", feed(("a", web.url("/a.html"), "摘要")))
    web.put("/a.html", page("整篇报道标题"))
    source = source_of(office, web.url("/feed"))
    collect(source)
    collect(source)
    item = Item.objects.get()
    assert (item.entry_id, item.version) == ("a", 1)
    assert TEXT in item.text
    assert ItemVersion.objects.count() == 0
    assert [path for path, _ in web.asked] == ["/feed", "/a.html", "/feed"]


def test_entry_that_its_source_changes_is_fetched_again(web: Site, office: Organisation) -> None:
    web.put("/feed", feed(("a", web.url("/a.html"), "摘要")))
    web.put("/a.html", page("整篇报道标题"))
    source = source_of(office, web.url("/feed"))
    collect(source)
    web.put("/feed", feed(("a", web.url("/a.html"), "摘要改了")))
    web.put("/a.html", page("整篇报道标题", TEXT + "又加了一句话。"))
    collect(source)
    assert Item.objects.get().version == 2


def test_only_entries_with_little_text_are_followed_where_that_is_chosen(web: Site, office: Organisation) -> None:
    web.put(
        "/feed", feed(("a", web.url("/a.html"), "摘要"), ("b", web.url("/b.html"), TEXT * 5), ("c", "", "没有链接"))
    )
    web.put("/a.html", page("整篇报道标题"))
    collect(source_of(office, web.url("/feed"), "short"))
    assert {path for path, _ in web.asked} == {"/feed", "/a.html"}
    assert sorted(Item.objects.values_list("entry_id", flat=True)) == ["a", "b", "c"]


def test_host_is_told_who_asks_and_where_to_reach_the_operator(
    web: Site, office: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HAIHE_CRAWLER_NAME", "JinyunBot")
    monkeypatch.setenv("HAIHE_CRAWLER_CONTACT", "mailto:news@city.example")
    forget_shared_client()
    web.put("/feed", feed(("a", web.url("/a.html"), "摘要")))
    web.put("/a.html", page("整篇报道标题"))
    collect(source_of(office, web.url("/feed")))
    told = {headers["User-Agent"] for _, headers in web.asked}
    assert [re.fullmatch(r"JinyunBot/[\w.+]+ \(\+mailto:news@city\.example\)", one) is not None for one in told] == [
        True
    ]


def test_page_that_cannot_be_had_leaves_what_the_feed_says(web: Site, office: Organisation) -> None:
    web.put("/feed", feed(("a", web.url("/gone.html"), "摘要留下来"), ("b", "http://10.0.0.1/x", "内网不去")))
    source = source_of(office, web.url("/feed"))
    collect(source)
    assert sorted(Item.objects.values_list("entry_id", "text")) == [("a", "摘要留下来"), ("b", "内网不去")]
    told = dict(LinkedPage.objects.values_list("key", "problem_code"))
    assert told == {"a": "RefusedByServer", "b": "AddressRefused"}
    collect(source)
    assert Item.objects.count() == 2
    assert ItemVersion.objects.count() == 0


def test_page_that_fails_for_now_is_tried_again_with_growing_pauses(web: Site, office: Organisation) -> None:
    web.put("/feed", feed(("a", web.url("/a.html"), "摘要")))
    web.put("/a.html", "", status=500)
    collect(source_of(office, web.url("/feed")))
    pauses = []
    for _ in range(frontier.MOST_ATTEMPTS - 1):
        found = LinkedPage.objects.get()
        assert found.state == "waiting"
        pauses.append(round((found.not_before - found.tried_at).total_seconds() / 60))  # type: ignore[operator]
        LinkedPage.objects.update(not_before=timezone.now() - timedelta(seconds=1))
        visit_due_sources.func()
        run_pending(["collect"])
    assert pauses == [10, 40, 160]
    assert LinkedPage.objects.get().state == "failed"
    assert Item.objects.get().text == "摘要"


def test_host_that_says_when_to_come_back_is_left_until_then(web: Site, office: Organisation) -> None:
    web.put("/feed", feed(("a", web.url("/a.html"), "摘要")))
    web.put("/a.html", "", status=503, Retry_After="7200")
    collect(source_of(office, web.url("/feed")))
    found = LinkedPage.objects.get()
    assert (found.state, found.attempts, found.problem_code) == ("waiting", 0, "HostBusy")
    assert found.not_before - timezone.now() > timedelta(minutes=110)  # type: ignore[operator]


@pytest.mark.parametrize(("status", "header", "minutes"), [(429, "3600", 60), (503, "3600", 60), (429, "", 30)])
def test_source_backs_off_as_its_host_asks(
    web: Site, office: Organisation, status: int, header: str, minutes: int
) -> None:
    web.put("/feed", "", status=status, **({"Retry_After": header} if header else {}))
    source = source_of(office, web.url("/feed"))
    row = collecting.visit(source)
    assert (row.problem_code, row.status) == ("HostBusy", status)
    assert round((source.next_visit_at - timezone.now()).total_seconds() / 60) == minutes  # type: ignore[operator]


@pytest.mark.parametrize(
    "onward",
    [
        '<meta http-equiv="refresh" content="0; url=/there.html">',
        "<script>window.location.href = '/there.html';</script>",
        "<script>location.replace('/there.html')</script>请稍候",
    ],
)
def test_page_that_only_sends_on_is_followed(web: Site, office: Organisation, onward: str) -> None:
    web.put("/feed", feed(("a", web.url("/a.html"), "摘要")))
    web.put("/a.html", f"<!DOCTYPE html><html><head><title>跳转</title>{onward}</head><body></body></html>")
    web.put("/there.html", page("真正的报道"))
    collect(source_of(office, web.url("/feed")))
    assert Item.objects.get().title == "真正的报道"
    row = Fetch.objects.get(kind="page")
    assert row.notes == [f"sent on by the page {web.url('/a.html')}"]


def test_pages_that_send_on_in_a_circle_or_inside_are_told(web: Site, office: Organisation) -> None:
    hop = "<!DOCTYPE html><html><head><meta http-equiv='refresh' content='0;url={}'></head><body></body></html>"
    web.put("/feed", feed(("a", web.url("/a.html"), "甲"), ("b", web.url("/b.html"), "乙")))
    web.put("/a.html", hop.format("/c.html"))
    web.put("/c.html", hop.format("/a.html"))
    web.put("/b.html", hop.format("http://169.254.169.254/latest/meta-data/"))
    collect(source_of(office, web.url("/feed")))
    told = dict(LinkedPage.objects.values_list("key", "problem_code"))
    assert told == {"a": "TooManyRedirects", "b": "AddressRefused"}


def test_feed_behind_a_page_that_sends_on_is_found(web: Site, office: Organisation) -> None:
    web.put("/feed", "<html><head><meta http-equiv=refresh content='0;url=/new-feed'></head></html>")
    web.put("/new-feed", feed(("a", "", "新地址的内容")))
    assert collecting.visit(source_of(office, web.url("/feed"), "never")).new_items == 1


def test_source_that_changes_its_encoding_in_the_middle_is_read_on(web: Site, office: Organisation) -> None:
    source = source_of(office, web.url("/feed"), "never")
    first, second = "天津日报头条新闻内容一", "天津日报头条新闻内容二"
    web.put("/feed", feed(("a", "", first)).encode("gb18030"), Content_Type="text/xml; charset=gb2312")
    collecting.visit(source)
    web.put("/feed", feed(("a", "", first), ("b", "", second)).encode("utf-8"), Content_Type="text/xml; charset=gb2312")
    collecting.visit(source)
    web.put("/feed", feed(("a", "", first), ("b", "", second)).encode("utf-16"))
    collecting.visit(source)
    assert sorted(Item.objects.values_list("entry_id", "text")) == [("a", first), ("b", second)]
    assert ItemVersion.objects.count() == 0


def test_clock_that_was_set_back_a_day_stops_no_source(web: Site, office: Organisation) -> None:
    """What was written "tomorrow": the next visit and the next try of a page lie a day off."""
    web.put("/feed", feed(("a", web.url("/a.html"), "摘要")))
    web.put("/a.html", page("整篇报道标题"))
    source = source_of(office, web.url("/feed"))
    tomorrow = timezone.now() + timedelta(days=1)
    collecting.visit(source)
    Source.objects.update(visited_at=tomorrow, next_visit_at=tomorrow + timedelta(minutes=15))
    LinkedPage.objects.update(tried_at=tomorrow, not_before=tomorrow + timedelta(minutes=10))
    visit_due_sources.func()
    visit_due_sources.func()
    run_pending(["collect"])
    assert [path for path, _ in web.asked] == ["/feed", "/feed", "/a.html"]
    source.refresh_from_db()
    assert source.next_visit_at < timezone.now() + timedelta(hours=2)  # type: ignore[operator]
    assert Item.objects.count() == 1


def test_host_that_drips_holds_up_its_own_sources_only(
    web: Site, office: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A byte a second to fifty sources of one host; the others are visited meanwhile."""
    from haihe.base import outbound
    from haihe.newsroom.domain import asking

    quick = outbound.Limits(total=1.5, read=5)
    monkeypatch.setattr(asking, "fetch", lambda *a, **k: outbound.fetch(*a, **k, limits=quick))
    slow = [source_of(office, web.url(f"/drip?{number}", host="localhost"), "never") for number in range(50)]
    for number in range(50):
        web.drip(f"/drip?{number}", every=1.0)
    web.put("/feed", feed(("a", "", "这条照常到达")))
    good = source_of(office, web.url("/feed"), "never")
    order: list[int] = []
    sweeping.sweep([*slow, good], told=lambda row: order.append(row.source_id))
    assert order.index(good.pk) < 50
    assert sorted(order) == sorted(source.pk for source in [*slow, good])
    codes = list(Source.objects.filter(pk__in=[one.pk for one in slow]).values_list("problem_code", flat=True))
    assert set(codes) == {"TooSlow", "HostBusy"}
    assert len([path for path, _ in web.asked if path.startswith("/drip")]) <= sweeping.AT_ONE_HOST + 1


def test_visit_of_an_address_that_was_changed_meanwhile_says_nothing_of_the_new_one(
    web: Site, office: Organisation
) -> None:
    web.put("/feed", feed(("a", "", "旧地址的内容")), ETag='"old"')
    under_way = source_of(office, web.url("/feed"), "never")
    Source.objects.filter(pk=under_way.pk).update(address=web.url("/new"), next_visit_at=None)
    assert collecting.visit(under_way).new_items == 1
    source = Source.objects.get()
    assert (source.address, source.etag, source.next_visit_at) == (web.url("/new"), "", None)


def test_maps_and_mailboxes_have_a_job_of_their_own_and_feeds_share_one(web: Site, office: Organisation) -> None:
    for number in range(3):
        source_of(office, web.url(f"/feed-{number}"), "never")
    Source.objects.create(organisation=office, name="m", transport="sitemap", address=web.url("/map.xml"))
    visit_due_sources.func()
    visit_due_sources.func()
    jobs = sorted(Job.objects.filter(task_path__contains=".newsroom.tasks.").values_list("task_path", flat=True))
    assert [path.rpartition(".")[2] for path in jobs] == ["sweep_sources", "visit_source"]
