"""What machines ask for beside feeds: one release as a news item, sitemaps, the search description, robots.txt."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponse
from django.templatetags.static import static
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from haihe.base.web.identity import shown_identity
from haihe.base.web.languages import PREFIXES, absolute, html_lang, interface_language, public_path
from haihe.base.web.speaking import in_its_language
from haihe.portal.domain import oembed, opensearch, sitemaps
from haihe.portal.domain.addresses import fronts, plain_pages
from haihe.portal.domain.carding import card_of
from haihe.portal.domain.cards import draw, drawn_from
from haihe.portal.domain.feeds import correction_notes, entry_of
from haihe.portal.domain.formats import ninjs
from haihe.portal.domain.machines import card_path
from haihe.portal.domain.translations import linked
from haihe.portal.domain.versions import home_language, versions_of, versions_of_front
from haihe.releases.baking import already_baked, baked, depends_on
from haihe.releases.models import Publication

JSON = "application/json; charset=utf-8"
XML = "application/xml; charset=utf-8"
OEMBED_FORMS = {"json": (oembed.as_json, JSON), "xml": (oembed.as_xml, "text/xml; charset=utf-8")}


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


@in_its_language
def oembed_of_any(request: HttpRequest) -> HttpResponse:
    """The oEmbed endpoint: `url`, `format`, `maxwidth`, `maxheight`; 404 for what is not ours, 410 for what is gone."""
    publication = oembed.publication_named(request.GET.get("url", ""))
    if publication is None:
        raise Http404
    with translation.override(home_language(publication.language)):
        return _oembed(request, publication, request.GET.get("format", "json"))


@baked
@in_its_language
def oembed_of_one(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """What a release's page names for discovery; with a size in the query it is made when asked for."""
    return _oembed(request, publication_at(kind, slug), "json")


def _oembed(request: HttpRequest, publication: Publication, form: str) -> HttpResponse:
    if form not in OEMBED_FORMS:
        return HttpResponse(b"", status=501, content_type="text/plain; charset=utf-8")
    write, media_type = OEMBED_FORMS[form]
    if not publication.is_public:
        return HttpResponse(write({"version": "1.0", "error": "gone"}), status=410, content_type=media_type)
    found = oembed.embed(
        entry_of(publication),
        shown_identity().name,
        absolute(card_path(public_path(publication.path, home_language(publication.language)))),
        max_width=_pixels(request, "maxwidth"),
        max_height=_pixels(request, "maxheight"),
    )
    return HttpResponse(write(found), content_type=media_type)


def _pixels(request: HttpRequest, name: str) -> int | None:
    said = request.GET.get(name, "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 7 else None


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
    others = linked(chosen)
    listed = (sitemaps.Listed(versions_of(one, others[one.pk]), one.changed_at) for one in chosen)
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
