"""What is inserted in bulk is what `bulk_create` would have written."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError
from django.forms.models import model_to_dict

from haihe.base.bulk import insert, insert_rows
from haihe.base.search.models import Change
from haihe.base.tasks.models import Job

FAR = 2**40  # from what the migrations journalled


def row(**other: Any) -> Change:
    return Change(model="a.b", at=datetime(2026, 11, 1, 8, 30, tzinfo=UTC), problem="坏\"了'%s", **other)


@pytest.mark.django_db
def test_instances_are_stored_as_bulk_create_stores_them() -> None:
    insert([row(pk=FAR + 7, key="一"), row(pk=FAR + 9, key="")])
    Change.objects.bulk_create([row(pk=FAR + 8, key="一")])
    seven, eight, nine = Change.objects.filter(model="a.b").order_by("pk")
    assert model_to_dict(seven, exclude=["id"]) == model_to_dict(eight, exclude=["id"])
    assert (seven.at, nine.key) == (datetime(2026, 11, 1, 8, 30, tzinfo=UTC), "")  # as given: no pre_save


@pytest.mark.django_db
def test_an_inserted_instance_is_updated_when_it_is_saved_again() -> None:
    one = row(pk=FAR + 7, key="x")
    insert([one])
    one.key = "y"
    one.save()
    assert list(Change.objects.filter(model="a.b").values_list("pk", "key")) == [(FAR + 7, "y")]


@pytest.mark.django_db
def test_values_of_every_kind_come_back() -> None:
    made = Job(pk=FAR, lane="collect", task_path="a.b", arguments={"args": [1], "kwargs": {"城": None}}, max_attempts=5)
    made.enqueued_at = made.run_after = datetime(2026, 11, 1, tzinfo=UTC)
    insert([made])
    kept = Job.objects.get(pk=FAR)
    names = [field.attname for field in Job._meta.concrete_fields]
    assert [getattr(kept, name) for name in names] == [getattr(made, name) for name in names]


@pytest.mark.django_db(transaction=True)
def test_one_row_that_is_refused_leaves_none() -> None:
    with pytest.raises(IntegrityError):
        insert([row(pk=FAR + 1, key="a"), row(pk=FAR + 2, key="b"), row(pk=FAR + 1, key="c")])
    assert not Change.objects.filter(model="a.b").exists()


@pytest.mark.django_db
def test_no_rows_are_no_statement(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        insert([])
        insert_rows(Change, ("model",), [])
