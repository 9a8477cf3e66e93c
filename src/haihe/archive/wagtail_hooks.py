"""The archive in Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

from haihe.archive.admin.board import RightsBoardView
from haihe.archive.admin.rights import rights
from haihe.archive.admin.views import CareView, DepositView, ItemView, ShelvesView
from haihe.city.admin.menus import RoleItem


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern]:
    return [
        path("archive/", ShelvesView.as_view(), name="haihe_archive"),
        path("archive/items/<uuid:pk>/", ItemView.as_view(), name="haihe_archive_item"),
        path("archive/deposit/", DepositView.as_view(), name="haihe_archive_deposit"),
        path("archive/rights/", RightsBoardView.as_view(), name="haihe_archive_rights"),
        path("archive/care/", CareView.as_view(), name="haihe_archive_care"),
    ]


@hooks.register("register_admin_menu_item")
def archive_menu() -> MenuItem:
    shelves = RoleItem(_("Shelves"), reverse("haihe_archive"), icon_name="folder-open-inverse", order=10)
    deposit = RoleItem(_("Deposit"), reverse("haihe_archive_deposit"), icon_name="upload", order=20, needs="create")
    care = RoleItem(_("Care of the archive"), reverse("haihe_archive_care"), icon_name="circle-check", order=30)
    board = RoleItem(_("Rights at a glance"), reverse("haihe_archive_rights"), icon_name="lock", order=25)
    menu = Menu(items=[shelves, deposit, board, care])
    return SubmenuMenuItem(_("Archive"), menu, name="haihe-archive", icon_name="folder-open-inverse", order=350)


@hooks.register("register_admin_urls")
def rights_pages() -> list[URLPattern]:
    return [path("archive/rights/<uuid:key>/", rights, name="archive_rights")]


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    """What the entries of the audit trail about Masters are called."""
    for action, name in (
        ("archive.rights", _("Decide about rights")),
        ("archive.invite", _("Sign an address for a guest")),
        ("archive.erase", _("Erase by law")),
        ("archive.erase.ask", _("Ask for erasure")),
        ("archive.erase.refuse", _("Take a request for erasure back")),
    ):
        actions.register_action(action, name, name)
