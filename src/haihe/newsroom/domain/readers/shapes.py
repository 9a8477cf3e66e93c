"""What every reader gives, whatever the format."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from haihe.base.errors import HaiheError


class FeedUnreadable(HaiheError):
    """The bytes of a source are nothing that Haihe reads."""

    permanent = True
    hint = "Open the address in a browser: if it is a web page, look there for the address of its feed."


class ListOfAddresses(FeedUnreadable):
    """This is a list of addresses, not of entries."""

    hint = "Add the addresses it names as sources; a list of feeds in OPML can be added whole, under Sources."


class WebPage(FeedUnreadable):
    """This is a web page, not a feed.

    feeds      addresses of feeds that the page itself names
    moved_to   where the page sends its readers on to, by a meta element or by a script; empty where it does not
    """

    def __init__(
        self, message: str = "", *, thing: object = None, feeds: tuple[str, ...] = (), moved_to: str = ""
    ) -> None:
        super().__init__(message, thing=thing)
        self.feeds = feeds
        self.moved_to = moved_to


@dataclass(frozen=True)
class Enclosure:
    """A file an entry carries; length in bytes, 0 where not said.

    url    an address; "part:…" for what lies inside the document itself (a mail's attachment, a picture in a docx)
    name   file name without folders, where one is said
    """

    url: str
    media_type: str = ""
    length: int = 0
    name: str = ""


@dataclass(frozen=True)
class Picture:
    """A picture of an entry, the leading one first; width and height in pixels, 0 where not said."""

    url: str
    caption: str = ""
    credit: str = ""
    width: int = 0
    height: int = 0


@dataclass(frozen=True)
class Entry:
    """One entry as the feed says it: nothing is sanitised here.

    id           the feed's own, else the link, else derived from title, date and content ("sha256:…")
    title        plain text
    author       as written, several in one line; `authors` the same as single names
    credit       whom to name as the source 来源: credit line, agency, publisher; `rights` the copyright notice
    published    aware UTC, or None where missing or impossible; published_raw as written
    summary, content   HTML or text, see their types; relative links count from `base`
    published_day   the day in the document's own zone, "2026-05-03", where a reader knows it
    text         the content as plain text, where a reader has it without markup
    place        where it was reported or taken, in words
    kind         "text", "picture", "video", "audio", "event", "mail", "address" …; empty where the format has no kinds
    created      when its content was first made or the picture taken, where that is not when it was published
    embargoed    not to go out before
    starts, ends   of the event that the entry announces
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
    authors: tuple[str, ...] = ()
    credit: str = ""
    rights: str = ""
    place: str = ""
    kind: str = ""
    created: datetime | None = None
    embargoed: datetime | None = None
    starts: datetime | None = None
    ends: datetime | None = None
    pictures: tuple[Picture, ...] = ()
    published_day: str = ""
    text: str = ""


@dataclass(frozen=True)
class Feed:
    """One document, read.

    format     "rss 2.0", "atom 1.0", "json feed 1.1", "html", "ninjs 3.0", "newsml-g2 2.35", "docx", "mail", "jpeg" …
    encoding   the one the bytes were read in
    problems   what was wrong with it and was read all the same, in English
    holds      "entries"; "addresses" where entries only point to what is to be fetched (sitemap, OPML)
    feeds      addresses of feeds that the document names beside what it holds
    """

    title: str = ""
    link: str = ""
    language: str = ""
    format: str = ""
    encoding: str = ""
    entries: tuple[Entry, ...] = ()
    problems: tuple[str, ...] = field(default=())
    holds: str = "entries"
    feeds: tuple[str, ...] = ()
