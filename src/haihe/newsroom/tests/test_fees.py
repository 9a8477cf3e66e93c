"""The fee ledger: due once when an adopted text goes public, by the rate of that day, in parts that add up."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from haihe.city import grant
from haihe.city.models import Person
from haihe.newsroom.domain.sharing import adopting, contributing, fees, offering, paying
from haihe.newsroom.models import Correspondent, FeeEntry, FeePayment, FeeRate, Manuscript, PaidEntry
from haihe.newsroom.tests.newsdesk import Newsdesk, revise
from haihe.newsroom.tests.test_sharing import Others, now
from haihe.releases.domain import publish, withdraw


@pytest.fixture
def desk(db: None) -> Newsdesk:
    return Newsdesk()


@pytest.fixture
def others(desk: Newsdesk) -> Others:
    return Others(desk)


def adopted(desk: Newsdesk, others: Others, byline: str = "李明、王芳、赵四") -> Manuscript:
    source = desk.manuscript(html=f"<p>{'灯' * 1500}</p>")
    draft = revise(source, desk.person("reporter"), byline=byline)
    return adopting.adopt(
        offering.offer(draft, [others.city], by=desk.person("reporter")).shares.get(), others.by(others.city)
    )


def rate(others: Others, amount: str, **fields: object) -> FeeRate:
    return FeeRate.objects.create(organisation=others.city, amount=Decimal(amount), **fields)


def test_fee_is_due_once_when_an_adopted_text_goes_public(desk: Newsdesk, others: Others) -> None:
    rate(others, "100.00")
    ours = adopted(desk, others)
    assert FeeEntry.objects.count() == 0
    publish(ours, others.by(others.city))
    withdraw(now(ours).publication, others.by(others.city), "x")
    publish(now(ours), others.by(others.city))
    rows = FeeEntry.objects.order_by("pk")
    assert [(row.payee, str(row.amount)) for row in rows] == [("李明", "33.34"), ("王芳", "33.33"), ("赵四", "33.33")]
    assert {(row.organisation, row.contributor, row.characters) for row in rows} == {
        (others.city, desk.organisation, 1500)
    }


def test_rate_of_the_day_of_the_section_and_by_length(desk: Newsdesk, others: Others) -> None:
    today = timezone.localdate()
    rate(others, "999", since=today + timedelta(days=1))
    rate(others, "10", since=today - timedelta(days=30))
    rate(others, "80", basis="thousand", since=today - timedelta(days=1))
    ours = adopted(desk, others, byline="李明")
    publish(ours, others.by(others.city))
    assert FeeEntry.objects.get().amount == Decimal("120.00")
    own = rate(others, "5", section=desk.section(), since=today - timedelta(days=300))
    assert fees.rate_for(others.city.pk, desk.section().pk, today) == own


def test_correspondents_are_known_by_name_and_no_rate_means_no_fee(desk: Newsdesk, others: Others) -> None:
    known = Correspondent.objects.create(organisation=desk.organisation, name="李明", unit="海河小学")
    ours = adopted(desk, others, byline="李明")
    assert ours.share.offer.contributors == [{"name": "李明", "correspondent": known.pk}]
    publish(ours, others.by(others.city))
    assert FeeEntry.objects.count() == 0


def test_lines_are_put_right_by_lines_and_sums_follow(desk: Newsdesk, others: Others) -> None:
    rate(others, "100")
    publish(adopted(desk, others, byline="李明"), others.by(others.city))
    line = FeeEntry.objects.get()
    chief = others.by(others.city)
    with pytest.raises(PermissionDenied):
        fees.adjust(line, Decimal(-20), "字数算多了", by=chief)
    grant(chief, "administrator", others.city)
    with pytest.raises(fees.AdjustmentNeedsReason):
        fees.adjust(line, Decimal(-20), " ", by=chief)
    fees.adjust(line, Decimal("-20.005"), "字数算多了", by=chief)
    (account,) = paying.accounts(FeeEntry.objects.all())
    assert (account.payee, account.texts, account.amount, account.open) == (
        "李明",
        1,
        Decimal("79.99"),
        Decimal("79.99"),
    )


def test_export_opens_in_a_spreadsheet_and_runs_nothing(desk: Newsdesk, others: Others) -> None:
    rate(others, "100")
    publish(adopted(desk, others, byline='=HYPERLINK("http://x.example")'), others.by(others.city))
    data = fees.as_csv(FeeEntry.objects.all())
    assert data.startswith(b"\xef\xbb\xbf")
    assert b"'=HYPERLINK" in data
    assert b",=HYPERLINK" not in data


def manager(others: Others) -> Person:
    chief = others.by(others.city)
    grant(chief, "administrator", others.city)
    return Person.objects.get(pk=chief.pk)


def test_payment_takes_up_what_is_open_once_and_can_be_taken_back(desk: Newsdesk, others: Others) -> None:
    rate(others, "100")
    publish(adopted(desk, others, byline="李明"), others.by(others.city))
    lines, today = FeeEntry.objects.filter(payee="李明"), timezone.localdate()
    with pytest.raises(PermissionDenied):
        paying.pay(lines, others.city, others.by(others.city), paid_on=today)
    chief = manager(others)
    fees.adjust(lines.get(), Decimal(-30), "字数算多了", by=chief)
    made = paying.pay(lines, others.city, chief, paid_on=today, reference="凭 7")
    assert (made.amount, made.payee, made.lines.count()) == (Decimal(70), "李明", 2)
    (account,) = paying.accounts(FeeEntry.objects.all())
    assert (account.amount, account.open, account.paid) == (Decimal(70), Decimal(0), Decimal(70))
    with pytest.raises(paying.NothingToPay):
        paying.pay(lines, others.city, chief, paid_on=today)
    with pytest.raises(paying.UndoNeedsReason):
        paying.undo(made, chief, " ")
    paying.undo(made, chief, "付错了")
    (account,) = paying.accounts(FeeEntry.objects.all())
    assert account.open == Decimal(70)
    assert FeePayment.objects.get().undone_why == "付错了"
    assert paying.pay(lines, others.city, chief, paid_on=today).amount == Decimal(70)


def test_database_lets_no_line_be_paid_twice(desk: Newsdesk, others: Others) -> None:
    rate(others, "100")
    publish(adopted(desk, others, byline="李明"), others.by(others.city))
    made = paying.pay(FeeEntry.objects.all(), others.city, manager(others), paid_on=timezone.localdate())
    with pytest.raises(IntegrityError), transaction.atomic():
        PaidEntry.objects.create(entry=FeeEntry.objects.get(), payment=made)


def test_what_was_taken_back_in_sum_is_not_paid(desk: Newsdesk, others: Others) -> None:
    rate(others, "100")
    publish(adopted(desk, others, byline="李明"), others.by(others.city))
    chief = manager(others)
    fees.adjust(FeeEntry.objects.get(), Decimal(-150), "重复", by=chief)
    with pytest.raises(paying.NothingToPay):
        paying.pay(FeeEntry.objects.all(), others.city, chief, paid_on=timezone.localdate())


def test_correspondents_earn_by_what_their_own_organisation_publishes(desk: Newsdesk, others: Others) -> None:
    known = Correspondent.objects.create(organisation=desk.organisation, name="李明", unit="海河小学")
    FeeRate.objects.create(organisation=desk.organisation, amount=Decimal(60))
    publish(revise(desk.manuscript(), desk.person("reporter"), byline="王芳"), desk.person("publisher"))
    assert FeeEntry.objects.count() == 0
    text = revise(desk.manuscript(), desk.person("reporter"), byline="王芳、李明")
    publish(now(text), desk.person("publisher"))
    withdraw(now(text).publication, desk.person("publisher"), "x")
    publish(now(text), desk.person("publisher"))
    (line,) = FeeEntry.objects.all()
    assert (line.payee, line.amount, line.correspondent, line.contributor) == (
        "李明", Decimal(30), known, desk.organisation,
    )  # fmt: skip


def test_contributions_of_correspondents_are_counted(desk: Newsdesk, others: Others) -> None:
    Correspondent.objects.create(organisation=desk.organisation, name="李明", unit="海河小学")
    Correspondent.objects.create(organisation=desk.organisation, name="无稿", unit="海河小学")
    rate(others, "100")
    ours = adopted(desk, others, byline="李明")
    publish(ours, others.by(others.city))
    offering.offer(ours.share.offer.manuscript, [others.sibling], by=desk.person("reporter"))
    publish(now(ours.share.offer.manuscript), desk.person("publisher"))
    span = (timezone.now() - timedelta(hours=1), timezone.now() + timedelta(hours=1))
    one, none = contributing.contributions(Correspondent.objects.all(), *span)
    assert (one.published, one.offered, one.adopted, one.used, one.amount) == (1, 1, 1, 1, Decimal(100))
    assert (none.correspondent.name, none.published, none.amount) == ("无稿", 0, Decimal(0))
    before = contributing.contributions(Correspondent.objects.all(), span[0] - timedelta(days=9), span[0])
    assert {(row.published, row.offered, row.adopted, row.amount) for row in before} == {(0, 0, 0, Decimal(0))}


def test_pages_pay_and_show_the_statement(desk: Newsdesk, others: Others, client: Client) -> None:
    rate(others, "100")
    publish(adopted(desk, others, byline="李明"), others.by(others.city))
    client.force_login(manager(others))
    month = f"{timezone.localdate():%Y-%m}"
    account = {"payer": others.city.pk, "payee": "李明", "unit": desk.organisation.pk, "month": month}
    assert "100.00" in client.get(reverse("newsroom_fees"), {"open": "1"}).content.decode()
    client.post(reverse("newsroom_pay"), {**account, "paid_on": "2026-11-20", "reference": "=7"})
    shown = client.get(reverse("newsroom_statement"), account).content.decode()
    assert "2026-11-20 =7" in shown
    table = client.get(reverse("newsroom_statement"), {**account, "as": "csv"}).content.decode()
    assert ",2026-11-20,'=7" in table
    assert "100.00" not in client.get(reverse("newsroom_fees"), {"open": "1"}).content.decode()
    client.post(reverse("newsroom_payment_undo", args=[FeePayment.objects.get().pk]), {"why": "付错了"})
    assert "付错了" in client.get(reverse("newsroom_payments")).content.decode()
    assert client.get(reverse("newsroom_statement"), {**account, "payee": "别人"}).status_code == 404


@given(st.decimals(min_value=0, max_value=10**6, places=2), st.integers(1, 60))
def test_parts_add_up_to_the_cent(amount: Decimal, parts: int) -> None:
    got = fees.parted(amount, parts)
    assert sum(got) == amount
    assert max(got) - min(got) <= Decimal("0.01")
