"""Readers: from the bytes of a delivery to a Feed. Pure: no Django, no network.

A new format is one new file (or folder) here with a class that fills `Reader` and stands under `@reader`. What takes
long to import is imported where it is used: every reader is registered, few are needed.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import ClassVar, Protocol

from haihe.newsroom.domain.readers.document import Document, refuse
from haihe.newsroom.domain.readers.shapes import (
    Enclosure,
    Entry,
    Feed,
    FeedUnreadable,
    ListOfAddresses,
    Picture,
    WebPage,
)

__all__ = [
    "Document",
    "Enclosure",
    "Entry",
    "Feed",
    "FeedUnreadable",
    "ListOfAddresses",
    "Picture",
    "Reader",
    "WebPage",
    "read",
    "reader",
    "readers",
]


class Reader(Protocol):
    """One family of formats.

    name      as a source stores it: "rss", "atom", "jsonfeed"
    accepts   media types, for the Accept header
    """

    name: ClassVar[str]
    accepts: ClassVar[tuple[str, ...]]

    def recognises(self, document: Document) -> bool:
        """From a look at the beginning; wrong only in favour of trying."""

    def read(self, document: Document) -> Feed:
        """Read as far as it goes. Raises FeedUnreadable."""


_registered: dict[str, Reader] = {}


def reader(kind: type[Reader]) -> type[Reader]:
    """Register a reader class under its name."""
    _registered[kind.name] = kind()
    return kind


@cache
def readers() -> dict[str, Reader]:
    """Every reader by name."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return _registered


def accept() -> str:
    """An Accept header naming what can be read."""
    return ", ".join([kind for each in readers().values() for kind in each.accepts] + ["text/xml;q=0.9, */*;q=0.5"])


def read(document: Document, *, using: str = "auto") -> Feed:
    """Read a document, by the named reader or the first that recognises it. Raises FeedUnreadable, WebPage."""
    known = readers()
    if using != "auto":
        if using not in known:
            raise FeedUnreadable(f"There is no reader {using!r}; there are: {', '.join(sorted(known))}.")
        return known[using].read(document)
    for each in known.values():
        if each.recognises(document):
            return each.read(document)
    raise refuse(document)
