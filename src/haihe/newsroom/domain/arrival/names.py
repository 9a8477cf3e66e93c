"""Which names of a directory a text holds, in one pass over it, however many there are.

Nothing is guessed: only what the directory says, by name or by alias, is found. Text and names are folded as search
folds them (traditional and simplified, width, case). Where names overlap, the one that begins first wins, and of those
the longest: 天津博物馆 is not 天津. A name of letters stands between signs that are no letters.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from haihe.base.search.text import fold, fold_with_origins, is_han

LEAST_HAN, LEAST_LETTERS = 2, 3  # characters: what is shorter stands in too many words
MOST = 40  # names kept of one text, the most frequent
_READ = 20_000

Key = tuple[str, int]  # kind ("organisation", "place", "person") and number in the directory


@dataclass(frozen=True)
class Named:
    """One thing of the directory that a text names: how it stands there first, and how often."""

    kind: str
    id: int
    text: str
    count: int


class Names:
    """A directory's names: (kind, id, name) each; several things may share one, and all of them are found then."""

    def __init__(self, names: Iterable[tuple[str, int, str]]) -> None:
        from haihe.newsroom.domain.proofreading.matching import (
            Terms,
        )  # with its arrays: only where names are looked for

        self._meant: dict[str, list[Key]] = {}
        for kind, id, name in names:
            folded = fold(name).strip()
            if _is_telling(folded) and (kind, id) not in self._meant.setdefault(folded, []):
                self._meant[folded].append((kind, id))
        self._terms = Terms(self._meant)

    def __len__(self) -> int:
        return len(self._meant)

    def find(self, text: str) -> tuple[Named, ...]:
        """Every thing named, the most frequent first."""
        if not self._meant:
            return ()
        read = text[:_READ]
        folded = fold(read)
        found: dict[Key, list[int]] = {}
        done = 0
        origins: list[int] | range | None = None
        for start, term in self._terms.find(folded):
            end = start + len(term)
            if start < done or not _stands_alone(folded, start, end):
                continue
            done = end
            if origins is None:
                origins = fold_with_origins(read)[1]
            for key in self._meant[term]:
                found.setdefault(key, [0, origins[start], origins[end]])[0] += 1
        ordered = sorted(found.items(), key=lambda one: (-one[1][0], one[1][1], one[0]))
        return tuple(Named(kind, id, read[a:b], count) for (kind, id), (count, a, b) in ordered[:MOST])

    def meant_by(self, name: str) -> tuple[Key, ...]:
        """What the directory calls exactly so."""
        return tuple(self._meant.get(fold(name).strip(), ()))


def _is_telling(folded: str) -> bool:
    if any(is_han(sign) for sign in folded):
        return len(folded) >= LEAST_HAN
    return len(folded) >= LEAST_LETTERS and any(sign.isalpha() for sign in folded)


def _stands_alone(text: str, start: int, end: int) -> bool:
    return not (_joins(text, start) or _joins(text, end))


def _joins(text: str, place: int) -> bool:
    """Whether letters or digits go on across a place."""
    if not 0 < place < len(text):
        return False
    before, after = text[place - 1], text[place]
    return before.isalnum() and after.isalnum() and not is_han(before) and not is_han(after)
