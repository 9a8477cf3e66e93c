"""Replies and editions in the admin."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from haihe.channels.activitypub import replies
from haihe.channels.models import Actor
from haihe.channels.paper import views as paper
from haihe.city.admin.menus import RoleItem


class RepliesItem(RoleItem):
    """Shown where somebody can reply at all."""

    def is_shown(self, request: Any) -> bool:
        return super().is_shown(request) and Actor.objects.exists()


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    return [
        path("channels/replies/", replies.replies, name="channels_replies"),
        path("channels/<int:pk>/editions/", paper.desk, name="channels_paper_desk"),
    ]


@hooks.register("register_admin_menu_item")
def menu() -> MenuItem:
    return RepliesItem(_("Replies"), reverse("channels_replies"), name="replies", icon_name="comment", order=331)


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    for action, name in (
        ("channels.reply.show", _("Let a reply stand")),
        ("channels.reply.hide", _("Hide a reply")),
        ("channels.reply.back", _("Put a reply back")),
        ("channels.edition.make", _("Make an edition of a digital newspaper")),
    ):
        actions.register_action(action, name, name)
