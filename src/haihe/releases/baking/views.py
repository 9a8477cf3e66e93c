"""Staff's view of baking."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from haihe.releases.baking.domain.baking import waiting
from haihe.releases.baking.domain.marking import mark_again
from haihe.releases.baking.models import BakedPage

PER_PAGE = 50


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Pages that failed first, then those behind, then the rest, newest first."""
    asked = request.GET.get("q", "").strip()
    pages = BakedPage.objects.filter(path__icontains=asked) if asked else BakedPage.objects.all()
    ordered = pages.order_by(F("failures").desc(), F("dirty_since").desc(nulls_last=True), F("baked_at").desc())
    context = {
        "pages": Paginator(ordered, PER_PAGE).get_page(request.GET.get("p")),
        "asked": asked,
        "waiting": waiting(),
        "failed": BakedPage.objects.exclude(problem="").count(),
        "total": BakedPage.objects.count(),
    }
    return render(request, "baking/board.html", context)


@require_POST
def bake_again(request: HttpRequest) -> HttpResponse:
    """Bake one page, or all, again; the worker does it. All of them is the city's administrators' to ask for."""
    chosen = request.POST.get("page", "")
    if chosen == "all" and not request.user.is_superuser:
        raise PermissionDenied
    count = mark_again([int(chosen)] if chosen.isdigit() else None if chosen == "all" else [])
    said = ngettext("%(count)d page will be baked again.", "%(count)d pages will be baked again.", count)
    messages.success(request, said % {"count": count}) if count else messages.warning(request, _("No such page."))
    return redirect("baking_board")
