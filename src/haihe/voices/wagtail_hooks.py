"""The queue in the admin."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from haihe.city.admin.menus import RoleItem
from haihe.voices import views


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    return [path("voices/", views.queue, name="voices_queue")]


@hooks.register("register_admin_menu_item")
def menu() -> MenuItem:
    return RoleItem(_("Guestbooks"), reverse("voices_queue"), name="voices", icon_name="comment", order=132)


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    for action, name in (
        ("voices.show", _("Let an entry of the public stand")),
        ("voices.hide", _("Hide an entry of the public")),
        ("voices.back", _("Put an entry of the public back")),
    ):
        actions.register_action(action, name, name)
