"""Venues by theme, era and district, and how crowded they were, as FactSheets of the city say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from haihe.base.web.languages import interface_language, public_path
from haihe.releases.models import FactSheet
from haihe.venues.models import Venue

WAYS = ("theme", "era", "district")
CROWD = re.compile(r"承载|在园|客流|人次|接待|入园")  # names of facts that say how many are there
LOAD = re.compile(r"承载|负荷|饱和")  # and of those that say how full it is, in per cent
BUSY, CROWDED = 50.0, 80.0  # per cent of what a spot carries (LB/T 034-2014 warns from 80 on)
MOST_SHEETS, MOST_FACTS = 60, 4


@dataclass(frozen=True)
class Way:
    """A list of venues that have something in common, and how many they are."""

    name: str
    path: str
    count: int
    here: bool


@dataclass(frozen=True)
class Crowding:
    """One figure that somebody vouched for. level: "calm", "busy", "crowded", "" where it says nothing of that."""

    name: str
    value: str
    unit: str
    period: str
    by: str
    sheet: str
    level: str


def ways(venues: Iterable[Venue], by: str = "", key: str = "") -> list[tuple[str, list[Way]]]:
    """Heading and lists of each way of finding that has any; `by`, `key`: the list that is shown."""
    rows = list(venues)
    made = []
    for way, heading in ((WAYS[0], _("By theme")), (WAYS[1], _("By era")), (WAYS[2], _("By district"))):
        counts = Counter(value for row in rows if (value := _value(row, way)))
        names = {value: _name(row, way) for row in rows if (value := _value(row, way))}
        order = {value: at for at, value in enumerate([*Venue.Theme.values, *Venue.Era.values])}
        listed = sorted(counts, key=lambda value: (order.get(value, 99), names[value]))
        found = [
            Way(names[value], public_path(f"/venues/{way}/{value}/"), counts[value], (way, value) == (by, key))
            for value in listed
        ]
        if found:
            made.append((heading, found))
    return made


def found(venues: Iterable[Venue], by: str, key: str) -> tuple[str, list[Venue]]:
    """Name of a list and its venues; empty where there is no such list."""
    rows = [row for row in venues if _value(row, by) == key]
    return (_name(rows[0], by) if rows else ""), rows


def _value(venue: Venue, way: str) -> str:
    if way == "district":
        return venue.district.slug if venue.district else ""
    return str(getattr(venue, way))


def _name(venue: Venue, way: str) -> str:
    if way == "district":
        assert venue.district is not None
        return (venue.district.name_en if interface_language() == "en" else "") or venue.district.name
    return str(getattr(venue, f"get_{way}_display")())


def crowding(venue: Venue) -> list[Crowding]:
    """The newest figures about this venue, or of the house that runs it, of rooms that count visitors."""
    places = {venue.name, venue.place.name if venue.place else "", venue.organisation.name} - {""}
    sheets = FactSheet.objects.filter(room="tourism").order_by("-made_at").select_related("organisation")
    shown: dict[str, Crowding] = {}
    for sheet in sheets[:MOST_SHEETS]:
        for fact in sheet.facts:
            if fact["place"] in places and CROWD.search(fact["name"]) and fact["name"] not in shown:
                shown[fact["name"]] = _crowding(fact, sheet)
    return list(shown.values())[:MOST_FACTS]


def _crowding(fact: dict[str, str], sheet: FactSheet) -> Crowding:
    level = ""
    if LOAD.search(fact["name"]) and fact["unit"] == "%":
        try:
            load = float(fact["value"])
            level = "calm" if load < BUSY else "busy" if load < CROWDED else "crowded"
        except ValueError:
            level = ""
    organisation = sheet.organisation
    by = (organisation.name_en if interface_language() == "en" else "") or organisation.name
    return Crowding(fact["name"], fact["value"], fact["unit"], fact["period"], by, str(sheet.pk), level)
