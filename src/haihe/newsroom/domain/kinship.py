"""A family of items as one person may see it, and what staff make of it: split, join, undo."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from haihe.base.errors import HaiheError
from haihe.base.search.text import fold
from haihe.city import may_on, organisations_for, visible_to
from haihe.newsroom.domain.arriving import FAMILY
from haihe.newsroom.models import Family, FamilyEdit, Item

if TYPE_CHECKING:
    from haihe.city.models import Person

_COMPARED = 6000  # characters of each text that are compared
_LEAD, _SHOWN_OF_LEAD = 24, 60  # characters that make a lead, and that are shown of it
MOST_SHOWN, MOST_DAYS = 200, 60
_WORD = re.compile(r"[^\W\d_㐀-鿿]+|\d+|.", re.DOTALL)


class MovedSince(HaiheError):
    """Some of these items were moved again since."""

    permanent = True
    hint = _("Undo the later change first.")


class NoSuchFamily(HaiheError):
    """There is nothing to join here."""

    permanent = True
    hint = _("Choose an item that you may see and that is not in this family already.")


@dataclass(frozen=True)
class Spread:
    """A family over time and outlets, of the items that one person may see.

    days       (day, items) of every day between the first and the last, at most 60
    outlets    (source's name, items), the most frequent first
    """

    items: list[Item]
    first: datetime
    last: datetime
    days: list[tuple[str, int]]
    outlets: list[tuple[str, int]]


@dataclass(frozen=True)
class Difference:
    """Two texts side by side: runs of (kind, text), kind being "same", "gone" or "new"."""

    left: list[tuple[str, str]]
    right: list[tuple[str, str]]
    shared: int  # of a hundred characters of the longer


def members(person: Person, family: Family | int) -> QuerySet[Item]:
    """The items of a family that a person may see, as they were published."""
    rows = visible_to(person, Item.objects.filter(family=family))
    return rows.select_related("source", "organisation").order_by("published_at", "arrived_at", "pk")


def spread_of(items: Sequence[Item]) -> Spread | None:
    """None where nothing is left to show."""
    if not items:
        return None
    ordered = sorted(items, key=lambda item: (when(item), str(item.pk)))
    days = Counter(timezone.localtime(when(item)).date() for item in ordered)
    every = sorted(days)
    span = (every[-1] - every[0]).days + 1
    begun = every[0].toordinal()
    shown = [date.fromordinal(begun + offset) for offset in range(span)] if span <= MOST_DAYS else every
    return Spread(
        ordered,
        when(ordered[0]),
        when(ordered[-1]),
        [(day.isoformat(), days.get(day, 0)) for day in shown[:MOST_DAYS]],
        Counter(item.source.name for item in ordered).most_common(),
    )


def note_leads(items: Sequence[Item]) -> None:
    """Note on each item how its text opens, and whether that is another lead than the first one's 改写导语."""
    first = _opening(items[0]) if items else ""
    for item in items:
        item.opening = item.text.replace("\n", " ")[:_SHOWN_OF_LEAD]
        item.lead_edited = _opening(item) != first


def _opening(item: Item) -> str:
    """The first characters as search folds them, without punctuation and space."""
    return "".join(sign for sign in fold(item.text[: 3 * _LEAD]) if sign.isalnum())[:_LEAD]


def when(item: Item) -> datetime:
    """When an item was published, as far as that is known; else when it arrived."""
    return item.published_at or item.arrived_at


def differences(one: Item, two: Item) -> Difference:
    """What two items have in common and what each has alone."""
    return differences_of(*(f"{item.title}\n{item.text}" for item in (one, two)))


def differences_of(before: str, after: str) -> Difference:
    """What two texts have in common and what each has alone, word by word; a Han character is a word."""
    left, right = (_WORD.findall(text[:_COMPARED]) for text in (before, after))
    matcher = difflib.SequenceMatcher(None, left, right)  # without its heuristics a hostile text takes minutes
    sides: tuple[list[tuple[str, str]], list[tuple[str, str]]] = ([], [])
    same = 0
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            run = "".join(left[a:b])
            same += len(run)
            sides[0].append(("same", run))
            sides[1].append(("same", run))
            continue
        if b > a:
            sides[0].append(("gone", "".join(left[a:b])))
        if d > c:
            sides[1].append(("new", "".join(right[c:d])))
    longest = max(len("".join(left)), len("".join(right)), 1)
    return Difference(*sides, round(100 * same / longest))


@transaction.atomic
def split(family: Family, items: Iterable[Item], *, by: Person) -> FamilyEdit:
    """Take items out of a family into one of their own, which what arrives later and is like them joins.

    Raises PermissionDenied, NoSuchFamily.
    """
    moved = _locked([item.pk for item in items], family=family.pk)
    if not moved:
        raise NoSuchFamily(thing=family.pk)
    return _move(family, moved, Family.objects.create(settled=True), FamilyEdit.Kind.SPLIT, by)


@transaction.atomic
def join(family: Family, other: Item, *, by: Person) -> FamilyEdit:
    """Let an item join a family, and with it those of its own family in which the person may write.

    Items of organisations that the person may not write in stay where they are. Raises PermissionDenied, NoSuchFamily.
    """
    row = Item.objects.select_for_update().get(pk=other.pk)
    if row.family_id == family.pk:
        raise NoSuchFamily(thing=row.title)
    if not may_on(by, "create", row):
        raise PermissionDenied
    with_it = [row]
    if row.family_id:
        writable = organisations_for(by, "create")
        kin = Item.objects.select_for_update().filter(family=row.family_id, organisation__in=writable)
        with_it = list(kin)
    return _move(family, with_it, family, FamilyEdit.Kind.JOIN, by)


@transaction.atomic
def found_with(first: Item, other: Item, *, by: Person) -> FamilyEdit:
    """Let an item that has no family join another's, or begin one with it."""
    row = Item.objects.select_for_update().get(pk=first.pk)
    if row.family is None:
        if not may_on(by, "create", row):
            raise PermissionDenied
        row.family = Family.objects.create(settled=True)
        row.touched = sorted({*row.touched, FAMILY})
        row.save(update_fields=["family", "touched"])
    return join(row.family, other, by=by)


@transaction.atomic
def undo(edit: FamilyEdit, *, by: Person) -> None:
    """Put items back where they were. Twice does nothing. Raises PermissionDenied, MovedSince."""
    edit = FamilyEdit.objects.select_for_update().get(pk=edit.pk)
    if edit.undone_at:
        return
    before = {UUID(move["item"]): move for move in edit.moves}
    rows = list(Item.objects.select_for_update().filter(pk__in=before))
    for row in rows:
        if not may_on(by, "create", row):
            raise PermissionDenied
        if row.family_id != before[row.pk]["after"]:
            raise MovedSince(thing=row.title)
    for row in rows:
        move = before[row.pk]
        row.family_id = move["before"]
        if not move["touched"]:
            row.touched = [what for what in row.touched if what != FAMILY]
        row.save(update_fields=["family", "touched"])
    edit.undone_at = timezone.now()
    edit.save(update_fields=["undone_at"])


def _locked(pks: list[UUID], *, family: int) -> list[Item]:
    return list(Item.objects.select_for_update().filter(pk__in=pks, family=family))


def _move(family: Family, items: list[Item], target: Family, kind: str, by: Person) -> FamilyEdit:
    moves = []
    for item in items:
        if not may_on(by, "create", item):
            raise PermissionDenied
        said = {"before": item.family_id, "after": target.pk, "touched": FAMILY in item.touched}
        moves.append({"item": str(item.pk), **said})
        item.family = target
        item.touched = sorted({*item.touched, FAMILY})
        item.save(update_fields=["family", "touched"])
    Family.objects.filter(pk=family.pk).update(settled=True)
    return FamilyEdit.objects.create(
        organisation_id=items[0].organisation_id, family=family, kind=kind, moves=moves, by=by
    )
