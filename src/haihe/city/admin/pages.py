"""What every admin page of the city shares."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from haihe.base.errors import HaiheError
from haihe.city import gate
from haihe.city.models import Organisation


def page(
    request: HttpRequest, template: str, title: str, *, crumbs: tuple[tuple[str, str], ...] = (), **context: Any
) -> HttpResponse:
    """Render `city/admin/<template>.html`; `crumbs` are (address, label) between the front and this page."""
    items = [{"url": reverse("wagtailadmin_home"), "label": _("Home")}]
    items += [{"url": url, "label": label} for url, label in crumbs]
    items.append({"url": "", "label": title})
    context |= {"header_title": title, "page_title": title, "breadcrumbs_items": items, "header_icon": "group"}
    return render(request, f"city/admin/{template}.html", context)


def organisation_for(request: HttpRequest, pk: int, action: str) -> Organisation:
    """The organisation, if the person may do `action` there; Http404 for strangers, who learn nothing of it."""
    found = gate.visible_to(request.user, Organisation.objects.filter(pk=pk), action).first()  # type: ignore[arg-type]
    if found is None:
        raise Http404
    return found


def tell(request: HttpRequest, error: HaiheError) -> None:
    """Show what happened and what to do now at the top of the next page."""
    messages.error(request, str(error))
