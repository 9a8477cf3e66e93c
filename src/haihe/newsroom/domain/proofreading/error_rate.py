"""The rate of errors \u5dee\u9519\u7387: tracked corrections per 10,000 characters. News publishers are held to 3.

Characters are counted as everywhere in the newsroom (`domain.counting`): Han characters, words of other letters and
numbers each count one, punctuation and spaces none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from haihe.newsroom.domain.counting import count

ALLOWED = 3.0  # per 10,000
_LONGEST = 20_000  # characters of a paragraph that are compared; a longer one that changed counts as one correction


@dataclass(frozen=True)
class Correction:
    """One tracked change: before became after. weight: what the house's rules make of it, 1 for an error of words."""

    before: str
    after: str
    weight: float = 1.0


@dataclass(frozen=True)
class Rate:
    """corrections: sum of weights; characters: of the text that was corrected."""

    corrections: float
    characters: int

    @property
    def per_10000(self) -> float:
        """0 for an empty text."""
        return self.corrections * 10_000 / self.characters if self.characters else 0.0

    @property
    def allowed(self) -> bool:
        return self.per_10000 <= ALLOWED

    def __add__(self, other: Rate) -> Rate:
        """The rate of both texts together: what a desk adds up."""
        return Rate(self.corrections + other.corrections, self.characters + other.characters)


def error_rate(corrections: Iterable[Correction], text: str) -> Rate:
    """The rate of `text`, in which `corrections` were made."""
    return Rate(sum(one.weight for one in corrections), count(text).total)


def tracked(before: str, after: str) -> Iterator[Correction]:
    """The corrections that made `after` of `before`, where nobody tracked them: one for every place that changed."""
    lines, others = before.split("\n"), after.split("\n")
    for tag, start, end, low, high in SequenceMatcher(None, lines, others, autojunk=False).get_opcodes():
        if tag != "equal":
            yield from _inside("\n".join(lines[start:end]), "\n".join(others[low:high]))


def _inside(before: str, after: str) -> Iterator[Correction]:
    if max(len(before), len(after)) > _LONGEST:
        yield Correction(before, after)
        return
    for tag, start, end, low, high in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            yield Correction(before[start:end], after[low:high])
