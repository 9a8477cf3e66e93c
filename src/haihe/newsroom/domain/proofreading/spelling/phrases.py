"""Windows of a text that differ from a common phrase (data/phrases.txt) in one character that sounds or looks alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from haihe.newsroom.domain.proofreading.spelling.grain import Grain, Run
from haihe.newsroom.domain.proofreading.spelling.lexicon import cut, frequency, probability
from haihe.newsroom.domain.proofreading.spelling.likeness import Likeness, likeness
from haihe.newsroom.domain.proofreading.spelling.rules import lines
from haihe.newsroom.domain.proofreading.spelling.suspicion import Suspicion

# Characters that stand for one another in good Chinese too: a phrase says nothing about which was meant.
_EITHER = tuple(
    frozenset(group)
    for group in (
        "\u4ed6\u5979\u5b83\u7942\u7260",  # he, she, it
        "\u7684\u5730\u5f97\u7b2c",
        "\u505a\u4f5c",
        "\u4f60\u59b3\u60a8",
        "\u8c61\u50cf",
        "\u90a3\u54ea",
        "\u7740\u8457",
        "\u5427\u5417\u561b\u5462\u554a\u5440",
        "\u8ddf\u4e0e\u548c",
        "\u4ec0\u751a",
        "\u95e8\u4eec",
        "\u5feb\u4f1a",
        "\u533a\u53bb",
        "\u4e8b\u65f6\u662f\u4f7f",
        "\u53ea\u6b62",
        "\u53c8\u6709",
    )
)
_AROUND = 6  # characters on either side whose words are cut again
# By length and whether the odd character stands at an edge, where it may belong to what comes before or after.
_LEAST_ALIKE = {
    (3, True): Likeness.SOUND,
    (3, False): Likeness.NEAR_SOUND_AND_SHAPE,
    (4, True): Likeness.NEAR_SOUND_AND_SHAPE,
    (4, False): Likeness.SHAPE,
}
_LEAST_GAIN = {3: 0.0, 4: -2.0}  # natural logarithm; longer phrases like 4
_KNOWN_WORD = 30


def suspicions(grain: Grain) -> Iterator[Suspicion]:
    """The longest phrases first."""
    for length in _lengths():
        heads, tails = _ends(length)
        for run in grain:
            text = run.text
            for start in range(len(text) - length + 1):
                # One character is odd, so that one end of a phrase of four or more stands as it should.
                end = start + length
                if length == 3 or text[start : start + 2] in heads or text[end - 2 : end] in tails:
                    yield from _at(run, start, length)


def either(one: str, other: str) -> bool:
    """Whether both characters may be right where one of them stands."""
    return any(one in group and other in group for group in _EITHER)


def _at(run: Run, start: int, length: int) -> Iterator[Suspicion]:
    window = run.text[start : start + length]
    if window in _phrases():
        return
    masked = _masked()
    for place in range(length):
        for phrase in masked.get(window[:place] + "_" + window[place + 1 :], ()):
            if _meant(run, start, window, place, phrase):
                begin = run.start + start + place
                yield Suspicion(begin, begin + 1, window[place], phrase[place], "phrases", phrase)


def _meant(run: Run, start: int, window: str, place: int, phrase: str) -> bool:
    alike = likeness(window[place], phrase[place])
    if alike is None or either(window[place], phrase[place]):
        return False
    if alike > _LEAST_ALIKE[min(len(phrase), 4), place in (0, len(phrase) - 1)]:
        return False
    if _belongs_outside(run, start, window, place):
        return False
    end = start + len(window)
    left, right = run.text[max(0, start - _AROUND) : start], run.text[end : end + _AROUND]
    words = cut(left + phrase + right)
    edges = {0, *_sums(words)}
    if len(left) not in edges or len(left) + len(phrase) not in edges:
        return False
    gain = sum(map(probability, words)) - sum(map(probability, cut(left + window + right)))
    return gain >= _LEAST_GAIN[min(len(phrase), 4)]


def _belongs_outside(run: Run, start: int, window: str, place: int) -> bool:
    """Whether the odd character makes a word with its neighbour outside the window."""
    end = start + len(window)
    if place == 0 and start > 0:
        return frequency(run.text[start - 1] + window[0]) > _KNOWN_WORD
    if place == len(window) - 1 and end < len(run.text):
        return frequency(window[-1] + run.text[end]) > _KNOWN_WORD
    return False


def _sums(words: list[str]) -> Iterator[int]:
    edges = [0]
    for word in words:
        edges.append(edges[-1] + len(word))
    return (right for _left, right in pairwise(edges))


@cache
def _phrases() -> frozenset[str]:
    return frozenset(phrase for line in lines("phrases.txt") for phrase in line.split() if 3 <= len(phrase) <= 7)


@cache
def _lengths() -> tuple[int, ...]:
    return tuple(sorted({len(phrase) for phrase in _phrases()}, reverse=True))


@cache
def _ends(length: int) -> tuple[frozenset[str], frozenset[str]]:
    """The first two and the last two characters of the phrases of one length."""
    alike = [phrase for phrase in _phrases() if len(phrase) == length]
    return frozenset(phrase[:2] for phrase in alike), frozenset(phrase[-2:] for phrase in alike)


@cache
def _masked() -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for phrase in sorted(_phrases()):
        for place in range(len(phrase)):
            found[phrase[:place] + "_" + phrase[place + 1 :]].append(phrase)
    return {mask: tuple(phrases) for mask, phrases in found.items()}
