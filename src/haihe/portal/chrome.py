"""What the portal puts into every page's navigation and footer."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from haihe.base.web.chrome import Group, Link, Look
from haihe.base.web.languages import interface_language, public_path
from haihe.portal.domain.sections import shown_sections
from haihe.portal.domain.styling import shown_look
from haihe.portal.models import CityLook, HomePage, PlainPage


def navigation() -> list[Link]:
    return [Link(section.name, section.path, section.tone) for section in shown_sections()]


def look() -> Look | None:
    return shown_look(CityLook.objects.select_related("logo").first(), "/look.css")


def footer(navigation: Sequence[Link]) -> list[Group]:
    return [
        Group(_("Sections"), navigation),
        Group(
            _("Find"),
            [
                Link(_("Search"), public_path("/search/")),
                Link(_("Map of the city"), public_path("/map/")),
                Link(_("What is on"), public_path("/events/")),
                Link(_("Archive by day"), public_path("/archive/")),
                Link(pgettext("portal", "People"), public_path("/people/")),
                Link(_("Reading list"), public_path("/reading-list/")),
            ],
        ),
        Group(_("About"), _plain_pages()),
        Group(
            _("Subscribe"),
            [
                Link("RSS", public_path("/feed.rss")),
                Link("Atom", public_path("/feed.atom")),
                Link("JSON Feed", public_path("/feed.json")),
                Link(_("For programmers"), public_path("/developers/")),
            ],
        ),
    ]


def _plain_pages() -> list[Link]:
    homes = HomePage.objects.live().filter(language=interface_language())
    pages = [page for home in homes for page in PlainPage.objects.live().child_of(home).filter(in_footer=True)]
    return [Link(page.title, public_path(f"/{page.slug}/")) for page in pages]
