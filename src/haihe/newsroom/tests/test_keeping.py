"""Nothing that staff wrote, and nothing collected, goes away by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db.models import ProtectedError
from django.utils import timezone
from wagtail.models import Revision

from haihe.archive.models import Blob, Master
from haihe.base.tasks import periodic_tasks, run_pending
from haihe.city.models import Person
from haihe.newsroom.domain import writing
from haihe.newsroom.models import Item, Manuscript, ManuscriptSource
from haihe.newsroom.tests.newsdesk import Newsdesk, revise
from haihe.releases.domain import publish, withdraw
from haihe.releases.models import Citation, Publication, Release

KEPT = (Manuscript, ManuscriptSource, Revision, Master, Blob, Item, Publication, Release, Citation)


@pytest.fixture
def desk() -> Newsdesk:
    return Newsdesk()


def rows() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in KEPT}


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
        with pytest.raises(CommandError, match="holds a city"):
            call_command("flush", interactive=False)
    finally:
        connection.settings_dict["NAME"] = name


@pytest.mark.django_db(transaction=True)
def test_ten_years_of_every_periodic_task_delete_nothing(desk: Newsdesk) -> None:
    publisher = desk.person("publisher")
    collected = writing.begin_from_item(desk.item(), desk.person("reporter"))
    publish(collected, publisher)
    revise(collected, publisher, title="草稿从未发表")
    public, gone = desk.manuscript("发了"), desk.manuscript("撤了")
    for manuscript in (public, gone):
        revise(manuscript, publisher, title=f"{manuscript.title}二")
        publish(Manuscript.objects.get(pk=manuscript.pk), publisher)
    withdraw(gone.publication, publisher, "撤")
    before = rows()
    assert min(before.values()) > 0
    start = timezone.now()
    for years in (1, 5, 10):
        with time_machine.travel(start + timedelta(days=365 * years), tick=True):
            for task in periodic_tasks():
                task.task.enqueue()
            run_pending()
    assert rows() == before
