from __future__ import annotations

import logging
import threading
import time
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from django.utils import translation

from haihe.base import doctor
from haihe.base.search import index_pending, indexer, journal, journal_many, rebuild, run_indexer, search, store
from haihe.base.search.doctor import index_serves, journal_flows
from haihe.base.search.errors import IndexerRuns, IndexUnreadable, RebuildRuns
from haihe.base.search.models import Change
from haihe.base.search.tests.noticeboard.models import Bulletin, Notice, Tender

pytestmark = pytest.mark.django_db


def total(text: str, model: Any = Notice) -> int:
    return search(text, models=[model]).total


def levels(check: Any) -> list[str]:
    return [finding.level for finding in check()]


def test_saving_and_deleting_are_journalled() -> None:
    notice = Notice.objects.create(title="云稿库")
    assert (index_pending(), total("稿库")) == (1, 1)
    notice.title = "媒资库"
    notice.save()
    assert (index_pending(), total("稿库"), total("媒资")) == (1, 0, 1)
    notice.delete()
    assert (index_pending(), total("媒资"), Change.objects.count()) == (1, 0, 0)


def test_what_is_rolled_back_is_not_journalled() -> None:
    Notice.objects.create(title="云稿库")
    with transaction.atomic():
        Notice.objects.create(title="另一个稿库")
        transaction.set_rollback(True)
    index_pending()
    assert total("稿库") == 1


def test_many_changes_of_one_row_leave_one_document() -> None:
    notice = Notice.objects.create(title="通知零")
    for title in ("通知一", "通知二"):
        notice.title = title
        notice.save()
    journal(notice)
    assert (index_pending(), total("通知"), total("通知二"), total("通知零")) == (4, 1, 1, 0)
    journal_many(Notice, [notice.pk, str(notice.pk), notice.pk])
    assert (index_pending(), total("通知")) == (3, 1)


def test_bulk_models_are_journalled_by_who_writes() -> None:
    index_pending()
    made = Bulletin.objects.bulk_create(Bulletin(headline=f"简报{n}") for n in range(1200))
    Bulletin.objects.create(headline="简报单独")
    assert (index_pending(), total("简报", Bulletin)) == (0, 0)
    journal_many(Bulletin, [bulletin.pk for bulletin in made])
    assert (index_pending(), total("简报", Bulletin)) == (1200, 1200)


def test_rows_journalled_under_an_inherited_model_keep_their_own() -> None:
    tender = Tender.objects.create(title="灯光招标", amount=3)
    index_pending()
    journal_many(Tender, [tender.pk])
    index_pending()
    assert (total("招标", Tender), total("招标")) == (1, 1)
    tender.delete()
    index_pending()
    assert (total("招标", Tender), total("招标")) == (0, 0)


class TwentyComing(threading.Event):
    """Whoever looks whether to stop has journalled something more; after twenty it is time."""

    coming = 20

    def is_set(self) -> bool:
        if self.coming:
            self.coming -= 1
            Notice.objects.create(title=f"滚动消息{self.coming}")
        return not self.coming


def test_commits_stand_apart_while_entries_keep_coming(monkeypatch: pytest.MonkeyPatch) -> None:
    index_pending()
    at: list[float] = []
    commit = indexer.Writer.commit

    def told(writer: indexer.Writer) -> None:
        at.append(time.monotonic())
        commit(writer)

    monkeypatch.setattr(indexer.Writer, "commit", told)
    monkeypatch.setattr(indexer, "APART", 0.03)
    run_indexer(TwentyComing())
    assert len(at) > 2
    assert min(later - earlier for earlier, later in pairwise(at)) > 0.02
    monkeypatch.undo()
    index_pending()
    assert total("滚动消息") == 20


def test_a_row_that_fails_stops_no_other_and_is_named(caplog: pytest.LogCaptureFixture) -> None:
    index_pending()
    bad = Notice.objects.create(title="FAILS")
    Notice.objects.create(title="好的通知")
    with caplog.at_level(logging.CRITICAL, "haihe.search"):
        assert (index_pending(), total("通知")) == (2, 1)
    assert index_pending() == 0
    finding = next(iter(journal_flows()))
    assert (finding.level, f"noticeboard.notice:{bad.pk}" in finding.text) == ("warning", True)
    bad.title = "修好的通知"
    bad.save()
    assert (index_pending(), total("通知"), levels(journal_flows), Change.objects.count()) == (1, 2, [], 0)


def test_entries_that_name_no_row_stop_no_other(caplog: pytest.LogCaptureFixture) -> None:
    index_pending()
    Change.objects.create(model="gone.model", key="1")
    Change.objects.create(model="noticeboard.notice", key="no number")
    Notice.objects.create(title="通知")
    with caplog.at_level(logging.CRITICAL, "haihe.search"):
        assert (index_pending(), total("通知")) == (3, 1)
    assert index_pending() == 0


def test_only_one_indexer_at_a_time() -> None:
    index_pending()
    with store.hold(store.INDEXER_LOCK, IndexerRuns), pytest.raises(IndexerRuns, match="process"):
        index_pending()
    assert index_pending() == 0


def test_only_one_rebuild_at_a_time() -> None:
    with store.hold(store.REBUILD_LOCK, RebuildRuns), pytest.raises(RebuildRuns):
        rebuild()


def test_changes_during_a_rebuild_are_in_the_new_index() -> None:
    notices = [Notice.objects.create(title=f"通知{n}") for n in range(4)]
    index_pending()
    before = store.current_generation()
    done: list[str] = []

    def meanwhile(model: str, count: int) -> None:
        if model == "noticeboard.Notice" and not done:  # its rows are in the new index already
            done.append(model)
            Notice.objects.filter(pk=notices[0].pk).update(title="已更名")
            journal(notices[0])
            notices[1].delete()
            Notice.objects.create(title="新通知")
            assert index_pending() == 3
            assert (total("通知"), total("更名"), store.current_generation()) == (3, 1, before)

    rebuild(progress=meanwhile)
    assert done
    assert store.current_generation() != before
    assert index_pending() == 3
    assert (total("通知"), total("更名"), total("")) == (3, 1, 4)
    assert Change.objects.count() == 0


def test_a_rebuild_that_is_given_up_changes_nothing() -> None:
    Notice.objects.create(title="通知")
    index_pending()
    before = store.current_generation()
    for n in range(600):
        Notice(title=f"批量{n}").save_base(raw=True)
    rebuild(stopped=lambda: True)
    assert (store.current_generation(), total("通知")) == (before, 1)
    rebuild()
    assert {place.name for place in store.folder().iterdir() if place.is_dir()} == {before, store.current_generation()}


def test_an_outdated_index_is_rebuilt(monkeypatch: pytest.MonkeyPatch) -> None:
    from haihe.base.search import schema

    Notice.objects.create(title="通知")
    index_pending()
    monkeypatch.setattr(Notice, "search_fields", [*Notice.search_fields, schema.FilterField("secret")])
    schema.forget_plans()
    try:
        assert levels(index_serves) == ["wrong", "good"]
        index_pending()
        assert levels(index_serves) == ["good"]
        assert search("", models=[Notice], filters={"secret": ""}).total == 1
    finally:
        monkeypatch.undo()
        schema.forget_plans()


@pytest.mark.parametrize("harm", ["meta.json", "layout.json", "everything"])
def test_a_damaged_index_says_so_and_is_rebuilt(harm: str) -> None:
    Notice.objects.create(title="通知")
    index_pending()
    place = store.folder() / store.current_generation()
    for file in place.iterdir():
        if harm in (file.name, "everything"):
            file.write_bytes(b"\x00broken")
    with pytest.raises(IndexUnreadable, match="haihe reindex"):
        search("通知", models=[Notice])
    assert [found.level for found in doctor.findings(["search.index"])] == ["wrong"]
    index_pending()
    assert (total("通知"), levels(index_serves)) == (1, ["good"])


@translation.override("en")
def test_doctor_names_a_missing_index_and_a_standing_journal() -> None:
    from datetime import timedelta

    assert [(f.level, "haihe indexer" in f.advice) for f in doctor.findings(["search.index"])] == [("wrong", True)]
    Notice.objects.create(title="通知")
    assert levels(journal_flows) == []
    Change.objects.update(at=Change.objects.get().at - timedelta(minutes=5))
    finding = next(iter(journal_flows()))
    assert (finding.level, "haihe indexer" in finding.advice) == ("wrong", True)
    with store.hold(store.INDEXER_LOCK, IndexerRuns):
        assert "disk" in next(iter(journal_flows())).advice
