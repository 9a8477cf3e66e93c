"""What venues put into every page's navigation, and which of their pages are baked before anybody asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from haihe.base.web.chrome import Link
from haihe.base.web.languages import PREFIXES, public_path
from haihe.releases.models import Publication
from haihe.venues.models import Tour, Venue


def navigation() -> Sequence[Link]:
    """Nothing where there is no venue and no tour: an empty room is not offered."""
    if not Venue.objects.exists() and not _tours().exists():
        return []
    return [Link(_("Virtual tours"), public_path("/venues/"), 4)]


def _tours() -> QuerySet[Publication]:
    return Publication.objects.filter(kind=Tour.kind, state=Publication.State.PUBLISHED)


def fronts() -> Iterator[str]:
    pages = ["/venues/", *(f"/venues/{slug}/" for slug in Venue.objects.values_list("slug", flat=True))]
    for language, page in product(PREFIXES, pages):
        yield public_path(page, language)
    for language, path in product(PREFIXES, _tours().values_list("path", flat=True)):
        yield public_path(f"{path}tour.json", language)
