"""`haihe read FILE|URL`: a feed as one JSON object, by the same readers that collecting uses. Knows no Django."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from haihe.base.outbound import TooLarge, fetch
from haihe.newsroom.domain.readers import Document, Entry, Feed, FeedUnreadable, accept, read
from haihe.newsroom.domain.sanitising import for_display

_LARGEST_FILE = 64 * 1024 * 1024


def main(words: Sequence[str]) -> int:
    """Print what a file or address holds; exit status 0. What cannot be read raises HaiheError, which exits 2."""
    parser = argparse.ArgumentParser(prog="haihe read", description="Read a feed and print it as one JSON object.")
    parser.add_argument("source", metavar="FILE|URL", help="RSS, RDF, Atom or JSON Feed; gzip is unpacked")
    parser.add_argument("--reader", default="auto", help="auto, rss, atom or jsonfeed")
    parser.add_argument("--sanitised", action="store_true", help="content as Haihe would show it, not as it came")
    arguments = parser.parse_args(list(words))
    document = document_at(arguments.source)
    said = as_json(read(document, using=arguments.reader), sanitised=arguments.sanitised)
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # a terminal that is not UTF-8 gets UTF-8
    print(json.dumps(said, ensure_ascii=False, indent=2))
    return 0


def document_at(source: str) -> Document:
    """The document in a file or behind an address. Raises FeedUnreadable, OutboundError."""
    if source.lower().startswith(("http://", "https://")):
        fetched = fetch(source, accept=accept())
        fetched.raise_for_status()
        return Document(
            fetched.body, fetched.final_url, fetched.media_type, fetched.charset, fetched.header("Content-Language")
        )
    file = Path(source.removeprefix("file://"))
    try:
        if file.stat().st_size > _LARGEST_FILE:
            raise TooLarge(f"The file is larger than {_LARGEST_FILE >> 20} MB.", thing=source)
        return Document(file.read_bytes())
    except OSError as error:
        raise FeedUnreadable(f"The file cannot be opened: {error.strerror}.", thing=source) from error


def as_json(feed: Feed, *, sanitised: bool = False) -> dict[str, Any]:
    """The feed in plain JSON types; dates as UTC in ISO 8601."""
    return {
        "title": feed.title,
        "link": feed.link,
        "language": feed.language,
        "format": feed.format,
        "encoding": feed.encoding,
        "problems": list(feed.problems),
        "entries": [_entry(entry, sanitised) for entry in feed.entries],
    }


def _entry(entry: Entry, sanitised: bool) -> dict[str, Any]:
    content = for_display(entry.content, entry.content_type, base=entry.base or entry.link) if sanitised else None
    return {
        "id": entry.id,
        "title": entry.title,
        "link": entry.link,
        "author": entry.author,
        "published": _utc(entry.published),
        "published_raw": entry.published_raw,
        "updated": _utc(entry.updated),
        "summary": entry.summary,
        "content": entry.content if content is None else content,
        "content_type": entry.content_type if content is None else "text/html",
        "language": entry.language,
        "categories": list(entry.categories),
        "enclosures": [asdict(enclosure) for enclosure in entry.enclosures],
        "locator": entry.locator,
    }


def _utc(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None
