"""Noting leads 线索: by hand, from an item of the intake in one step, from the public."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from haihe.base.errors import HaiheError
from haihe.city import may, may_on
from haihe.newsroom.domain import intake
from haihe.newsroom.models import Item, Lead

if TYPE_CHECKING:
    from haihe.city.models import Organisation, Person

MOST_IN_AN_HOUR = 120  # leads of the public that one organisation takes


class Empty(HaiheError):
    """There are no words in it."""

    permanent = True
    hint = gettext_lazy("Write a title: what happened, and where.")


class TooMany(HaiheError):
    """More leads came in this hour than anybody can read."""

    hint = gettext_lazy("Please try again in an hour, or call us.")


def note(organisation: Organisation, by: Person, *, title: str, text: str = "", contact: str = "") -> Lead:
    """Note a lead by hand. Raises PermissionDenied, Empty."""
    if not may(by, "create", organisation):
        raise PermissionDenied
    return _note(organisation, title, text, contact, origin=Lead.Origin.HAND, by=by)


@transaction.atomic
def note_item(item: Item, by: Person) -> Lead:
    """An item of the intake becomes a lead, once; the item counts as used. Raises PermissionDenied."""
    if not may_on(by, "create", item):
        raise PermissionDenied
    held = Item.objects.select_for_update(of=("self",)).get(pk=item.pk)
    known = held.leads.order_by("pk").first()
    if known is not None:
        return known
    made = _note(
        held.organisation,
        held.title or held.entry_id,
        held.text[:20_000],
        "",
        origin=Lead.Origin.ITEM,
        by=by,
        item=held,
    )
    intake.set_state([held], Item.State.USED, by=by)
    return made


def note_public(organisation: Organisation, *, title: str, text: str, contact: str) -> Lead:
    """What somebody of the public told. Raises Empty, TooMany."""
    hour = Lead.objects.filter(
        organisation=organisation, origin=Lead.Origin.PUBLIC, at__gt=timezone.now() - timedelta(hours=1)
    )
    if hour.count() >= MOST_IN_AN_HOUR:
        raise TooMany(thing=organisation)
    return _note(organisation, title, text, contact, origin=Lead.Origin.PUBLIC)


def set_state(lead: Lead, state: str, by: Person) -> None:
    """Drop a lead, or take it back. Raises PermissionDenied."""
    if not may_on(by, "create", lead):
        raise PermissionDenied
    Lead.objects.filter(pk=lead.pk).update(state=state)


def _note(
    organisation: Organisation,
    title: str,
    text: str,
    contact: str,
    *,
    origin: str,
    by: Person | None = None,
    item: Item | None = None,
) -> Lead:
    said = " ".join(title.replace("\x00", "").split())
    if not said:
        raise Empty
    return Lead.objects.create(
        organisation=organisation,
        title=said[:300],
        text=text.replace("\x00", "").strip()[:20_000],
        contact=contact.replace("\x00", "").strip()[:200],
        origin=origin,
        by=by,
        item=item,
        at=timezone.now(),
    )
