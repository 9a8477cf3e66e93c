"""The search page: the one public page that is never baked."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from haihe.base.errors import HaiheError
from haihe.base.web.chrome import Link
from haihe.base.web.languages import public_path
from haihe.base.web.pages import pages
from haihe.portal.domain.finding import asked_in, find
from haihe.portal.domain.listing import for_readers, published, teasers
from haihe.portal.domain.sections import shown_sections
from haihe.portal.views.speaking import in_its_language

logger = logging.getLogger(__name__)


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
            context["pages"] = pages(asked.page, result.page_count, lambda number: asked.path(page=number))
    if "result" not in context or not context["result"].found:
        context["newest"] = teasers(for_readers(published())[:6])
    response = render(request, "portal/search.html", context, status=status)
    response.headers["Cache-Control"] = "no-cache"
    return response
