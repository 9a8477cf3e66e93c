"""Which characters count, and which are the same: the tables behind every comparison of texts.

A character is folded to one form, so that full-width and half-width, capital and small, accented and plain, traditional
and simplified (with the variants of Taiwan and Hong Kong) are equal. Folding is by single characters: what a phrase
dictionary would turn into two different characters becomes one here, on both sides alike. Punctuation, symbols, marks,
spaces and controls do not count.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from opencc import OpenCC

SIZE = 0x32400  # up to the last Han character of Unicode 15; what lies above does not count
DROPPED, SINGLE, LETTER, DIGIT, NUMERAL = range(5)
SEPARATOR = "\0"  # stands between texts, a token of its own; in a text it does not count

_NUMERALS = "〇零一二三四五六七八九十百千万亿两"
_HAN = (range(0x3400, 0xA000), range(0x20000, SIZE))
_SINGLES = (range(0x0E00, 0x10A0), range(0x1780, 0x1800), range(0x2E80, SIZE))  # scripts written without spaces
_HANGUL = range(0xAC00, 0xD7A4)


@dataclass(frozen=True)
class Folding:
    """Tables by code point, each of length `SIZE`.

    kind   uint8: DROPPED; SINGLE, a token by itself; LETTER, DIGIT, NUMERAL: neighbours of one kind are one token
    mix    uint64: a hash of the folded character
    """

    kind: npt.NDArray[np.uint8]
    mix: npt.NDArray[np.uint64]


@cache
def folding() -> Folding:
    """The tables, made once in a process (about 0.3 s)."""
    counted = np.array([unicodedata.category(chr(code))[0] in "LN" for code in range(SIZE)])
    folded = np.arange(SIZE, dtype=np.uint32)
    may_differ = counted.copy()
    for part in (*_HAN, _HANGUL):
        may_differ[part.start : part.stop] = False
    for code in np.flatnonzero(may_differ).tolist():
        folded[code] = ord(_plain(chr(code)))
    for code, simplified in _simplified().items():
        folded[code] = simplified
    folded = folded[folded]  # a compatibility form of a traditional character
    kind = np.where(counted, _kinds()[folded], np.uint8(DROPPED))
    kind[ord(SEPARATOR)] = SINGLE
    return Folding(kind, scatter(folded.astype(np.uint64)))


def scatter(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Spread every bit of each value over all 64 (Steele, Lea & Flood 2014, SplitMix64's finaliser)."""
    made = values + np.uint64(0x9E3779B97F4A7C15)
    made = (made ^ (made >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    made = (made ^ (made >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return made ^ (made >> np.uint64(31))


def _plain(character: str) -> str:
    base, *marks = list(unicodedata.normalize("NFKD", character))
    if any(not unicodedata.combining(mark) for mark in marks):
        return character
    small = base.lower()
    return small if len(small) == 1 else base


def _kinds() -> npt.NDArray[np.uint8]:
    """The kind of every folded character."""
    kinds = np.full(SIZE, LETTER, np.uint8)
    for part in _SINGLES:
        kinds[part.start : part.stop] = SINGLE
    kinds[ord("0") : ord("9") + 1] = DIGIT
    kinds[[ord(numeral) for numeral in _NUMERALS]] = NUMERAL
    return kinds


def _simplified() -> dict[int, int]:
    """Every Han character that is written otherwise in another script or region, with the form that stands for all."""
    han = [chr(code) for part in _HAN for code in part if unicodedata.category(chr(code)) == "Lo"]
    simple = _converted(han, "t2s")
    stands: dict[str, str] = {}

    def root(character: str) -> str:
        while character in stands:
            character = stands[character]
        return character

    for region in ("s2t", "s2tw", "s2hk", "tw2t", "hk2t"):
        for character, other in _converted(han, region).items():
            if other == character:
                continue
            one, two = sorted((root(simple[character]), root(simple.get(other, other))))
            if one != two:
                stands[two] = one
    return {ord(character): ord(root(simple[character])) for character in han if root(simple[character]) != character}


def _converted(characters: list[str], by: str) -> dict[str, str]:
    made = OpenCC(by).convert("\n".join(characters)).split("\n")
    return {old: new if len(new) == 1 else old for old, new in zip(characters, made, strict=True)}
