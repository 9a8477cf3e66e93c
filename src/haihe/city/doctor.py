"""What `haihe doctor` asks of the city."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone

from haihe.base.doctor import Finding, check, good, note, wrong
from haihe.city.domain.calendar import default_calendar
from haihe.city.domain.people import people_who_may
from haihe.city.errors import CalendarFileBad
from haihe.city.models import Organisation, Person
from haihe.city.roles import MANAGE_PEOPLE


@check("city.calendar")
def calendar_is_known() -> Iterator[Finding]:
    """This year and the next: announced, provisional, or spoilt by a bad file."""
    calendar = default_calendar()
    year = timezone.localdate().year
    for one in (year, year + 1):
        try:
            provisional = calendar.is_provisional(one)
        except CalendarFileBad as error:
            yield wrong(f"calendar of {one}: {error.thing}: {error.message}", error.hint)
            continue
        if not provisional:
            yield good(f"calendar of {one} with its make-up days")
        elif one == year:
            advice = f"Update Haihe, or write calendar/{one}.json in the home folder (docs/calendar.md)."
            yield wrong(f"calendar of {one} is provisional: make-up days are missing", advice)
        else:
            yield note(f"calendar of {one} is provisional until the State Council announces it, in autumn")


@check("city.people")
def somebody_manages() -> Iterator[Finding]:
    """Somebody must be able to sign in and to manage every organisation."""
    if not Person.objects.filter(is_superuser=True, is_active=True).exists():
        yield wrong("no active superuser", "Make one: haihe createsuperuser.")
        alone = [row.name for row in Organisation.objects.all() if not people_who_may(MANAGE_PEOPLE, row).exists()]
        if alone:
            yield wrong(f"nobody manages the people of {', '.join(alone[:5])}", "Make somebody administrator there.")
        return
    yield good(
        f"{Organisation.objects.count()} organisations, {Person.objects.filter(is_active=True).count()} accounts"
    )
