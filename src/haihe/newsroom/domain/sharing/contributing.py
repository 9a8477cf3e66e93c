"""What correspondents 通联 contributed: offered, adopted, published, and what it earned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Sum

from haihe.newsroom.models import Correspondent, FeeEntry, Manuscript, Offer, Share
from haihe.releases.models import Publication, Release

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True)
class Contribution:
    """One correspondent in a span of time.

    published   texts under their name that their own organisation published
    offered, adopted, used   texts offered to others; versions others made of them; those that went public
    amount      yuan of all payers
    """

    correspondent: Correspondent
    published: int
    offered: int
    adopted: int
    used: int
    amount: Decimal


def contributions(correspondents: QuerySet[Correspondent], since: datetime, until: datetime) -> list[Contribution]:
    """Each correspondent's, the most earned first; a fixed number of queries for each organisation."""
    rows = list(correspondents.select_related("organisation"))
    earned = dict(
        FeeEntry.objects.filter(correspondent__in=[one.pk for one in rows], at__gte=since, at__lt=until)
        .order_by()
        .values_list("correspondent")
        .annotate(sum=Sum("amount"))
    )
    offered, adopted, used = _of_offers({one.organisation_id for one in rows}, since, until)
    published = _of_releases(rows, since, until)
    found = [
        Contribution(
            one, published[one.pk], offered[one.pk], adopted[one.pk], used[one.pk],
            Decimal(earned.get(one.pk) or 0).quantize(Decimal("0.01")),
        )
        for one in rows
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-one.amount, -one.published - one.used, one.correspondent.name))


def known_names(organisation: int, names: Iterable[str]) -> dict[str, int]:
    """Names of a byline that are active correspondents of an organisation."""
    found = Correspondent.objects.filter(organisation=organisation, active=True, name__in=list(names))
    return {one.name: one.pk for one in found.order_by("-pk")}


def _of_offers(organisations: set[int], since: datetime, until: datetime) -> tuple[Counter[int], ...]:
    offered: Counter[int] = Counter()
    adopted: Counter[int] = Counter()
    used: Counter[int] = Counter()
    offers = Offer.objects.filter(organisation__in=organisations, offered_at__gte=since, offered_at__lt=until)
    whose: dict[int, set[int]] = {}
    counted: set[tuple[int, object]] = set()
    for offer in offers.only("contributors", "manuscript"):
        whose[offer.pk] = {one["correspondent"] for one in offer.contributors if one.get("correspondent")}
        for key in whose[offer.pk]:
            if (key, offer.manuscript_id) not in counted:
                counted.add((key, offer.manuscript_id))
                offered[key] += 1
    shares = Share.objects.filter(offer__in=list(whose), state=Share.State.TAKEN).exclude(manuscript=None)
    taken = list(shares.values_list("offer", "manuscript"))
    public = _once_public(str(version) for _offer, version in taken)
    for number, version in taken:
        for correspondent in whose[number]:
            adopted[correspondent] += 1
            used[correspondent] += str(version) in public
    return offered, adopted, used


def _once_public(keys: Iterable[str]) -> set[str]:
    label = Manuscript._meta.label_lower
    found = Publication.objects.filter(subject_label=label, subject_id__in=list(keys))
    return set(found.values_list("subject_id", flat=True))


def _of_releases(rows: list[Correspondent], since: datetime, until: datetime) -> Counter[int]:
    """Texts that first went public in the span, by the names of their byline."""
    by_name = {(one.organisation_id, one.name): one.pk for one in rows if one.active}
    first = Release.objects.filter(number=1, made_at__gte=since, made_at__lt=until).filter(
        publication__subject_label=Manuscript._meta.label_lower,
        publication__organisation__in={one.organisation_id for one in rows},
    )
    published: Counter[int] = Counter()
    for organisation, names in first.values_list("publication__organisation", "content__byline").iterator():
        for name in set(names or []):
            if (organisation, name) in by_name:
                published[by_name[organisation, name]] += 1
    return published
