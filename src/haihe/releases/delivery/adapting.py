"""Adapting in the admin: the release, what each channel says of it, and how the network shows that, side by side."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.snippets.action_menu import ActionMenuItem

from haihe.base.web.keys import key_of
from haihe.city import may_on, visible_to
from haihe.releases.delivery.domain import adapting
from haihe.releases.delivery.models import Outlet
from haihe.releases.models import Release
from haihe.releases.publishable import Publishable

LONGEST = {"title": 500, "summary": 4000, "topics": 500}


@require_http_methods(["GET", "POST"])
def adapt(request: HttpRequest, label: str, key: str) -> HttpResponse:
    """Every channel that takes the thing; who may publish for a channel writes its words."""
    release = _release(request, label, key)
    if request.method == "POST":
        outlet = _outlet(request)
        product = adapting.product_of(outlet, release.publication.kind)
        if product is None:
            raise Http404
        kept = adapting.keep(outlet, product, release, _words(request), by=request.user)
        told = _("“%(name)s” says it in your words.") if kept else _("“%(name)s” says what is proposed.")
        messages.success(request, told % {"name": outlet})
        return redirect("delivery_adapt", label, key)
    shown = [one for one in adapting.adaptations(release) if may_on(request.user, "view", one.outlet)]
    for one in shown:
        one.outlet.may_adapt = may_on(request.user, "publish", one.outlet)  # type: ignore[attr-defined]
    context = {"release": release, "content": release.content, "adaptations": shown, "label": label, "key": key}
    return render(request, "delivery/adapt.html", context | {"lead": _lead(release.content)})


@require_POST
def look(request: HttpRequest, label: str, key: str) -> HttpResponse:
    """How the network shows these words; nothing is kept."""
    release = _release(request, label, key)
    outlet = _outlet(request)
    product = adapting.product_of(outlet, release.publication.kind)
    if product is None:
        raise Http404
    found = adapting.looked_at(outlet, product, release, _words(request)).look
    return JsonResponse(
        {"kind": found.kind, "body": found.body, "units": found.units, "most": found.most, "faults": found.faults}
    )


class AdaptMenuItem(ActionMenuItem):
    """In the editor of whatever can be published."""

    name = "action-adapt"
    label = gettext_lazy("Adapt for channels…")
    icon_name = "upload"

    def is_shown(self, context: dict[str, Any]) -> bool:
        return context["view"] == "edit" and isinstance(context.get("instance"), Publishable)

    def get_url(self, parent_context: dict[str, Any]) -> str:
        from django.urls import reverse

        found = parent_context["instance"]
        return reverse("delivery_adapt", args=[found.label, found.pk])


def _release(request: HttpRequest, label: str, key: str) -> Release:
    """The draft as it stands, as a release. 404 for what the person may not see."""
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError) as error:
        raise Http404 from error
    if not issubclass(model, Publishable):
        raise Http404
    try:
        subject = get_object_or_404(visible_to(request.user, model._default_manager.all()), pk=key)
    except (ValueError, ValidationError) as error:  # no key of this model's kind
        raise Http404 from error
    return adapting.draft_of(subject.get_latest_revision_as_object())


def _outlet(request: HttpRequest) -> Outlet:
    visible = visible_to(request.user, Outlet.objects.all())
    found: Outlet = get_object_or_404(visible, pk=key_of(request.POST.get("outlet")))
    if not may_on(request.user, "publish", found):
        raise PermissionDenied
    return found


def _words(request: HttpRequest) -> dict[str, Any]:
    said: dict[str, Any] = {name: " ".join(request.POST.get(name, "").split())[:most] for name, most in LONGEST.items()}
    said["topics"] = [part for part in said["topics"].replace("，", " ").replace("#", " ").split() if part] or None
    try:
        focus = [min(1.0, max(0.0, float(request.POST[name]))) for name in ("focus_x", "focus_y")]
    except (KeyError, ValueError):
        focus = None
    return said | {"focus": [round(value, 3) for value in focus] if focus else None}


def _lead(content: dict[str, Any]) -> dict[str, Any] | None:
    lead = content.get("lead_picture")
    renditions = (lead or {}).get("renditions") or []
    return {**lead, "src": renditions[0]["src"]} if lead and renditions else None
