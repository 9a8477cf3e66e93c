"""What machines ask for beside feeds: one release as a news item, sitemaps, the search description, robots.txt."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponse
from django.templatetags.static import static
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from haihe.base.web.identity import shown_identity
from haihe.base.web.languages import PREFIXES, absolute, html_lang, interface_language, public_path
from haihe.portal.domain import opensearch, sitemaps
from haihe.portal.domain.addresses import fronts, plain_pages
from haihe.portal.domain.carding import card_of
from haihe.portal.domain.cards import draw, drawn_from
from haihe.portal.domain.feeds import correction_notes, entry_of
from haihe.portal.domain.formats import ninjs
from haihe.portal.domain.versions import versions_of, versions_of_front
from haihe.portal.views.speaking import in_its_language
from haihe.releases.baking import already_baked, baked, depends_on
from haihe.releases.models import Publication

JSON = "application/json; charset=utf-8"
XML = "application/xml; charset=utf-8"


def publication_at(kind: str, slug: str) -> Publication:
    """The publication at an address, which may have been withdrawn since. Raises Http404 where none ever stood."""
    found = Publication.objects.select_related("current", "section").filter(path=f"/{kind}/{slug}/").first()
    if found is None or found.current is None:
        raise Http404
    depends_on(f"publication:{found.pk}")
    return found


@baked
@in_its_language
def news_item(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """One release as a ninjs item; 410 and a cancelled item once it was withdrawn or erased."""
    publication = publication_at(kind, slug)
    if not publication.is_public:
        return HttpResponse(ninjs.write_cancelled(f"urn:uuid:{publication.pk}"), status=410, content_type=JSON)
    entry = entry_of(publication, correction_notes(publication))
    return HttpResponse(ninjs.write_item(entry), content_type=JSON)


@baked
@in_its_language
def share_card(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """The share card of a release. One that says the same already is not drawn again: a new template bakes every page
    again, and no card looks other for it."""
    publication = publication_at(kind, slug)
    depends_on("navigation")
    if not publication.is_public:
        return HttpResponse(_("This was withdrawn."), status=410, content_type="text/plain; charset=utf-8")
    card = card_of(publication)
    before = already_baked(request.path)
    data = before if before is not None and drawn_from(before, card) else draw(card)
    return HttpResponse(data, content_type="image/jpeg")


@baked
@in_its_language
def search_description(request: HttpRequest) -> HttpResponse:
    depends_on("navigation")
    identity = shown_identity()
    body = opensearch.description(
        name=identity.name,
        about=identity.tagline or identity.name,
        language=html_lang(interface_language()),
        search=absolute(public_path("/search/")),
        own=absolute(public_path("/opensearch.xml")),
        icon=absolute(static("haihe/mark.svg")),
    )
    return HttpResponse(body, content_type=f"{opensearch.MEDIA_TYPE}; charset=utf-8")


@baked
@in_its_language
def sitemap_index(request: HttpRequest) -> HttpResponse:
    depends_on("releases")
    files = [sitemaps.file_name(month, one + 1) for month, count in sitemaps.months() for one in range(count)]
    return HttpResponse(sitemaps.index(["/sitemap/pages.xml", "/sitemap/news.xml", *files]), content_type=XML)


@baked
@in_its_language
def sitemap_of_fronts(request: HttpRequest) -> HttpResponse:
    depends_on("navigation", "releases")
    return HttpResponse(sitemaps.sitemap(_fronts()), content_type=XML)


def _fronts() -> Iterator[sitemaps.Listed]:
    for path in fronts():
        yield sitemaps.Listed(versions_of_front(path))
    for versions in plain_pages():
        yield sitemaps.Listed(versions)


@baked
@in_its_language
def sitemap_of_month(request: HttpRequest, month: str, number: str = "1") -> HttpResponse:
    depends_on(f"month:{month}")
    try:
        found = sitemaps.in_month(month)
    except ValueError:
        raise Http404 from None
    start = (int(number) - 1) * sitemaps.PER_FILE
    chosen = list(found.defer("current__content")[start : start + sitemaps.PER_FILE])
    if not chosen:
        raise Http404
    listed = (sitemaps.Listed(versions_of(one), one.changed_at) for one in chosen)
    return HttpResponse(sitemaps.sitemap(listed), content_type=XML)


@baked
@in_its_language
def news_sitemap(request: HttpRequest) -> HttpResponse:
    depends_on("releases", sitemaps.NEWS_CLOCK)
    chosen = sitemaps.news(timezone.now()).defer("current__content")
    return HttpResponse(sitemaps.news_sitemap(chosen, _name_in), content_type=XML)


def _name_in(language: str) -> str:
    with translation.override(language):
        return shown_identity().name


@baked
@in_its_language
def robots(request: HttpRequest) -> HttpResponse:
    closed = ["/admin/", "/account/", *(public_path("/search/", language) for language in PREFIXES)]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed), "", f"Sitemap: {absolute('/sitemap.xml')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
