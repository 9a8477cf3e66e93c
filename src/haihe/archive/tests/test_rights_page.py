"""The staff page of rights: who opens it, who changes what, and what it says."""

from __future__ import annotations

import pytest
from django.urls import reverse

from haihe.archive import deposit
from haihe.archive.admin.rights import said_of
from haihe.archive.domain import granting
from haihe.archive.domain.rights.policies import AS_PUBLISHED, Action, Policy, Rule, embargoed, limited
from haihe.archive.models import Master, MasterErasure
from haihe.archive.tests.test_rights_deciding import NOW
from haihe.city.testing import OUTSIDER, ROLE_NAMES, allowed, build_city, refused

pytestmark = pytest.mark.django_db
WITHDRAW = {"kind": "published", "withdrawn": "on", "reason": "the heirs asked", "decision": "save"}


@pytest.fixture
def city():
    return build_city()


@pytest.fixture
def masters(city):
    return city.plant(
        lambda organisation, secret: deposit(
            secret.encode(), organisation=organisation, source_kind="upload", filename=secret
        )
    )


def address(master: Master) -> str:
    return reverse("archive_rights", args=[master.pk])


@pytest.mark.parametrize("role", [*ROLE_NAMES, OUTSIDER])
def test_rights_are_seen_by_who_may_view_and_changed_by_who_may_withdraw(city, masters, role):
    for relation in masters.records:
        client, master = city.client(role), masters[relation]
        seen = client.get(address(master))
        assert (masters.shown_in(seen) == {relation}) is allowed(role, "view", relation)
        assert refused(seen) is not allowed(role, "view", relation)
        client.post(address(master), WITHDRAW)
        assert granting.policy_of(master).withdrawn is allowed(role, "withdraw", relation)


def test_form_says_what_holds_and_saving_it_again_changes_nothing(city, masters):
    client, master = city.client("publisher"), masters["own"]
    data = {
        "kind": "open",
        "statement": "https://creativecommons.org/licenses/by/4.0/",
        "until": "2030-01-02T03:04",
        "edge": "1200",
        "decision": "save",
    }
    client.post(address(master), data)
    first = granting.policy_of(master)
    assert first.permissions[0].longest_edge == 1200
    page = client.get(address(master)).content.decode()
    assert 'value="2030-01-02T03:04"' in page
    client.post(address(master), data)
    assert granting.policy_of(master) == first


@pytest.mark.parametrize(
    "bad",
    [
        {"kind": "everybody"},
        {"kind": "open", "edge": "0"},
        {"kind": "open", "edge": "-5"},
        {"kind": "open", "until": "tomorrow"},
        {"kind": "open", "statement": "https://example.org/"},
        {"kind": "published", "withdrawn": "on", "reason": " "},
    ],
)
def test_what_cannot_be_is_said_and_nothing_changes(city, masters, bad):
    answer = city.client("publisher").post(address(masters["own"]), {**bad, "decision": "save"})
    assert answer.status_code == 200
    assert granting.policy_of(masters["own"]) == AS_PUBLISHED


def test_erasure_is_asked_by_one_and_confirmed_by_another(city, masters):
    master = masters["own"]
    city.client("publisher").post(address(master), {"decision": "ask", "why": "PIPL art. 47"})
    city.client("publisher").post(address(master), {"decision": "confirm"})
    assert MasterErasure.objects.get().confirmed_at is None
    city.client("administrator").post(address(master), {"decision": "confirm"})
    assert MasterErasure.objects.get().confirmed_by == city.people["administrator"]
    assert "PIPL art. 47" in city.client("auditor").get(address(master)).content.decode()


def test_policy_that_the_form_cannot_say_is_not_taken_for_one_it_can():
    day = embargoed(limited(AS_PUBLISHED, 800), NOW)
    assert (said_of(day) or {})["edge"] == 800
    assert said_of(Policy((Rule(Action.DISPLAY), Rule(Action.DISPLAY, longest_edge=5)))) is None
    assert said_of(Policy((), (Rule(Action.REPRODUCE),))) is None
