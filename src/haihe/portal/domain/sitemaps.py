"""Sitemaps: an index, the fronts, what was published month by month, and the news of the last two days.

Sources: https://www.sitemaps.org/protocol.html; Google, "Tell Google about localized versions of your page" and
"Create a news sitemap" (at most 1,000 entries of the last two days).
"""

from __future__ import annotations

import datetime as dt
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from haihe.base.web.languages import absolute, html_lang
from haihe.portal.domain.formats.xml import clean, document, text
from haihe.portal.domain.listing import published
from haihe.portal.domain.versions import Version, canonical_url
from haihe.releases.models import Publication

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
PER_FILE = 20_000  # the protocol allows 50,000 and 50 MB; with three languages an address takes about 1 kB
NEWS_KINDS = ("story", "bulletin")
NEWS_COUNT, NEWS_AGE = 1000, dt.timedelta(days=2)
NEWS_CLOCK = "news-clock"  # the key that is marked as time goes by
NEWS_LANGUAGES = {"zh-hans": "zh-cn", "zh-hant": "zh-tw"}  # else ISO 639: Google's own codes for Chinese

for _prefix, _uri in (("xhtml", XHTML), ("news", NEWS)):
    ET.register_namespace(_prefix, _uri)


@dataclass(frozen=True)
class Listed:
    """One page: its versions in every language (its own first), and when it last changed."""

    versions: list[Version]
    changed_at: dt.datetime | None = None


def month_of(moment: dt.datetime) -> str:
    """ "2026-11", by the city's clock."""
    return f"{timezone.localtime(moment):%Y-%m}"


def months() -> Iterator[tuple[str, int]]:
    """Every month in which something public first appeared, with the number of its files, oldest first."""
    first = published().order_by("first_published_at").values_list("first_published_at", flat=True).first()
    last = published().values_list("first_published_at", flat=True).first()
    if first is None or last is None:
        return
    month, end = month_of(first), month_of(last)
    while month <= end:
        count = in_month(month).count()
        if count:
            yield month, -(-count // PER_FILE)
        month = month_of(_start(month) + dt.timedelta(days=32))


def in_month(month: str) -> QuerySet[Publication]:
    """What first appeared in a month and is public, oldest first. Raises ValueError for what is no month."""
    start = _start(month)
    end = _start(month_of(start + dt.timedelta(days=32)))
    return published().filter(first_published_at__gte=start, first_published_at__lt=end).order_by("first_published_at")


def _start(month: str) -> dt.datetime:
    return timezone.make_aware(dt.datetime.strptime(month, "%Y-%m"))


def file_name(month: str, number: int) -> str:
    return f"/sitemap/{month}.xml" if number == 1 else f"/sitemap/{month}-{number}.xml"


def index(addresses: Iterable[str]) -> bytes:
    """The sitemap of sitemaps; addresses as paths."""
    root = ET.Element("sitemapindex", xmlns=SITEMAP)
    for address in addresses:
        text(ET.SubElement(root, "sitemap"), "loc", absolute(address))
    return document(root)


def sitemap(pages: Iterable[Listed]) -> bytes:
    """One `url` for every version of every page, each naming all of them."""
    root = ET.Element("urlset", xmlns=SITEMAP)
    for page in pages:
        for version in page.versions:
            _page(root, page, version)
    return document(root)


def _page(root: ET.Element, page: Listed, version: Version) -> None:
    url = ET.SubElement(root, "url")
    text(url, "loc", version.url)
    if page.changed_at:
        text(url, "lastmod", page.changed_at.isoformat(timespec="seconds"))
    if len(page.versions) > 1:
        for other in page.versions:
            ET.SubElement(url, f"{{{XHTML}}}link", rel="alternate", hreflang=other.lang, href=other.url)


def news(now: dt.datetime) -> QuerySet[Publication]:
    """What Google's news sitemap may hold at a moment, newest first."""
    since = now - NEWS_AGE
    return published().filter(kind__in=NEWS_KINDS, first_published_at__gte=since)[:NEWS_COUNT]


def news_sitemap(publications: Iterable[Publication], name_in: Callable[[str], str]) -> bytes:
    """name_in   the portal's name in a language, as it signs its pages"""
    root = ET.Element("urlset", xmlns=SITEMAP)
    for publication in publications:
        url = ET.SubElement(root, "url")
        text(url, "loc", canonical_url(publication))
        entry = ET.SubElement(url, _news("news"))
        by = ET.SubElement(entry, _news("publication"))
        text(by, _news("name"), name_in(publication.language))
        language = publication.language
        text(by, _news("language"), NEWS_LANGUAGES.get(language, html_lang(language).partition("-")[0]))
        text(entry, _news("publication_date"), publication.first_published_at.isoformat(timespec="seconds"))
        text(entry, _news("title"), clean(publication.title))
    return document(root)


def _news(name: str) -> str:
    return f"{{{NEWS}}}{name}"
