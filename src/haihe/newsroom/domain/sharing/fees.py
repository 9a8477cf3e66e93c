"""The fee ledger 稿酬: what is due when a text of others or of a correspondent goes public, and the export."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from haihe.base.errors import HaiheError
from haihe.city import may_on
from haihe.newsroom.domain.counting import count
from haihe.newsroom.domain.sharing.contributing import known_names
from haihe.newsroom.models import FeeEntry, FeeRate, Manuscript, Share
from haihe.releases.content import plain_text

if TYPE_CHECKING:
    from haihe.city.models import Organisation, Person
    from haihe.newsroom.models import FeePayment
    from haihe.releases.models import Publication, Release

CENT = Decimal("0.01")
# Spreadsheets run a cell that begins with one of these.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class AdjustmentNeedsReason(HaiheError):
    """Who puts a line of the ledger right says why, and by how much."""

    permanent = True
    hint = gettext_lazy("Write one sentence and an amount that is not zero.")


def note_due(share: Share, release: Release) -> list[FeeEntry]:
    """What is due for an adopted text that just became public, once for each text and payee; nothing without a rate."""
    offered = share.offer
    payees = [(one["name"], one["correspondent"]) for one in offered.contributors]
    return _note(release, share.organisation, offered.organisation, payees, share=share)


def note_due_own(manuscript: Manuscript, release: Release) -> list[FeeEntry]:
    """What is due for a text of one's own that just became public: to the correspondents in its byline, each their
    part of the whole; what the other names would get is nobody's."""
    names = release.content["byline"]
    known = known_names(manuscript.organisation_id, names)
    payees = [(name, known.get(name)) for name in names]
    owner = manuscript.organisation
    return _note(release, owner, owner, payees, manuscript=manuscript) if known else []


def _note(
    release: Release,
    payer: Organisation,
    contributor: Organisation,
    payees: list[tuple[str, int | None]],
    **of: Share | Manuscript,
) -> list[FeeEntry]:
    rate = rate_for(payer.pk, release.publication.section_id, timezone.localdate(release.made_at))
    if rate is None or not payees:
        return []
    characters = count(plain_text(release.content)).total
    rows = [
        FeeEntry(
            organisation=payer,
            kind=FeeEntry.Kind.DUE,
            payee=name[:100],
            correspondent_id=correspondent,
            contributor=contributor,
            title=release.content["title"][:300],
            characters=characters,
            amount=amount,
            terms=str(rate),
            by=release.made_by,
            at=release.made_at,
            **of,
        )
        for (name, correspondent), amount in zip(payees, parted(_amount(rate, characters), len(payees)), strict=True)
        if correspondent is not None or "share" in of
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
        manuscript=entry.manuscript,
        title=entry.title,
        amount=amount.quantize(CENT, ROUND_HALF_UP),
        corrects=entry,
        why=why.strip()[:500],
        by=by,
        at=timezone.now(),
    )


def as_csv(entries: Iterable[FeeEntry]) -> bytes:
    """The lines as a spreadsheet opens them: UTF-8 with a mark, no cell that runs."""
    out = io.StringIO()
    writer = csv.writer(out)
    heads = (
        _("time"), _("payee"), _("unit"), _("title"), _("characters"), _("rate"), _("kind"), _("amount in yuan"),
        _("why"), _("paid on"), _("voucher"),
    )  # fmt: skip
    writer.writerow(heads)
    for entry in entries:
        at = timezone.localtime(entry.at).strftime("%Y-%m-%d %H:%M")
        words = (at, entry.payee, entry.contributor.name, entry.title)
        kind, payment = str(entry.get_kind_display()), payment_of(entry)
        said = [payment.paid_on.isoformat(), inert(payment.reference)] if payment else ["", ""]
        writer.writerow(
            [*map(inert, words), entry.characters, inert(entry.terms), kind, entry.amount, inert(entry.why), *said]
        )
    return ("\ufeff" + out.getvalue()).encode()


def payment_of(entry: FeeEntry) -> FeePayment | None:
    """The payment that took a line up; None while it is open. `entry` is best read with `paid__payment`."""
    paid = getattr(entry, "paid", None)
    return paid.payment if paid else None


def inert(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def on_published(publication: Publication, release: Release, **_kwargs: Any) -> None:
    """Receiver of `releases.published`."""
    if publication.subject_label != Manuscript._meta.label_lower:
        return
    shares = Share.objects.select_related("offer__organisation", "organisation")
    share = shares.filter(manuscript__pk=publication.subject_id).first()
    if share is not None:
        note_due(share, release)
        return
    manuscript = Manuscript.objects.select_related("organisation").filter(pk=publication.subject_id).first()
    if manuscript is not None and release.content.get("byline"):
        note_due_own(manuscript, release)


def _amount(rate: FeeRate, characters: int) -> Decimal:
    if rate.basis == FeeRate.Basis.PIECE:
        return rate.amount
    return (rate.amount * characters / 1000).quantize(CENT, ROUND_HALF_UP)
