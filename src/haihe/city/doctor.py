"""What `haihe doctor` asks of the city."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

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
            yield wrong(_("calendar of %(year)s: %(why)s") % {"year": one, "why": error.message}, str(error.hint))
            continue
        if not provisional:
            yield good(_("calendar of %(year)s with its make-up days") % {"year": one})
        elif one == year:
            advice = _("Update Haihe, or write calendar/%(year)s.json in the home folder (docs/calendar.md).")
            text = _("calendar of %(year)s is provisional: make-up days are missing")
            yield wrong(text % {"year": one}, advice % {"year": one})
        else:
            text = _("calendar of %(year)s is provisional until the State Council announces it, in autumn")
            yield note(text % {"year": one})


@check("city.people")
def somebody_manages() -> Iterator[Finding]:
    """Somebody must be able to sign in and to manage every organisation."""
    if not Person.objects.filter(is_superuser=True, is_active=True).exists():
        yield wrong(_("no active superuser"), _("Make one: haihe createsuperuser."))
        alone = [row.name for row in Organisation.objects.all() if not people_who_may(MANAGE_PEOPLE, row).exists()]
        if alone:
            text = _("nobody manages the people of %(names)s") % {"names": ", ".join(alone[:5])}
            yield wrong(text, _("Make somebody administrator there."))
        return
    told = {"organisations": Organisation.objects.count(), "accounts": Person.objects.filter(is_active=True).count()}
    yield good(_("%(organisations)s organisations, %(accounts)s accounts") % told)
