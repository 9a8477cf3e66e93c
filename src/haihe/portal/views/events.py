"""What is on: the events that stories announce, by day, and as calendars."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from haihe.base.web.chrome import Link
from haihe.base.web.languages import public_path
from haihe.base.web.speaking import in_its_language
from haihe.portal.domain import happenings
from haihe.portal.views.machines import publication_at
from haihe.releases.baking import baked, depends_on

CALENDAR = "text/calendar; charset=utf-8"


@baked
@in_its_language
def whats_on(request: HttpRequest) -> HttpResponse:
    depends_on("navigation")
    found = happenings.whats_on()
    context = {
        "days": list(happenings.by_day(found)),
        "calendar": public_path("/events/events.ics"),
        "crumbs": [Link(_("What is on"), public_path("/events/"))],
    }
    return render(request, "portal/events.html", context)


@baked
@in_its_language
def calendar(request: HttpRequest) -> HttpResponse:
    return HttpResponse(happenings.icalendar(happenings.whats_on(), _("What is on")), content_type=CALENDAR)


@baked
@in_its_language
def calendar_of_one(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """The events of one release; 410 once it was withdrawn, 404 where it announces none."""
    publication = publication_at(kind, slug)
    if not publication.is_public:
        return HttpResponse(_("This was withdrawn."), status=410, content_type="text/plain; charset=utf-8")
    found = happenings.of_publication(publication)
    if not found:
        raise Http404
    return HttpResponse(happenings.icalendar(found, publication.title), content_type=CALENDAR)
