"""The board in the admin: outlets, the ledger, one delivery; and what staff do there."""

from __future__ import annotations

import csv
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from haihe.base import audit
from haihe.base.web.languages import absolute
from haihe.city import may_on, organisations_for, visible_to
from haihe.releases.delivery.domain import adapting, boards, owing, staff
from haihe.releases.delivery.forms import OutletForm
from haihe.releases.delivery.models import Delivery, Outlet
from haihe.releases.delivery.protocols import channels
from haihe.releases.models import Publication

PER_PAGE = 50
FILTERS = (("trouble", gettext_lazy("want a person")), ("owed", gettext_lazy("waiting")),
           ("sent", pgettext_lazy("delivery", "delivered")), ("", gettext_lazy("all")))  # fmt: skip
DID = {
    "stop": gettext_lazy("stopped"),
    "replay": gettext_lazy("to be sent again"),
    "skip": gettext_lazy("skipped"),
    "done": gettext_lazy("marked as done"),
}
CSV_TRIGGERS = ("=", "+", "-", "@", "\t", "\r")


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Every outlet the person may see, and the ledger below."""
    standings = boards.standings(visible_to(request.user, Outlet.objects.all()))
    context = _ledger(request, _visible(request)) | {
        "standings": standings,
        "may_add": bool(organisations_for(request.user, "publish")),
    }
    return render(request, "delivery/board.html", context)


@require_GET
def outlet(request: HttpRequest, pk: int) -> HttpResponse:
    """One outlet with its ledger."""
    found = get_object_or_404(visible_to(request.user, Outlet.objects.all()), pk=pk)
    channel = channels().get(found.channel)
    context = _ledger(request, _visible(request).filter(outlet=found)) | {
        "standing": boards.standings(Outlet.objects.filter(pk=pk))[0],
        "outlet": found,
        "channel": channel,
        "public_page": absolute(page) if channel and (page := channel.public_page(pk)) else "",
        "desk_page": channel.desk_page(pk) if channel else "",
        "may_manage": may_on(request.user, "publish", found),
    }
    return render(request, "delivery/outlet.html", context)


@require_GET
def delivery(request: HttpRequest, pk: int) -> HttpResponse:
    """One delivery with its tries."""
    row = get_object_or_404(_visible(request), pk=pk)
    row.verbs = staff.possible(row) if may_on(request.user, "publish", row) else []
    tries = [{**one, "at": datetime.fromisoformat(one["at"])} for one in reversed(row.history)]
    context = {"row": row, "tries": tries, "channel": channels().get(row.outlet.channel)}
    context["adapt"] = adapting.product_of(row.outlet, row.publication.kind) is not None
    return render(request, "delivery/delivery.html", context)


@require_GET
def ledger_csv(request: HttpRequest) -> HttpResponse:
    """The ledger as the filters show it, for a spreadsheet."""
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="haihe-deliveries.csv"'
    writer = csv.writer(answer)
    writer.writerow([_("channel"), _("publication"), _("title"), _("version"), _("state"), _("time"), _("answer")])
    for row in _filtered(request, _visible(request))[:10_000]:
        at = row.settled_at or row.next_at
        cells = [row.outlet.name, row.publication.path, row.publication.title, str(row.version),
                 row.get_state_display(), timezone.localtime(at).isoformat(timespec="seconds"), row.said]  # fmt: skip
        writer.writerow([f"'{cell}" if cell.startswith(CSV_TRIGGERS) else cell for cell in cells])
    return answer


@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """Stop, replay, skip or mark as done the deliveries named; each is asked of the gate."""
    verb = request.POST.get("verb", "")
    if verb not in staff.VERBS:
        return HttpResponseBadRequest("verb: stop, replay, skip or done")
    keys = [key for key in request.POST.getlist("row") if key.isascii() and key.isdigit()]
    rows = visible_to(request.user, Delivery.objects.select_related("outlet"), "publish").filter(pk__in=keys)
    if keys and not rows.exists():
        raise PermissionDenied
    done, problems = staff.act_on_all(list(rows), verb, by=request.user)
    if done:
        told = ngettext("%(count)d delivery: %(verb)s", "%(count)d deliveries: %(verb)s", done)
        messages.success(request, told % {"count": done, "verb": DID[verb]})
    for problem in problems[:3]:
        messages.error(request, problem)
    if not done and not problems:
        messages.warning(request, _("No delivery was chosen."))
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return redirect(back if safe else reverse("delivery_board"))


def add(request: HttpRequest) -> HttpResponse:
    """Choose a channel, then fill its form."""
    if not organisations_for(request.user, "publish"):
        raise PermissionDenied
    channel = channels().get(request.GET.get("channel", ""))
    if channel is None:
        return render(request, "delivery/choose.html", {"channels": channels().values()})
    form = OutletForm(request.POST or None, person=request.user, channel=channel)
    if request.method == "POST" and form.is_valid():
        made = form.save()
        _record(request, "delivery.outlet.add", made)
        told = _("Channel “%(name)s” added: it takes what is published from now on.")
        messages.success(request, told % {"name": made})
        return redirect("delivery_outlet", made.pk)
    return render(request, "delivery/form.html", {"form": form, "channel": channel})


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = _managed(request, pk)
    channel = channels().get(found.channel)
    if channel is None:
        messages.error(request, _("This Haihe does not have such a channel."))
        return redirect("delivery_outlet", pk)
    form = OutletForm(request.POST or None, instance=found, person=request.user, channel=channel)
    if request.method == "POST" and form.is_valid():
        form.save()
        _record(request, "delivery.outlet.change", found)
        messages.success(request, _("Channel “%(name)s” saved.") % {"name": found})
        return redirect("delivery_outlet", pk)
    return render(request, "delivery/form.html", {"form": form, "channel": channel, "outlet": found})


@require_POST
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Pause an outlet, or let it go on with what it owes."""
    found = _managed(request, pk)
    found.active = not found.active
    found.rests_until, found.failures = None, 0
    found.save(update_fields=["active", "rests_until", "failures"])
    _record(request, "delivery.outlet.go_on" if found.active else "delivery.outlet.pause", found)
    if found.active:
        owing.wake()
    return redirect("delivery_outlet", pk)


@require_POST
def first(request: HttpRequest, pk: int) -> HttpResponse:
    """Owe an outlet what is public and it never had: a new partner's first issue."""
    found = _managed(request, pk)
    newest = Publication.objects.order_by("-first_published_at")[:200].values("pk")
    count = owing.again(found, Publication.objects.filter(pk__in=newest))
    _record(request, "delivery.outlet.first", found)
    told = ngettext("%(count)d publication is on its way.", "%(count)d publications are on their way.", count)
    messages.success(request, told % {"count": count})
    return redirect("delivery_outlet", pk)


def _managed(request: HttpRequest, pk: int) -> Outlet:
    found: Outlet = get_object_or_404(visible_to(request.user, Outlet.objects.all()), pk=pk)
    if not may_on(request.user, "publish", found):
        raise PermissionDenied
    return found


def _record(request: HttpRequest, action: str, outlet: Outlet) -> None:
    audit.record(action, by=request.user, thing=outlet, organisation=outlet.organisation_id)


def _visible(request: HttpRequest) -> QuerySet[Delivery]:
    return visible_to(request.user, Delivery.objects.select_related("outlet__organisation", "publication"))


def _filtered(request: HttpRequest, rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    state, words = request.GET.get("state", ""), request.GET.get("q", "").strip()
    if states := boards.grouped(state):
        rows = rows.filter(state__in=states)
    if words:
        rows = rows.filter(Q(publication__title__icontains=words) | Q(publication__path__icontains=words))
    return rows.order_by("-owed_at", "-pk")


def _ledger(request: HttpRequest, rows: QuerySet[Delivery]) -> dict[str, Any]:
    page = Paginator(_filtered(request, rows), PER_PAGE).get_page(request.GET.get("p"))
    own = organisations_for(request.user, "publish")
    for row in page:
        row.verbs = staff.possible(row) if row.outlet.organisation_id in own else []
    asked = {"state": request.GET.get("state", ""), "q": request.GET.get("q", "").strip()}
    return {
        "page": page,
        "asked": asked,
        "filters": FILTERS,
        "may_act": any(row.verbs for row in page),
    }
