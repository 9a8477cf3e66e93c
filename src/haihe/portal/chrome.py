"""What the portal puts into every page's navigation and footer."""

from __future__ import annotations

from django.utils.translation import gettext as _

from haihe.base.web.chrome import Group, Link
from haihe.base.web.languages import interface_language, public_path
from haihe.portal.domain.sections import shown_sections
from haihe.portal.models import PlainPage


def navigation() -> list[Link]:
    return [Link(section.name, section.path, section.tone) for section in shown_sections()]


def footer() -> list[Group]:
    language = interface_language()
    words = [page for page in PlainPage.objects.live().filter(in_footer=True) if page.language == language]
    return [
        Group(_("Sections"), navigation()),
        Group(_("About"), [Link(page.title, page.public_path) for page in words]),
        Group(
            _("Subscribe"),
            [
                Link("RSS", public_path("/feed.rss")),
                Link("JSON Feed", public_path("/feed.json")),
                Link(_("Search"), public_path("/search/")),
            ],
        ),
    ]
