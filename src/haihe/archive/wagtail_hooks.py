from typing import Any

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from haihe.archive.admin.rights import rights


@hooks.register("register_admin_urls")
def rights_pages() -> list[URLPattern]:
    return [path("archive/rights/<uuid:key>/", rights, name="archive_rights")]


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    """What the entries of the audit trail about Masters are called."""
    for action, name in (
        ("archive.rights", _("Decide about rights")),
        ("archive.erase", _("Erase by law")),
        ("archive.erase.ask", _("Ask for erasure")),
        ("archive.erase.refuse", _("Take a request for erasure back")),
    ):
        actions.register_action(action, name, name)
