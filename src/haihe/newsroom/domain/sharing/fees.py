"""The fee ledger 稿酬: what is due when an adopted text goes public, sums by payee, and the export."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from haihe.base.errors import HaiheError
from haihe.city import may_on
from haihe.newsroom.domain.counting import count
from haihe.newsroom.models import FeeEntry, FeeRate, Share
from haihe.releases.content import plain_text

if TYPE_CHECKING:
    from haihe.city.models import Person
    from haihe.releases.models import Publication, Release

CENT = Decimal("0.01")
# Spreadsheets run a cell that begins with one of these.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class AdjustmentNeedsReason(HaiheError):
    """Who puts a line of the ledger right says why, and by how much."""

    permanent = True
    hint = gettext_lazy("Write one sentence and an amount that is not zero.")


@dataclass(frozen=True)
class Earned:
    """What one payee of one unit earned in a span of time."""

    payee: str
    unit: str
    texts: int
    amount: Decimal


def note_due(share: Share, release: Release) -> list[FeeEntry]:
    """What is due for an adopted text that just became public, once for each text and payee; nothing without a rate."""
    rate = rate_for(share.organisation_id, release.publication.section_id, timezone.localdate(release.made_at))
    offered = share.offer
    if rate is None or not offered.contributors:
        return []
    characters = count(plain_text(release.content)).total
    amounts = parted(_amount(rate, characters), len(offered.contributors))
    rows = [
        FeeEntry(
            organisation=share.organisation,
            kind=FeeEntry.Kind.DUE,
            payee=one["name"],
            correspondent_id=one["correspondent"],
            contributor=offered.organisation,
            share=share,
            title=release.content["title"][:300],
            characters=characters,
            amount=amount,
            terms=str(rate),
            by=release.made_by,
            at=release.made_at,
        )
        for one, amount in zip(offered.contributors, amounts, strict=True)
    ]
    return FeeEntry.objects.bulk_create(rows, ignore_conflicts=True)


def rate_for(organisation: int, section: int | None, day: date) -> FeeRate | None:
    """The rate that counts on a day: the section's own before the general one, the newest first."""
    fitting = FeeRate.objects.filter(organisation=organisation, since__lte=day)
    own = fitting.filter(section=section).order_by("-since", "-pk").first() if section else None
    return own or fitting.filter(section=None).order_by("-since", "-pk").first()


def parted(amount: Decimal, parts: int) -> list[Decimal]:
    """An amount in equal parts of whole cents that add up to it; what is left over goes to the first."""
    cents = int((amount / CENT).to_integral_value(ROUND_HALF_UP))
    each, over = divmod(cents, parts)
    return [Decimal(each + (1 if at < over else 0)) * CENT for at in range(parts)]


def adjust(entry: FeeEntry, amount: Decimal, why: str, *, by: Person) -> FeeEntry:
    """Put a line right by another, which adds `amount`. Raises PermissionDenied, AdjustmentNeedsReason."""
    if not may_on(by, "manage_people", entry):
        raise PermissionDenied
    if not why.strip() or not amount:
        raise AdjustmentNeedsReason(thing=entry.title)
    return FeeEntry.objects.create(
        organisation=entry.organisation,
        kind=FeeEntry.Kind.ADJUSTED,
        payee=entry.payee,
        correspondent=entry.correspondent,
        contributor=entry.contributor,
        share=entry.share,
        title=entry.title,
        amount=amount.quantize(CENT, ROUND_HALF_UP),
        corrects=entry,
        why=why.strip()[:500],
        by=by,
        at=timezone.now(),
    )


def sums(entries: QuerySet[FeeEntry]) -> list[Earned]:
    """By payee and unit, the most earned first."""
    rows = entries.order_by().values("payee", "contributor__name")
    counted = rows.annotate(amount=Sum("amount"), texts=Count("share", filter=Q(kind=FeeEntry.Kind.DUE), distinct=True))
    found = [
        Earned(row["payee"], row["contributor__name"], row["texts"], Decimal(row["amount"]).quantize(CENT))
        for row in counted
    ]
    return sorted(found, key=lambda one: (-one.amount, one.payee, one.unit))


def as_csv(entries: Iterable[FeeEntry]) -> bytes:
    """The lines as a spreadsheet opens them: UTF-8 with a mark, no cell that runs."""
    out = io.StringIO()
    writer = csv.writer(out)
    heads = (
        _("time"), _("payee"), _("unit"), _("title"), _("characters"), _("rate"), _("kind"), _("amount in yuan"),
        _("why"),
    )  # fmt: skip
    writer.writerow(heads)
    for entry in entries:
        at = timezone.localtime(entry.at).strftime("%Y-%m-%d %H:%M")
        words = (at, entry.payee, entry.contributor.name, entry.title)
        kind = str(entry.get_kind_display())
        writer.writerow(
            [*map(inert, words), entry.characters, inert(entry.terms), kind, entry.amount, inert(entry.why)]
        )
    return ("\ufeff" + out.getvalue()).encode()


def inert(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def on_published(publication: Publication, release: Release, **_kwargs: Any) -> None:
    """Receiver of `releases.published`."""
    if publication.subject_label != "newsroom.manuscript":
        return
    shares = Share.objects.select_related("offer__organisation", "organisation")
    share = shares.filter(manuscript__pk=publication.subject_id).first()
    if share is not None:
        note_due(share, release)


def _amount(rate: FeeRate, characters: int) -> Decimal:
    if rate.basis == FeeRate.Basis.PIECE:
        return rate.amount
    return (rate.amount * characters / 1000).quantize(CENT, ROUND_HALF_UP)
