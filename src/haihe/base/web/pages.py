"""Pagination as the pagination component shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class PageLink:
    number: int = 0
    path: str = ""
    current: bool = False
    gap: bool = False


@dataclass(frozen=True)
class Pages:
    """`shown`: first, last and the neighbours of the current page, with gaps between."""

    number: int
    count: int
    shown: list[PageLink]
    previous: str
    next: str


def pages(number: int, count: int, path: Callable[[int], str]) -> Pages:
    """The links below a list: page `number` of `count` (both from 1); `path(n)` is the address of page n."""
    near = sorted({1, count, *range(max(1, number - 2), min(count, number + 2) + 1)})
    shown: list[PageLink] = []
    for at, one in enumerate(near):
        if at and one - near[at - 1] > 1:
            shown.append(PageLink(gap=True))
        shown.append(PageLink(number=one, path=path(one), current=one == number))
    return Pages(
        number=number,
        count=count,
        shown=shown,
        previous=path(number - 1) if number > 1 else "",
        next=path(number + 1) if number < count else "",
    )
