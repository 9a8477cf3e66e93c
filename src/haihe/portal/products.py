"""What the portal makes of a release for the whole world, also for channels: ninjs, entries of feeds, JSON-LD, card."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from haihe.base.web.identity import shown_identity
from haihe.base.web.languages import absolute, html_lang, public_path
from haihe.portal.domain.carding import card_of
from haihe.portal.domain.cards import draw
from haihe.portal.domain.feeds import correction_notes, entry_of
from haihe.portal.domain.formats import atom, json_feed, ninjs, rss
from haihe.portal.domain.formats.shapes import Feed
from haihe.portal.domain.machines import card_path
from haihe.portal.domain.stories import story_of
from haihe.portal.domain.structured import news_article, script
from haihe.releases.models import Publication, Release


class Made:
    """A product of the portal's own writers. render: a public publication with the release in question → bytes."""

    def __init__(self, name: str, label: Any, media_type: str, suffix: str, made: Callable[[Publication], bytes]):
        self.name, self.label, self.media_type, self.suffix, self._made = name, label, media_type, suffix, made

    def render(self, release: Release) -> bytes:
        return self._made(as_of(release))


def as_of(release: Release) -> Publication:
    """The publication as it was with this release; not to be saved."""
    found = Publication.objects.select_related("section", "organisation").get(pk=release.publication_id)
    found.current, found.changed_at = release, release.made_at
    found.title = release.content.get("title", found.title)
    return found


def _ninjs(publication: Publication) -> bytes:
    notes = correction_notes(publication)
    assert publication.current is not None
    newer = (
        publication.releases.filter(number__gt=publication.current.number, action="correct").exclude(note="").count()
    )
    return ninjs.write_item(entry_of(publication, notes[: len(notes) - newer]))


def _feed(publication: Publication) -> Feed:
    """A feed of one entry."""
    name = shown_identity().name
    page = absolute(public_path(publication.path))
    return Feed(name, name, page, page, html_lang(publication.language), [entry_of(publication)])


def _json_ld(publication: Publication) -> bytes:
    card = absolute(card_path(public_path(publication.path)))
    return str(script(news_article(story_of(publication), shown_identity(), card))).encode()


PRODUCTS = (
    Made("ninjs", "ninjs 3.1", "application/json", ".json", _ninjs),
    Made("rss", _("RSS entry"), "application/rss+xml", ".rss", lambda one: rss.write(_feed(one))),
    Made("atom", _("Atom entry"), "application/atom+xml", ".atom", lambda one: atom.write(_feed(one))),
    Made("json-feed", _("JSON Feed entry"), "application/feed+json", ".json", lambda one: json_feed.write(_feed(one))),
    Made("json-ld", "NewsArticle (JSON-LD)", "application/ld+json", ".jsonld", _json_ld),
    Made("card", _("Share card"), "image/jpeg", ".jpg", lambda one: draw(card_of(one))),
)
