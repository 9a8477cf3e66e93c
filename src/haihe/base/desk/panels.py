"""One part of the first page of the admin.

A room registers its panels where its other admin pages are:

@hooks.register("construct_homepage_panels")
def add_panels(request, panels):
    panels.append(Arrived(request))
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import HttpRequest
from wagtail.admin.ui.components import Component


class Panel(Component):
    """A panel knows its reader and asks the gate for every row it names.

    name     of the panel, unique on the page; it names the panel's heading
    order    where it stands among the panels, smallest first; what wants doing stands before what is good to know
    """

    name: ClassVar[str]
    order: ClassVar[int] = 100
    template_name = "desk/panel.html"

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def contents(self) -> Mapping[str, Any] | None:
        """What the template shows, read once per page; None where this reader has nothing to see here.

        heading, number            title, and a count or a word beside it
        urgent                     True: marked, because somebody has to do something
        rows                       {title, url, language, state, tone (good, bad), about, at}; only title is a must
        more, more_label           where the whole list is
        empty                      said in place of rows: what would stand here
        first_url, first_label     the first step out of an empty panel
        """
        raise NotImplementedError

    def render_html(self, parent_context: Mapping[str, Any] | None = None) -> str:
        found = self.contents()
        if found is None:
            return ""
        self.found = found
        return str(super().render_html(parent_context))

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        return {"panel": self, "request": self.request, **self.found}
