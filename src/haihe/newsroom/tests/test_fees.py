"""The fee ledger: due once when an adopted text goes public, by the rate of that day, in parts that add up."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from haihe.newsroom.domain.sharing import adopting, fees, offering
from haihe.newsroom.models import Correspondent, FeeEntry, FeeRate, Manuscript
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
    from haihe.city import grant

    chief = others.by(others.city)
    with pytest.raises(PermissionDenied):
        fees.adjust(line, Decimal(-20), "字数算多了", by=chief)
    grant(chief, "administrator", others.city)
    with pytest.raises(fees.AdjustmentNeedsReason):
        fees.adjust(line, Decimal(-20), " ", by=chief)
    fees.adjust(line, Decimal("-20.005"), "字数算多了", by=chief)
    assert [(one.payee, one.texts, one.amount) for one in fees.sums(FeeEntry.objects.all())] == [
        ("李明", 1, Decimal("79.99"))
    ]


def test_export_opens_in_a_spreadsheet_and_runs_nothing(desk: Newsdesk, others: Others) -> None:
    rate(others, "100")
    publish(adopted(desk, others, byline='=HYPERLINK("http://x.example")'), others.by(others.city))
    data = fees.as_csv(FeeEntry.objects.all())
    assert data.startswith(b"\xef\xbb\xbf")
    assert b"'=HYPERLINK" in data
    assert b",=HYPERLINK" not in data


@given(st.decimals(min_value=0, max_value=10**6, places=2), st.integers(1, 60))
def test_parts_add_up_to_the_cent(amount: Decimal, parts: int) -> None:
    got = fees.parted(amount, parts)
    assert sum(got) == amount
    assert max(got) - min(got) <= Decimal("0.01")
