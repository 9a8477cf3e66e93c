"""A site's map: sitemaps and news sitemaps, followed through their indexes.

Bounded, whatever maps say of each other: each map once in a visit, at most MOST_MAPS of them, DEEPEST levels of
indexes. What is left over comes first at the next visit, so that a site of any size is read in the end.

options   days_back (0: everything; else addresses that a map dates older are left out, see `following`)
memory    maps: address of a map → [etag, last-modified, what its index said, number of the visit that read it, parent]
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

from haihe.base.outbound import Fetched, OutboundError, Validators
from haihe.newsroom.domain.asking import ask, document_of
from haihe.newsroom.domain.locality import same_site
from haihe.newsroom.domain.readers import Document, Feed, FeedUnreadable, read
from haihe.newsroom.domain.transports import Delivery, Errand, transport

MOST_MAPS = 60
MOST_REMEMBERED = 2000
DEEPEST = 4
LONGEST = 240.0  # seconds of one visit
_ACCEPT = "application/xml, text/xml, application/gzip, text/plain;q=0.8, */*;q=0.5"


@dataclass
class _Map:
    """One map as it is remembered; `visit` is the number of the visit that read it last, 0 for never."""

    etag: str = ""
    last_modified: str = ""
    said: str = ""
    visit: int = 0
    parent: str = ""

    def as_list(self) -> list[Any]:
        return [self.etag, self.last_modified, self.said, self.visit, self.parent]


@dataclass
class _Walk:
    """A visit under way; `lined_up` holds (visit that read it last, order, address, depth, what its index says)."""

    root: str
    visit: int
    known: dict[str, _Map]
    lined_up: list[tuple[int, int, str, int, str]] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    read: int = 0

    def line_up(self, url: str, depth: int, said: str) -> None:
        self.seen.add(url)
        before = self.known[url].visit if url in self.known else 0
        heapq.heappush(self.lined_up, (before if depth else -1, len(self.seen), url, depth, said))

    def next(self) -> tuple[str, int, str] | None:
        """The map to read now, its depth, what is said of it: the root, then whichever was read longest ago."""
        if self.read >= MOST_MAPS or not self.lined_up:
            return None
        self.read += 1
        return heapq.heappop(self.lined_up)[2:]

    def memory(self) -> dict[str, Any]:
        return {"visit": self.visit, "maps": {url: one.as_list() for url, one in self.known.items()}}


@transport
class SitemapTransport:
    name: ClassVar[str] = "sitemap"
    visited: ClassVar[bool] = True
    single: ClassVar[bool] = False

    def bring(self, errand: Errand) -> Iterator[Delivery]:
        before = errand.memory.get("maps", {})
        known = {url: _Map(*values) for url, values in before.items()}
        walk = _Walk(errand.address, int(errand.memory.get("visit", 0)) + 1, known)
        walk.line_up(errand.address, 0, "")
        end = time.monotonic() + LONGEST
        while time.monotonic() < end and (chosen := walk.next()) is not None:
            url, depth, said = chosen
            try:
                yield self._brought(walk, url, depth, said)
            except (OutboundError, FeedUnreadable) as error:
                if url == errand.address:
                    raise
                yield Delivery(None, address=url, kind="map", refused=error)
        if walk.lined_up:
            left = f"{len(walk.lined_up)} maps are left for the next visits"
            yield Delivery(None, kind="map", notes=(left,), memory=walk.memory())

    def read(self, document: Document, errand: Errand) -> Feed:
        return read(document, using="sitemap" if document.root in ("urlset", "sitemapindex") else errand.reader)

    def _brought(self, walk: _Walk, url: str, depth: int, said: str) -> Delivery:
        kept = walk.known.get(url) or _Map()
        if len(walk.known) < MOST_REMEMBERED:
            walk.known[url] = kept
        fetched, passed = ask(url, Validators(kept.etag, kept.last_modified), accept=_ACCEPT)
        kept.visit, kept.said = walk.visit, said
        kind = "map" if depth else "visit"
        if fetched.not_modified:
            for child, one in list(walk.known.items()):
                if one.parent == url:
                    self._line_up(walk, child, depth + 1, one.said, url)
            return Delivery(None, fetched, kind=kind, address=url, memory=walk.memory())
        document = document_of(fetched)
        feed = self.read(document, Errand(url, reader="auto"))
        kept.etag, kept.last_modified = _short(fetched)
        for entry in feed.entries:
            if entry.kind == "sitemap":
                told = entry.updated.isoformat() if entry.updated else ""
                self._line_up(walk, entry.link, depth + 1, told, url)
        notes = tuple(f"sent on by the page {one}" for one in passed)
        return Delivery(document, fetched, feed=feed, kind=kind, address=url, memory=walk.memory(), notes=notes)

    def _line_up(self, walk: _Walk, url: str, depth: int, said: str, parent: str) -> None:
        if url in walk.seen or depth > DEEPEST or not same_site(url, walk.root):
            return
        known = walk.known.get(url)
        if known and said and known.said == said and known.visit:
            known.visit = walk.visit  # its index says that it is as we read it
            return
        if known is None and len(walk.known) < MOST_REMEMBERED:
            walk.known[url] = _Map(parent=parent)
        walk.line_up(url, depth, said)


def _short(fetched: Fetched) -> tuple[str, str]:
    return fetched.validators.etag[:200], fetched.validators.last_modified[:100]
