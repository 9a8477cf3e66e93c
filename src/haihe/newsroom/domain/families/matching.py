"""How much of one text is in another, from their sketches, and whether that makes one a reprint of the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from haihe.newsroom.domain.families.sketching import Sketch

Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]

LEAST_SHARED = 0.55  # of the shorter text
LEAST_OF_LONGER = 0.32  # a text that is a smaller part of another is a quotation or a piece of a round-up
MOST_REPLACED = 0.6  # in one place: beyond it they are two texts with the same boilerplate
MOST_SCATTERED = 0.9  # in the other places: beyond it, or well below it in a short text, they are issues of a template
SHORT, SHORT_SCATTERED = 400, 400  # tokens at which MOST_REPLACED, and a scattered share of 1, would be allowed
MOST_OTHER_FIGURES = 0.34  # share of the figures in equal places that differ
MOST_OTHER_IN_ALL = 0.45  # other figures and other words together
FIRM_SHARED, FIRM_OF_LONGER = 0.6, 0.4  # what it takes to join two families


@dataclass(frozen=True, slots=True)
class Match:
    """What two texts have in common; shares are 0 to 1.

    of_shorter, of_longer   estimated share of the shingles of the text with fewer, and with more, that are in the other
    replaced                words that stand in one place of both texts and are others in each, for each shared shingle:
    at_most                 in all places, and in the place with the most
    same, other             figures that stand in equal places and are equal, and that are not
    tokens                  of the shorter text
    """

    of_shorter: float
    of_longer: float
    replaced: float
    at_most: float
    same: int
    other: int
    tokens: int

    @property
    def is_reprint(self) -> bool:
        if self.of_shorter < LEAST_SHARED or self.of_longer < LEAST_OF_LONGER:
            return False
        if self.at_most > min(MOST_REPLACED, 0.2 + self.tokens / SHORT):
            return False
        if self.replaced - self.at_most > min(MOST_SCATTERED, self.tokens / SHORT_SCATTERED):
            return False
        if not self.other:
            return True
        other = self.other / (self.same + self.other)
        return other <= MOST_OTHER_FIGURES and other + self.replaced <= MOST_OTHER_IN_ALL

    @property
    def is_firm(self) -> bool:
        """Whether it may join two families."""
        return self.is_reprint and self.of_shorter >= FIRM_SHARED and self.of_longer >= FIRM_OF_LONGER


NOTHING = Match(0.0, 0.0, 0.0, 0.0, 0, 0, 0)


def compare(one: Sketch, two: Sketch) -> Match:
    """Estimate from sketches what two texts share; what is far from a reprint is not looked at closer."""
    limit = min(one.scale, two.scale)
    first, second = one.marks[one.marks <= limit], two.marks[two.marks <= limit]
    if not len(first) or not len(second):
        return NOTHING
    order = first.argsort()
    ordered = first[order]
    nearest = np.minimum(ordered.searchsorted(second), len(ordered) - 1)
    found = ordered[nearest] == second
    shared = int(np.count_nonzero(found))
    fewer, more = sorted((len(first), len(second)))
    tokens = min(one.tokens, two.tokens)
    if shared < LEAST_SHARED * fewer or shared < LEAST_OF_LONGER * more:
        return Match(shared / fewer, shared / more, 0.0, 0.0, 0, 0, tokens)
    places = order[nearest[found]]
    common = np.zeros(len(first), np.bool_)
    common[places] = True
    replaced = np.sqrt(_between(~common, places) * _between(~found, found.nonzero()[0])) / shared
    same, other = _figures(one, two)
    whole, most = float(replaced.sum()), float(replaced.max())
    return Match(shared / fewer, shared / more, whole, most, same, other, tokens)


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
