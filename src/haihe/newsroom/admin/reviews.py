"""Posts, stand-ins and the rule of review, for whoever manages the people of an organisation."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.admin.ui.tables import BooleanColumn, DateColumn
from wagtail.snippets.models import register_snippet

from haihe.base import audit
from haihe.city import gate
from haihe.city.models import Person
from haihe.city.roles import VIEW
from haihe.city.wagtail_gate import GatedModelForm, SettingsViewSet
from haihe.newsroom.models.reviews import Delegation, Post, ReviewRule


class PeopleForm(GatedModelForm):
    """Offers the people of the organisations that the user sees, by the name readers know."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in {"person", "to"} & set(self.fields):
            field: Any = self.fields[name]
            seen = gate.organisations_for(self.gate_user, VIEW)
            chosen = Person.objects.filter(pk=getattr(self.instance, f"{name}_id", None) or 0)
            people = Person.objects.filter(is_active=True, grants__organisation__in=seen)
            field.queryset = (people | chosen).distinct().order_by("username")


class _ReviewViewSet(SettingsViewSet):
    base_form = PeopleForm


class RuleViewSet(_ReviewViewSet):
    model = ReviewRule
    icon = "check"
    menu_label = _("Rules of review")
    menu_order = 700
    list_display = ["organisation", BooleanColumn("threefold", label=_("three reviews and three proofs"))]
    panels = [FieldPanel("organisation"), FieldPanel("threefold")]


class PostViewSet(_ReviewViewSet):
    model = Post
    icon = "user"
    menu_label = _("Posts of review")
    menu_order = 710
    list_display = ["person", "office", "organisation"]
    list_filter = ["office"]
    panels = [FieldPanel("organisation"), FieldPanel("person"), FieldPanel("office")]


class DelegationViewSet(_ReviewViewSet):
    model = Delegation
    icon = "history"
    menu_label = _("Stand-ins")
    menu_order = 720
    list_display = ["to", "post", DateColumn("starts", label=_("from")), DateColumn("ends", label=_("until"))]
    panels = [
        FieldPanel("post"),
        FieldPanel("to"),
        FieldRowPanel([FieldPanel("starts"), FieldPanel("ends")]),
        FieldPanel("why"),
    ]


for viewset in (RuleViewSet, PostViewSet, DelegationViewSet):
    register_snippet(viewset)

KEPT = {ReviewRule: ("threefold",), Post: ("person_id", "office"), Delegation: ("post_id", "to_id", "starts", "ends")}


def _tell(action: str) -> Any:
    def told(request: Any, instance: Any) -> None:
        if type(instance) in KEPT:
            detail = {name: str(getattr(instance, name)) for name in KEPT[type(instance)]}
            where = gate.organisation_of(instance)
            audit.record(
                f"{type(instance).__name__.lower()}.{action}", by=request.user, thing=instance, organisation=where,
                detail=detail,
            )  # fmt: skip

    return told


hooks.register("after_create_snippet", _tell("created"))
hooks.register("after_edit_snippet", _tell("changed"))


@hooks.register("after_delete_snippet")
def told_of_deletion(request: Any, instances: Any) -> None:
    for instance in instances:
        _tell("removed")(request, instance)


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    """What the entries of the audit trail about reviews are called."""
    for action, name in (
        ("reviewrule.created", _("Make a rule of review")),
        ("reviewrule.changed", _("Change a rule of review")),
        ("post.created", _("Give a post of review")),
        ("post.changed", _("Change a post of review")),
        ("post.removed", _("Take a post of review away")),
        ("delegation.created", _("Name a stand-in")),
        ("delegation.changed", _("Change a stand-in")),
        ("delegation.removed", _("End a stand-in")),
    ):
        actions.register_action(action, name, name)
