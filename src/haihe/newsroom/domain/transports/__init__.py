"""Transports: how the bytes of a source come. Pure: no Django; what is brought is deposited by `collecting`.

A new transport is one new file here with a class that fills `Transport` and stands under `@transport`. What it brings
is read by the readers, whatever the transport: the two are axes of their own.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar, Protocol

from haihe.base.errors import HaiheError
from haihe.base.outbound import Fetched, Validators
from haihe.newsroom.domain.readers import Document, Feed, read

__all__ = ["ByReader", "Delivery", "Errand", "NothingToBring", "Transport", "transport", "transports"]


class NothingToBring(HaiheError):
    """This source is not visited: its files are handed in."""

    permanent = True
    hint = "Upload a file on its page."


@dataclass(frozen=True)
class Errand:
    """What one visit is asked to do.

    address     as the source has it: an http address, the name of a folder, a mailbox's address
    validators  what the last answer said about its version
    options     the source's choices; which there are, each transport says
    memory      what this transport left behind at the last visit
    secret      a password, where there is one
    reader      the reader that staff chose, or "auto"
    """

    address: str
    validators: Validators = field(default_factory=Validators)
    options: Mapping[str, Any] = field(default_factory=dict)
    memory: Mapping[str, Any] = field(default_factory=dict)
    secret: str = ""
    reader: str = "auto"


@dataclass(frozen=True)
class Delivery:
    """One thing that a visit brought.

    document   None where the host said that nothing has changed, or where it was refused
    fetched    the HTTP response, where there was one
    feed       what the document holds, where the transport had to read it anyway
    kind       of the fetch: "visit", "map", "page", "file", "mail" …
    address    what was asked for, where that is not the source's own address
    refused    why this one thing was not taken; the others are
    memory     to be remembered once this is kept; None leaves the memory as it is
    """

    document: Document | None
    fetched: Fetched | None = None
    filename: str = ""
    feed: Feed | None = None
    kind: str = "visit"
    address: str = ""
    refused: HaiheError | None = None
    memory: Mapping[str, Any] | None = None
    notes: tuple[str, ...] = ()


class Transport(Protocol):
    """One way for bytes to come.

    name      as a source stores it: "address", "upload"
    visited   whether sources are visited by themselves, at intervals
    single    whether a visit is one request with one answer, so that many can be under way together
    """

    name: ClassVar[str]
    visited: ClassVar[bool]
    single: ClassVar[bool]

    def bring(self, errand: Errand) -> Iterator[Delivery]:
        """Bring what is there now, piece by piece. Raises OutboundError, NothingToBring."""

    def read(self, document: Document, errand: Errand) -> Feed:
        """What a document of this transport holds. Raises FeedUnreadable."""


class ByReader:
    """Documents are read by the reader that staff chose, or by whichever recognises them."""

    visited: ClassVar[bool] = True
    single: ClassVar[bool] = False

    def read(self, document: Document, errand: Errand) -> Feed:
        return read(document, using=errand.reader)


_registered: dict[str, Transport] = {}


def transport(kind: type[Transport]) -> type[Transport]:
    """Register a transport class under its name."""
    _registered[kind.name] = kind()
    return kind


@cache
def transports() -> dict[str, Transport]:
    """Every transport by name."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return _registered
