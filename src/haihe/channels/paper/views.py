"""The newspaper to leaf through, its files, and where staff have an edition made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from haihe.base import audit
from haihe.channels.models import Edition
from haihe.channels.paper import composing, editions, setting
from haihe.city import may_on, visible_to
from haihe.releases.delivery.models import Outlet

EARLIER = 30  # editions that are listed
FILES: dict[str, tuple[str, Callable[[Edition], bytes]]] = {
    "pdf": ("application/pdf", setting.pdf),
    "epub": ("application/epub+zip", setting.epub),
}


@require_GET
def newest(request: HttpRequest, pk: int) -> HttpResponse:
    """The last edition; where there is none yet, a page that says when one comes."""
    outlet = _outlet(pk)
    edition = Edition.objects.filter(outlet=outlet).first()
    if edition is None:
        hour = int(outlet.settings.get("hour") or 0)
        return render(request, "channels/paper/none.html", {"outlet": outlet, "hour": hour})
    return _shown(request, edition, 1)


@require_GET
def page(request: HttpRequest, pk: int, day: date, number: int = 1) -> HttpResponse:
    return _shown(request, _edition(pk, day), number)


@require_GET
def picture(request: HttpRequest, pk: int, day: date, number: int) -> HttpResponse:
    """PNG of one page. Its address carries a fingerprint, so it may be kept for long."""
    try:
        return _file(setting.page(_edition(pk, day), number), "image/png")
    except IndexError as error:
        raise Http404 from error


@require_GET
def file(request: HttpRequest, pk: int, day: date, form: str) -> HttpResponse:
    """The whole edition as one file."""
    if form not in FILES:
        raise Http404
    media_type, made = FILES[form]
    answer = _file(made(_edition(pk, day)), media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="paper-{pk}-{day}.{form}"'
    return answer


@require_http_methods(["GET", "POST"])
def desk(request: HttpRequest, pk: int) -> HttpResponse:
    """Editions in the admin; who may publish has one made at once of what has come since yesterday's."""
    outlet = get_object_or_404(visible_to(request.user, Outlet.objects.all()), pk=pk, channel="paper")
    may_make = may_on(request.user, "publish", outlet)
    if request.method == "POST":
        if not may_make:
            raise PermissionDenied
        made = editions.make(outlet, timezone.now())
        if made is None:
            messages.warning(request, _("Nothing has come since the last edition: there is no empty paper."))
        else:
            audit.record("channels.edition.make", by=request.user, thing=made, organisation=outlet.organisation_id)
            messages.success(request, _("The edition of %(day)s is made.") % {"day": made.day})
        return redirect("channels_paper_desk", pk)
    found = Edition.objects.filter(outlet=outlet)[:EARLIER]
    return render(request, "channels/paper/desk.html", {"outlet": outlet, "editions": found, "may_make": may_make})


def _shown(request: HttpRequest, edition: Edition, number: int) -> HttpResponse:
    sheets = editions.sheets(edition)
    if not 1 <= number <= len(sheets):
        raise Http404
    sheet = sheets[number - 1]
    around = Edition.objects.filter(outlet=edition.outlet_id)
    context = {
        "outlet": edition.outlet,
        "edition": edition,
        "sheets": sheets,
        "sheet": sheet,
        "areas": [_area(place) for place in sheet.places if place.story],
        "picture": f"{_address(edition, 'picture', number)}?{setting.fingerprint(edition, sheets)}",
        "before": around.filter(day__lt=edition.day).first(),
        "after": around.filter(day__gt=edition.day).order_by("day").first(),
        "editions": around[:EARLIER],
        "files": [(form, _address(edition, "file", form)) for form in FILES],
        "page_before": number - 1 if number > 1 else 0,
        "page_after": number + 1 if number < len(sheets) else 0,
    }
    return render(request, "channels/paper/page.html", context)


def _area(place: editions.Place) -> dict[str, Any]:
    """A story with the place of its area in percent of the page."""
    area, wide, high = place.area, composing.WIDTH, composing.HEIGHT
    box = {"left": area.x / wide, "top": area.y / high, "width": area.width / wide, "height": area.height / high}
    style = ";".join(f"{name}:{100 * value:.2f}%" for name, value in box.items())
    return {"story": place.story, "style": style}


def _address(edition: Edition, what: str, last: Any) -> str:
    return reverse(f"channels_paper_{what}", args=[edition.outlet_id, edition.day, last])


def _outlet(pk: int) -> Outlet:
    return get_object_or_404(Outlet, pk=pk, channel="paper", active=True)


def _edition(pk: int, day: date) -> Edition:
    _outlet(pk)
    return get_object_or_404(Edition.objects.select_related("outlet__organisation"), outlet=pk, day=day)


def _file(data: bytes, media_type: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=media_type)
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer
