"""The portal's own addresses that are baked before anybody asks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from haihe.base.web.languages import PREFIXES, public_path
from haihe.city.models import Organisation
from haihe.portal.models import PlainPage
from haihe.releases.models import Publication, Section, Topic

FEEDS = ("feed.rss", "feed.json")


def fronts_and_feeds() -> Iterator[str]:
    """Home, and every section, topic and organisation that has published, each with its feeds, in every language;
    then the plain pages."""
    shown = Publication.objects.filter(state=Publication.State.PUBLISHED)
    fronts = ["/", *(f"/section/{slug}/" for slug in Section.objects.values_list("slug", flat=True))]
    topics = Topic.objects.filter(publications__in=shown).distinct()
    fronts += [f"/topic/{slug}/" for slug in topics.values_list("slug", flat=True)]
    organisations = Organisation.objects.filter(pk__in=shown.values("organisation"))
    fronts += [f"/organisation/{slug}/" for slug in organisations.values_list("slug", flat=True)]
    for language, front in product(PREFIXES, fronts):
        yield from (public_path(front + ending, language) for ending in ("", *FEEDS))
    for page in PlainPage.objects.live():
        yield page.public_path
