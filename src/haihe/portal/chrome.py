"""What the portal puts into every page's navigation and footer."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from haihe.base.web.chrome import Group, Link
from haihe.base.web.languages import interface_language, public_path
from haihe.portal.domain.sections import shown_sections
from haihe.portal.models import HomePage, PlainPage


def navigation() -> list[Link]:
    return [Link(section.name, section.path, section.tone) for section in shown_sections()]


def footer(navigation: Sequence[Link]) -> list[Group]:
    return [
        Group(_("Sections"), navigation),
        Group(_("About"), _plain_pages()),
        Group(
            _("Subscribe"),
            [
                Link("RSS", public_path("/feed.rss")),
                Link("JSON Feed", public_path("/feed.json")),
                Link(_("Search"), public_path("/search/")),
            ],
        ),
    ]


def _plain_pages() -> list[Link]:
    homes = HomePage.objects.live().filter(language=interface_language())
    pages = [page for home in homes for page in PlainPage.objects.live().child_of(home).filter(in_footer=True)]
    return [Link(page.title, public_path(f"/{page.slug}/")) for page in pages]
