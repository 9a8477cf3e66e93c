"""What every reader gives, whatever the format."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from haihe.base.errors import HaiheError


class FeedUnreadable(HaiheError):
    """The bytes of a source are no feed Haihe knows."""

    permanent = True
    hint = "Open the address in a browser: if it is a web page, look there for the address of its feed."


class WebPage(FeedUnreadable):
    """This is a web page, not a feed.

    feeds   addresses of feeds that the page itself names
    """

    def __init__(self, message: str = "", *, thing: object = None, feeds: tuple[str, ...] = ()) -> None:
        super().__init__(message, thing=thing)
        self.feeds = feeds


@dataclass(frozen=True)
class Enclosure:
    """A file an entry carries; length in bytes, 0 where not said."""

    url: str
    media_type: str = ""
    length: int = 0


@dataclass(frozen=True)
class Entry:
    """One entry as the feed says it: nothing is sanitised here.

    id           the feed's own, else the link, else derived from title, date and content ("sha256:…")
    title        plain text
    published    aware UTC, or None where missing or impossible; published_raw as written
    summary, content   HTML or text, see their types; relative links count from `base`
    locator      where in the document: "entry[1]" is the first
    """

    id: str
    title: str = ""
    link: str = ""
    author: str = ""
    published: datetime | None = None
    published_raw: str = ""
    updated: datetime | None = None
    summary: str = ""
    summary_type: str = "text/html"
    content: str = ""
    content_type: str = "text/html"
    language: str = ""
    base: str = ""
    enclosures: tuple[Enclosure, ...] = ()
    categories: tuple[str, ...] = ()
    locator: str = ""


@dataclass(frozen=True)
class Feed:
    """One document, read.

    format     "rss 2.0", "atom 1.0", "json feed 1.1"
    encoding   the one the bytes were read in
    problems   what was wrong with it and was read all the same, in English
    """

    title: str = ""
    link: str = ""
    language: str = ""
    format: str = ""
    encoding: str = ""
    entries: tuple[Entry, ...] = ()
    problems: tuple[str, ...] = field(default=())
