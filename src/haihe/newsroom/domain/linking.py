"""The links of a manuscript, and whether they answer: asked in the background, at most once a day each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from lxml import html

from haihe.base.outbound import Limits, OutboundError, TooLarge, fetch
from haihe.newsroom.domain.contents import body_of
from haihe.newsroom.models import LinkVisit

if TYPE_CHECKING:
    from haihe.newsroom.models import Manuscript

MOST = 60  # links of one manuscript that are visited
FRESH = timedelta(days=1)
LIMITS = Limits(connect=5, read=8, total=12, body=1 << 20, wait=5)


def links_of(manuscript: Manuscript, body: Iterable[dict[str, Any]] | None = None) -> list[dict[str, Any]]:
    """Each address the text links to, once, with what was answered when it was last asked."""
    body = body_of(manuscript, for_text=True) if body is None else body
    known = {one.url: one for one in LinkVisit.objects.filter(manuscript=manuscript.pk)}
    return [_link(url, known.get(url)) for url in dict.fromkeys(_found(body))]


def unvisited(manuscript: Manuscript) -> list[str]:
    """Addresses of the web that nobody asked within a day."""
    since = timezone.now() - FRESH
    fresh = set(LinkVisit.objects.filter(manuscript=manuscript.pk, visited_at__gt=since).values_list("url", flat=True))
    found = dict.fromkeys(_found(body_of(manuscript, for_text=True)))
    return [url for url in found if url.startswith(("http://", "https://")) and url not in fresh][:MOST]


def visit(manuscript: Manuscript) -> int:
    """Ask every address that is due, and keep what it said; returns how many."""
    due = unvisited(manuscript)
    for url in due:
        status, error = _asked(url)
        values = {"status": status, "error": error[:300], "visited_at": timezone.now()}
        LinkVisit.objects.update_or_create(manuscript=manuscript, url=url, defaults=values)
    return len(due)


def _asked(url: str) -> tuple[int, str]:
    try:
        return fetch(url, limits=LIMITS).status, ""
    except TooLarge:
        return 200, ""  # it answers, with more than we read
    except OutboundError as error:
        return 0, str(error.message)


def _link(url: str, visit: LinkVisit | None) -> dict[str, Any]:
    said: dict[str, Any] = {"url": url}
    if visit is not None and visit.status:
        said["status"] = visit.status
    elif visit is not None:
        said["error"] = visit.error
    return said


def _found(body: Iterable[dict[str, Any]]) -> Iterator[str]:
    for block in body:
        if "<a " in str(block.get("html") or ""):
            for link in html.fragment_fromstring(block["html"], create_parent="div").iter("a"):
                yield str(link.get("href") or "")[:2000]
