"""Sections as the public sees them."""

from __future__ import annotations

from dataclasses import dataclass

from haihe.base.once import once
from haihe.base.web.languages import interface_language, public_path
from haihe.releases.models import Section


@dataclass(frozen=True)
class ShownSection:
    """A section in the active language; `tone` is its colour number, by its place in the order."""

    id: int
    slug: str
    name: str
    path: str
    tone: int


def in_language(name: str, name_en: str) -> str:
    """The name in the active language; the Chinese one where no English one was given."""
    return name_en or name if interface_language() == "en" else name


def shown_sections() -> list[ShownSection]:
    """All sections in their order."""
    return once(("sections", interface_language()), _sections)


def _sections() -> list[ShownSection]:
    return [
        ShownSection(
            id=section.pk,
            slug=section.slug,
            name=in_language(section.name, section.name_en),
            path=public_path(f"/section/{section.slug}/"),
            tone=place,
        )
        for place, section in enumerate(Section.objects.all())
    ]
