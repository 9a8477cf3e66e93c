"""Venues, tours and exhibitions in Wagtail's admin, behind the gate."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    MultiFieldPanel,
    ObjectList,
    Panel,
    PublishingPanel,
    TabbedInterface,
    TitleFieldPanel,
)
from wagtail.admin.ui.tables import Column, LiveStatusTagColumn, UpdatedAtColumn
from wagtail.snippets.action_menu import ActionMenuItem

from haihe.base.web.languages import absolute
from haihe.city.wagtail_gate import GatedSnippetViewSet
from haihe.releases.editing import EraseView, ReviewedEditView, ReviewedWorkflowActionView, WithdrawView
from haihe.venues.admin import attention, author, preparing
from haihe.venues.domain import publishing
from haihe.venues.domain.exhibitions import checking
from haihe.venues.models import Exhibition, Lesson, Tour, Venue


class VenueViewSet(GatedSnippetViewSet):
    model = Venue
    icon = "site"
    menu_label = _("Venues and spots")
    menu_name = "venues"
    menu_order = 131
    add_to_admin_menu = True
    list_display = ["name", "rank", Column("organisation", label=_("organisation"), accessor="organisation.name")]
    ordering = "name"
    search_fields = ["name", "name_en"]
    search_backend_name = None  # some hundred lines
    panels = [
        FieldPanel("organisation"),
        FieldRowPanel([FieldPanel("name"), FieldPanel("name_en")]),
        FieldRowPanel([FieldPanel("kind"), FieldPanel("rank")]),
        FieldRowPanel([FieldPanel("theme"), FieldPanel("era")]),
        FieldPanel("slug"),
        FieldRowPanel([FieldPanel("place", widget=forms.Select), FieldPanel("district", widget=forms.Select)]),
        FieldPanel("picture"),
        FieldRowPanel([FieldPanel("about"), FieldPanel("about_en")]),
        FieldRowPanel([FieldPanel("hours"), FieldPanel("hours_en")]),
        FieldRowPanel([FieldPanel("tickets"), FieldPanel("tickets_en")]),
    ]


class AuthorPanel(Panel):
    """The way to the author, and what still stands between the tour and its visitors."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "venues/admin/author_panel.html"

        def is_shown(self) -> bool:
            return self.instance.pk is not None and not self.instance._state.adding

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            tour = self.instance
            return {
                **super().get_context_data(parent_context),
                "author": reverse("wagtailsnippets_venues_tour:author", args=[tour.pk]),
                "attention": reverse("wagtailsnippets_venues_tour:attention", args=[tour.pk]) if tour.live else "",
                "scenes": len(tour.walked.scenes),
                "findings": [publishing.said(tour, one) for one in publishing.findings(tour)][:8],
            }


class FindingsPanel(Panel):
    """What still stands between an exhibition and its visitors, as it was last saved."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "venues/admin/findings_panel.html"

        def is_shown(self) -> bool:
            return self.instance.pk is not None and not self.instance._state.adding

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            found = [one.said for one in checking.findings(self.instance)][:8]
            return {**super().get_context_data(parent_context), "findings": found}


class WalkViewSet(GatedSnippetViewSet):
    """What tours and exhibitions have in common: nothing is deleted, and what was public is withdrawn or erased."""

    add_to_admin_menu = True
    copy_view_enabled = False
    inspect_view_enabled = False
    list_display = [
        "__str__",
        Column("venue", label=_("venue"), accessor="venue.name", classname="desk-wide-only"),
        Column("organisation", label=_("organisation"), accessor="organisation.name", classname="desk-wide-only"),
        UpdatedAtColumn(),
        LiveStatusTagColumn(),
    ]
    edit_view_class = ReviewedEditView
    workflow_action_view_class = ReviewedWorkflowActionView

    @property
    def unpublish_view(self) -> Any:
        """Wagtail's own would act past `Walk.unpublish`; its address stays, so that its menus lead here."""
        return WithdrawView.as_view(model=self.model)

    def get_queryset(self, request: Any) -> Any:
        return self.model.objects.select_related("organisation", "venue", "latest_revision")

    def get_urlpatterns(self) -> list[URLPattern]:
        kept = [pattern for pattern in super().get_urlpatterns() if pattern.name != "delete"]
        return [*kept, path("erase/<uuid:pk>/", EraseView.as_view(model=self.model), name="erase")]


IN_ENGLISH = MultiFieldPanel([FieldPanel("title_en"), FieldPanel("summary_en")], heading=_("In English"))
FILING = [
    FieldPanel("organisation"),
    FieldPanel("venue", widget=forms.Select),
    FieldPanel("section", widget=forms.Select),
    FieldPanel("language"),
    PublishingPanel(),
]
SAID = [FieldPanel("summary"), FieldPanel("lead_picture")]


def _tabs(heading: Any, *own: Any) -> TabbedInterface:
    """What every walk is written in, with its `own` panels between its title and its English; then its filing."""
    title = TitleFieldPanel("title", targets=[], placeholder=_("Title"))
    written = ObjectList([title, *own, IN_ENGLISH, FieldPanel("correction_note")], heading=heading)
    return TabbedInterface([written, ObjectList(FILING, heading=_("Filing"))])


class TourViewSet(WalkViewSet):
    model = Tour
    icon = "globe"
    menu_label = _("Virtual tours")
    menu_name = "tours"
    menu_order = 130
    edit_handler = _tabs(_("Tour"), AuthorPanel(heading=_("Scenes")), *SAID)

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("author/<uuid:pk>/", author.AuthorView.as_view(), name="author"),
            path("attention/<uuid:pk>/", attention.AttentionView.as_view(), name="attention"),
            path("author/<uuid:pk>/save/", author.save, name="author_save"),
            path("author/<uuid:pk>/panoramas/", author.panoramas_of, name="author_panoramas"),
            path("author/<uuid:pk>/picture/<int:key>/", author.picture_of, name="author_picture"),
            path("author/<uuid:pk>/export/<slug:form>/", author.export, name="author_export"),
            path("author/<uuid:pk>/import/", author.bring_in, name="author_import"),
            path("author/<uuid:pk>/take/", preparing.take, name="author_take"),
            path("author/<uuid:pk>/fisheye/", preparing.fisheye, name="author_fisheye"),
            path("author/<uuid:pk>/retouch/", preparing.retouch, name="author_retouch"),
            path("author/<uuid:pk>/faces/", preparing.look_for_faces, name="author_faces"),
            path("author/<uuid:pk>/decide/", preparing.decide, name="author_decide"),
            path("author/<uuid:pk>/tone/", preparing.tone, name="author_tone"),
            path("author/<uuid:pk>/tone/<uuid:panorama>/", preparing.tone_preview, name="author_tone_preview"),
            path("author/<uuid:pk>/links/", preparing.links, name="author_links"),
            path("author/<uuid:pk>/lay-out/", author.lay_out, name="author_lay_out"),
            path("author/<uuid:pk>/media/", author.take_media, name="author_take_media"),
        ]


class ExhibitionViewSet(WalkViewSet):
    model = Exhibition
    icon = "image"
    menu_label = _("Online exhibitions")
    menu_name = "exhibitions"
    menu_order = 130
    edit_handler = _tabs(
        _("Exhibition"), FindingsPanel(heading=_("To mend before publishing")), *SAID, FieldPanel("exhibits")
    )


class LessonPanel(Panel):
    """Code and address that a teacher gives to the class, and how many annotations there are."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "venues/admin/lesson_panel.html"

        def is_shown(self) -> bool:
            return self.instance.pk is not None

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            address = absolute(f"/class/{self.instance.code}/")
            told = {"address": address, "count": self.instance.annotations.count(), "queue": reverse("voices_queue")}
            return {**super().get_context_data(parent_context), **told}


class LessonViewSet(GatedSnippetViewSet):
    model = Lesson
    icon = "group"
    menu_label = _("Classes")
    menu_name = "classes"
    menu_order = 132
    add_to_admin_menu = True
    copy_view_enabled = False
    list_display = ["title", "code", Column("publication", label=_("tour or exhibition"), accessor="publication.title")]
    search_fields = ["title"]
    search_backend_name = None  # some hundred lines
    panels = [
        LessonPanel(heading=_("For the class")),
        FieldPanel("organisation"),
        FieldPanel("title"),
        FieldPanel("publication", widget=forms.Select),
        FieldPanel("open"),
    ]


class AuthorMenuItem(ActionMenuItem):  # type: ignore[misc]
    name = "action-author"
    label = _("Build the tour")
    icon_name = "globe"

    def is_shown(self, context: dict[str, Any]) -> bool:
        return context["view"] == "edit" and isinstance(context.get("instance"), Tour)

    def get_url(self, parent_context: dict[str, Any]) -> str:
        return reverse("wagtailsnippets_venues_tour:author", args=[parent_context["instance"].pk])


@hooks.register("register_snippet_action_menu_item")
def register_author(model: type) -> ActionMenuItem | None:
    return AuthorMenuItem(order=12) if model is Tour else None


@hooks.register("construct_snippet_action_menu", order=911)
def name_what_we_do(menu_items: list[ActionMenuItem], request: Any, context: dict[str, Any]) -> None:
    """Nothing is deleted here; and what Wagtail calls unpublishing is a withdrawal with a reason."""
    if context["model"] not in (Tour, Exhibition):
        return
    menu_items[:] = [item for item in menu_items if item.name != "action-delete"]
    for item in menu_items:
        if item.name == "action-unpublish":
            item.label = _("Withdraw…")
