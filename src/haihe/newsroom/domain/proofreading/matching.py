"""Many terms found in one pass over a text.

Terms are looked up by their first two characters. Which places of a text begin with such a pair is worked out for the
whole text at once, by a table of hashes; only there are the terms themselves compared. An Aho-Corasick automaton
would do the same in theory, but pyahocorasick looks through the children of a node one by one, and the root of a
Chinese list has thousands: bench_proofreading has both figures.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

_BITS = 20
_FIRST, _SECOND = np.uint32(0x9E3779B1), np.uint32(0x85EBCA77)  # odd numbers with well mixed bits
_SHORT = 400  # characters up to which the table does not pay
_PIECE = 1 << 20  # characters hashed at a time


class Terms:
    """A fixed set of terms."""

    def __init__(self, terms: Iterable[str]) -> None:
        heads: defaultdict[str, list[str]] = defaultdict(list)
        self._single: set[str] = set()
        for term in set(terms):
            if len(term) == 1:
                self._single.add(term)
            elif term:
                heads[term[:2]].append(term)
        self._heads = {head: tuple(sorted(alike, key=len, reverse=True)) for head, alike in heads.items()}
        self._table = np.zeros(1 << _BITS, dtype=bool)
        if self._heads:
            self._table[_hashes(_codes("".join(self._heads)))[::2]] = True
        self._alone = np.array(sorted(map(ord, self._single)), dtype=np.uint32)

    def __len__(self) -> int:
        return len(self._single) + sum(map(len, self._heads.values()))

    def find(self, text: str) -> Iterator[tuple[int, str]]:
        """(offset, term) of every occurrence, by offset, the longest first."""
        heads = self._heads
        for start in self._places(text):
            for term in heads.get(text[start : start + 2], ()):
                if text.startswith(term, start):
                    yield start, term
            if text[start] in self._single:
                yield start, text[start]

    def find_apart(self, text: str) -> Iterator[tuple[int, str]]:
        """The same without overlaps: from left to right, the longest at each place."""
        done = 0
        for start, term in self.find(text):
            if start >= done:
                yield start, term
                done = start + len(term)

    def _places(self, text: str) -> Iterable[int]:
        if len(text) <= _SHORT:
            return range(len(text))
        return self._likely(text)

    def _likely(self, text: str) -> Iterator[int]:
        for begin in range(0, len(text), _PIECE):
            codes = _codes(text[begin : begin + _PIECE + 1])
            likely = np.zeros(len(codes), dtype=bool)
            likely[:-1] = self._table[_hashes(codes)]
            if len(self._alone):
                likely |= np.isin(codes, self._alone)
            for place in np.flatnonzero(likely[:_PIECE]).tolist():
                yield begin + place


def _codes(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def _hashes(codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """One for every pair of neighbouring characters."""
    mixed: NDArray[np.uint32] = (codes[:-1] * _FIRST + codes[1:] * _SECOND) >> np.uint32(32 - _BITS)
    return mixed
