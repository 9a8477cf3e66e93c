"""Assignments as iCalendar (RFC 5545), under an address with a secret in it, for people's own calendars."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from haihe.city import visible_to
from haihe.newsroom.models import Assignment, CalendarKey

if TYPE_CHECKING:
    from haihe.city.models import Person

BACK = timedelta(days=60)
MOST = 1000


def new_key(person: Person) -> str:
    """A new secret for a person's calendar; the one before opens nothing any more."""
    key = secrets.token_urlsafe(24)
    CalendarKey.objects.update_or_create(person=person, defaults={"sha256": _hash(key), "made_at": timezone.now()})
    return key


def owner_of(key: str) -> Person | None:
    """Whose calendar a secret opens: somebody who is still here; None for any other."""
    row = CalendarKey.objects.select_related("person").filter(sha256=_hash(key)).first()
    return row.person if row is not None and row.person.is_active else None


def assignments_of(person: Person) -> QuerySet[Assignment]:
    """What a person is sent to and may see, from two months ago on."""
    mine = Assignment.objects.filter(people=person, ends__gt=timezone.now() - BACK)
    return visible_to(person, mine).select_related("place", "organisation").order_by("starts", "pk")


def as_ics(assignments: QuerySet[Assignment]) -> bytes:
    """An iCalendar file of assignments; cancelled ones say so, so that calendars take them out."""
    from icalendar import Calendar, Event, vGeo

    calendar = Calendar()
    calendar.add("prodid", "-//Haihe//newsroom//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for one in assignments[:MOST]:
        event = Event()
        event.add("uid", f"{one.pk}@haihe")
        event.add("sequence", one.sequence)
        event.add("dtstamp", one.changed_at)
        event.add("dtstart", one.starts)
        event.add("dtend", one.ends)
        event.add("summary", one.title)
        event.add("description", one.brief)
        event.add("location", one.where)
        event.add("url", f"{settings.HAIHE.public_url.rstrip('/')}/field/#{one.pk}")
        event.add("status", "CANCELLED" if one.state == Assignment.State.CANCELLED else "CONFIRMED")
        if one.position:
            event["geo"] = vGeo((one.position[1], one.position[0]))
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
