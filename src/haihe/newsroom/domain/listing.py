"""What stands in the list of intake, the newest first: found at a million items by walking one index from its end.

A database that is asked for the rows of several organisations in order of their arrival reads all of them and sorts, a
second and more at a million; it cannot know that thirty are enough. So the ways it would choose are closed to it: few
organisations are asked one by one, each along its own index, and many are a condition on the rows of one walk by
arrival.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone

from haihe.city import gate_filters, visible_to
from haihe.newsroom.models import Item, Mention

if TYPE_CHECKING:
    from haihe.city.models import Person

FEW = 4  # organisations that are asked one by one
MOST = 1000  # items that are listed: nobody turns more pages than that
_EARLIEST = datetime.min.replace(tzinfo=timezone.get_fixed_timezone(0))


def newest(person: Person, wanted: dict[str, Any], *, most: int = MOST + 1) -> list[UUID]:
    """Ids of at most `most` items that a person may see, newest first.

    wanted   state, source_id, language; after, before (days); named ("place:12"); doubles: with exact duplicates and
             later members of a family, of which else one line stands for all
    """
    reach = gate_filters(person)
    ids = reach["organisation_id"] if reach is not None else None
    if ids is None or len(ids) > FEW:
        return _walked(_narrowed(person, Item.objects.all(), wanted, one_way=True), ids, most)
    found: list[tuple[datetime, datetime, UUID]] = []
    for one in ids:
        rows = _narrowed(person, Item.objects.filter(organisation=one), wanted).order_by(*Item.NEWEST_FIRST)
        said = rows.values_list("arrived_at", "published_at", "pk")[:most]
        found += ((arrived, published or _EARLIEST, pk) for arrived, published, pk in said)
    return [pk for _arrived, _published, pk in sorted(found, reverse=True)[:most]]


def _walked(rows: QuerySet[Item], ids: list[int] | None, most: int) -> list[UUID]:
    rows = rows.filter(arrived_at__gt=_EARLIEST)  # which all did: says that the index of arrival is the one to walk
    if ids is not None:
        rows = rows.annotate(of=F("organisation_id") + Value(0)).filter(of__in=ids)
    return list(rows.order_by(*Item.NEWEST_FIRST).values_list("pk", flat=True)[:most])


def _narrowed(person: Person, rows: QuerySet[Item], wanted: dict[str, Any], *, one_way: bool = False) -> QuerySet[Item]:
    """Only what passes the filters. `one_way`: in a form that no index but that of arrival could serve."""
    filters = Q(**{name: wanted[name] for name in ("state", "source_id", "language") if wanted.get(name)})
    if wanted.get("named"):
        kind, _colon, number = wanted["named"].partition(":")
        filters &= Q(pk__in=Mention.objects.filter(**{f"{kind}_id": int(number)}).values("item_id"))
    if wanted.get("after"):
        filters &= Q(arrived_at__gte=_begin(wanted["after"]))
    if wanted.get("before"):
        filters &= Q(arrived_at__lt=_begin(wanted["before"] + timedelta(days=1)))
    rows = rows.filter(filters)
    if wanted.get("doubles"):
        return rows
    if one_way:
        alone = Case(When(duplicate_of=None, then=Value(1)), default=Value(0))
        rows = rows.annotate(alone=alone).filter(alone=1)
    else:
        rows = rows.filter(duplicate_of=None)
    same = visible_to(person, Item.objects.filter(filters, family=OuterRef("family"), duplicate_of=None))
    earlier = Q(arrived_at__lt=OuterRef("arrived_at")) | Q(arrived_at=OuterRef("arrived_at"), pk__lt=OuterRef("pk"))
    return rows.exclude(Exists(same.filter(earlier)))


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
