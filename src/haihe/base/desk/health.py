"""How the city's machinery is, in one panel of the first page: each room says one line, the panel shows them together.

@health.line
def dead_letters(request) -> Iterable[Line]:
    if may_see(request.user):
        yield Line(_("Background work"), _("3 failed for good"), well=False, url=reverse("haihe_tasks"))
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from haihe.base.config import load
from haihe.base.desk.panels import Panel

MB = 1024 * 1024


@dataclass(frozen=True)
class Line:
    """What one part of Haihe says of itself; `well` is False where somebody has to do something."""

    title: str
    text: str
    well: bool
    url: str = ""


Provider = Callable[[HttpRequest], Iterable[Line]]
_providers: list[Provider] = []


def line(provider: Provider) -> Provider:
    """Register a provider; it asks for its reader's rights itself, reads little and gives nothing to strangers."""
    if provider not in _providers:
        _providers.append(provider)
    return provider


class HealthPanel(Panel):
    name = "health"
    order = 900

    def contents(self) -> Mapping[str, Any] | None:
        lines = [line for provider in _providers for line in provider(self.request)]
        if not lines:
            return None
        ill = sum(not line.well for line in lines)
        about = ngettext("%(count)d thing wants doing", "%(count)d things want doing", ill) % {"count": ill}
        return {
            "heading": _("How Haihe runs"),
            "number": about if ill else _("all well"),
            "urgent": bool(ill),
            "rows": [
                {
                    "title": line.title,
                    "url": line.url,
                    "state": _("in order") if line.well else _("look here"),
                    "tone": "good" if line.well else "bad",
                    "about": line.text,
                }
                for line in lines
            ],
        }


@line
def disk(request: HttpRequest) -> Iterator[Line]:
    """Room on the disk of the home, for whoever runs the city."""
    if not request.user.is_superuser:
        return
    config = load()
    there = next((folder for folder in [config.home, *config.home.parents] if folder.exists()), Path("/"))
    free = shutil.disk_usage(there).free // MB
    told = _("%(size)s free") % {"size": f"{free / 1024:.1f} GB" if free >= 1024 else f"{free} MB"}
    well = free >= config.disk_floor_mb
    yield Line(_("Disk"), told if well else told + " · " + _("free some: new originals are refused"), well)
