"""Role × action × relation over HTTP: what is done to a source happens where it is allowed, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse

from haihe.archive.domain import segments
from haihe.base.tasks.models import Job
from haihe.city.models import Organisation
from haihe.city.testing import OUTSIDER, RELATIONS, ROLE_NAMES, Planted, RelatedCity, allowed, build_city, refused
from haihe.newsroom.domain import collecting, pushing
from haihe.newsroom.models import Fetch, Item, PushKey, Source
from haihe.newsroom.tasks import visit_source
from haihe.newsroom.tests.newsdesk import FEED
from haihe.newsroom.tests.standing import undone

pytestmark = pytest.mark.django_db
KEPT = (Source, Item, Fetch, Job, PushKey)


@pytest.fixture
def city() -> RelatedCity:
    return build_city()


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.HOME = tmp_path
    monkeypatch.setattr(segments, "_writer", None)


def plant(organisation: Organisation, secret: str) -> Source:
    return Source.objects.create(
        organisation=organisation, name=secret, address=f"https://{secret}.example/feed", licence=secret
    )


@dataclass(frozen=True)
class Deed:
    """page: the end of the address's name; fields: what is sent; done: whether it took effect."""

    page: str
    done: Callable[[Source], bool]
    fields: dict[str, Any] = field(default_factory=dict)
    file: bytes = b""

    def act(self, client: Client, source: Source) -> Any:
        sent = {"organisation": source.organisation_id, **self.fields}
        if self.file:
            sent["file"] = SimpleUploadedFile("a.xml", self.file)
        return client.post(reverse(f"newsroom_source_{self.page}", args=[source.pk]), sent)


def visits() -> QuerySet[Job]:
    return Job.objects.filter(task_path=visit_source.module_path)


EDITED = {"name": "Changed", "address": "https://changed.example/feed", "reader": "auto", "every_minutes": 60}
DEEDS = (
    Deed("edit", lambda source: (source.name, source.address) == (EDITED["name"], EDITED["address"]), EDITED),
    Deed("pause", lambda source: not source.active),
    Deed("collect", lambda source: [job.key for job in visits()] == [f"source:{source.pk}"]),
    Deed("upload", lambda source: Item.objects.filter(source=source).count() == 1, file=FEED),
)


def as_it_is() -> list[Any]:
    return [list(model._base_manager.order_by("pk").values()) for model in KEPT]


@pytest.mark.parametrize("role", [*ROLE_NAMES, OUTSIDER])
def test_deeds_take_effect_exactly_where_sources_may_be_managed(city: RelatedCity, role: str) -> None:
    planted: Planted[Source] = city.plant(plant)
    before, client, wrong = as_it_is(), city.client(role), {}
    for relation in RELATIONS:
        source, may = planted[relation], allowed(role, "manage_sources", relation)
        others = Source.objects.exclude(pk=source.pk).order_by("pk")
        others_before = list(others.values())
        for deed in DEEDS:
            with undone():
                response = deed.act(client, source)
                done = deed.done(Source.objects.get(pk=source.pk))
                same = as_it_is() == before
                away = refused(response) and not planted.shown_in(response)
                others_same = list(others.values()) == others_before
            if (done, same, others_same, away) != (may, not may, True, not may):
                wrong[f"{deed.page}, {relation}"] = (done, same, others_same, away, response.status_code)
    assert wrong == {}


@pytest.mark.parametrize("role", [*ROLE_NAMES, OUTSIDER])
def test_form_of_a_source_opens_to_those_who_manage_it_and_names_no_other(city: RelatedCity, role: str) -> None:
    planted = city.plant(plant)
    for relation in RELATIONS:
        page = city.client(role).get(reverse("newsroom_source_edit", args=[planted[relation].pk]))
        may = allowed(role, "manage_sources", relation)
        assert (page.status_code == 200, refused(page)) == (may, not may), relation
        assert planted.shown_in(page) == ({relation} if may else set())


@pytest.mark.parametrize("target", ["child", "sibling", "stranger"])
def test_source_stays_in_the_organisation_it_was_made_in(city: RelatedCity, target: str) -> None:
    """A publisher manages sources in "child" too; what was collected stays behind, and so does the source."""
    source = city.plant(plant)["own"]
    address = reverse("newsroom_source_edit", args=[source.pk])
    city.client("publisher").post(address, EDITED | {"organisation": city.organisations[target].pk})
    source.refresh_from_db()
    assert source.organisation == city.organisations["own"]


def plant_push(organisation: Organisation, secret: str) -> Source:
    source = Source.objects.create(organisation=organisation, name=secret, transport="push")
    pushing.make_key(source)
    return source


@pytest.mark.parametrize("role", [*ROLE_NAMES, OUTSIDER])
def test_keys_are_made_and_revoked_exactly_where_sources_may_be_managed(city: RelatedCity, role: str) -> None:
    planted: Planted[Source] = city.plant(plant_push)
    before, client, wrong = as_it_is(), city.client(role), {}
    for relation in RELATIONS:
        source, may = planted[relation], allowed(role, "manage_sources", relation)
        for page, count in (("key", 2), ("revoke", 0)):
            with undone():
                response = client.post(reverse(f"newsroom_source_{page}", args=[source.pk]))
                done = PushKey.objects.filter(source=source).count() == count
                others = PushKey.objects.exclude(source=source).count() == len(RELATIONS) - 1
                shown = b"haihe_" in response.content
                away = refused(response) and not planted.shown_in(response)
                same = as_it_is() == before
            if (done, others, shown, same, away) != (may, True, may and page == "key", not may, not may):
                wrong[f"{page}, {relation}"] = (done, others, shown, same, away, response.status_code)
    assert wrong == {}


def plant_fetch(organisation: Organisation, secret: str) -> Fetch:
    source = Source.objects.create(organisation=organisation, name=secret, transport="upload")
    row = collecting.take_upload(source, FEED.replace(b"story-1", secret.encode()), filename=f"{secret}.xml", by=None)
    Item.objects.filter(source=source).delete()
    return row


@pytest.mark.parametrize("role", [*ROLE_NAMES, OUTSIDER])
def test_ledger_is_seen_through_the_gate_and_replayed_where_sources_may_be_managed(
    city: RelatedCity, role: str
) -> None:
    planted: Planted[Fetch] = city.plant(plant_fetch)
    client, wrong = city.client(role), {}
    visible = {relation for relation in RELATIONS if allowed(role, "view", relation)}
    for query in ("", "?outcome=new", "?kind=file", f"?sha256={planted['stranger'].master.blob_id}"):
        page = client.get(reverse("newsroom_ledger") + query)
        assert planted.shown_in(page) == visible, query  # in the filter, where there is no row
        assert reverse("newsroom_fetch", args=[planted["stranger"].pk]) not in page.content.decode()
    for relation in RELATIONS:
        row, sees = planted[relation], allowed(role, "view", relation)
        may = allowed(role, "manage_sources", relation)
        for name in ("newsroom_fetch", "newsroom_fetch_original"):
            answer = client.get(reverse(name, args=[row.pk]))
            if (answer.status_code == 200, planted.shown_in(answer)) != (sees, {relation} if sees else set()):
                wrong[f"{name}, {relation}"] = (answer.status_code, planted.shown_in(answer))
        with undone():
            answer = client.post(reverse("newsroom_fetch_replay", args=[row.pk]))
            done = Item.objects.filter(source=row.source).count() == 1
            others = Item.objects.exclude(source=row.source).count() == 0
        if (done, others, refused(answer)) != (may, True, not may):
            wrong[f"replay, {relation}"] = (done, others, answer.status_code)
    assert wrong == {}


@pytest.mark.parametrize("role", [*ROLE_NAMES, OUTSIDER])
def test_lists_to_save_name_only_what_the_gate_lets_through(city: RelatedCity, role: str) -> None:
    planted = city.plant(plant)
    Source.objects.update(reprint="listed")
    seen = {relation for relation in RELATIONS if allowed(role, "view", relation)}
    for name in ("newsroom_reprint_list", "newsroom_sources_out"):
        assert planted.shown_in(city.client(role).get(reverse(name))) == seen, name


@pytest.mark.parametrize("role", [*ROLE_NAMES, OUTSIDER])
def test_rule_is_tried_only_by_those_who_manage_sources_somewhere(city: RelatedCity, role: str) -> None:
    may = any(allowed(role, "manage_sources", relation) for relation in RELATIONS)
    answer = city.client(role).post(reverse("newsroom_source_links"), {"address": "http://10.0.0.1/list"})
    assert (answer.status_code == 200, refused(answer)) == (may, not may)
    if may:
        assert "private or reserved" in answer.json()["html"]
