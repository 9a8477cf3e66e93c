"""Words and how frequent they are, as rjieba's dictionary has it at run time. Nothing of it is shipped by Haihe."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache, lru_cache
from typing import cast

import rjieba

TOTAL = 60_101_967  # sum of the frequencies in the dictionary
_UNKNOWN = 0.5


@cache
def _jieba() -> rjieba.Jieba:
    return rjieba.Jieba()  # one of our own: the shared one may have been given words by others


def cut(text: str) -> list[str]:
    """The most probable words by the dictionary alone; what it does not know falls into single characters."""
    return _jieba().cut(text, False)


def cut_guessing(text: str) -> list[str]:
    """The same, but characters that together look like an unknown word (a name) are put together."""
    return _jieba().cut(text, True)


def tagged(text: str) -> list[tuple[str, str]]:
    """Words with their part of speech."""
    return _jieba().tag(text, True)


@cache
def is_word() -> Callable[[str], bool]:
    """The quick question whether the dictionary has a word: what is asked a hundred times a window."""
    return cast("Callable[[str], bool]", _jieba().has_word)


@lru_cache(maxsize=100_000)
def frequency(word: str) -> int:
    """How often the dictionary's makers met the word; 0: they do not know it."""
    return _jieba().suggest_freq(word) if _jieba().has_word(word) else 0


@lru_cache(maxsize=200_000)
def probability(word: str) -> float:
    """Natural logarithm of the word's probability; of what is unknown, that of a very rare word."""
    return math.log((frequency(word) or _UNKNOWN) / TOTAL)
