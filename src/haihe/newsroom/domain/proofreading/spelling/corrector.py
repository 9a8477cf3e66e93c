"""The spelling checker: what people wrote down first, then phrases, then words of the dictionary.

suspicions(text)   places with what was probably meant, in the order of the text, none overlapping
correct(text)      the text with all of them put right; what the SIGHAN measure judges
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable

from haihe.newsroom.domain.proofreading.spelling import phrases, rules, words
from haihe.newsroom.domain.proofreading.spelling.grain import Grain
from haihe.newsroom.domain.proofreading.spelling.suspicion import Suspicion

NEAR = 60  # characters


def suspicions(text: str, *, spared: Iterable[tuple[int, int]] = ()) -> list[Suspicion]:
    """Suspected misspellings of simplified Chinese.

    spared  (start, end) of what is known to be right, such as names: it is left alone
    """
    grain = Grain(text)
    found: dict[int, Suspicion] = {}
    taken: set[int] = set()

    def take(suspected: Iterable[Suspicion]) -> None:
        for one in suspected:
            places = range(one.start, one.end)
            if taken.isdisjoint(places):
                taken.update(places)
                found[one.start] = one

    for start, end in spared:
        taken.update(range(start, end))
    take(rules.suspicions(text, grain))
    take(phrases.suspicions(grain))
    wrong = sorted(start for start, one in found.items() if one.by != "particles")
    take(words.suspicions(grain, misspelt=lambda place: _is_near(place, wrong)))
    return [found[start] for start in sorted(found)]


def _is_near(place: int, others: list[int]) -> bool:
    at = bisect.bisect_left(others, place - NEAR)
    return at < len(others) and others[at] <= place + NEAR


def correct(text: str) -> str:
    """The text as it was probably meant."""
    parts, done = [], 0
    for one in suspicions(text):
        parts += [text[done : one.start], one.meant]
        done = one.end
    return "".join([*parts, text[done:]])
