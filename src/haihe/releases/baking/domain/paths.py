"""Addresses that are baked before anybody asks: rooms name them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from haihe.base.edge import tree

if TYPE_CHECKING:
    from haihe.releases.models import Publication

Paths = Callable[[], Iterable[str]]
Forms = Callable[["Publication"], Iterable[str]]
_named: list[Paths] = []
_forms: list[Forms] = []


def register_paths(paths: Paths) -> Paths:
    """Name addresses to bake: a function without arguments that gives them, in every language. Used as a decorator,
    in a module loaded at start (apps.py `ready`)."""
    if paths not in _named:
        _named.append(paths)
    return paths


def register_forms(forms: Forms) -> Forms:
    """Name further addresses of a publication, below its own, that are to be baked after it: a function of the
    publication that gives them. What is not named is baked once somebody asked for it."""
    if forms not in _forms:
        _forms.append(forms)
    return forms


def forms_of(publication: Publication) -> list[str]:
    """Every further address of a publication that rooms want baked ahead."""
    return list(dict.fromkeys(path for forms in _forms for path in forms(publication) if tree.bakeable(path)))


def named_paths() -> list[str]:
    """Every named address that a file may stand for, each once."""
    return list(dict.fromkeys(path for paths in _named for path in paths() if tree.bakeable(path)))


_dense: list[re.Pattern[str]] = []


def pack_densely(paths: str) -> None:
    """Have pages whose whole path matches this expression compressed as small as may be: their first answer counts."""
    _dense.append(re.compile(paths))


def is_dense(path: str) -> bool:
    return any(paths.fullmatch(path) for paths in _dense)
