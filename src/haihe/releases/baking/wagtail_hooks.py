"""The board of baked pages in the admin: what is behind, what failed and why, and “bake again”."""

from __future__ import annotations

from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from haihe.releases.baking import dashboard, views  # noqa: F401  (its line on the first page)


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    return [
        path("baking/", views.board, name="baking_board"),
        path("baking/again/", views.bake_again, name="baking_again"),
    ]


@hooks.register("register_reports_menu_item")
def menu() -> MenuItem:
    return MenuItem(_("Baked pages"), reverse("baking_board"), icon_name="doc-full-inverse", order=1100)
