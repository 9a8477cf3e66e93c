"""Signed addresses: who makes them, for what, and what they are worth once rights change."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from haihe.archive import deposit
from haihe.archive.domain import granting, inviting
from haihe.archive.domain.rights.deciding import PersonFacts, decide
from haihe.archive.domain.rights.policies import AS_PUBLISHED, STAFF_ONLY, Action, embargoed
from haihe.archive.domain.rights.signing import invitation
from haihe.base.audit.models import Entry
from haihe.city.testing import OUTSIDER, ROLE_NAMES, allowed, build_city

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return build_city()


@pytest.fixture
def masters(city):
    return city.plant(
        lambda organisation, secret: deposit(
            secret.encode(), organisation=organisation, source_kind="upload", filename=secret, media_type="image/jpeg"
        )
    )


def soon(**more: float):
    return timezone.localtime(timezone.now() + timedelta(**more)).replace(microsecond=0)


@pytest.mark.parametrize("role", [*ROLE_NAMES, OUTSIDER])
def test_addresses_are_signed_by_who_may_withdraw(city, masters, role):
    for relation in masters.records:
        master, till = masters[relation], soon(hours=2)
        said = {"decision": "invite", "till": till.strftime("%Y-%m-%dT%H:%M")}
        page = city.client(role).post(reverse("archive_rights", args=[master.pk]), said)
        there = f"/iiif/3/{master.pk}~" in page.content.decode()
        assert there is allowed(role, "withdraw", relation)
        assert Entry.objects.filter(action="archive.invite", thing_id=str(master.pk)).exists() is there


def test_a_guest_sees_it_until_then_and_never_after_a_withdrawal(city, masters):
    master, person, till = masters["own"], city.people["publisher"], soon(hours=1)
    made = inviting.invite(master, till=till, by=person)
    identifier = made.addresses["picture"].split("/")[3]
    assert invitation(identifier, settings.SECRET_KEY) == (str(master.pk), till)

    def seen(at) -> bool:
        guest = PersonFacts(invited_till=till)
        return decide(granting.policy_of(master), granting.facts_of(master), guest, at, Action.DISPLAY).allowed

    assert [seen(till - timedelta(seconds=1)), seen(till)] == [True, False]
    granting.withdraw(master, by=person, reason="the heirs asked")
    assert not seen(timezone.now())
    with pytest.raises(inviting.NobodyInvited):
        inviting.invite(master, till=till, by=person)


@pytest.mark.parametrize("policy", [STAFF_ONLY, embargoed(AS_PUBLISHED, timezone.now() + timedelta(days=400))])
def test_where_rights_show_it_to_no_guest_no_address_is_made(city, masters, policy):
    granting.set_policy(masters["own"], policy, by=city.people["publisher"], reason="test")
    with pytest.raises(inviting.NobodyInvited):
        inviting.invite(masters["own"], till=soon(hours=1), by=city.people["publisher"])


@pytest.mark.parametrize("hours", [-1, 0, 24 * 90 + 1])
def test_an_address_lasts_no_longer_than_ninety_days(city, masters, hours):
    with pytest.raises(inviting.InvitationTooLong):
        inviting.invite(masters["own"], till=soon(hours=hours), by=city.people["publisher"])
    client = city.client("publisher")
    said = {"decision": "invite", "till": "when it rains"}
    assert client.post(reverse("archive_rights", args=[masters["own"].pk]), said).status_code == 200


def test_programs_ask_for_one_too(city, masters):
    said = {"till": soon(days=1).isoformat()}
    address = f"/api/v1/masters/{masters['own'].pk}/invitations"
    answer = city.client("publisher").post(address, said, content_type="application/json")
    assert answer.status_code == 200, answer.content
    assert f"/iiif/3/{masters['own'].pk}~" in answer.json()["addresses"]["picture"]
    refused = {
        who: city.client(who).post(address, said, content_type="application/json").status_code
        for who in ("viewer", OUTSIDER)
    }
    assert refused == {"viewer": 403, OUTSIDER: 404}
