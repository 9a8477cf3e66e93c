"""The search page: the one public page that is never baked."""

from __future__ import annotations

import logging
from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from haihe.base.errors import HaiheError
from haihe.base.web.chrome import Link
from haihe.base.web.identity import shown_identity
from haihe.base.web.languages import absolute, html_lang, interface_language, public_path
from haihe.base.web.pages import pages
from haihe.base.web.phrases import HAN
from haihe.base.web.speaking import in_its_language
from haihe.portal.domain.feeds import entries
from haihe.portal.domain.finding import Asked, asked_in, find
from haihe.portal.domain.formats import FORMATS
from haihe.portal.domain.formats.shapes import Feed
from haihe.portal.domain.listing import for_readers, published, teasers
from haihe.portal.domain.sections import shown_sections
from haihe.portal.domain.suggesting import suggestion
from haihe.releases.baking import exported

logger = logging.getLogger(__name__)


def meant(asked: Asked) -> Link | None:
    """The question in the characters it was to have, and where it is answered."""
    words = suggestion(asked.words)
    return Link(words, asked.path(words=words)) if words else None


@in_its_language
def search_feed(request: HttpRequest, form: str) -> HttpResponse:
    """A question that is asked again and again: its newest answers, for a feed reader."""
    if form not in FORMATS:
        raise Http404
    asked = replace(asked_in(request.GET), order="newest", page=1)
    if not asked.words and not asked.narrowed:
        raise Http404
    written = FORMATS[form]
    try:
        rows = find(asked, shown_sections()).rows
    except HaiheError:
        logger.exception("the feed of a search failed")
        return HttpResponse(status=503, headers={"Retry-After": "60"})
    identity = shown_identity()
    feed = Feed(
        title=f"{identity.name} · {_('Search')}: {asked.words or _('Search')}",
        description=_("What %(name)s publishes.") % {"name": identity.name},
        page=absolute(asked.path()),
        address=absolute(asked.feed_path(form)),
        language=html_lang(interface_language()),
        entries=entries(rows),
    )
    response = HttpResponse(written.write(feed), content_type=f"{written.media_type}; charset=utf-8")
    response.headers["Cache-Control"] = "max-age=300"
    return response


@in_its_language
def search_elsewhere(request: HttpRequest) -> HttpResponse:
    """What stands for the search page in an exported tree, which cannot search."""
    context = {"live": absolute(public_path("/search/")), "crumbs": [Link(_("Search"), public_path("/search/"))]}
    return render(request, "portal/search_elsewhere.html", context)


@exported(search_elsewhere)
@in_its_language
def search_page(request: HttpRequest) -> HttpResponse:
    asked = asked_in(request.GET)
    sections = shown_sections()
    context = {"asked": asked, "sections": sections, "crumbs": [Link(_("Search"), public_path("/search/"))]}
    status = 200
    if asked.words or asked.narrowed:
        try:
            result = find(asked, sections)
        except HaiheError:
            logger.exception("the public search failed")
            context["broken"], status = True, 503
        else:
            context["result"] = result
            context["follow"] = asked.feed_path()
            if not result.total or not HAN.search(asked.words):
                context["meant"] = meant(asked)
            context["pages"] = pages(asked.page, result.page_count, lambda number: asked.path(page=number))
    if "result" not in context or not context["result"].found:
        context["newest"] = teasers(for_readers(published())[:6])
    response = render(request, "portal/search.html", context, status=status)
    response.headers["Cache-Control"] = "no-cache"
    return response
