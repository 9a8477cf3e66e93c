"""What venues put into every page's navigation, and which of their pages are baked before anybody asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from haihe.base.web.chrome import Link
from haihe.base.web.languages import PREFIXES, public_path
from haihe.releases.models import Publication
from haihe.venues.domain import finding, listing
from haihe.venues.models import Exhibition, Tour, Venue

FILES = {Tour.kind: "tour.json", Exhibition.kind: "hall.json"}  # what a viewer asks for besides the page


def navigation() -> Sequence[Link]:
    """Nothing where there is no venue and nothing to walk through: an empty room is not offered."""
    if not Venue.objects.exists() and not _walks().exists():
        return []
    return [Link(_("Virtual tours"), public_path("/venues/"), 4)]


def _walks() -> QuerySet[Publication]:
    return Publication.objects.filter(kind__in=FILES, state=Publication.State.PUBLISHED)


def fronts() -> Iterator[str]:
    pages = ["/venues/", *(f"/venues/{slug}/" for slug in Venue.objects.values_list("slug", flat=True))]
    lists = finding.ways(listing.every())
    pages += [f"/venues/{way.path.partition('/venues/')[2]}" for _heading, listed in lists for way in listed]
    for language, page in product(PREFIXES, pages):
        yield public_path(page, language)
    for language, (path, kind) in product(PREFIXES, list(_walks().values_list("path", "kind"))):
        yield public_path(f"{path}{FILES[kind]}", language)
