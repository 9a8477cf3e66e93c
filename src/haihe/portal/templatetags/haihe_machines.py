"""What stands in pages for machines alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from haihe.base.web.chrome import Link
from haihe.base.web.identity import shown_identity
from haihe.base.web.languages import absolute, public_path
from haihe.channels.activitypub.documents import alternate
from haihe.portal.domain import structured
from haihe.portal.domain.formats import FORMATS
from haihe.portal.domain.machines import card_path, chief_path
from haihe.portal.domain.reference import Operation
from haihe.portal.domain.stories import Story
from haihe.portal.domain.versions import Version, canonical_url, versions_of

register = template.Library()
LOCALES = {"zh-hans": "zh_CN", "zh-hant": "zh_TW", "en": "en_GB"}  # as Open Graph writes them


@dataclass(frozen=True)
class ReleaseLinks:
    """Where a story's versions and forms stand; `path` without the host, all else whole.

    activity   its object in the fediverse; "" where no account of the city brings it there
    """

    canonical: str
    versions: list[Version]
    path: str
    card: str
    oembed: str
    activity: str
    locale: str
    trail: SafeString


@register.simple_tag
def feed_formats(feed: str) -> list[dict[str, str]]:
    """Every format of a front's feed: [{title, media_type, path}]; `feed` is the front's path with "feed"."""
    front = feed.removesuffix("feed")
    return [
        {"title": one.name, "media_type": one.media_type, "path": public_path(front + ending)}
        for ending, one in FORMATS.items()
    ]


@register.simple_tag(takes_context=True)
def front_data(context: dict[str, Any]) -> SafeString:
    """JSON-LD of a front: the portal for home, a collection for a list, with what it is about."""
    identity = shown_identity()
    feed = context.get("feed", "/feed")
    title = context.get("title", "")
    if feed == "/feed" or not title:
        return structured.script(structured.website(identity))
    path = public_path(feed.removesuffix("feed"))
    organisation = context.get("organisation")
    about = structured.organisation(organisation) if organisation else None
    leading = context.get("leading")
    listed = [*([leading] if leading else []), *context.get("teasers", [])]
    return structured.script(
        structured.collection(title, path, listed, about), structured.breadcrumbs([Link(title, path)], _("Home"))
    )


@register.simple_tag
def release_links(story: Story) -> ReleaseLinks | None:
    """Where the versions and forms of a story stand; None for a draft, which has no address."""
    publication = story.release.publication if story.release else None
    if publication is None or not story.path:
        return None
    return ReleaseLinks(
        canonical=canonical_url(publication),
        versions=versions_of(publication, story.translations),
        path=chief_path(story),
        oembed=absolute(f"{chief_path(story)}oembed.json"),
        activity=alternate(publication),
        card=absolute(card_path(chief_path(story))),
        trail=structured.script(structured.breadcrumbs(_way_to(story), _("Home"))),
        locale=LOCALES.get(publication.language, publication.language.replace("-", "_")),
    )


def _way_to(story: Story) -> list[Link]:
    section = [Link(story.section.name, story.section.path)] if story.section else []
    return [*section, Link(story.title, story.path)]


@register.simple_tag
def curl(operation: Operation, origin: str) -> str:
    """The command line that asks what a form asks."""
    return operation.curl(origin)
