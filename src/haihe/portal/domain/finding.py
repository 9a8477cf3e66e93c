"""The public search: what was asked, and what stands on its page."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import unescape
from typing import Any
from urllib.parse import urlencode

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from haihe.base.once import keeping
from haihe.base.search import search
from haihe.base.web.languages import NAMES, public_path
from haihe.base.web.teasers import Teaser
from haihe.city.models import Organisation
from haihe.portal.domain.listing import teasers
from haihe.portal.domain.sections import ShownSection, in_language
from haihe.releases.models import Publication

PER_PAGE = 20
LAST_PAGE = 500
LONGEST = 200  # characters of a question
FACETS = {"section": "section_id", "organisation": "organisation_id", "kind": "kind", "language": "language"}
SHOWN_VALUES = 12
MARK = re.compile(r"</?mark>")


@dataclass(frozen=True)
class Asked:
    """A reader's question, as its address holds it; what makes no sense in an address was dropped."""

    words: str = ""
    section: str = ""
    organisation: str = ""
    kind: str = ""
    language: str = ""
    start: dt.date | None = None
    end: dt.date | None = None
    order: str = "relevance"
    page: int = 1

    @property
    def narrowed(self) -> bool:
        return any([self.section, self.organisation, self.kind, self.language, self.start, self.end])

    def path(self, **changes: Any) -> str:
        """Address of this question with some parts changed; a change goes back to the first page."""
        return f"{public_path('/search/')}?{replace(self, **{'page': 1, **changes})._query()}"

    def feed_path(self, form: str = "feed.rss") -> str:
        """Address of this question's newest answers as a feed."""
        return f"{public_path(f'/search/{form}')}?{replace(self, page=1, order='relevance')._query()}"

    def _query(self) -> str:
        parts = {
            "q": self.words,
            **{name: getattr(self, name) for name in FACETS},
            "from": self.start.isoformat() if self.start else "",
            "to": self.end.isoformat() if self.end else "",
            "order": self.order if self.order != "relevance" else "",
            "page": str(self.page) if self.page > 1 else "",
        }
        return urlencode({name: value for name, value in parts.items() if value})


@dataclass(frozen=True)
class FacetValue:
    name: str
    count: int
    path: str
    chosen: bool


@dataclass(frozen=True)
class Facet:
    title: str
    values: list[FacetValue]


@dataclass(frozen=True)
class Found:
    """One hit; `title` and `excerpt` with the words marked."""

    teaser: Teaser
    title: SafeString | str
    excerpt: SafeString | str


@dataclass(frozen=True)
class ResultPage:
    total: int
    found: list[Found]
    rows: list[Publication]
    facets: list[Facet]
    page_count: int
    loose: bool


def asked_in(parameters: Mapping[str, str]) -> Asked:
    """The question in a query string; nothing in it can be an error."""
    page = parameters.get("page", "")
    return Asked(
        words=parameters.get("q", "").replace("\x00", "").strip()[:LONGEST],
        section=parameters.get("section", "")[:80],
        organisation=parameters.get("organisation", "")[:80],
        kind=parameters.get("kind", "")[:40],
        language=parameters.get("language", "")[:12],
        start=_day(parameters.get("from", "")),
        end=_day(parameters.get("to", "")),
        order="newest" if parameters.get("order") == "newest" else "relevance",
        page=min(max(int(page), 1), LAST_PAGE) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
    )


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def find(asked: Asked, sections: Sequence[ShownSection]) -> ResultPage:
    """What is public and answers the question. sections: all of the city's, as the page shows them."""
    filters: dict[str, Any] = {"state": Publication.State.PUBLISHED.value}
    if asked.section:
        filters["section_id"] = [section.id for section in sections if section.slug == asked.section]
    if asked.organisation:
        known = Organisation.objects.filter(slug=asked.organisation).values_list("pk", flat=True).first()
        filters["organisation_id"] = known if known is not None else []
    filters.update({name: getattr(asked, name) for name in ("kind", "language") if getattr(asked, name)})
    results = search(
        asked.words,
        models=[Publication],
        filters=filters,
        facets=list(FACETS.values()),
        dates=("first_published_at", asked.start, asked.end) if asked.start or asked.end else None,
        order="newest" if asked.order == "newest" else "relevance",
        page=asked.page,
        per_page=PER_PAGE,
    )
    # The database has the last word on what is public, and rights on what is quoted: the index follows them within two
    # seconds. Asked here and not there, because SQLite would look through all that is public for these few.
    rows = [row for row in results.objects(publication=Publication.objects.select_related("current")) if row.is_public]
    highlights = {hit.pk: hit.highlights for hit in results.hits}
    with keeping():
        shown = teasers(rows, sections)
        found = [_found(row, teaser, highlights[row.pk]) for row, teaser in zip(rows, shown, strict=True)]
    return ResultPage(
        total=results.total,
        found=found,
        rows=rows,
        facets=_facets(asked, results.facets, sections),
        page_count=min(results.pages, LAST_PAGE),
        loose=results.loose,
    )


def _found(row: Publication, teaser: Teaser, highlights: Mapping[str, SafeString]) -> Found:
    marked = [highlights.get("summary", ""), _still_shown(row, highlights.get("text", ""))]
    excerpt = next((one for one in marked if "<mark>" in one), "") or next((one for one in marked if one), "")
    return Found(teaser, highlights.get("title") or row.title, excerpt)


def _still_shown(row: Publication, quoted: str) -> str:
    """What the index quotes of a text; nothing where it is of a picture that was withdrawn since."""
    content = row.content
    if row.current is None or content is row.current.content or not quoted:
        return quoted
    bare = unescape(MARK.sub("", quoted)).removeprefix("…").removesuffix("…")
    return quoted if bare in row.text else ""


def _facets(
    asked: Asked, counted: Mapping[str, list[tuple[Any, int]]], sections: Sequence[ShownSection]
) -> list[Facet]:
    section_names = {section.id: (section.slug, section.name) for section in sections}
    organisations = {
        one.pk: (one.slug, in_language(one.name, one.name_en))
        for one in Organisation.objects.filter(
            pk__in=[value for value, _n in counted["organisation_id"][:SHOWN_VALUES]]
        )
    }
    named = [
        (_("Section"), "section", lambda value: section_names.get(value)),
        (_("Organisation"), "organisation", lambda value: organisations.get(value)),
        (_("Kind"), "kind", lambda value: (value, kind_name(value))),
        (_("Language"), "language", lambda value: (value, NAMES.get(value, value))),
    ]
    facets = []
    for title, name, naming in named:
        values = []
        for value, count in counted[FACETS[name]][:SHOWN_VALUES]:
            known = naming(value) if value is not None else None
            if known:
                chosen = getattr(asked, name) == known[0]
                values.append(
                    FacetValue(known[1] or "", count, asked.path(**{name: "" if chosen else known[0]}), chosen)
                )
        if len(values) > 1 or any(value.chosen for value in values):
            facets.append(Facet(title, values))
    return facets


def kind_name(kind: str) -> str:
    """A kind of publication in the reader's language; an unknown one by its own name."""
    names = {"story": _("Story"), "tour": _("Tour"), "exhibition": _("Exhibition")}
    names |= {"show": pgettext("kind", "Show"), "bulletin": _("Bulletin")}
    return names.get(kind, kind)
