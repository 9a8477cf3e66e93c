"""Feeds of home, sections, topics and organisations in every format."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from haihe.base.web.identity import shown_identity
from haihe.base.web.languages import absolute, html_lang, interface_language, public_path
from haihe.base.web.speaking import in_its_language
from haihe.channels.websub import hub
from haihe.city.models import Organisation
from haihe.portal.domain.feeds import ENTRIES, entries
from haihe.portal.domain.formats import FORMATS
from haihe.portal.domain.formats.shapes import Feed
from haihe.portal.domain.listing import for_readers, published
from haihe.portal.domain.sections import in_language
from haihe.releases.baking import baked, depends_on, shared
from haihe.releases.models import Publication, Section, Topic


@baked
@in_its_language
def home(request: HttpRequest, form: str) -> HttpResponse:
    depends_on("navigation", "releases")
    return _feed(form, "/", published(), "")


@baked
@in_its_language
def section(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    depends_on("navigation", f"section:{slug}")
    return _of(Section, slug, form, "section", lambda found: published().filter(section=found))


@baked
@in_its_language
def topic(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    depends_on("navigation", f"topic:{slug}")
    return _of(Topic, slug, form, "topic", lambda found: published().filter(topics=found))


@baked
@in_its_language
def organisation(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    depends_on("navigation", f"organisation:{slug}")
    return _of(Organisation, slug, form, "organisation", lambda found: published().filter(organisation=found))


def _of(model: Any, slug: str, form: str, kind: str, listed: Callable[[Any], QuerySet[Publication]]) -> HttpResponse:
    found = get_object_or_404(model, slug=slug)
    return _feed(form, f"/{kind}/{slug}/", listed(found), in_language(found.name, found.name_en))


def _feed(form: str, path: str, queryset: QuerySet[Publication], name: str) -> HttpResponse:
    identity = shown_identity()
    about = _("What %(name)s publishes.") % {"name": name or identity.name}
    feed = Feed(
        title=f"{identity.name} · {name}" if name else identity.name,
        description=identity.tagline if not name and identity.tagline else about,
        page=absolute(public_path(path)),
        address=absolute(public_path(f"{path}{form}")),
        language=html_lang(interface_language()),
        # one list, which the formats of a front share where they are baked one after another
        entries=shared(("entries", path, interface_language()), lambda: entries(for_readers(queryset)[:ENTRIES])),
        hub=hub.address(),
    )
    written = FORMATS[form]
    return HttpResponse(written.write(feed), content_type=f"{written.media_type}; charset=utf-8")
