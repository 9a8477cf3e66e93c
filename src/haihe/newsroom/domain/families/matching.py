"""How much of one text is in another, from their sketches, and whether that makes one a reprint of the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from haihe.newsroom.domain.families.sketching import Sketch

Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]

LEAST_SHARED = 0.5  # of the shorter text, for a long one
LEAST_SHARED_SHORT = 0.6  # for a text of `SHORT` tokens or fewer
SHORT = 40
LEAST_OF_LONGER = 0.32  # a text that is a smaller part of another is a quotation or a piece of a round-up
MOST_REPLACED = 0.5  # of what is shared: beyond it they are two texts with the same boilerplate
FIRM_SHARED, FIRM_OF_LONGER = 0.6, 0.4  # what it takes to join two families
MOST_OTHER_FIGURES = 0.34  # share of the figures in equal places that differ
SCATTERED = 0.12  # breaks a shared shingle: below this a text was cut or moved in blocks
LEAST_SHARED_SCATTERED = 0.6


@dataclass(frozen=True, slots=True)
class Match:
    """What two texts have in common; shares are 0 to 1.

    of_shorter, of_longer   estimated share of the shingles of the text with fewer, and with more, that are in the other
    replaced                words that stand in one place of both texts and are others in each, for each shared shingle
    breaks                  how often the common part is interrupted, for each shared shingle
    same, other             figures that stand in equal places and are equal, and that are not
    """

    of_shorter: float
    of_longer: float
    replaced: float
    breaks: float
    same: int
    other: int
    tokens: int

    @property
    def is_reprint(self) -> bool:
        asked = LEAST_SHARED_SHORT if self.tokens <= SHORT else LEAST_SHARED
        if self.breaks > SCATTERED:
            asked = max(asked, LEAST_SHARED_SCATTERED)
        if self.of_shorter < asked or self.of_longer < LEAST_OF_LONGER or self.replaced > MOST_REPLACED:
            return False
        return self.other <= MOST_OTHER_FIGURES * (self.same + self.other)

    @property
    def is_firm(self) -> bool:
        """Whether it may join two families."""
        return self.is_reprint and self.of_shorter >= FIRM_SHARED and self.of_longer >= FIRM_OF_LONGER


def compare(one: Sketch, two: Sketch) -> Match:
    """Estimate from sketches what two texts share; what is far from a reprint is not looked at closer."""
    limit = min(one.scale, two.scale)
    first, second = one.marks[one.marks <= limit], two.marks[two.marks <= limit]
    if not len(first) or not len(second):
        return Match(0.0, 0.0, 0.0, 0.0, 0, 0, 0)
    order = first.argsort()
    ordered = first[order]
    nearest = np.minimum(ordered.searchsorted(second), len(ordered) - 1)
    found = ordered[nearest] == second
    shared = int(np.count_nonzero(found))
    fewer, more = sorted((len(first), len(second)))
    tokens = min(one.tokens, two.tokens)
    if shared < LEAST_SHARED * fewer or shared < LEAST_OF_LONGER * more:
        return Match(shared / fewer, shared / more, 0.0, 0.0, 0, 0, tokens)
    breaks = int(np.count_nonzero(found[:-1] & ~found[1:]))
    places = order[nearest[found]]
    common = np.zeros(len(first), np.bool_)
    common[places] = True
    replaced = float(np.sqrt(_between(~common, places) * _between(~found, found.nonzero()[0])).sum())
    same, other = _figures(one, two)
    return Match(shared / fewer, shared / more, replaced / shared, breaks / shared, same, other, tokens)


def _between(own: Flags, places: Places) -> Places:
    """How many shingles of its own a text has before, between and after the shared ones that stand at `places`: none
    where a passage was moved."""
    count = own.cumsum()
    bounds = np.empty(len(places) + 2, np.int64)
    bounds[0], bounds[1:-1], bounds[-1] = 0, count[places], count[-1]
    return np.maximum(bounds[1:] - bounds[:-1], 0)


def _figures(one: Sketch, two: Sketch) -> tuple[int, int]:
    """How many places of a figure have an equal figure in both texts, and how many have not.

    Digits are judged alone where there are any: Chinese numerals stand in too many words that no issue changes.
    """
    mine: dict[int, set[int]] = {}
    for context, value in zip(one.contexts.tolist(), one.values.tolist(), strict=True):
        mine.setdefault(context, set()).add(value)
    agreed: dict[int, bool] = {}
    for context, value in zip(two.contexts.tolist(), two.values.tolist(), strict=True):
        if context in mine:
            agreed[context] = agreed.get(context, False) or value in mine[context]
    digits = [equal for context, equal in agreed.items() if context % 2 == 0]
    judged = digits or list(agreed.values())
    return sum(judged), len(judged) - sum(judged)
