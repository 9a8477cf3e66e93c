"""People whose names stand over stories."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from haihe.base.web.chrome import Link
from haihe.base.web.languages import public_path
from haihe.base.web.speaking import in_its_language
from haihe.portal.domain import structured
from haihe.portal.domain.authors import public_authors, shown_author
from haihe.portal.domain.listing import for_readers, published, teasers
from haihe.releases.baking import baked, depends_on

SHOWN = 100


@baked
@in_its_language
def people(request: HttpRequest) -> HttpResponse:
    depends_on("navigation", "authors")
    context = {
        "authors": [shown_author(author, author.stories) for author in public_authors()],
        "crumbs": [Link(pgettext("portal", "People"), public_path("/people/"))],
    }
    return render(request, "portal/people.html", context)


@baked
@in_its_language
def person(request: HttpRequest, slug: str) -> HttpResponse:
    depends_on("navigation", f"author:{slug}")
    author = get_object_or_404(public_authors(), slug=slug)
    stories = published().filter(authors=author)
    shown = shown_author(author, stories.count())
    crumbs = [Link(pgettext("portal", "People"), public_path("/people/")), Link(shown.name, shown.path)]
    context = {
        "author": shown,
        "teasers": teasers((for_readers(stories) if for_readers(stories).exists() else stories)[:SHOWN]),
        "crumbs": crumbs,
        "data": structured.script(structured.person_page(shown), structured.breadcrumbs(crumbs, _("Home"))),
    }
    return render(request, "portal/person.html", context)
