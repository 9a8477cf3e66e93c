"""What a feed says, before any format says it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Tag:
    """A section or topic: what it is called and where it stands."""

    name: str
    url: str


@dataclass(frozen=True)
class Entry:
    """One release in a feed.

    guid       the publication's permanent id
    version    number of the release, 1 for the first
    html       the whole story with its label, every address whole
    text       the same without markup, label left out
    credit     who wrote it, else who published it
    tags       section first, then topics
    pictures   of the canonical content, the leading one first
    films      videos of the canonical content, each with its whole address as `url`
    sources    of the canonical content
    ai         the label in words; "" where no part was made by AI
    ai_meta    JSON after GB 45438-2025, "" with `ai`
    ai_source  IPTC digital source type, "" with `ai`
    """

    guid: str
    url: str
    title: str
    html: str
    text: str
    summary: str
    language: str
    credit: list[str]
    organisation: Tag
    tags: list[Tag]
    published_at: dt.datetime
    changed_at: dt.datetime
    version: int = 1
    picture: str = ""
    pictures: list[dict[str, Any]] = field(default_factory=list)
    films: list[dict[str, Any]] = field(default_factory=list)
    sources: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    ai: str = ""
    ai_meta: str = ""
    ai_source: str = ""


@dataclass(frozen=True)
class Feed:
    """A feed's own lines; page and address whole; `language` of the interface; `hub` tells subscribers (WebSub)."""

    title: str
    description: str
    page: str
    address: str
    language: str
    entries: list[Entry]
    hub: str = ""

    @property
    def changed_at(self) -> dt.datetime | None:
        return max((entry.changed_at for entry in self.entries), default=None)


@dataclass(frozen=True)
class Format:
    """How a list is written: its name for people, its media type, and the writer, which gives UTF-8."""

    name: str
    media_type: str
    write: Callable[[Feed], bytes]
