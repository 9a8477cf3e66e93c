"""Haihe's style and name around Wagtail's admin."""

from __future__ import annotations

import contextlib
from functools import partial
from importlib.metadata import version
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from wagtail import hooks

from haihe.base.desk.health import HealthPanel
from haihe.base.web.assets import FrontEndNotBuilt, asset_url

# Wagtail's own pages for editors show another name, other menus and a Wagtail that is not set up as Haihe's is.
FOREIGN_HELP = ("editor-guide", "whats-new-in-wagtail")


@hooks.register("insert_global_admin_css", order=10)
def desk_styles() -> str:
    """Our colours, and our CJK face after the machine's: a desk without Chinese fonts still shows Chinese."""
    sheets = [static("desk/desk.css")]
    with contextlib.suppress(FrontEndNotBuilt):  # the desk works before the portal's front end is built
        sheets.append(asset_url("fonts.css"))
    return format_html_join("", '<link rel="stylesheet" href="{}">', ((sheet,) for sheet in sheets))


@hooks.register("insert_editor_js")
def keep_the_focus() -> str:
    """A block that is moved by keyboard keeps the focus."""
    return format_html('<script type="module" src="{}"></script>', static("desk/moving.js"))


@hooks.register("construct_help_menu")
def leave_foreign_help_out(request: HttpRequest, menu_items: list[Any]) -> None:
    menu_items[:] = [item for item in menu_items if not item.name.startswith(FOREIGN_HELP)]


@hooks.register("construct_main_menu")
def tell_our_version(request: HttpRequest, menu_items: list[Any]) -> None:
    """The foot of the settings menu names what runs here."""
    for item in menu_items:
        if item.name == "settings":
            item.render_component = partial(_with_our_version, item)


def _with_our_version(item: Any, request: HttpRequest) -> Any:
    component = type(item).render_component(item, request)
    component.footer_text = f"Haihe {version('haihe')}"
    return component


@hooks.register("construct_homepage_panels", order=800)
def health_panel(request: HttpRequest, panels: list[Any]) -> None:
    panels.append(HealthPanel(request))
