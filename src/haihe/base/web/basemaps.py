"""What lies under points on a map. The room that keeps the operator's base map hands it down; others draw over it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class BaseMap:
    """The operator's base map.

    kind      how a viewer reads it: "pmtiles", "vector" or "raster"
    address   of the file or of its tiles, with {z}, {x} and {y}
    approval  map approval number 审图号; empty where it has none
    """

    kind: str
    address: str
    attribution: str = ""
    approval: str = ""


_providers: list[Callable[[], BaseMap | None]] = []


def register_base_map(provider: Callable[[], BaseMap | None]) -> None:
    """Say what lies under points; asked for every page that shows some."""
    if provider not in _providers:
        _providers.append(provider)


def base_map() -> BaseMap | None:
    """The operator's base map; None: a plain ground."""
    return next((found for give in _providers if (found := give())), None)
