"""The portal in Wagtail's admin: the chooser of sections."""

from __future__ import annotations

from typing import Any

from wagtail import hooks

from haihe.portal.choosers import section_chooser


@hooks.register("register_admin_viewset")
def choosers() -> list[Any]:
    return [section_chooser]
