"""The audit trail over HTTP: who reads which entries, filters, pages, export."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from haihe.base.audit import record, scope

pytestmark = pytest.mark.django_db


def signed_in(name: str, *permissions: str, superuser: bool = False) -> Client:
    person = get_user_model().objects.create(username=name, is_superuser=superuser)
    for permission in ("wagtailadmin.access_admin", *permissions):
        app, codename = permission.split(".")
        person.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    client = Client()
    client.force_login(person)
    return client


def text(client: Client, query: str = "") -> str:
    answer = client.get(reverse("haihe_audit") + query, follow=True)
    return answer.content.decode() if answer.redirect_chain == [] else "closed"


def shown(client: Client, query: str = "") -> list[int]:
    answer = client.get(reverse("haihe_audit") + query)
    return [row.entry.number for row in answer.context["rows"]]


@pytest.fixture
def reporter() -> Any:
    return get_user_model().objects.create(username="王记者")


@pytest.fixture(autouse=True)
def _trail(reporter: Any) -> None:
    record("release.published", by=reporter, thing=reporter, organisation=1, detail={"title": "<b>春到海河</b>"})
    record("role.granted", thing="text", organisation=2, detail={"role": "editor"})
    record("release.corrected", organisation=1)


@pytest.fixture
def gate() -> Iterator[None]:
    def organisations_for(person: Any, action: str) -> frozenset[int]:
        return frozenset({1}) if (person.username, action) == ("auditor of 1", "audit") else frozenset()

    scope.use_gate(organisations_for)
    yield
    scope._gates.remove(organisations_for)


def test_trail_is_closed_to_staff_without_the_permission() -> None:
    assert text(signed_in("staff")) == "closed"
    assert Client().get(reverse("haihe_audit")).status_code == 302
    page = signed_in("other").get(reverse("wagtailadmin_home")).content.decode()
    assert reverse("haihe_audit") not in page


def test_trail_shows_everything_to_whom_the_permission_is_given() -> None:
    assert shown(signed_in("auditor", "audit.view_entry")) == [3, 2, 1]
    page = text(signed_in("root", superuser=True))
    assert "&lt;b&gt;春到海河&lt;/b&gt;" in page
    assert "<b>春到海河</b>" not in page
    assert "王记者" in page


def test_trail_shows_an_organisations_auditor_only_its_entries(gate: None) -> None:
    client = signed_in("auditor of 1")
    assert shown(client) == [3, 1]
    lines = client.get(reverse("haihe_audit") + "?export=1").getvalue().decode().splitlines()
    assert [json.loads(line)["number"] for line in lines] == [1, 3]
    assert text(signed_in("auditor of 9")) == "closed"


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("?action=release.", [3, 1]),
        ("?action=role.granted", [2]),
        ("?person=王", [1]),
        ("?person=99999999999999999999999", []),
        ("?since=2020-01-01&until=2020-01-02", []),
        ("?since=2020-01-01", [3, 2, 1]),
        ("?until=9999-12-31", [3, 2, 1]),
        ("?since=nonsense", []),
        ("?action=%25", []),
        ("?thing=nothing.here:5", []),
    ],
)
def test_trail_filters(query: str, numbers: list[int]) -> None:
    assert shown(signed_in("root", superuser=True), query) == numbers


def test_trail_filters_by_thing_and_person_number(reporter: Any) -> None:
    client = signed_in("root", superuser=True)
    assert shown(client, f"?thing={reporter._meta.label_lower}:{reporter.pk}") == [1]
    assert shown(client, f"?person={reporter.pk}") == [1]


def test_trail_turns_pages() -> None:
    client = signed_in("root", superuser=True)
    for _ in range(50):
        record("a.b")
    assert shown(client, "?p=2") == [3, 2, 1]
    assert shown(client, "?p=nonsense")[0] == 53


def test_trail_names_a_person_who_is_gone(reporter: Any) -> None:
    get_user_model().objects.filter(pk=reporter.pk).delete()
    assert "王记者" in text(signed_in("root", superuser=True))


def test_trail_reads_in_names_and_words(reporter: Any) -> None:
    reporter.first_name = "王一"
    reporter.save()
    digest = "0123456789abcdef" * 4
    record("tasks.replay", by=reporter, thing=reporter, detail={"hash": digest, "why": "又一次", "odd_key": [1, "二"]})
    record("wagtail.rename", by=reporter, detail={"title": {"old": "旧题", "new": "新题"}})
    client = signed_in("root", superuser=True)
    newer, older = client.get(reverse("haihe_audit"), headers={"accept-language": "en"}).context["rows"][:2]
    assert [(fact.label, fact.value) for fact in newer.facts] == [("title", "旧题 → 新题")]
    assert (older.person, older.account, older.action) == ("王一", "王记者", "Run a job again")
    assert [(fact.label, fact.value, fact.whole) for fact in older.facts] == [
        ("hash", "0123456789ab…", digest),
        ("odd key", "1, 二", ""),
        ("reason", "又一次", ""),
    ]
    assert json.loads(older.json) == {"hash": digest, "why": "又一次", "odd_key": [1, "二"]}


def test_trail_links_only_where_its_reader_may_go(reporter: Any) -> None:
    root = signed_in("root", superuser=True).get(reverse("haihe_audit")).context["rows"]
    assert [bool(row.person_url) for row in root] == [False, False, True]
    address = root[-1].person_url
    assert (root[-1].thing_url, address.endswith(f"/{reporter.pk}/")) == (address, True)
    auditor = signed_in("auditor", "audit.view_entry").get(reverse("haihe_audit")).context["rows"]
    assert [(row.person_url, row.thing_url) for row in auditor] == [("", "")] * 3


@pytest.mark.parametrize("identity", ["", "no number", "9" * 60, "-1", "0"])
@pytest.mark.parametrize("label", ["releases.publication", "wagtailcore.page", "no.such", "", "x"])
def test_trail_reads_things_that_never_were(label: str, identity: str) -> None:
    from haihe.base.audit.domain.recording import record_seen

    record_seen(
        "a.b", by=None, label=label, identity=identity, name="n", organisation=None, detail={"a": {"b": [None]}}
    )
    row = signed_in("root", superuser=True).get(reverse("haihe_audit")).context["rows"][0]
    assert (row.thing_url, row.facts[0].value) == ("", '{"b": [null]}')


def test_trail_reads_a_full_page_in_few_queries(reporter: Any, django_assert_max_num_queries: Any) -> None:
    client = signed_in("root", superuser=True)
    for _ in range(50):
        record("tasks.replay", by=reporter, thing=reporter, detail={"why": "x"})
    client.get(reverse("haihe_audit"))
    with django_assert_max_num_queries(25):
        client.get(reverse("haihe_audit"))
