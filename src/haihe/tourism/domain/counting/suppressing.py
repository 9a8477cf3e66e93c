"""Small numbers are not told: a count below k would tell who was there, and so would one that the totals give away."""

from __future__ import annotations

from collections.abc import Sequence

K = 10


def suppressed(table: Sequence[Sequence[int]], k: int = K) -> list[list[int | None]]:
    """A table of counts whose row and column totals are published, with None for what must not be told.

    Counts from 1 to k-1 are hidden; then, until no row or column has exactly one hidden cell, the smallest other one of
    that row or column, so that no total gives a hidden count away. Zeros tell of nobody and stay, unless they are
    needed to hide another.
    """
    hidden = [[0 < count < k for count in row] for row in table]
    while line := _with_one_hidden(hidden):
        cells = [(row, column) for row, column in line if not hidden[row][column]]
        if not cells:
            break
        row, column = min(cells, key=lambda cell: (table[cell[0]][cell[1]] == 0, table[cell[0]][cell[1]]))
        hidden[row][column] = True
    return [
        [None if hidden[row][column] else count for column, count in enumerate(counts)]
        for row, counts in enumerate(table)
    ]


def _with_one_hidden(hidden: list[list[bool]]) -> list[tuple[int, int]]:
    """The cells of a row or column that has exactly one hidden cell and another to hide it with; none: empty."""
    if not hidden:
        return []
    width = len(hidden[0])
    rows = [[(row, column) for column in range(width)] for row in range(len(hidden))]
    columns = [[(row, column) for row in range(len(hidden))] for column in range(width)]
    for line in [*rows, *columns]:
        if sum(hidden[row][column] for row, column in line) == 1 and len(line) > 1:
            return line
    return []
