"""One file a check, all of one shape: a module-level `CHECK`. A new file is found by its place."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from haihe.newsroom.domain.proofreading.document import Document
from haihe.newsroom.domain.proofreading.findings import Finding

if TYPE_CHECKING:
    from haihe.newsroom.domain.proofreading.settings import Settings


@dataclass(frozen=True)
class Check:
    """One thing to look for.

    name      stands in its findings, and turns it off: `--without name`
    says_zh, says   what it looks for, in a line
    look      (document, settings) to findings, in any order; never raises on any text
    """

    name: str
    says_zh: str
    says: str
    look: Callable[[Document, Settings], Iterator[Finding]]


@cache
def registered() -> tuple[Check, ...]:
    """Every check, by name."""
    modules = (importlib.import_module(f"{__name__}.{one.name}") for one in pkgutil.iter_modules(__path__))
    return tuple(sorted((module.CHECK for module in modules if hasattr(module, "CHECK")), key=lambda check: check.name))
