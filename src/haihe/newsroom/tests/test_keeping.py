"""Nothing that staff wrote, and nothing collected, goes away by itself."""

from __future__ import annotations

import hashlib
import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError
from django.core.serializers import serialize
from django.db.models import ProtectedError
from django.utils import timezone
from wagtail.models import Revision

from haihe.archive import deposit
from haihe.archive.domain import layout, segments
from haihe.archive.models import Blob, Master
from haihe.base.tasks import periodic_tasks, run_pending
from haihe.base.tasks.models import Job
from haihe.city.models import Person
from haihe.newsroom.domain import collecting, writing
from haihe.newsroom.models import Item, ItemVersion, Manuscript, ManuscriptSource, Source
from haihe.newsroom.tests.newsdesk import FEED, Newsdesk, revise
from haihe.releases.domain import publish, withdraw
from haihe.releases.models import Citation, Publication, Release

KEPT = (Manuscript, ManuscriptSource, Revision, Master, Blob, Item, ItemVersion, Publication, Release, Citation)


@pytest.fixture
def desk() -> Newsdesk:
    return Newsdesk()


def rows() -> dict[str, dict[str, str]]:
    """Every row that has to stay, by model and key, as a hash of all its columns."""
    return {
        model._meta.label: {
            str(row.pk): hashlib.sha256(serialize("json", [row]).encode()).hexdigest()
            for row in model._default_manager.all()
        }
        for model in KEPT
    }


def files() -> dict[str, str]:
    """The files that hold collected bytes, by path, as a hash of their bytes."""
    kept = (
        path for name in ("blobs", "segments", "ocfl") for path in (layout.root() / name).rglob("*") if path.is_file()
    )
    return {str(path.relative_to(layout.root())): hashlib.sha256(path.read_bytes()).hexdigest() for path in kept}


@pytest.mark.django_db(transaction=True)
def test_manuscripts_and_their_revisions_cannot_be_deleted(desk: Newsdesk) -> None:
    manuscript = desk.manuscript()
    revise(manuscript, desk.person("reporter"), title="二")
    before = rows()
    for delete in (
        manuscript.delete,
        Manuscript.objects.all().delete,
        Revision.objects.all().delete,
        manuscript.revisions.first().delete,
    ):
        with pytest.raises(ProtectedError):
            delete()
    assert rows() == before


@pytest.mark.django_db(transaction=True)
def test_wagtails_purge_keeps_every_revision(desk: Newsdesk) -> None:
    manuscript = desk.manuscript()
    for title in ("二", "三"):
        revise(manuscript, desk.person("reporter"), title=title)
    before = rows()
    call_command("purge_revisions", days=1)
    call_command("purge_revisions")
    assert rows() == before


@pytest.mark.django_db
def test_people_who_published_stay_named(desk: Newsdesk) -> None:
    manuscript = desk.manuscript()
    publish(manuscript, desk.person("publisher"))
    with pytest.raises(ProtectedError):
        desk.person("publisher").delete()
    assert Person.objects.filter(pk=desk.person("publisher").pk).exists()


@pytest.mark.django_db
def test_flush_is_for_test_databases_only(settings: object) -> None:
    from django.db import connection

    name = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = "/var/city.sqlite3"
    try:
        with pytest.raises(CommandError, match=r"holds a city|有一座城市"):
            call_command("flush", interactive=False)
    finally:
        connection.settings_dict["NAME"] = name


@pytest.fixture
def own_archive(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.HOME = tmp_path
    monkeypatch.setattr(segments, "_writer", None)


def item_in_two_versions(desk: Newsdesk) -> Item:
    """An item that came again with other words; each version has bytes of its own."""
    source = Source.objects.create(organisation=desk.organisation, name="投稿箱", transport="upload")
    for words in ("七点开始", "八点开始"):
        feed = FEED.replace("七点开始".encode(), words.encode())
        collecting.take_upload(source, feed, filename="a.xml", by=desk.person("editor"))
    return Item.objects.get(source=source)


def run_every_periodic_task() -> None:
    """Each once and to its end. A task that fails is recorded and logged, never raised: here it would go unseen."""
    begun = Job.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    for entry in periodic_tasks():
        entry.task.enqueue()
    run_pending()
    jobs = Job.objects.filter(pk__gt=begun)
    assert set(jobs.values_list("task_path", flat=True)) >= {entry.task.module_path for entry in periodic_tasks()}
    assert set(jobs.values_list("state", "error")) == {(Job.State.DONE, "")}


@pytest.mark.django_db(transaction=True)
def test_ten_years_of_every_periodic_task_change_nothing_that_was_kept(
    desk: Newsdesk, own_archive: None, caplog: pytest.LogCaptureFixture
) -> None:
    publisher = desk.person("publisher")
    collected = writing.begin_from_item(item_in_two_versions(desk), desk.person("reporter"))
    publish(collected, publisher)
    revise(collected, publisher, title="草稿从未发表")
    public, gone = desk.manuscript("发了"), desk.manuscript("撤了")
    for manuscript in (public, gone):
        revise(manuscript, publisher, title=f"{manuscript.title}二")
        publish(Manuscript.objects.get(pk=manuscript.pk), publisher)
    withdraw(gone.publication, publisher, "撤")
    deposit(b"\0" * 70_000, organisation=desk.organisation, source_kind="upload")
    start = timezone.now()
    for hours in (0, 24):  # what was deposited becomes objects within a day: its rows then say in which
        with time_machine.travel(start + timedelta(hours=hours), tick=True):
            run_every_periodic_task()
    rows_before, files_before = rows(), files()
    assert [label for label, kept in rows_before.items() if not kept] == []
    assert files_before != {}
    for years in (1, 5, 10):
        with time_machine.travel(start + timedelta(days=365 * years), tick=True):
            run_every_periodic_task()
    assert rows() == rows_before
    assert files() == files_before
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []
