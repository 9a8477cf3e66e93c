"""Families of items 转载 in the admin: how one text spread, where its versions differ, what belongs together."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail import hooks
from wagtail.admin import messages

from haihe.base.errors import HaiheError
from haihe.city import may_on, visible_to
from haihe.newsroom.domain import kinship
from haihe.newsroom.models import Family, FamilyEdit, Item


def family(request: HttpRequest, pk: int) -> HttpResponse:
    """One family: its spread, its items, and two of them side by side."""
    found = get_object_or_404(Family, pk=pk)
    members = kinship.members(request.user, found)
    items = list(members[: kinship.MOST_SHOWN])
    spread = kinship.spread_of(items)
    if spread is None:
        raise Http404  # as one that is not there: nothing says that others may see it
    kinship.note_leads(spread.items)
    left, right = _pair(request, spread.items)
    writable = {item.pk for item in items if may_on(request.user, "create", item)}
    context = {
        "family": found,
        "spread": spread,
        "total": members.count(),
        "most": max(count for _day, count in spread.days),
        "left": left,
        "right": right,
        "difference": kinship.differences(left, right) if left and right else None,
        "writable": writable,
        "may_create": bool(writable),
        "edits": visible_to(request.user, found.edits.filter(undone_at=None)).select_related("by")[:8],
    }
    return render(request, "newsroom/items/family.html", context)


@require_POST
def split(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the ticked items out."""
    found = get_object_or_404(Family, pk=pk)
    items = list(kinship.members(request.user, found).filter(pk__in=_ids(request)))
    return _done(request, found, lambda: kinship.split(found, items, by=request.user), _("Taken out."))


@require_POST
def join(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let another item, named by the address of its page here or by its id, join the family of this one."""
    item = get_object_or_404(visible_to(request.user, Item.objects.all()), pk=pk)
    other = _named(request)
    if other is None or other.pk == item.pk:
        messages.error(request, _("There is no such item. Copy the address of the item's page here."))
        return redirect(_place_of(item))
    try:
        edit = kinship.found_with(item, other, by=request.user)
    except HaiheError as error:
        messages.error(request, str(error))
        return redirect(_place_of(item))
    messages.success(request, _("Joined."))
    return redirect(reverse("newsroom_family", args=[edit.family_id]))


@require_POST
def undo(request: HttpRequest, pk: int, edit: int) -> HttpResponse:
    """Take a split or a join back."""
    found = get_object_or_404(Family, pk=pk)
    done = get_object_or_404(visible_to(request.user, FamilyEdit.objects.filter(family=found)), pk=edit)
    return _done(request, found, lambda: kinship.undo(done, by=request.user), _("Undone."))


def _done(request: HttpRequest, found: Family, act: Any, said: str) -> HttpResponse:
    try:
        act()
        messages.success(request, said)
    except HaiheError as error:
        messages.error(request, str(error))
    if kinship.members(request.user, found).exists():
        return redirect(reverse("newsroom_family", args=[found.pk]))
    return redirect(reverse("newsroom_items"))


def _pair(request: HttpRequest, items: list[Item]) -> tuple[Item | None, Item | None]:
    """The two that are asked for; else the first and the one after it."""
    known = {str(item.pk): item for item in items}
    left = known.get(request.GET.get("left", "")) or items[0]
    others = [item for item in items if item.pk != left.pk]
    right = known.get(request.GET.get("right", ""))
    return left, right if right and right.pk != left.pk else (others[0] if others else None)


def _ids(request: HttpRequest) -> list[UUID]:
    found = []
    for said in request.POST.getlist("item")[: kinship.MOST_SHOWN]:
        try:
            found.append(UUID(said))
        except ValueError:
            continue
    return found


def _named(request: HttpRequest) -> Item | None:
    said = request.POST.get("other", "").strip()
    said = said.partition("item=")[2].partition("&")[0] or said
    try:
        return visible_to(request.user, Item.objects.filter(pk=UUID(said.strip("/").rpartition("/")[2]))).first()
    except ValueError:
        return None


def _place_of(item: Item) -> str:
    if item.family_id:
        return reverse("newsroom_family", args=[item.family_id])
    return f"{reverse('newsroom_items')}?state=all&item={item.pk}"


def kin(person: Any, items: list[Item]) -> None:
    """Note on each item how many others of its family the person may see, and in how many sources; one query."""
    families = {item.family_id for item in items if item.family_id}
    rows = visible_to(person, Item.objects.filter(family__in=families)).order_by().values("family_id")
    counted = rows.annotate(members=Count("pk"), outlets=Count("source_id", distinct=True))
    known = {row["family_id"]: (row["members"], row["outlets"]) for row in counted}
    for item in items:
        count, outlets = known.get(item.family_id, (1, 1))
        item.kin, item.outlets = count - 1, outlets  # type: ignore[attr-defined]


@hooks.register("register_admin_urls")
def addresses() -> list[Any]:
    return [
        path("items/families/<int:pk>/", family, name="newsroom_family"),
        path("items/families/<int:pk>/split/", split, name="newsroom_family_split"),
        path("items/families/<int:pk>/undo/<int:edit>/", undo, name="newsroom_family_undo"),
        path("items/<uuid:pk>/join/", join, name="newsroom_item_join"),
    ]
