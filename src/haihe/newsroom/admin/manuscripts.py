"""Manuscripts in Wagtail's admin, behind the gate."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.ui.tables import Column, LiveStatusTagColumn, UpdatedAtColumn
from wagtail.admin.utils import get_user_display_name
from wagtail.snippets.action_menu import ActionMenuItem

from haihe.city import may
from haihe.city.wagtail_gate import GatedSnippetViewSet
from haihe.newsroom.admin import panels, views
from haihe.newsroom.admin.filters import ManuscriptFilterSet
from haihe.newsroom.admin.proofing import ProofView
from haihe.newsroom.models import Manuscript
from haihe.releases.editing import EraseView, ReviewedEditView, ReviewedWorkflowActionView, WithdrawView


def _author(manuscript: Manuscript) -> str:
    return get_user_display_name(manuscript.written_by)  # type: ignore[no-any-return]


class ManuscriptViewSet(GatedSnippetViewSet):
    model = Manuscript
    icon = "doc-full"
    menu_label = _("Manuscripts")
    menu_name = "manuscripts"
    menu_order = 110
    add_to_admin_menu = True
    copy_view_enabled = False
    inspect_view_enabled = False
    list_per_page = 30
    list_display = [
        "__str__",
        Column("organisation", label=_("organisation"), accessor="organisation.name", classname="desk-wide-only"),
        Column("section", label=_("section"), accessor="section.name", classname="desk-wide-only"),
        Column("written_by", label=_("author"), accessor=_author, classname="desk-wide-only"),
        UpdatedAtColumn(),
        LiveStatusTagColumn(),
    ]
    filterset_class = ManuscriptFilterSet
    edit_handler = panels.edit_handler
    edit_view_class = ReviewedEditView
    history_view_class = views.ManuscriptHistoryView
    history_template_name = "newsroom/manuscripts/history.html"
    workflow_action_view_class = ReviewedWorkflowActionView

    @property
    def unpublish_view(self) -> Any:
        """Wagtail's own would act past `Manuscript.unpublish`; its address stays, so that its menus lead here."""
        return WithdrawView.as_view(model=Manuscript)

    def get_queryset(self, request: Any) -> Any:
        return Manuscript.objects.select_related("organisation", "section", "written_by", "latest_revision")

    def get_urlpatterns(self) -> list[URLPattern]:
        kept = [pattern for pattern in super().get_urlpatterns() if pattern.name != "delete"]
        return [
            *kept,
            path("erase/<uuid:pk>/", EraseView.as_view(model=Manuscript), name="erase"),
            path("proof/<uuid:pk>/", ProofView.as_view(), name="proof"),
        ]


class ProofMenuItem(ActionMenuItem):  # type: ignore[misc]
    name = "action-proof"
    label = _("Proofread the saved draft")
    icon_name = "glasses"

    def is_shown(self, context: dict[str, Any]) -> bool:
        return context["view"] == "edit" and isinstance(context.get("instance"), Manuscript)

    def get_url(self, parent_context: dict[str, Any]) -> str:
        return reverse("wagtailsnippets_newsroom_manuscript:proof", args=[parent_context["instance"].pk])


@hooks.register("register_snippet_action_menu_item")
def register_proof(model: type) -> ActionMenuItem | None:
    return ProofMenuItem(order=15) if model is Manuscript else None


class OfferMenuItem(ActionMenuItem):  # type: ignore[misc]
    name = "action-offer"
    label = _("Offer to others…")
    icon_name = "group"

    def is_shown(self, context: dict[str, Any]) -> bool:
        manuscript = context.get("instance")
        return (
            context["view"] == "edit"
            and isinstance(manuscript, Manuscript)
            and may(context["request"].user, "submit", manuscript.organisation)
        )

    def get_url(self, parent_context: dict[str, Any]) -> str:
        return reverse("newsroom_offer", args=[parent_context["instance"].pk])


class UsesMenuItem(ActionMenuItem):  # type: ignore[misc]
    name = "action-uses"
    label = _("Where it came from and went")
    icon_name = "group"

    def is_shown(self, context: dict[str, Any]) -> bool:
        return context["view"] == "edit" and isinstance(context.get("instance"), Manuscript)

    def get_url(self, parent_context: dict[str, Any]) -> str:
        return reverse("newsroom_uses", args=[parent_context["instance"].pk])


@hooks.register("register_snippet_action_menu_item")
def register_offer(model: type) -> ActionMenuItem | None:
    return OfferMenuItem(order=16) if model is Manuscript else None


@hooks.register("register_snippet_action_menu_item")
def register_uses(model: type) -> ActionMenuItem | None:
    return UsesMenuItem(order=17) if model is Manuscript else None


class EraseMenuItem(ActionMenuItem):  # type: ignore[misc]
    name = "action-erase"
    label = _("Erase by law…")
    icon_name = "bin"

    def is_shown(self, context: dict[str, Any]) -> bool:
        manuscript = context.get("instance")
        return (
            context["view"] == "edit"
            and isinstance(manuscript, Manuscript)
            and views.may_erase(context["request"].user, manuscript)
            and manuscript.publication is not None
        )

    def get_url(self, parent_context: dict[str, Any]) -> str:
        return reverse("wagtailsnippets_newsroom_manuscript:erase", args=[parent_context["instance"].pk])


@hooks.register("register_snippet_action_menu_item")
def register_erase(model: type) -> ActionMenuItem | None:
    return EraseMenuItem(order=90) if model is Manuscript else None


@hooks.register("construct_snippet_action_menu", order=910)
def name_what_we_do(menu_items: list[ActionMenuItem], request: Any, context: dict[str, Any]) -> None:
    """Nothing is deleted here; and what Wagtail calls unpublishing is a withdrawal with a reason."""
    if context["model"] is not Manuscript:
        return
    menu_items[:] = [item for item in menu_items if item.name != "action-delete"]
    for item in menu_items:
        if item.name == "action-unpublish":
            item.label = _("Withdraw…")
