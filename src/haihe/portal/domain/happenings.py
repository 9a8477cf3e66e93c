"""Events that stories announce: read out of content, by day for the page of what is on, and as iCalendar (RFC 5545)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from haihe.base.web.languages import absolute, interface_language, public_path
from haihe.portal.mentions import Occasion
from haihe.releases.baking import depends_on
from haihe.releases.models import Publication

if TYPE_CHECKING:
    from icalendar import Event

MOST = 500  # events on the page of what is on
STATUS = {"scheduled": "CONFIRMED", "postponed": "TENTATIVE", "cancelled": "CANCELLED"}
UNKNOWN_LENGTH = dt.timedelta(hours=2)  # how long what has no end is kept on the page


@dataclass(frozen=True)
class Happening:
    """An event as a story says it; `path` of the story where it is listed; `tickets` only an http(s) address."""

    name: str
    starts: dt.datetime
    ends: dt.datetime | None
    place: str
    address: str = ""
    organiser: str = ""
    price: str = ""
    free: bool = False
    tickets: str = ""
    status: str = "scheduled"
    path: str = ""
    lang: str = ""
    uid: str = ""
    version: int = 0
    changed: dt.datetime | None = None

    @property
    def over(self) -> dt.datetime:
        return self.ends or self.starts + UNKNOWN_LENGTH

    @property
    def when(self) -> str:
        """In the city's time: day, hour, and the end, without its day where that is the same."""
        first, last = timezone.localtime(self.starts), timezone.localtime(self.ends) if self.ends else None
        begins = f"{date_format(first, _('j F Y'))} {first:%H:%M}"
        if last is None:
            return begins
        same = last.date() == first.date()
        return f"{begins}–{last:%H:%M}" if same else f"{begins} – {date_format(last, _('j F Y'))} {last:%H:%M}"

    @property
    def price_words(self) -> str:
        return _("Free of charge") if self.free else self.price

    @property
    def status_words(self) -> str:
        return {"postponed": _("Postponed"), "cancelled": _("Cancelled")}.get(self.status, "")


def happening(block: dict[str, Any], **more: Any) -> Happening:
    """The event of one block of canonical content."""
    words = {key: block.get(key, "") for key in ("name", "place", "address", "organiser", "price")}
    ends = block.get("ends")
    web = urlsplit(block.get("tickets", "")).scheme in ("http", "https")
    return Happening(
        **words,
        starts=dt.datetime.fromisoformat(block["starts"]),
        ends=dt.datetime.fromisoformat(ends) if ends else None,
        free=bool(block.get("free")),
        tickets=block["tickets"] if web else "",
        status=str(block["status"]) if block.get("status") in STATUS else "scheduled",
        **more,
    )


def happenings_in(content: dict[str, Any], **more: Any) -> list[Happening]:
    """The events that a content announces, in its order."""
    return [happening(block, **more) for block in content.get("body", []) if block["type"] == "event"]


def of_publication(publication: Publication) -> list[Happening]:
    """The events of something public, each with its identity in calendars."""
    found = happenings_in(
        publication.content,
        path=public_path(publication.path),
        version=publication.current.number if publication.current else 0,
        changed=publication.changed_at,
    )
    return [replace(one, uid=f"{publication.pk}-{number}") for number, one in enumerate(found)]


def whats_on() -> list[Happening]:
    """What is on now or comes, in the active language, the earliest first."""
    depends_on("events")
    rows = Occasion.objects.filter(
        ends__gte=timezone.now(),
        publication__state=Publication.State.PUBLISHED,
        publication__language=interface_language(),
    ).select_related("publication__current")
    found = []
    for row in rows.order_by("starts", "pk")[:MOST]:
        events = of_publication(row.publication)
        found.extend(events[row.number : row.number + 1])
    return found


def by_day(found: Iterable[Happening]) -> Iterator[tuple[dt.date, list[Happening]]]:
    """By the day of the city's time on which each begins; what began earlier stands under today."""
    today = timezone.localdate()
    for day, events in groupby(found, key=lambda one: max(today, timezone.localdate(one.starts))):
        yield day, list(events)


def icalendar(found: Iterable[Happening], name: str) -> bytes:
    """A calendar that phones and desktops subscribe to or take in; `name` is shown there."""
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//Haihe//Portal//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _line(name))
    for one in found:
        calendar.add_component(_vevent(one))
    return bytes(calendar.to_ical())


def _vevent(one: Happening) -> Event:
    from icalendar import Event

    event = Event()
    event.add("uid", f"{one.uid}@{urlsplit(absolute('/')).hostname}")
    event.add("dtstamp", one.changed or one.starts)
    event.add("sequence", one.version)
    event.add("dtstart", one.starts.astimezone(dt.UTC))
    if one.ends:
        event.add("dtend", one.ends.astimezone(dt.UTC))
    event.add("summary", _line(" · ".join(filter(None, [one.status_words, one.name]))))
    event.add("location", _line(f"{one.place} {one.address}"))
    event.add("status", STATUS[one.status])
    if one.path:
        event.add("url", absolute(one.path))
    return event


def _line(text: str) -> str:
    return " ".join(text.split())
