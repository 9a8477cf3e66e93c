"""The frontier of the crawl: pages that sources name, fetched once, and again when their source says otherwise."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from haihe.base.errors import HaiheError
from haihe.base.outbound import HostBusy
from haihe.newsroom.domain.locality import same_site
from haihe.newsroom.domain.readers import Document, Entry, Feed, read
from haihe.newsroom.models import Fetch, LinkedPage, Source

DAYS_BACK = 30  # what a map dates older is left out, unless the source says otherwise
MOST_ATTEMPTS = 4
_FIRST_PAUSE = timedelta(minutes=10)
_HELD = timedelta(minutes=12)  # longer than a task may run
_LITTLE_TEXT = 200  # characters of an entry that has "little text of its own"
_LONGEST_KEY = 990
_AT_ONCE = 500


def split(source: Source, feed: Feed, at: datetime) -> tuple[Feed, list[LinkedPage], list[str]]:
    """What a document holds, divided: entries that are taken as they are, and pages that are to be fetched.

    returns   the feed without what is to be fetched, the pages (unsaved), and what was left out, in English
    """
    if feed.holds == "addresses":
        return _of_addresses(source, feed, at)
    if source.linked == Source.Linked.NEVER:
        return feed, [], []
    wanted = [entry for entry in feed.entries if _wants_its_page(source, entry)]
    chosen = {id(entry) for entry in wanted}
    kept = tuple(entry for entry in feed.entries if id(entry) not in chosen)
    return replace(feed, entries=kept), list(_pages(source, wanted, at)), []


def note(source: Source, pages: Sequence[LinkedPage], named_by: Fetch, *, only_new: bool = False) -> int:
    """Write named pages; one that is known waits again only where its source now says something else of it.

    only_new  leave known ones alone: what is read again is no news
    returns   how many wait to be fetched because of this
    """
    fresh = 0
    for start in range(0, len(pages), _AT_ONCE):
        part = {page.key: page for page in pages[start : start + _AT_ONCE]}
        known = {row.key: row for row in LinkedPage.objects.filter(source=source, key__in=part)}
        new = [page for key, page in part.items() if key not in known]
        for page in new:
            page.named_by = named_by
        LinkedPage.objects.bulk_create(new, batch_size=_AT_ONCE)
        changed = [] if only_new else [row for key, row in known.items() if row.said_sha256 != part[key].said_sha256]
        for row in changed:
            told = part[row.key]
            row.address, row.title, row.published_at = told.address, told.title, told.published_at
            row.said_sha256, row.named_by, row.locator = told.said_sha256, named_by, told.locator
            row.state, row.attempts, row.not_before = LinkedPage.State.WAITING, 0, None
            row.save()
        fresh += len(new) + len(changed)
    return fresh


def waiting(at: datetime) -> QuerySet[LinkedPage]:
    """Pages of active sources that may be fetched now, the newest first."""
    ready = Q(not_before=None) | Q(not_before__lte=at) | Q(tried_at__gt=at)  # the last: the clock was set back
    pages = LinkedPage.objects.filter(ready, state=LinkedPage.State.WAITING, source__active=True)
    return pages.order_by(F("published_at").desc(nulls_last=True), "pk")


@transaction.atomic
def claim(sources: Sequence[int], most: int) -> list[LinkedPage]:
    """Pages of these sources to fetch now, held for a while: no other run takes them up, unless this one dies."""
    now = timezone.now()
    found = waiting(now).filter(source__in=sources).select_related("source__organisation", "named_by")
    pages = list(found[:most])
    for start in range(0, len(pages), _AT_ONCE):
        held = [page.pk for page in pages[start : start + _AT_ONCE]]
        LinkedPage.objects.filter(pk__in=held).update(not_before=now + _HELD)
    return pages


def article(page: LinkedPage, document: Document) -> Feed:
    """What a linked page holds; its entry has the page's key for an id. Raises FeedUnreadable."""
    feed = read(document)
    if feed.holds != "entries" or len(feed.entries) != 1:
        return feed
    entry = feed.entries[0]
    entry = replace(
        entry,
        id=page.key,
        title=entry.title or page.title,
        link=entry.link or page.address,
        published=entry.published or page.published_at,
    )
    return replace(feed, entries=(entry,))


def entry_of(page: LinkedPage, feed: Feed) -> Feed:
    """Of a document, the entry alone that names a page, under the page's key."""
    named = tuple(replace(entry, id=page.key) for entry in feed.entries if entry.locator == page.locator)
    return replace(feed, entries=named[:1])


def taken(page: LinkedPage, fetch: Fetch) -> None:
    """Note that a page was fetched and taken in."""
    page.state, page.fetch, page.problem, page.problem_code = LinkedPage.State.TAKEN, fetch, "", ""
    page.tried_at, page.not_before = timezone.now(), None
    _save(page)


def failed(page: LinkedPage, error: HaiheError, fetch: Fetch | None) -> None:
    """Note that a page could not be fetched or read; tried again unless that is for good."""
    now = timezone.now()
    page.tried_at, page.fetch = now, fetch
    page.problem, page.problem_code = error.message, type(error).__name__
    if isinstance(error, HostBusy):
        page.not_before = now + timedelta(seconds=min(max(error.retry_after, 60.0), 86_400.0))
    else:
        page.attempts += 1
        page.not_before = now + _FIRST_PAUSE * 4 ** (page.attempts - 1)
        gone = getattr(error, "status", 0) in (401, 403, 404, 410, 451)
        if error.permanent or gone or page.attempts >= MOST_ATTEMPTS:
            page.state, page.not_before = LinkedPage.State.FAILED, None
    _save(page)


def _save(page: LinkedPage) -> None:
    """Unless its source said something else of it meanwhile: then it waits again, as it should."""
    written = ("state", "fetch", "problem", "problem_code", "tried_at", "not_before", "attempts")
    values = {name: getattr(page, name) for name in written}
    LinkedPage.objects.filter(pk=page.pk, said_sha256=page.said_sha256).update(**values)


def _of_addresses(source: Source, feed: Feed, at: datetime) -> tuple[Feed, list[LinkedPage], list[str]]:
    days = source.options.get("days_back", DAYS_BACK if source.transport == "sitemap" else 0)
    since = at - timedelta(days=days) if days else None
    named = [entry for entry in feed.entries if entry.kind == "address"]
    abroad = "://" in str(source.options.get("pattern", ""))
    near = [entry for entry in named if abroad or same_site(entry.link, source.address)]
    fresh = [entry for entry in near if since is None or (_dated(entry) or at) >= since]
    notes = []
    if len(near) < len(named):
        notes.append(f"{len(named) - len(near)} addresses of other sites left out")
    if len(fresh) < len(near):
        notes.append(f"{len(near) - len(fresh)} addresses older than {days} days left out")
    return feed, list(_pages(source, fresh, at)), notes


def _pages(source: Source, entries: Sequence[Entry], at: datetime) -> Iterator[LinkedPage]:
    seen: set[str] = set()
    for entry in entries:
        key = _key(entry, seen)
        if key in seen or len(entry.link) > 2000:
            continue
        seen.add(key)
        said = (entry.link, entry.title, entry.content, entry.summary, str(entry.updated or ""))
        yield LinkedPage(
            source=source,
            key=key,
            address=entry.link,
            title=entry.title[:1000].replace("\x00", ""),
            published_at=_believable(entry.published, at),
            said_sha256=_sha256(*said),
            locator=entry.locator,
            found_at=at,
        )


def _wants_its_page(source: Source, entry: Entry) -> bool:
    if not entry.link.startswith(("http://", "https://")):
        return False
    if source.linked == Source.Linked.ALWAYS:
        return True
    return len(entry.text or entry.content or entry.summary) < _LITTLE_TEXT


def _key(entry: Entry, seen: set[str]) -> str:
    key = (entry.id or entry.link).replace("\x00", "")
    if len(key) > _LONGEST_KEY or key in seen:  # ids that stand on different entries are no ids
        return "sha256:" + _sha256(key, entry.link)
    return key


def _dated(entry: Entry) -> datetime | None:
    moments = [moment for moment in (entry.published, entry.updated) if moment]
    return max(moments, default=None)


def _believable(moment: datetime | None, at: datetime) -> datetime | None:
    return moment if moment and moment.year >= 1900 and moment <= at + timedelta(days=1) else None


def _sha256(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()
