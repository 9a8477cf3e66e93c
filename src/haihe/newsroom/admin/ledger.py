"""The crawl ledger in the admin: what was asked when, what came, and reading any of it again."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.dateparse import parse_date
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail import hooks
from wagtail.admin import messages

from haihe.archive import read
from haihe.base.errors import HaiheError
from haihe.city import may_on, visible_to
from haihe.newsroom.domain import ledger
from haihe.newsroom.domain.problems import explain
from haihe.newsroom.models import Fetch, Item, Source

_PER_PAGE = 50
_SHOWN_ITEMS = 50
# Said of bytes that came from outside and are handed out again: saved, and never opened as part of the admin.
_AS_A_FILE = {"Content-Security-Policy": "sandbox; default-src 'none'", "X-Content-Type-Options": "nosniff"}


def index(request: HttpRequest) -> HttpResponse:
    """Every fetch the person may see, the newest first; narrowed by source, day, kind and outcome."""
    rows = visible_to(request.user, Fetch.objects.select_related("source", "master"))
    asked = {name: request.GET.get(name, "").strip() for name in ("source", "kind", "outcome", "day", "sha256")}
    if asked["source"].isascii() and asked["source"].isdigit():
        rows = rows.filter(source=int(asked["source"][:12]))
    if asked["kind"] in Fetch.Kind.values:
        rows = rows.filter(kind=asked["kind"])
    if day := _day(asked["day"]):
        rows = rows.filter(asked_at__date=day)
    if asked["sha256"]:
        rows = rows.filter(master__blob__sha256__startswith=asked["sha256"].lower()[:64])
    rows = _by_outcome(rows, asked["outcome"])
    page = Paginator(rows.order_by("-asked_at", "-pk"), _PER_PAGE).get_page(request.GET.get("p"))
    for row in page:
        row.trouble = explain(row.problem_code, row.problem)
    context = {
        "page": page,
        "asked": asked,
        "narrowed": any(asked.values()),
        "kinds": Fetch.Kind.choices,
        "sources": visible_to(request.user, Source.objects.order_by("name")).only("pk", "name")[:2000],
        "outcomes": [("new", _("brought something new")), ("trouble", _("had a problem")), ("quiet", _("nothing new"))],
    }
    return render(request, "newsroom/ledger/index.html", context)


def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One fetch: the question, the answer as it was kept, and what became of it."""
    row = get_object_or_404(_visible(request), pk=pk)
    try:
        exchange = ledger.exchange(row)
        damage = None
    except HaiheError as error:
        exchange, damage = None, error
    items = Item.objects.filter(master=row.master) if row.master else Item.objects.none()
    context = {
        "row": row,
        "trouble": explain(row.problem_code, row.problem),
        "exchange": exchange,
        "damage": damage,
        "items": visible_to(request.user, items).only("pk", "title", "entry_id", "version")[:_SHOWN_ITEMS],
        "item_count": items.count(),
        "replays": row.replays.order_by("-pk")[:20],
        "may_manage": may_on(request.user, "manage_sources", row),
    }
    return render(request, "newsroom/ledger/detail.html", context)


def original(request: HttpRequest, pk: int) -> HttpResponse:
    """The bytes as they came, as a file to save."""
    row = get_object_or_404(_visible(request), pk=pk)
    if row.master is None:
        messages.warning(request, _("This fetch brought nothing that was kept."))
        return redirect("newsroom_fetch", pk)
    try:
        data = read(row.master)
    except HaiheError as error:
        messages.error(request, f"{error.message} {error.hint}")
        return redirect("newsroom_fetch", pk)
    answer = HttpResponse(data, content_type="application/octet-stream", headers=_AS_A_FILE)
    name = row.master.filename.rpartition("/")[2] or f"{row.master.blob_id[:12]}.bin"
    answer.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer


@require_POST
def replay(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a fetch again from its Master, by today's readers."""
    row = get_object_or_404(_visible(request), pk=pk)
    if not may_on(request.user, "manage_sources", row):
        raise PermissionDenied
    try:
        again = ledger.replay(row)
    except HaiheError as error:
        messages.error(request, f"{error.message} {error.hint}")
        return redirect("newsroom_fetch", pk)
    said = _("Read again: %(entries)d entries, %(new)d new, %(changed)d changed.")
    told = {"entries": again.entries, "new": again.new_items, "changed": again.changed_items}
    trouble = explain(again.problem_code, again.problem)
    if trouble:
        messages.error(request, f"{trouble.what} {trouble.advice}")
    else:
        messages.success(request, said % told)
    return redirect("newsroom_fetch", again.pk)


def _by_outcome(rows: QuerySet[Fetch], outcome: str) -> QuerySet[Fetch]:
    brought = Q(new_items__gt=0) | Q(changed_items__gt=0) | Q(new_pages__gt=0)
    match outcome:
        case "new":
            return rows.filter(brought)
        case "trouble":
            return rows.exclude(problem_code="")
        case "quiet":
            return rows.filter(~brought, problem_code="")
    return rows


def _visible(request: HttpRequest) -> QuerySet[Fetch]:
    related = ("source__organisation", "master__blob__segment", "master__segment", "replay_of")
    return visible_to(request.user, Fetch.objects.select_related(*related))


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


@hooks.register("register_admin_urls")
def addresses() -> list[Any]:
    return [
        path("ledger/", index, name="newsroom_ledger"),
        path("ledger/<int:pk>/", detail, name="newsroom_fetch"),
        path("ledger/<int:pk>/original/", original, name="newsroom_fetch_original"),
        path("ledger/<int:pk>/replay/", replay, name="newsroom_fetch_replay"),
    ]
