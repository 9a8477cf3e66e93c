"""What is attached to a mail in intake, in the admin: saved as it came, or taken in as an item of its own."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail import hooks
from wagtail.admin import messages

from haihe.base.errors import HaiheError
from haihe.city import may_on, visible_to
from haihe.newsroom.domain import attached
from haihe.newsroom.domain.problems import explain
from haihe.newsroom.models import Item


def save(request: HttpRequest, pk: UUID, part: str) -> HttpResponse:
    """The bytes of an attachment, to be saved and never run."""
    item = get_object_or_404(_visible(request), pk=pk)
    try:
        one, data = attached.bytes_of(item, part)
    except HaiheError as error:
        raise Http404(str(error)) from error
    response = HttpResponse(data, content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(True, one.name)
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
def take(request: HttpRequest, pk: UUID, part: str) -> HttpResponse:
    """Make an attachment an item, and open that."""
    item = get_object_or_404(_visible(request), pk=pk)
    if not may_on(request.user, "create", item):
        raise PermissionDenied
    try:
        rows = attached.take_in(item, part, by=request.user)
    except HaiheError as error:
        messages.error(request, str(error))
        return redirect(_page_of(item))
    for row in [row for row in rows if row.problem_code][:3]:
        trouble = explain(row.problem_code, row.problem)
        messages.error(request, f"{row.address}: {trouble.what} {trouble.advice}" if trouble else row.problem)
    blobs = [row.master.blob_id for row in rows if row.master and not row.problem_code]
    made = Item.objects.filter(source=item.source, master__blob__in=blobs).order_by("arrived_at", "pk").first()
    if any(row.new_items for row in rows):
        messages.success(request, _("Taken in as an item of its own."))
    elif blobs:
        messages.info(request, _("Nothing in it is new: it was taken in before."))
    return redirect(_page_of(made or item))


def _visible(request: HttpRequest) -> Any:
    return visible_to(request.user, Item.objects.select_related("source", "organisation", "master"))


def _page_of(item: Item) -> str:
    return f"{reverse('newsroom_items')}?{urlencode({'state': 'all', 'item': str(item.pk)})}"


@hooks.register("register_admin_urls")
def addresses() -> list[Any]:
    return [
        path("items/<uuid:pk>/attached/<str:part>/", save, name="newsroom_item_attached"),
        path("items/<uuid:pk>/attached/<str:part>/take/", take, name="newsroom_item_attached_take"),
    ]
