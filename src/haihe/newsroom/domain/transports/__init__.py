"""Transports: how the bytes of a source come. Pure: no Django; what is brought is deposited by `collecting`.

A new transport is one new file here with a class that fills `Transport` and stands under `@transport`.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from typing import ClassVar, Protocol

from haihe.base.errors import HaiheError
from haihe.base.outbound import Fetched, Validators
from haihe.newsroom.domain.readers import Document

__all__ = ["Delivery", "NothingToBring", "Transport", "transport", "transports"]


class NothingToBring(HaiheError):
    """This source is not visited: its files are handed in."""

    permanent = True
    hint = "Upload a file on its page."


@dataclass(frozen=True)
class Delivery:
    """What one visit brought.

    document   None where the host said that nothing has changed
    fetched    the HTTP response, where there was one
    """

    document: Document | None
    fetched: Fetched | None = None
    filename: str = ""


class Transport(Protocol):
    """One way for bytes to come.

    name      as a source stores it: "address", "upload"
    visited   whether sources are visited by themselves, at intervals
    """

    name: ClassVar[str]
    visited: ClassVar[bool]

    def bring(self, address: str, validators: Validators) -> Delivery:
        """Fetch what is there now. Raises OutboundError, NothingToBring."""


_registered: dict[str, Transport] = {}


def transport(kind: type[Transport]) -> type[Transport]:
    """Register a transport class under its name."""
    _registered[kind.name] = kind()
    return kind


def transports() -> dict[str, Transport]:
    """Every transport by name."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return _registered
