"""The home front: what staff arranged, or one made of the newest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import QuerySet

from haihe.base.web.languages import DEFAULT, interface_language
from haihe.base.web.teasers import Teaser
from haihe.portal.domain.figures import Figures
from haihe.portal.domain.listing import for_readers, published, teasers, untranslated
from haihe.portal.domain.mapping import Drawing
from haihe.portal.domain.sections import ShownSection, shown_sections
from haihe.releases.models import Publication

LEAD_OTHERS, MOSAIC, STRIP = 3, 5, 4


@dataclass(frozen=True)
class Service:
    """A link to something one can do."""

    title: str
    path: str
    text: str = ""
    icon: str = "next"


@dataclass(frozen=True)
class FrontBlock:
    """One band of a front.

    kind    lead, mosaic, strip, live, services, map, figures, notice (its `path` is then its kind of notice)
    """

    kind: str
    title: str = ""
    text: str = ""
    path: str = ""
    tone: int = 0
    stories: list[Teaser] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)
    figures: Figures | None = None
    drawing: Drawing | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.stories or self.services or self.text or self.figures or self.drawing)


class Stock:
    """Hands out publications for one front, none twice: those in the page's language, or all where there is none.

    source      what there is to hand out; default: everything public
    sections    asked once, so that a front costs one query for them and one a band
    """

    def __init__(self, source: QuerySet[Publication] | None = None) -> None:
        self.sections: list[ShownSection] = shown_sections()
        self._used: set[UUID] = set()
        public = published() if source is None else source
        own = public.filter(language=interface_language())
        self._all = own if own.exists() else for_readers(public)

    def newest(self, count: int, section_id: int | None = None) -> list[Publication]:
        """Up to `count` of the newest not handed out yet, of one section or of all."""
        return self.take(self._free(section_id)[:count])

    def seen_anew(self, count: int, section_id: int | None = None) -> list[Publication]:
        """The newest, handed out before or not, without marking them."""
        newest = self._all if section_id is None else self._all.filter(section_id=section_id)
        return list(newest[:count])

    def newest_at_least(self, least: int, count: int) -> list[Publication]:
        """As `newest`, but none where fewer than `least` are left."""
        found = list(self._free()[:count])
        return self.take(found) if len(found) >= least else []

    def newest_with_picture_first(self, count: int) -> list[Publication]:
        """The newest few, of which the newest with a picture stands first."""
        found = list(self._free()[: max(count, 4)])
        leading = next((one for one in found if one.content.get("lead_picture")), None)
        if leading:
            found = [leading, *(one for one in found if one is not leading)]
        return self.take(found[:count])

    def _free(self, section_id: int | None = None) -> QuerySet[Publication]:
        free = self._all.exclude(pk__in=self._used)
        return free if section_id is None else free.filter(section_id=section_id)

    def take(self, publications: Iterable[Publication]) -> list[Publication]:
        """Mark as handed out, whatever was handed out before."""
        taken = list(publications)
        self._used.update(one.pk for one in taken)
        return taken

    def shown(self, publications: Iterable[Publication]) -> list[Teaser]:
        return teasers(publications, self.sections)


def automatic_front() -> list[FrontBlock]:
    """A front nobody arranged: the newest with a picture leads, then a mosaic, then one strip a section."""
    stock = Stock()
    lead = stock.newest_with_picture_first(1 + LEAD_OTHERS)
    blocks = [FrontBlock("lead", stories=stock.shown(lead))] if lead else []
    mosaic = stock.newest_at_least(MOSAIC, MOSAIC)
    if mosaic:
        pictured = [one for one in mosaic if one.content.get("lead_picture")]
        first = pictured[:1] + [one for one in mosaic if one not in pictured[:1]]
        blocks.append(FrontBlock("mosaic", stories=stock.shown(first)))
    for section in stock.sections:
        stories = stock.newest(STRIP, section.id)
        if stories:
            blocks.append(strip(section, stock.shown(stories)))
    loose = stock.newest(STRIP * 2)
    if loose:
        blocks.append(FrontBlock("mosaic", stories=stock.shown(loose)))
    return blocks


def strip(section: ShownSection, stories: list[Teaser]) -> FrontBlock:
    return FrontBlock("strip", title=section.name, path=section.path, tone=section.tone, stories=stories)


def other_languages(count: int = 8) -> list[Teaser]:
    """The newest that a front leaves out because it is in another language; none where nothing is in its own."""
    others = published().exclude(language=interface_language())
    if not published().filter(language=interface_language()).exists() and interface_language() == DEFAULT:
        return []
    return teasers(untranslated(others, interface_language())[:count])
