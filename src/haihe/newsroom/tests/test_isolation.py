"""Generated: every address of the newsroom × role × relation, each with planted records that could leak; 0 leak.

The addresses come from the address table itself. One that cannot be asked yet, because nothing planted fits its
parameters, fails the test: whoever adds a page says in FITS what stands behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from wagtail.models import Revision

from haihe.base.search import index_pending
from haihe.city.domain.organisations import found
from haihe.city.models import Organisation, Person
from haihe.city.testing import (
    OUTSIDER,
    RELATIONS,
    ROLE_NAMES,
    Planted,
    RelatedCity,
    build_city,
    refused,
    relations_allowed,
)
from haihe.newsroom import models
from haihe.newsroom.domain import tokens, writing
from haihe.newsroom.domain.sharing import offering
from haihe.newsroom.tests.newsdesk import FEED, Newsdesk
from haihe.releases.edges import Notice

pytestmark = pytest.mark.django_db
# What the public may call with a secret of its own, and what only the edge asks: tested where they are made.
ELSEWHERE = {"newsroom_push", "newsroom_websub", "newsroom_calendar", "newsroom_clue", "newsroom_field_worker"}


class Records:
    """One of everything in one organisation, each under the organisation's secret word."""

    def __init__(self, city: RelatedCity, where: Organisation, secret: str) -> None:
        now, root = timezone.now(), city.superuser
        desk = Newsdesk(organisation=where, people={"reporter": root})
        self.item = desk.item(FEED, title=f"{secret} item", text=f"{secret} text", entry_id=secret)
        self.source = self.item.source
        models.Source.objects.filter(pk=self.source.pk).update(name=f"{secret} source")
        self.family = models.Family.objects.create()
        models.Item.objects.filter(pk=self.item.pk).update(family=self.family)
        self.family_edit = models.FamilyEdit.objects.create(
            organisation=where, family=self.family, kind="split", moves=[], by=root
        )
        self.item_edit = models.ItemEdit.objects.create(
            item=self.item, what="language", before="zh", after="en", touched_before=False, by=root
        )
        self.picture = models.LeadPicture.objects.create(item=self.item, url=f"http://x.example/{secret}.png")
        self.fetch = models.Fetch.objects.create(
            source=self.source, asked_at=now, address=f"http://x.example/{secret}", master=self.item.master
        )
        self.manuscript = writing.begin(where, root, title=f"{secret} text", html=f"<p>{secret}</p>")
        writing.revise(self.manuscript, root, summary=f"{secret} more")
        far = Organisation.objects.filter(slug="far").first() or found("Far", slug="far")
        theirs = writing.begin(far, root, title=f"{secret} theirs")
        self.share = offering.offer(theirs, [where], by=root).shares.get()
        self.offer = offering.offer(self.manuscript, [far], by=root)
        self.notice = Notice.objects.create(
            kind="corrected", source_label="x", source_id="x", source_organisation=far, organisation=where,
            label="newsroom.manuscript", thing=str(self.manuscript.pk), note=f"{secret} note", told_at=now,
        )  # fmt: skip
        self.fee = models.FeeEntry.objects.create(
            organisation=where,
            kind="due",
            payee=f"{secret} payee",
            contributor=far,
            title=secret,
            amount=Decimal(1),
            at=now,
        )
        self.lead = models.Lead.objects.create(organisation=where, title=f"{secret} lead", contact=secret, at=now)
        self.pitch = models.Pitch.objects.create(organisation=where, title=f"{secret} pitch", proposed_at=now)
        self.assignment = models.Assignment.objects.create(
            organisation=where, title=f"{secret} sent", starts=now, ends=now + timedelta(hours=1), pitch=self.pitch
        )
        self.report = models.FieldReport.objects.create(
            key=uuid4(), assignment=self.assignment, kind="voice", text=secret, master=self.item.master, taken_at=now,
            received_at=now,
        )  # fmt: skip
        person = Person.objects.create_user(f"{secret}-person", f"{secret}@x.example")
        self.post = models.Post.objects.create(organisation=where, person=person, office="proofreader")
        self.delegation = models.Delegation.objects.create(
            post=self.post, to=root, starts=now, ends=now + timedelta(hours=1), why=secret
        )
        self.reviewrule = models.ReviewRule.objects.create(organisation=where, threefold=False)
        self.sharingrule = models.SharingRule.objects.create(organisation=where)
        self.correspondent = models.Correspondent.objects.create(organisation=where, name=f"{secret} writer")
        self.feerate = models.FeeRate.objects.create(organisation=where, amount=1)
        self.newsdesk = models.NewsDesk.objects.create(organisation=where, name=f"{secret} desk")
        self.houserule = models.HouseRule.objects.create(organisation=where, blocks=secret)
        self.prooflist = models.ProofList.objects.create(organisation=where, name=f"{secret} list", text=secret)
        self.payment = models.FeePayment.objects.create(
            organisation=where, payee=f"{secret} payee", contributor=far, amount=Decimal(1), at=now
        )
        self.equipment = models.Equipment.objects.create(organisation=where, name=f"{secret} drone")


# Where an address has parameters: which planted record stands behind it.
FITS = {
    "newsroom_source": "source", "newsroom_fetch": "fetch", "newsroom_item": "item", "newsroom_family": "family",
    "newsroom_share": "share", "newsroom_offer": "manuscript", "newsroom_offer_recall": "offer",
    "newsroom_notice": "notice", "newsroom_uses": "manuscript", "newsroom_fee": "fee", "newsroom_lead": "lead",
    "newsroom_pitch": "pitch", "newsroom_assignment": "assignment", "newsroom_report": "report",
    "newsroom_field_send": "assignment", "newsroom_desk": "manuscript", "newsroom_payment": "payment",
}  # fmt: skip


@dataclass(frozen=True)
class Address:
    """One entry of the address table: its whole pattern, its name, and the names of its parameters."""

    pattern: str
    name: str
    parameters: tuple[str, ...]

    def filled(self, records: Records) -> str:
        values = {name: str(self._value(name, records)) for name in self.parameters}
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found_: values[found_[1]], self.pattern)

    def _value(self, name: str, records: Records) -> Any:
        if name in ("revision_id", "revision_id_a", "revision_id_b"):
            return records.manuscript.latest_revision_id
        if name in ("workflow_state_id", "task_state_id"):
            return 1
        if name == "action_name":
            return "approve"
        if name == "edit":
            return records.family_edit.pk if "famil" in self.pattern else records.item_edit.pk
        if name == "number" and "picture" in self.pattern:
            return records.picture.pk
        if name == "picture":
            return records.picture.pk
        return self._behind(records).pk

    def _behind(self, records: Records) -> Any:
        if self.pattern.startswith("admin/snippets/"):
            return getattr(records, self.pattern.split("newsroom/")[1].split("/")[0])
        if self.pattern.startswith("api/v1/manuscripts"):
            return records.manuscript
        known = sorted((name for name in FITS if self.name.startswith(name)), key=len)
        if not known:
            raise LookupError(f"{self.pattern} ({self.name}): say in FITS which record stands behind it")
        return getattr(records, FITS[known[-1]])


def addresses() -> list[Address]:
    """Every address that leads into the newsroom, as the table has them now."""
    return sorted(set(_walk(get_resolver().url_patterns, "")), key=lambda one: one.pattern)


def _walk(patterns: Any, before: str) -> Iterator[Address]:
    for one in patterns:
        whole = before + _plain(str(one.pattern))
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns, whole)
        elif isinstance(one, URLPattern) and _ours(one, whole):
            names = re.findall(r"<(?:\w+:)?(\w+)>", whole)
            yield Address(whole, one.name or "", tuple(names))


def _plain(pattern: str) -> str:
    pattern = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", r"<\1>", pattern)
    return pattern.removeprefix("^").removesuffix("$").replace("\\Z", "").replace("\\", "")


def _ours(one: URLPattern, whole: str) -> bool:
    if (one.name or "") in ELSEWHERE or whole.startswith("-/"):
        return False
    if re.match(r"admin/snippets/(choose/)?newsroom/", whole) or whole.startswith("api/v1/manuscripts"):
        return "alias" not in whole  # the register of other names is the whole city's
    return (one.callback.__module__ or "").startswith("haihe.newsroom.") and not whole.startswith("admin/snippets/")


@pytest.fixture
def city() -> RelatedCity:
    return build_city()


@pytest.fixture
def planted(city: RelatedCity) -> Planted[Records]:
    done = city.plant(lambda where, secret: Records(city, where, secret))
    index_pending()
    return done


def leaks(
    city: RelatedCity, planted: Planted[Records], roles: tuple[str, ...], relations: tuple[str, ...]
) -> list[str]:
    """Each cell that shows, or changes, what it must not."""
    found_: list[str] = []
    before = {relation: _rows(planted[relation]) for relation in relations}  # each cell is taken back
    for role in roles:
        client, seen = city.client(role), relations_allowed(role, "view")
        client.raise_request_exception = False
        person = city.people[role]
        bearer = {"authorization": f"Bearer {tokens.issue(person)}"}
        for address in addresses():
            headers = bearer if address.pattern.startswith("api/") else {}
            for relation in relations if address.parameters else ("own",):
                target = address.filled(planted[relation])
                for method in ("get", "post"):
                    if not address.parameters and method == "post":
                        continue
                    if relation in seen and method == "post":
                        continue  # what the right allows has its own tests
                    with transaction.atomic():
                        point = transaction.savepoint()
                        answer = getattr(client, method)(target, {"q": planted.secrets[relation]}, headers=headers)
                        after = _rows(planted[relation]) if method == "post" else None
                        transaction.savepoint_rollback(point)
                    cell = f"{role} {relation} {method} {target} → {answer.status_code}"
                    shown = planted.shown_in(b"" if answer.streaming else answer.content)
                    shown -= {relation} if f"q={planted.secrets[relation]}" in answer.request["QUERY_STRING"] else set()
                    changed = after is not None and after != before[relation]
                    if shown - seen or changed or answer.status_code >= 500:
                        found_.append(cell)
                    elif address.parameters and relation not in seen and not _closed(answer):
                        found_.append(f"{cell} is open")
    return found_


def _closed(answer: Any) -> bool:
    return refused(answer) or answer.status_code in (302, 400, 401, 404, 405, 422)


def _rows(records: Records) -> list[Any]:
    rows = []
    for one in vars(records).values():
        rows.append(type(one)._base_manager.filter(pk=one.pk).values().first())
    rows.append(Revision.objects.filter(object_id=str(records.manuscript.pk)).count())
    return rows


def test_the_table_is_read_whole(city: RelatedCity, planted: Planted[Records]) -> None:
    """The walk finds what is there, and everything in it can be asked."""
    targets = [address.filled(planted["own"]) for address in addresses()]
    for known in (
        "/admin/sharing/", "/admin/items/", "/admin/ledger/", "/admin/snippets/newsroom/manuscript/", "/field/",
        "/admin/snippets/choose/newsroom/manuscript/", "/api/v1/manuscripts", "/admin/board/", "/admin/fees/",
    ):  # fmt: skip
        assert known in targets
    assert len(targets) > 100


def test_sees_a_leak_where_there_is_one(city: RelatedCity, planted: Planted[Records]) -> None:
    """A superuser's page shows all: were a stranger given it, the check would find it."""
    page = city.client("superuser").get("/admin/leads/")
    assert planted.shown_in(page) == set(RELATIONS)


def test_no_address_leaks_to_strangers(city: RelatedCity, planted: Planted[Records]) -> None:
    assert leaks(city, planted, ("editor",), ("sibling",)) == []


@pytest.mark.full
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("role", [*ROLE_NAMES, OUTSIDER])
def test_no_address_leaks_at_all(city: RelatedCity, planted: Planted[Records], role: str) -> None:
    assert leaks(city, planted, (role,), RELATIONS) == []
