"""By what the side menus of two people can differ."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

rights: list[Callable[[Any], object]] = []
"""From a person to all that a room's entries ask of their rights, the same in every process. Rooms add to it."""
