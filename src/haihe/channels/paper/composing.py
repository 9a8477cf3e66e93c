"""Which story stands where: pages and areas of an edition. No Django, no clock: same stories, same pages.

The first page leads with the newest stories of all; each section follows on pages of its own. A page is a grid of six
columns and eight rows below its head; the first story of a page has the largest area.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, MARGIN = 280.0, 400.0, 12.0  # millimetres: a tabloid
HEADS = {True: 34.0, False: 16.0}  # of the first page, of every other
GAP = 5.0
COLUMNS, ROWS = 6, 8
# Areas by the number of stories on a page: column, row, columns, rows.
GRIDS: dict[int, tuple[tuple[int, int, int, int], ...]] = {
    1: ((0, 0, 6, 8),),
    2: ((0, 0, 6, 5), (0, 5, 6, 3)),
    3: ((0, 0, 6, 4), (0, 4, 3, 4), (3, 4, 3, 4)),
    4: ((0, 0, 6, 4), (0, 4, 2, 4), (2, 4, 2, 4), (4, 4, 2, 4)),
    5: ((0, 0, 4, 4), (4, 0, 2, 4), (0, 4, 2, 4), (2, 4, 2, 4), (4, 4, 2, 4)),
}
ON_FIRST, ON_PAGE = 4, 5


@dataclass(frozen=True)
class Piece:
    """A story as far as its place depends on it. section: its name, "" for none."""

    key: str
    section: str


@dataclass(frozen=True)
class Area:
    """Where a story stands, in millimetres from the upper left corner of its page."""

    key: str
    x: float
    y: float
    width: float
    height: float
    columns: int  # of text


@dataclass(frozen=True)
class Page:
    name: str
    areas: tuple[Area, ...]


def compose(pieces: Sequence[Piece], *, front: str) -> list[Page]:
    """Pages of an edition. pieces: newest first; front: name of the first page. No piece, no page."""
    pages = [_page(front, pieces[:ON_FIRST], first=True)] if pieces else []
    by_section: dict[str, list[Piece]] = {}
    for piece in pieces[ON_FIRST:]:
        by_section.setdefault(piece.section or front, []).append(piece)
    for name, found in by_section.items():
        pages += [_page(name, found[at : at + ON_PAGE]) for at in range(0, len(found), ON_PAGE)]
    return pages


def _page(name: str, pieces: Sequence[Piece], *, first: bool = False) -> Page:
    grid = GRIDS[len(pieces)]
    return Page(name, tuple(_area(piece.key, place, HEADS[first]) for piece, place in zip(pieces, grid, strict=True)))


def _area(key: str, place: tuple[int, int, int, int], head: float) -> Area:
    column, row, columns, rows = place
    top = MARGIN + head
    wide = (WIDTH - 2 * MARGIN - GAP * (COLUMNS - 1)) / COLUMNS
    high = (HEIGHT - MARGIN - top - GAP * (ROWS - 1)) / ROWS
    return Area(
        key,
        x=MARGIN + column * (wide + GAP),
        y=top + row * (high + GAP),
        width=columns * wide + (columns - 1) * GAP,
        height=rows * high + (rows - 1) * GAP,
        columns=max(1, columns // 2),
    )
