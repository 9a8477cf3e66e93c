"""The ledger: what came can be read again at any time, and nothing is made twice or taken back by it."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from haihe.archive.models import Master
from haihe.base.outbound.testing import Site
from haihe.base.tasks import run_pending
from haihe.city.models import Organisation
from haihe.newsroom.domain import collecting, intake, ledger
from haihe.newsroom.models import Fetch, Item, ItemVersion, LinkedPage, Source
from haihe.newsroom.tasks import visit_source
from haihe.newsroom.tests.test_collecting import FIRST, SECOND, feed_of
from haihe.newsroom.tests.test_transports_sitemap import page

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(web: Site, office: Organisation) -> Source:
    web.put("/feed", feed_of(FIRST, SECOND), Content_Type="application/rss+xml; charset=utf-8", X_Said="yes")
    return Source.objects.create(organisation=office, name="x", address=web.url("/feed"))


def everything() -> list[list[dict[str, object]]]:
    return [list(model.objects.order_by("pk").values()) for model in (Item, ItemVersion, Master)]


def test_replay_changes_nothing_where_all_is_there(source: Source) -> None:
    row = collecting.visit(source)
    before = everything()
    again = ledger.replay(row)
    assert (again.kind, again.replay_of, again.master, again.new_items) == ("replay", row, row.master, 0)
    assert everything() == before
    assert ledger.replay(again).replay_of == row


def test_replay_brings_back_what_is_missing(source: Source, web: Site) -> None:
    row = collecting.visit(source)
    kept = {str(item.entry_id): (item.title, item.text, item.master_id, item.locator) for item in Item.objects.all()}
    Item.objects.filter(entry_id="g2").delete()
    web.answers.clear()
    assert ledger.replay(row).new_items == 1
    assert kept == {str(i.entry_id): (i.title, i.text, i.master_id, i.locator) for i in Item.objects.all()}


def test_replay_of_something_older_takes_nothing_back(source: Source, web: Site) -> None:
    first = collecting.visit(source)
    web.put("/feed", feed_of((FIRST[0], FIRST[1], "改过的第二稿内容。"), SECOND))
    second = collecting.visit(source)
    before = everything()
    again = ledger.replay(first)
    assert (again.new_items, again.changed_items) == (0, 0)
    assert any("something newer" in note for note in again.notes)
    ledger.replay(second)
    assert everything() == before


def test_replay_reads_with_the_readers_of_today(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    row = collecting.visit(source)
    real = intake._sha256
    monkeypatch.setattr(intake, "_sha256", lambda *parts: real("better", *parts))
    assert ledger.replay(row).changed_items == 2
    assert ledger.replay(row).changed_items == 0


def test_what_could_not_be_read_is_read_once_it_can_be(
    source: Source, web: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("haihe.newsroom.domain.receiving.prepared", lambda *a, **k: 1 / 0)
    row = collecting.visit(source)
    assert (row.problem_code, Item.objects.count()) == ("FeedUnreadable", 0)
    monkeypatch.undo()
    web.answers.clear()
    assert ledger.replay(row).new_items == 2


def test_linked_page_is_replayed_under_its_own_key(source: Source, web: Site) -> None:
    source.linked = "always"
    source.save()
    web.put(
        "/feed",
        f"<rss version='2.0'><channel><title>x</title><item><guid>a</guid><link>{web.url('/a.html')}</link></item></channel></rss>",  # noqa: E501
    )
    web.put("/a.html", page("整篇报道标题"))
    visit_source.enqueue(source_id=source.pk)
    run_pending(["collect"])
    row = Fetch.objects.get(kind="page")
    before = Item.objects.get()
    assert ledger.replay(row).new_items == 0
    before.delete()
    assert ledger.replay(row).new_items == 1
    again = Item.objects.get()
    assert (again.entry_id, again.title, again.text) == (before.entry_id, before.title, before.text)
    assert ledger.replay(Fetch.objects.get(kind="visit")).new_pages == 0
    assert LinkedPage.objects.get().state == "taken"


def test_exchange_shows_the_answer_as_it_was(source: Source) -> None:
    row = collecting.visit(source)
    kept = ledger.exchange(row)
    assert kept is not None
    assert kept.status == 200
    assert ("X-Said", "yes") in kept.headers
    document = ledger.document_of(row)
    assert (document.charset, document.media_type) == ("utf-8", "application/rss+xml")
    assert [entry.title for entry in ledger.reading_of(row).entries] == [FIRST[1], SECOND[1]]


def test_fetch_that_brought_nothing_cannot_be_replayed(source: Source, web: Site) -> None:
    web.put("/feed", b"", status=304)
    with pytest.raises(ledger.NothingKept):
        ledger.replay(collecting.visit(source))


@translation.override("en")
def test_command_replays_and_says_what_became_of_it(source: Source) -> None:
    row = collecting.visit(source)
    Item.objects.all().delete()
    out = StringIO()
    call_command("collect", replay=str(row.pk), stdout=out)
    assert "2 entries, 2 new" in out.getvalue()
    with pytest.raises(CommandError):
        call_command("collect", replay="999999")


@translation.override("en")
def test_command_collects_and_shows_progress(source: Source, web: Site, office: Organisation) -> None:
    Source.objects.create(organisation=office, name="坏的", address=web.url("/nowhere"))
    out, err = StringIO(), StringIO()
    with pytest.raises(CommandError):
        call_command("collect", stdout=out, stderr=err)
    lines = sorted(out.getvalue().splitlines())
    assert len(lines) == 2
    assert any("2 entries, 2 new" in line for line in lines)
    assert "2/2" in err.getvalue()
    out = StringIO()
    call_command("collect", source="x", stdout=out)
    assert "0 new" in out.getvalue()
