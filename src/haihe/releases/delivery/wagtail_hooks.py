"""Channels in the admin."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.snippets.action_menu import ActionMenuItem

from haihe.city.admin.menus import RoleItem
from haihe.releases.delivery import adapting, dashboard, views  # noqa: F401  (its line on the first page)
from haihe.releases.publishable import Publishable


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    return [
        path("channels/", views.board, name="delivery_board"),
        path("channels/add/", views.add, name="delivery_add"),
        path("channels/act/", views.act, name="delivery_act"),
        path("channels/ledger.csv", views.ledger_csv, name="delivery_csv"),
        path("channels/<int:pk>/", views.outlet, name="delivery_outlet"),
        path("channels/<int:pk>/edit/", views.edit, name="delivery_edit"),
        path("channels/<int:pk>/pause/", views.pause, name="delivery_pause"),
        path("channels/<int:pk>/first/", views.first, name="delivery_first"),
        path("channels/delivery/<int:pk>/", views.delivery, name="delivery_row"),
        path("channels/adapt/<str:label>/<str:key>/", adapting.adapt, name="delivery_adapt"),
        path("channels/adapt/<str:label>/<str:key>/look/", adapting.look, name="delivery_look"),
    ]


@hooks.register("register_snippet_action_menu_item")
def adapt(model: type) -> ActionMenuItem | None:
    return adapting.AdaptMenuItem(order=18) if issubclass(model, Publishable) else None


@hooks.register("register_admin_menu_item")
def menu() -> MenuItem:
    return RoleItem(_("Channels"), reverse("delivery_board"), name="channels", icon_name="upload", order=330)


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    """What the entries of the audit trail about deliveries are called."""
    for action, name in (
        ("delivery.stop", _("Stop a delivery")),
        ("delivery.replay", _("Send a delivery again")),
        ("delivery.skip", _("Skip a delivery")),
        ("delivery.done", _("Say that a delivery was done by hand")),
        ("delivery.outlet.add", _("Add a channel")),
        ("delivery.outlet.change", _("Change a channel")),
        ("delivery.outlet.pause", _("Pause a channel")),
        ("delivery.outlet.go_on", _("Let a channel go on")),
        ("delivery.variant.keep", _("Adapt a release for a channel")),
        ("delivery.variant.drop", _("Take back what was adapted for a channel")),
        ("delivery.outlet.first", _("Send a channel what it never had")),
    ):
        actions.register_action(action, name, name)
