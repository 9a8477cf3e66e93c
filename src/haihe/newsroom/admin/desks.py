"""News desks in the admin: their settings, and laying a manuscript on one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.snippets.action_menu import ActionMenuItem
from wagtail.snippets.models import register_snippet

from haihe.base.errors import HaiheError
from haihe.base.web.keys import key_of
from haihe.city import may, visible_to
from haihe.city.wagtail_gate import SettingsViewSet
from haihe.newsroom.domain import desks
from haihe.newsroom.models import Manuscript, NewsDesk

_EDIT = "wagtailsnippets_newsroom_manuscript:edit"


def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Where a manuscript lies, and where it could."""
    manuscript = get_object_or_404(visible_to(request.user, Manuscript.objects.all(), "edit"), pk=pk)
    if request.method == "POST":
        return _laid(request, manuscript)
    desk, stage = desks.where(manuscript)
    choices = NewsDesk.objects.filter(organisation=manuscript.organisation_id, active=True)
    context = {
        "manuscript": manuscript,
        "draft": manuscript.get_latest_revision_as_object(),
        "desk": desk,
        "stage": stage,
        "desks": choices.prefetch_related("stages"),
        "may_set": may(request.user, "manage_people", manuscript.organisation),
    }
    return render(request, "newsroom/manuscripts/desk.html", context)


@require_POST
def move_on(request: HttpRequest, pk: UUID) -> HttpResponse:
    """To the next stage, for the key on today's board: JSON says what happened."""
    manuscript = get_object_or_404(visible_to(request.user, Manuscript.objects.all(), "edit"), pk=pk)
    try:
        filing = desks.move_on(manuscript, by=request.user)
    except HaiheError as error:
        return JsonResponse({"said": f"{error.message} {error.hint}"}, status=409)
    return JsonResponse({"said": str(filing)})


def _laid(request: HttpRequest, manuscript: Manuscript) -> HttpResponse:
    desk_key, _slash, stage_key = request.POST.get("to", "").partition("/")
    desk = get_object_or_404(NewsDesk, pk=key_of(desk_key), organisation=manuscript.organisation_id)
    stage = desk.stages.filter(pk=key_of(stage_key)).first() if stage_key else None
    try:
        filing = desks.lay(manuscript, desk, stage, by=request.user)
        messages.success(request, _("It lies here now: %(place)s.") % {"place": filing})
    except HaiheError as error:
        messages.error(request, f"{error.message} {error.hint}")
        return redirect("newsroom_desk_of", manuscript.pk)
    return redirect(reverse(_EDIT, args=[manuscript.pk]))


class NewsDeskViewSet(SettingsViewSet):
    model = NewsDesk
    icon = "folder-open-inverse"
    menu_label = gettext_lazy("News desks")
    menu_order = 690
    list_display = ["name", "organisation", BooleanColumn("active", label=gettext_lazy("active"))]
    panels = [
        FieldPanel("organisation"),
        FieldRowPanel([FieldPanel("name"), FieldPanel("order"), FieldPanel("active")]),
        InlinePanel(
            "stages",
            panels=[FieldPanel("name")],
            heading=gettext_lazy("Stages, in their order"),
            label=gettext_lazy("Stage"),
        ),
        FieldPanel("sections"),
    ]


register_snippet(NewsDeskViewSet)


class DeskMenuItem(ActionMenuItem):  # type: ignore[misc]
    name = "action-desk"
    label = gettext_lazy("Lay it on a desk…")
    icon_name = "folder-open-inverse"

    def is_shown(self, context: dict[str, Any]) -> bool:
        manuscript = context.get("instance")
        return (
            context["view"] == "edit"
            and isinstance(manuscript, Manuscript)
            and may(context["request"].user, "edit", manuscript.organisation)
        )

    def get_url(self, parent_context: dict[str, Any]) -> str:
        return reverse("newsroom_desk_of", args=[parent_context["instance"].pk])


@hooks.register("register_snippet_action_menu_item")
def register_desk(model: type) -> ActionMenuItem | None:
    return DeskMenuItem(order=14) if model is Manuscript else None


@hooks.register("register_admin_urls")
def addresses() -> list[Any]:
    return [
        path("desks/of/<uuid:pk>/", page, name="newsroom_desk_of"),
        path("desks/of/<uuid:pk>/next/", move_on, name="newsroom_desk_next"),
    ]


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    name = gettext_lazy("Lay a manuscript on a desk")
    actions.register_action("manuscript.lay", name, name)
