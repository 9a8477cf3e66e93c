"""`haihe read FILE|URL`: whatever a source sends as one JSON object, by the readers of collecting. Knows no Django."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from haihe.base.errors import HaiheError
from haihe.base.outbound import TooLarge, fetch
from haihe.newsroom.domain.readers import Document, Entry, Feed, accept, read, readers
from haihe.newsroom.domain.sanitising import as_text, for_display

_LARGEST_FILE = 64 * 1024 * 1024


def main(words: Sequence[str]) -> int:
    """Print what a file or address holds; exit status 0. What cannot be read raises HaiheError, which exits 2."""
    parser = argparse.ArgumentParser(
        prog="haihe read",
        description="Read a feed, page, news item, Word file, mail or picture and print it as one JSON object.",
    )
    parser.add_argument(
        "source", metavar="FILE|URL", help="recognised by its content, not by its name; gzip is unpacked"
    )
    parser.add_argument("--reader", default="auto", help="auto, or one of: " + ", ".join(sorted(readers())))
    parser.add_argument("--sanitised", action="store_true", help="content as Haihe would show it, not as it came")
    arguments = parser.parse_args(list(words))
    document = document_at(arguments.source)
    said = as_json(read(document, using=arguments.reader), sanitised=arguments.sanitised)
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # a terminal that is not UTF-8 gets UTF-8
    print(json.dumps(said, ensure_ascii=False, indent=2))
    return 0


class FileUnreadable(HaiheError):
    """The file cannot be opened."""

    permanent = True
    hint = "Give the path of a file that you may read, or an address that begins with http:// or https://."


def document_at(source: str) -> Document:
    """The document in a file or behind an address. Raises FileUnreadable, OutboundError."""
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
        raise FileUnreadable(f"The file cannot be opened: {error.strerror}.", thing=source) from error


def as_json(feed: Feed, *, sanitised: bool = False) -> dict[str, Any]:
    """The feed in plain JSON types; dates as UTC in ISO 8601."""
    return {
        "title": feed.title,
        "link": feed.link,
        "language": feed.language,
        "format": feed.format,
        "encoding": feed.encoding,
        "holds": feed.holds,
        "feeds": list(feed.feeds),
        "problems": list(feed.problems),
        "entries": [_entry(entry, sanitised) for entry in feed.entries],
    }


def _entry(entry: Entry, sanitised: bool) -> dict[str, Any]:
    shown = for_display(entry.content, entry.content_type, base=entry.base or entry.link)
    return {
        "id": entry.id,
        "title": entry.title,
        "link": entry.link,
        "author": entry.author,
        "authors": list(entry.authors) or ([entry.author] if entry.author else []),
        "credit": entry.credit,
        "rights": entry.rights,
        "published": _utc(entry.published),
        "published_raw": entry.published_raw,
        "published_day": entry.published_day,
        "updated": _utc(entry.updated),
        "created": _utc(entry.created),
        "embargoed": _utc(entry.embargoed),
        "starts": _utc(entry.starts),
        "ends": _utc(entry.ends),
        "summary": entry.summary,
        "content": shown if sanitised else entry.content,
        "content_type": "text/html" if sanitised else entry.content_type,
        "text": entry.text or as_text(shown),
        "language": entry.language,
        "place": entry.place,
        "kind": entry.kind,
        "categories": list(entry.categories),
        "enclosures": [asdict(enclosure) for enclosure in entry.enclosures],
        "pictures": [asdict(picture) for picture in entry.pictures],
        "locator": entry.locator,
    }


def _utc(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None
