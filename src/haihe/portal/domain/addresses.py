"""The portal's own addresses that are baked before anybody asks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from django.utils import translation

from haihe.base.web.languages import DEFAULT, FURTHER_PREFIXES, PREFIXES, absolute, html_lang, public_path
from haihe.city.models import Organisation
from haihe.portal.domain import sitemaps
from haihe.portal.domain.authors import public_authors
from haihe.portal.domain.days import counts_by_day, day_path, months
from haihe.portal.domain.formats import FORMATS
from haihe.portal.domain.places import public_places
from haihe.portal.domain.versions import Version, home_language
from haihe.portal.models import PlainPage
from haihe.releases.models import Publication, Section, Topic


def fronts_and_feeds() -> Iterator[str]:
    """Every front, each with its feeds, in every language; the plain pages; what only machines ask for."""
    for language, front in product(PREFIXES, fronts()):
        yield from (public_path(front + ending, language) for ending in ("", *FORMATS))
    for language, page in product(
        PREFIXES, [*ways(), "/events/events.ics", "/reading-list/", "/wall/", "/manifest.webmanifest"]
    ):
        yield public_path(page, language)
    yield from _days()
    yield "/sw.js"
    for page in PlainPage.objects.live():
        yield page.public_path
    for ending in ("/opensearch.xml", "/developers/"):
        yield from (public_path(ending, language) for language in PREFIXES)
    yield from ("/robots.txt", "/sitemap.xml", "/sitemap/pages.xml", "/sitemap/news.xml")
    for month, count in sitemaps.months():
        yield from (sitemaps.file_name(month, number + 1) for number in range(count))


def ways() -> list[str]:
    """Map, places, people and the archive, as the default language has them."""
    found = ["/map/", "/people/", "/events/", "/archive/"]
    found += [f"/place/{slug}/" for slug in public_places().values_list("slug", flat=True)]
    return found + [f"/people/{slug}/" for slug in public_authors().values_list("slug", flat=True)]


def _days() -> Iterator[str]:
    """Every month and day on which something appeared, in each language that lists it."""
    for language in PREFIXES:
        with translation.override(language):
            counts = counts_by_day()
            yield from (month.path for month in months(counts))
            yield from (day_path(day) for day in counts)


def forms_made_ahead(publication: Publication) -> Iterator[str]:
    """What networks ask for as soon as somebody shares a link; news items and the like are baked when asked for."""
    if publication.state == Publication.State.PUBLISHED:
        yield public_path(f"{publication.path}card.jpg", home_language(publication.language))
        if publication.occasions.exists():
            yield from (public_path(f"{publication.path}event.ics", language) for language in PREFIXES)


def fronts() -> list[str]:
    """Home, and every section, topic and organisation that has published, as the default language has them."""
    shown = Publication.objects.filter(state=Publication.State.PUBLISHED)
    found = ["/", *(f"/section/{slug}/" for slug in Section.objects.values_list("slug", flat=True))]
    topics = Topic.objects.filter(publications__in=shown).distinct()
    found += [f"/topic/{slug}/" for slug in topics.values_list("slug", flat=True)]
    organisations = Organisation.objects.filter(pk__in=shown.values("organisation"))
    found += [f"/organisation/{slug}/" for slug in organisations.values_list("slug", flat=True)]
    return found


def plain_pages() -> list[list[Version]]:
    """The plain pages, those of one slug together: they say the same in several languages."""
    found: dict[str, list[Version]] = {}
    for page in PlainPage.objects.live():
        version = Version(html_lang(page.language), absolute(page.public_path))
        found.setdefault(page.slug, []).append(version)
        if page.language == DEFAULT:
            further = (Version(html_lang(one[1:]), absolute(one + page.public_path)) for one in FURTHER_PREFIXES)
            found[page.slug].extend(further)
    return list(found.values())
