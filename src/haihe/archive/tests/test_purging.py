"""A purge removes for ever: rows, object, every copy; it leaves a tombstone, an event, and what others deposited."""

from __future__ import annotations

import pytest
from django.db import transaction

from haihe.archive import deposit, read
from haihe.archive.domain import chain, keeping, purging, rebuilding, stores
from haihe.archive.domain.items import Deposit, File, deposit_items
from haihe.archive.models import Blob, Event, Item, Master, Tombstone
from haihe.city.domain.organisations import found


def test_an_item_goes_with_its_object_and_does_not_come_back(centre):
    (item,) = deposit_items([Deposit(centre, [File("a", b"a"), File("b", b"b")])])
    gone = item.pk
    other = deposit_items([Deposit(centre, [File("a", b"other")])])[0]
    purging.purge_item(item, why="By law")
    assert Item.objects.get() == other
    assert purging.finish() == 1

    rebuilding.rebuild(jobs=1)

    assert list(Item.objects.filter(kind="deposit")) == [other]
    assert Blob.objects.count() == 1
    assert list(Event.objects.order_by("pk").values_list("type", "item")) == [
        ("ingestion", gone), ("ingestion", other.pk), ("deletion", gone),
    ]  # fmt: skip
    assert Tombstone.objects.get().finished_at
    assert purging.finish() == 0


def test_one_file_of_many_is_not_purged_alone(centre):
    (item,) = deposit_items([Deposit(centre, [File("a", b"a"), File("b", b"b")])])
    with pytest.raises(purging.OneOfMany):
        purging.purge(item.masters.first())
    assert Master.objects.count() == 2


def test_bytes_that_another_rests_on_stay(centre):
    other = found("别家", slug="other")
    mine = deposit(b"same", organisation=centre, source_kind="upload")
    keeping.keep_loose()
    mine.refresh_from_db()
    theirs = deposit(b"same", organisation=other, source_kind="upload")
    from haihe.archive.domain import layout

    layout.blob_file(theirs.blob_id).unlink()  # as if it had been found whole beside the object, and not written again
    purging.purge(mine)
    purging.finish()
    assert read(theirs) == b"same"
    assert keeping.keep_loose() == 1
    assert read(theirs) == b"same"


@pytest.mark.django_db(transaction=True)
def test_a_purge_that_is_rolled_back_took_nothing(own_home):
    centre = found("海河", slug="centre")
    (item,) = deposit_items([Deposit(centre, [File("a", b"a")])])

    def and_then_fail() -> None:
        with transaction.atomic():
            purging.purge(item.masters.get())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        and_then_fail()
    assert read(item.masters.get()) == b"a"
    purging.purge(item.masters.get())
    with pytest.raises(stores.NoSuchObject):
        stores.local().files(item.identifier)
    assert chain.check() == 2


def test_an_organisation_whose_last_item_was_purged_may_go_itself(centre):
    """As the demonstration city is taken down again."""
    master = deposit(b"demo", organisation=centre, source_kind="demo")
    keeping.keep_loose()
    master.refresh_from_db()
    purging.purge(master)
    centre.delete()
    assert purging.finish() == 1
    assert chain.check() == 2
