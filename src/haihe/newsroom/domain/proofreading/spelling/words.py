"""Places where the dictionary's words fall apart, and one character exchanged would make them whole.

A misspelt word is unknown to the dictionary, so that its characters stand alone. Each window of two to four characters
that does so is tried with every character that sounds or looks alike; what makes a frequent word is weighed by a
logistic model of a dozen features. Its weights were fitted by bench/fit_spelling.py on the training part of SIGHAN 2015
(misspellings of learners) against headlines (which should raise nothing); they are all that was learnt from either.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from haihe.newsroom.domain.proofreading.spelling.grain import Grain, Run
from haihe.newsroom.domain.proofreading.spelling.lexicon import (
    TOTAL,
    cut_guessing,
    frequency,
    is_word,
    probability,
    tagged,
)
from haihe.newsroom.domain.proofreading.spelling.likeness import Likeness, similar
from haihe.newsroom.domain.proofreading.spelling.phrases import either
from haihe.newsroom.domain.proofreading.spelling.rules import lines
from haihe.newsroom.domain.proofreading.spelling.suspicion import Suspicion

LEAST, LEAST_AMONG_OTHERS = 0.2, -0.8  # log odds
_LEAST_FREQUENCY = {2: 800, 3: 40, 4: 15}
_RAREST = math.log(300 / TOTAL)  # a rare character is no evidence: names have them
_LOG10 = math.log(10)
# In two-character words these are grammar more often than misspellings.
_GRAMMAR = frozenset(
    "\u4e00\u4e0d\u4e4b\u7684\u4e86\u662f\u5728\u6709\u4e0a\u4e0b\u4e2d\u6765\u53bb\u8fc7\u5f97\u5c06\u88ab\u628a\u8ba9"
    "\u7ed9\u4e0e\u53ca\u5176\u8fd9\u90a3\u6211\u4f60\u4ed6\u5979\u5b83\u4eec\u4e3a\u4ee5\u4e8e\u800c\u5219\u6216"
)
# Words of one character that stand alone so often that no misspelt word is looked for around them.
_ALONE = frozenset("\u7684\u4e86\u6211\u4f60\u4ed6\u5979\u5f88\u4e5f\u90fd\u5c31\u548c\u5417\u5427\u5462\u8d8a")
_SURNAMES = frozenset(
    "\u738b\u674e\u5f20\u5218\u9648\u6768\u8d75\u9ec4\u5468\u5434\u5f90\u5b59\u80e1\u6731\u9ad8\u6797\u4f55\u90ed\u9a6c"
    "\u7f57\u6881\u5b8b\u90d1\u8c22\u97e9\u5510\u51af\u4e8e\u8463\u8427\u7a0b\u66f9\u8881\u9093\u8bb8\u5085\u6c88\u66fe"
    "\u5f6d\u5415\u82cf\u5362\u848b\u8521\u8d3e\u4e01\u9b4f\u859b\u53f6\u960e\u4f59\u6f58\u675c\u6234\u590f\u949f\u6c6a"
    "\u7530\u4efb\u59dc\u8303\u65b9\u77f3\u59da\u8c2d\u5ed6\u90b9\u718a\u91d1\u9646\u90dd\u5b54\u767d\u5d14\u5eb7\u6bdb"
    "\u90b1\u79e6\u6c5f\u53f2\u987e\u4faf\u90b5\u5b5f\u9f99\u4e07\u6bb5\u96f7\u94b1\u6c64\u5c39\u9ece\u6613\u5e38\u6b66"
)

WEIGHTS = {
    "one": -19.383,
    "word": 2.403,
    "pieces": -1.087,
    "found": 0.991,
    "meant": -0.644,
    "three": -2.719,
    "four": -1.603,
    "joins_left": -0.219,
    "joins_right": -0.247,
    "surname": -4.176,
    "at_start": -0.524,
    "at_end": 0.070,
    "has_word": 4.123,
    "in_front": 0.230,
    "guessed": 0.433,
    "alike_sound_and_shape": 2.852,
    "alike_sound": 0.240,
    "alike_near_sound_and_shape": 0.000,
    "alike_near_sound": -0.071,
    "alike_shape": -0.975,
}


@dataclass(frozen=True)
class Candidate:
    """One exchanged character. start, end: of the window inside its run."""

    run: Run
    start: int
    end: int
    place: int
    word: str
    features: dict[str, float]

    @property
    def suspicion(self) -> Suspicion:
        at = self.run.start + self.start + self.place
        found = self.run.text[self.start + self.place]
        return Suspicion(at, at + 1, found, self.word[self.place], "words", self.word)


def suspicions(grain: Grain, *, misspelt: Callable[[int], bool] = lambda _place: False) -> Iterator[Suspicion]:
    """The likeliest first.

    misspelt   whether something else is misspelt near a place: whoever wrote it errs more often than a newsroom does
    """
    weighed = [(odds(one.features), one) for run in grain for one in candidates(run)]
    likely = sorted(
        (pair for pair in weighed if pair[0] >= (LEAST_AMONG_OTHERS if misspelt(pair[1].run.start) else LEAST)),
        key=lambda pair: -pair[0],
    )
    for _odds, one in likely:
        if not _is_name(one):
            yield one.suspicion


def odds(features: dict[str, float]) -> float:
    return sum(WEIGHTS[name] * value for name, value in features.items())


def candidates(run: Run) -> Iterator[Candidate]:
    words, edges = run.words, run.edges
    guessed: set[tuple[int, int]] | None = None
    for first in range(len(words)):
        for beyond in range(first + 2, min(len(words), first + 4) + 1):
            start, end = edges[first], edges[beyond]
            if end - start > 4:
                break
            window = run.text[start:end]
            if end - start < 4 and all(len(word) > 1 for word in words[first:beyond]):
                continue
            if not _ALONE.isdisjoint(window if end - start == 2 else words[first:beyond]):
                continue
            best = _best(window)
            if best is None or _is_known(run.text, start, end) or _is_loose(words[first:beyond], *best):
                continue
            if guessed is None:
                guessed = set(_spans(cut_guessing(run.text)))
            features = _features(run, first, beyond, *best)
            features["guessed"] = float(any(left <= start and end <= right for left, right in guessed))
            yield Candidate(run, start, end, best[1], best[0], features)


def _is_loose(pieces: list[str], word: str, place: int, alike: Likeness) -> bool:
    """Whether the exchanged character stands alone at an edge beside a word: then it needs to sound the same."""
    if alike <= Likeness.SOUND or all(len(piece) == 1 for piece in pieces):
        return False
    return (place == 0 and len(pieces[0]) == 1) or (place == len(word) - 1 and len(pieces[-1]) == 1)


@lru_cache(maxsize=100_000)
def _best(window: str) -> tuple[str, int, Likeness] | None:
    """The most frequent word that one exchanged character makes, with its place and how alike the two are."""
    found: tuple[float, str, int, Likeness] | None = None
    least, known = _LEAST_FREQUENCY[len(window)], is_word()
    for place, character in enumerate(window):
        if len(window) == 2 and character in _GRAMMAR:
            continue
        left, right = window[:place], window[place + 1 :]
        for other, alike in similar(character).items():
            if not known(left + other + right) or other in _ALONE or either(character, other):
                continue
            often = frequency(left + other + right)
            score = math.log10(often) - 0.4 * alike
            if often >= least and (found is None or score > found[0]):
                found = (score, left + other + right, place, alike)
    return found[1:] if found else None


def _features(run: Run, first: int, beyond: int, word: str, place: int, alike: Likeness) -> dict[str, float]:
    start, end = run.edges[first], run.edges[beyond]
    text, words = run.text, run.words
    found = text[start + place]
    return {
        "one": 1.0,
        "word": _often(word),
        "pieces": sum(max(probability(piece), _RAREST) for piece in words[first:beyond]) / _LOG10,
        "found": _often(found),
        "meant": _often(word[place]),
        f"alike_{alike.name.lower()}": 1.0,
        "three": float(len(word) == 3),
        "four": float(len(word) == 4),
        "joins_left": _often(text[start - 1 : start + 1]) if start else 0.0,
        "joins_right": _often(text[end - 1 : end + 1]) if end < len(text) else 0.0,
        "surname": float(start > 0 and text[start - 1] in _SURNAMES and len(words[first - 1]) == 1),
        "at_start": float(first == 0),
        "at_end": float(beyond == len(words)),
        "has_word": float(any(len(piece) > 1 for piece in words[first:beyond])),
        "in_front": float(place == 0),
    }


def _often(word: str) -> float:
    often = frequency(word)
    return math.log10(often) if often else 0.0


def _spans(words: list[str]) -> Iterator[tuple[int, int]]:
    start = 0
    for word in words:
        yield start, start + len(word)
        start += len(word)


def _is_known(text: str, start: int, end: int) -> bool:
    """Whether the window lies in a word of data/known.txt."""
    longest = max(map(len, _known()), default=0)
    return any(
        text[left:right] in _known()
        for left in range(max(0, end - longest), start + 1)
        for right in range(end, min(len(text), left + longest) + 1)
    )


def _is_name(one: Candidate) -> bool:
    """Whether a part of the window is taken for a name of a person, a place or a body."""
    start = 0
    text = one.run.text[max(0, one.start - 8) : one.end + 8]
    left, right = one.start - max(0, one.start - 8), one.end - max(0, one.start - 8)
    for word, part in tagged(text):
        stop = start + len(word)
        if part in ("nr", "nrt", "nrfg", "ns", "nt") and len(word) > 1 and start < right and left < stop:
            return True
        start = stop
    return False


@cache
def _known() -> frozenset[str]:
    return frozenset(word for line in lines("known.txt") for word in line.split())
