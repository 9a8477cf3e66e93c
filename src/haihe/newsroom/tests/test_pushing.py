"""Pushes over HTTP: the key, its rotation, and what is handed in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from haihe.archive import read as read_master
from haihe.city.models import Organisation
from haihe.newsroom.domain import pushing
from haihe.newsroom.models import Fetch, Item, PushKey, Source
from haihe.newsroom.tests.test_collecting import FIRST, SECOND, feed_of

pytestmark = pytest.mark.django_db
RSS = feed_of(FIRST).encode()


@pytest.fixture
def source(office: Organisation) -> Source:
    return Source.objects.create(organisation=office, name="通讯社", transport="push")


def push(source: Source, key: str, body: bytes = RSS, content_type: str = "application/rss+xml") -> object:
    headers = {"authorization": f"Bearer {key}"} if key else {}
    address = reverse("newsroom_push", args=[source.pk])
    return Client(enforce_csrf_checks=True).post(address, body, content_type=content_type, headers=headers)


def test_push_with_the_key_becomes_items_once(source: Source) -> None:
    key = pushing.make_key(source)
    first, second = push(source, key), push(source, key)
    assert (first.status_code, first.json()["new"]) == (200, 1)  # type: ignore[attr-defined]
    assert (second.status_code, second.json()["new"]) == (200, 0)  # type: ignore[attr-defined]
    row = Fetch.objects.filter(kind="push").first()
    assert row is not None
    assert row.master is not None
    assert read_master(row.master) == RSS
    assert row.master.source_kind == "push"


def test_key_is_kept_as_a_hash_and_rotates(source: Source) -> None:
    first = pushing.make_key(source)
    assert first not in "".join(str(row) for row in PushKey.objects.values())
    second = pushing.make_key(source)
    assert [push(source, key).status_code for key in (first, second)] == [200, 200]  # type: ignore[attr-defined]
    PushKey.objects.filter(until__isnull=False).update(until=timezone.now() - timedelta(seconds=1))
    assert [push(source, key).status_code for key in (first, second)] == [401, 200]  # type: ignore[attr-defined]
    pushing.make_key(source)
    third = pushing.make_key(source)
    assert [push(source, key).status_code for key in (first, second, third)] == [401, 401, 200]  # type: ignore[attr-defined]
    pushing.revoke_keys(source)
    assert push(source, third).status_code == 401  # type: ignore[attr-defined]


def test_nothing_is_taken_without_the_key_of_this_very_source(source: Source, office: Organisation) -> None:
    key = pushing.make_key(source)
    other = Source.objects.create(organisation=office, name="另一个", transport="push")
    feed = Source.objects.create(organisation=office, name="不是推送", transport="address", address="http://a.example/")
    pushing.make_key(other)
    foreign = pushing.make_key(feed)
    source.active = True
    refused = [push(source, ""), push(source, "x"), push(other, key), push(feed, foreign), push(source, key[:-1])]
    source.active = False
    source.save()
    refused.append(push(source, key))
    assert {answer.status_code for answer in refused} == {401}  # type: ignore[attr-defined]
    assert Item.objects.count() == Fetch.objects.count() == 0
    assert Client().get(reverse("newsroom_push", args=[source.pk])).status_code == 405


@pytest.mark.parametrize("body", [b"", b"\x00" * 100, b"<rss><channel>", b"{", b"PK\x03\x04", b"\xff\xfe"])
def test_what_cannot_be_read_is_kept_and_told(source: Source, body: bytes) -> None:
    key = pushing.make_key(source)
    answer = push(source, key, body)
    assert answer.status_code in (200, 422)  # type: ignore[attr-defined]
    assert Fetch.objects.get().master is not None
    assert push(source, key, feed_of(SECOND).encode()).json()["new"] == 1  # type: ignore[attr-defined]


def test_body_that_is_too_large_is_refused_before_it_is_kept(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pushing, "LARGEST", 1000)
    assert push(source, pushing.make_key(source), b"x" * 2000).status_code == 413  # type: ignore[attr-defined]
    assert Fetch.objects.count() == 0
