"""Intake in the admin: what arrived, to be read, set aside or made a manuscript of, by keyboard."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem

from haihe.archive import read
from haihe.base.errors import HaiheError
from haihe.base.search import search
from haihe.city import gate_filters, may_on, visible_to
from haihe.city.admin.menus import RoleItem
from haihe.newsroom.admin.arrival import shown_of
from haihe.newsroom.admin.families import kin
from haihe.newsroom.admin.intake_facets import COUNTED, choices_of
from haihe.newsroom.admin.intake_form import FilterForm
from haihe.newsroom.admin.intake_lines import lines
from haihe.newsroom.domain import intake
from haihe.newsroom.domain.attached import attached_to
from haihe.newsroom.domain.listing import MOST, newest
from haihe.newsroom.domain.writing import begin_from_item
from haihe.newsroom.models import Item, Source

_PER_PAGE = 30


def index(request: HttpRequest) -> HttpResponse:
    """The list, and beside it the item being read: the one asked for, else the page fetches its first by itself."""
    form = FilterForm(request.GET, person=request.user)
    wanted = form.cleaned_data if form.is_valid() else {}
    number = request.GET.get("p", "1")
    context: dict[str, Any] = {"form": form, "per_page": _PER_PAGE}
    try:
        context |= _found(request.user, wanted, number) if wanted.get("q") else _listed(request.user, wanted, number)
    except HaiheError as error:
        context |= {"items": [], "total": 0, "trouble": error}
    context["chosen"] = _chosen(request, request.GET.get("item", ""))
    context["undo"] = _chosen(request, request.GET.get("undo", ""))
    kept = {name: str(value) for name, value in request.GET.items() if name not in ("item", "undo")}
    context["here"] = f"{request.path}?{urlencode(kept)}"
    context["lines"] = lines(context["items"], chosen=context["chosen"], to_item=f"?{urlencode({**kept, 'item': ''})}")
    context["facets"] = choices_of(context.get("counted", {}), {n: v for n, v in kept.items() if v and n != "p"})
    context["narrowed"] = any(value for name, value in wanted.items())
    context["has_sources"] = visible_to(request.user, Source.objects.all()).exists  # asked where the list is empty
    return render(request, "newsroom/items/index.html", context | _powers(request, context["chosen"]))


def pane(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One item, as the page fetches it when the reader moves on."""
    item = get_object_or_404(_visible(request), pk=pk)
    context = {"chosen": item, "here": request.GET.get("here") or reverse("newsroom_items")}
    return render(request, "newsroom/items/_pane.html", context | _powers(request, item))


@require_POST
def move(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Set aside, or take back."""
    item = get_object_or_404(_visible(request), pk=pk)
    if not may_on(request.user, "create", item):
        raise PermissionDenied
    state = request.POST.get("state", "")
    if state not in (Item.State.NEW, Item.State.SET_ASIDE):
        raise PermissionDenied
    intake.set_state([item], state, by=request.user)
    back = _back(request)
    if state == Item.State.SET_ASIDE:
        following = request.POST.get("following", "")
        back += ("&" if "?" in back else "?") + urlencode({"undo": str(item.pk), "item": following})
    return redirect(back)


@require_POST
def begin(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Make a manuscript of the item and open it."""
    item = get_object_or_404(_visible(request), pk=pk)
    if not may_on(request.user, "create", item):
        raise PermissionDenied
    try:
        manuscript = begin_from_item(item, by=request.user)
    except HaiheError as error:
        messages.error(request, str(error))
        return redirect(_back(request))
    intake.set_state([item], Item.State.USED, by=request.user)
    return redirect(reverse(manuscript.snippet_viewset.get_url_name("edit"), args=[manuscript.pk]))


def original(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The bytes of the item's Master, as they came, to be saved and never run."""
    item = get_object_or_404(_visible(request), pk=pk)
    response = HttpResponse(read(item.master), content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(True, item.master.filename or f"{item.master_id}.bin")
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _listed(person: Any, wanted: dict[str, Any], number: str) -> dict[str, Any]:
    narrowed = {name: wanted.get(name) for name in ("named", "after", "before", "doubles")}
    pks = newest(person, {**narrowed, **_filters(wanted)})
    page = Paginator(pks[:MOST], _PER_PAGE).get_page(number)
    rows = visible_to(person, _lines()).in_bulk(list(page))
    shown = [rows[pk] for pk in page if pk in rows]
    kin(person, shown)
    return {
        "items": shown,
        "total": page.paginator.count,
        "more": len(pks) > MOST,
        "number": page.number,
        "pages": page.paginator.num_pages,
    }


def _found(person: Any, wanted: dict[str, Any], number: str) -> dict[str, Any]:
    dates: tuple[str, date | None, date | None] = ("arrived_at", wanted.get("after"), wanted.get("before"))
    narrowed = _filters(wanted)
    results = search(
        wanted["q"],
        models=[Item],
        filters={**narrowed, **(gate_filters(person) or {})},
        facets=[column for column in COUNTED if column not in narrowed],  # of those there is one value
        dates=dates if any(dates[1:]) else None,
        page=int(number) if number.isdigit() else 1,
        per_page=_PER_PAGE,
    )
    marked = {hit.pk: hit.highlights for hit in results.hits}
    items = results.objects(item=visible_to(person, _lines()))
    for item in items:
        item.marked = marked.get(item.pk) or marked.get(str(item.pk))
    kin(person, items)
    return {
        "items": items,
        "total": results.total,
        "number": results.page,
        "pages": results.pages,
        "counted": results.facets,
    }


def _filters(wanted: dict[str, Any]) -> dict[str, Any]:
    filters: dict[str, Any] = {}
    state = wanted.get("state") or Item.State.NEW
    if state != "all":
        filters["state"] = str(state)
    if wanted.get("source"):
        filters["source_id"] = wanted["source"]
    if wanted.get("language"):
        filters["language"] = wanted["language"]
    return filters


def _lines() -> QuerySet[Item]:
    """What a line of the list shows of an item."""
    shown = ("title", "entry_id", "state", "version", "arrived_at", "duplicate_of", "family", "source__name")
    return Item.objects.select_related("source").only(*shown)


def _visible(request: HttpRequest) -> QuerySet[Item]:
    beside = ("source", "organisation", "master", "duplicate_of", "lead")
    return visible_to(request.user, Item.objects.select_related(*beside))


def _chosen(request: HttpRequest, pk: str) -> Item | None:
    try:
        return _visible(request).filter(pk=UUID(pk)).first()
    except ValueError:
        return None


def _powers(request: HttpRequest, item: Item | None) -> dict[str, Any]:
    writable = item is not None and may_on(request.user, "create", item)
    if item is not None:
        kin(request.user, [item])
    return {
        **(shown_of(item, writable=writable) if item else {}),
        "may_create": writable,
        "attached": attached_to(item) if item else [],
        "versions": item.versions.select_related("master").order_by("-number") if item and item.version > 1 else [],
        "doubles": item.duplicates.select_related("source").order_by("arrived_at")[:20] if item else [],
    }


def _back(request: HttpRequest) -> str:
    wanted = request.POST.get("here", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if wanted and safe else reverse("newsroom_items")


@hooks.register("register_admin_urls")
def addresses() -> list[Any]:
    return [
        path("items/", index, name="newsroom_items"),
        path("items/<uuid:pk>/", pane, name="newsroom_item"),
        path("items/<uuid:pk>/move/", move, name="newsroom_item_move"),
        path("items/<uuid:pk>/begin/", begin, name="newsroom_item_begin"),
        path("items/<uuid:pk>/original/", original, name="newsroom_item_original"),
    ]


@hooks.register("register_admin_menu_item")
def menu_item() -> MenuItem:
    return RoleItem(
        gettext_lazy("Intake"), reverse("newsroom_items"), icon_name="download", name="intake", order=200, needs="view"
    )
