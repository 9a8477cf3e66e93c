"""Role × relation over HTTP: offers, notices and fees; none leaks, and none moves without the right."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from haihe.city.domain.organisations import found
from haihe.city.models import Organisation
from haihe.city.testing import (
    OUTSIDER,
    RELATIONS,
    ROLE_NAMES,
    RelatedCity,
    allowed,
    build_city,
    refused,
    relations_allowed,
)
from haihe.newsroom.domain import writing
from haihe.newsroom.domain.sharing import offering
from haihe.newsroom.models import (
    Correspondent,
    FeeEntry,
    FeePayment,
    FeeRate,
    HouseRule,
    Manuscript,
    NewsDesk,
    Offer,
    Share,
    SharingRule,
)
from haihe.newsroom.tests.standing import undone
from haihe.releases.domain import reaching
from haihe.releases.edges import Notice

ROLES = (*ROLE_NAMES, OUTSIDER)

pytestmark = pytest.mark.django_db


class Shared:
    """In one organisation: an offer received and one made, a notice, a line of fees; all with one secret word."""

    def __init__(self, city: RelatedCity, where: Organisation, secret: str) -> None:
        root = city.superuser
        far = Organisation.objects.filter(slug="far").first() or found("Far", slug="far")
        theirs = writing.begin(far, root, title=f"{secret} theirs", html=f"<p>{secret}</p>")
        self.received = offering.offer(theirs, [where], by=root, message=secret).shares.get()
        self.manuscript = writing.begin(where, root, title=f"{secret} ours", html=f"<p>{secret}</p>")
        self.made = offering.offer(self.manuscript, [far], by=root, message=secret)
        self.notice = Notice.objects.create(
            kind="corrected", source_label="newsroom.manuscript", source_id=str(theirs.pk), source_organisation=far,
            label="newsroom.manuscript", thing=str(self.manuscript.pk), organisation=where, note=secret,
            told_at=timezone.now(),
        )  # fmt: skip
        self.fee = FeeEntry.objects.create(
            organisation=where, kind="due", payee=secret, contributor=far, title=secret, amount=Decimal(1),
            at=timezone.now(),
        )  # fmt: skip
        self.payment = FeePayment.objects.create(
            organisation=where, payee=secret, contributor=far, amount=Decimal(1), at=timezone.now()
        )
        Correspondent.objects.create(organisation=where, name=f"{secret} writer")


@pytest.fixture
def city() -> RelatedCity:
    return build_city()


@pytest.fixture
def planted(city: RelatedCity) -> Any:
    return city.plant(lambda where, secret: Shared(city, where, secret))


def state() -> list[Any]:
    return [
        list(model.objects.order_by("pk").values())
        for model in (Offer, Share, Notice, FeeEntry, FeePayment, Manuscript)
    ]


@pytest.mark.parametrize("role", ROLES)
def test_lists_show_what_the_role_may_see(city: RelatedCity, planted: Any, role: str) -> None:
    client, seen = city.client(role), relations_allowed(role, "view")
    for tab in ("open", "ours", "notices"):
        assert planted.shown_in(client.get(reverse("newsroom_sharing"), {"tab": tab})) == seen, tab
    for relation in RELATIONS:
        found_ = client.get(reverse("newsroom_sharing"), {"tab": "open", "q": planted.secrets[relation]})
        assert (planted.records[relation].received.offer.organisation.name in found_.content.decode()) == (
            relation in seen
        )
    managed = relations_allowed(role, "manage_people")
    for query in ({}, {"as": "csv"}):
        assert planted.shown_in(client.get(reverse("newsroom_fees"), query)) == managed
    for page in ("newsroom_payments", "newsroom_correspondents"):
        assert planted.shown_in(client.get(reverse(page))) == managed, page


@pytest.mark.parametrize("role", ROLES)
def test_pages_of_one_record(city: RelatedCity, planted: Any, role: str) -> None:
    client = city.client(role)
    for relation in RELATIONS:
        with undone():
            one = planted[relation]
            pages = {
                reverse("newsroom_share", args=[one.received.pk]): "view",
                reverse("newsroom_uses", args=[one.manuscript.pk]): "view",
                reverse("newsroom_offer", args=[one.manuscript.pk]): "submit",
            }
            for address, action in pages.items():
                page = client.get(address)
                if allowed(role, action, relation):
                    assert planted.shown_in(page) == {relation}
                else:
                    assert refused(page), (role, relation, address)
                    assert planted.shown_in(page) == set()


@pytest.mark.parametrize("role", ROLES)
def test_deeds_take_effect_only_with_the_right(city: RelatedCity, planted: Any, role: str) -> None:
    client = city.client(role)
    for relation in RELATIONS:
        with undone():
            one = planted[relation]
            far = Organisation.objects.get(slug="far")
            deeds = [
                ("newsroom_share_leave", one.received.pk, {"state": "left"}, "create"),
                ("newsroom_share_leave", one.received.pk, {"state": "open"}, "create"),
                ("newsroom_share_adopt", one.received.pk, {}, "create"),
                ("newsroom_offer", one.manuscript.pk, {"to": [far.pk], "message": "x"}, "submit"),
                ("newsroom_notice_settle", one.notice.pk, {"decision": "kept", "why": "ours"}, "edit"),
                ("newsroom_offer_recall", one.made.pk, {"why": "wrong"}, "withdraw"),
                ("newsroom_fee_adjust", one.fee.pk, {"amount": "-1", "why": "counted wrong"}, "manage_people"),
                ("newsroom_payment_undo", one.payment.pk, {"why": "paid wrong"}, "manage_people"),
            ]
            before, account = state(), {"payer": one.fee.organisation_id, "payee": one.fee.payee, "unit": far.pk}
            client.post(reverse("newsroom_pay"), account)
            assert (state() != before) == allowed(role, "manage_people", relation), "newsroom_pay"
            for name, key, fields, action in deeds:
                before = state()
                client.post(reverse(name, args=[key]), fields)
                assert (state() != before) == allowed(role, action, relation), name
                assert client.get(reverse(name, args=[key])).status_code in (200, 302, 403, 404, 405)


@pytest.mark.parametrize("role", ROLES)
def test_killed_text_is_kept_only_by_who_may_publish(city: RelatedCity, planted: Any, role: str) -> None:
    client = city.client(role)
    for relation in RELATIONS:
        with undone():
            notice = planted[relation].notice
            Notice.objects.filter(pk=notice.pk).update(kind="killed")
            client.post(reverse("newsroom_notice_settle", args=[notice.pk]), {"decision": "kept", "why": "ours"})
            notice.refresh_from_db()
            assert (notice.state == "kept") == allowed(role, "publish", relation)
            if notice.state == "open":
                with pytest.raises(reaching.SourceKilled):
                    reaching.require_not_killed(planted[relation].manuscript)


@pytest.mark.parametrize("role", ROLES)
def test_settings_are_changed_where_people_are_managed(city: RelatedCity, role: str) -> None:
    client = city.client(role)
    for relation in RELATIONS:
        with undone():
            where = city.organisations[relation]
            no_stages = nested_form_data({"stages": inline_formset([])})
            new = {
                SharingRule: {},
                Correspondent: {"name": "李明", "active": "on"},
                FeeRate: {"basis": "piece", "amount": "50.00", "since": "2026-11-01"},
                NewsDesk: {"name": "文化部", "order": "0", "active": "on", **no_stages},
                HouseRule: {"blocks": "禁用"},
            }
            for model, fields in new.items():
                name = f"wagtailsnippets_newsroom_{model._meta.model_name}"
                client.post(reverse(f"{name}:add"), {"organisation": where.pk, **fields})
                assert model.objects.exists() == allowed(role, "manage_people", relation), model
                row = model.objects.first() or model.objects.create(
                    organisation=where,
                    **({"amount": 1} if model is FeeRate else {"name": "李明"} if "name" in fields else {}),
                )
                page = client.get(reverse(f"{name}:edit", args=[row.pk]))
                assert (page.status_code == 200) == allowed(role, "manage_people", relation)
