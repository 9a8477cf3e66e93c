"""Words that stand twice by mistake."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from haihe.newsroom.domain.proofreading.checks import Check
from haihe.newsroom.domain.proofreading.document import Document
from haihe.newsroom.domain.proofreading.findings import Finding, Severity
from haihe.newsroom.domain.proofreading.settings import Settings
from haihe.newsroom.domain.proofreading.spelling.lexicon import cut, tagged

# Grammar that is never reduplicated; \u5988\u5988 and \u5e38\u5e38 are words.
_SINGLE = re.compile(
    "([的是了在和与及对从把被将为向于而且但或并很也都就还又给由这那我你您他她它们会能要让有没不到着过])\\1+"
)
_WORD = re.compile("([\u4e00-\u9fff]{2,6})\\1")
_NEVER_FINE = frozenset("的是了在和与及对从把被将为向于且但或并很们要能就都也给让还又")
_SAID_TWICE = frozenset(
    "多少、什么、常常、非常、真的、特别、永远、很多、千万、好多、快点、慢慢、赶紧、赶快、到底、绝对".split("、")  # noqa: SIM905
)
# Verbs that are never doubled to mean "a little".
_NEVER_TRIED = frozenset(
    "进行、开展、实施、举行、举办、召开、出席、位于、成为、具有、属于、认为、表示、指出、强调、要求".split("、")  # noqa: SIM905
)
_NAMING = ("n", "nr", "ns", "nt", "nz", "nrt", "j", "l", "r", "p", "c")
_MISTAKEN = ("r", "c", "p", "d", "u", "ns", "nt", "nr")


def look(document: Document, _settings: Settings) -> Iterator[Finding]:
    text = document.text
    for match in _SINGLE.finditer(text):
        if _is_single_mistake(text, match):
            yield _finding(match.start(), match.group(), match[1])
    for match in _WORD.finditer(text):
        word = match[1]
        if len(set(word)) > 1 and _is_mistake(word) and _stand_apart(text, match):
            yield _finding(match.start(), match.group(), word)


def _is_single_mistake(text: str, match: re.Match[str]) -> bool:
    """Whether the characters are words of their own, so that no word before or behind claims one of them."""
    if match[1] not in _NEVER_FINE or len(match.group()) > 3:
        return False
    around = text[max(0, match.start() - 3) : match.end() + 3]
    if any(one in around for one in ("的的确确", "是是非非", "不了了之", "打的的")):
        return False
    left = max(0, match.start() - 6)
    words, place = cut(text[left : match.end() + 6]), left
    alone = 0
    for word in words:
        if match.start() <= place < match.end() and word == match[1]:
            alone += 1
        place += len(word)
    return alone == len(match.group())


@lru_cache(maxsize=20_000)
def _is_mistake(word: str) -> bool:
    """Whether the word is of a kind that nobody says twice. Verbs and sounds are: 研究研究, 哈哈哈哈."""
    if word[0] in "一两几每半人天年" or len(set(word)) < len(word):
        return False
    parts = tagged(word)
    if len(word) > 2:
        return all(kind in _NAMING for _word, kind in parts)
    return word in _NEVER_TRIED or (len(parts) == 1 and parts[0][1] in _MISTAKEN and word not in _SAID_TWICE)


def _stand_apart(text: str, match: re.Match[str]) -> bool:
    """Whether both are words in their surroundings."""
    word = match[1]
    left = max(0, match.start() - 6)
    edges, place = {left}, left
    for part in cut(text[left : match.end() + 6]):
        place += len(part)
        edges.add(place)
    return {match.start(), match.start() + len(word), match.end()} <= edges


def _finding(start: int, found: str, word: str) -> Finding:
    return Finding(
        "doubled",
        "doubled_word",
        Severity.ERROR,
        start,
        len(found),
        found,
        f"“{word}”重复",
        f"{word} stands twice",
        (word,),
    )


CHECK = Check("doubled", "重复的字词", "doubled words", look)
