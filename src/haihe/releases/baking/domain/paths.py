"""Addresses that are baked before anybody asks: rooms name them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from haihe.base.edge import tree

Paths = Callable[[], Iterable[str]]
_named: list[Paths] = []


def register_paths(paths: Paths) -> Paths:
    """Name addresses to bake: a function without arguments that gives them, in every language. Used as a decorator,
    in a module loaded at start (apps.py `ready`)."""
    if paths not in _named:
        _named.append(paths)
    return paths


def named_paths() -> list[str]:
    """Every named address that a file may stand for, each once."""
    return list(dict.fromkeys(path for paths in _named for path in paths() if tree.bakeable(path)))
