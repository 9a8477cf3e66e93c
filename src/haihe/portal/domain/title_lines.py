"""A title in lines of nearly equal length, broken between words: nothing stands alone in the last one."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import rjieba

from haihe.base.web.phrases import NO_BREAK_BEFORE

Measure = Callable[[str], float]
NICE_BREAK_AFTER = tuple("，：；。？！、,:;")
PAUSE = 0.5  # how much less the free space weighs in a line that ends where a reader pauses
NO_BREAK_AFTER = tuple("（《〈「『【“‘([")


def break_title(title: str, width: float, measure: Measure) -> list[str]:
    """The title in as few lines as it needs, as even as they can be.

    width, measure   in one unit; `measure` of a line's text
    returns          lines of at most `width`; a word longer than a line is broken within
    """
    words = _words(title, width, measure)
    lengths = [measure(word) for word in words]
    fewest = len(_greedy(words, lengths, width))
    return _even(words, lengths, width, fewest)


def _words(title: str, width: float, measure: Measure) -> list[str]:
    """Pieces between which a line may break; a space stays with the word before it."""
    found: list[str] = []
    for word in rjieba.cut(" ".join(title.split())):
        glued = found and (NO_BREAK_BEFORE.match(word) or word == " " or found[-1].endswith(NO_BREAK_AFTER))
        if glued and measure(found[-1] + word) <= width:
            found[-1] += word
        else:
            found.append(word)
    return [piece for word in found for piece in _pieces(word, width, measure)]


def _pieces(word: str, width: float, measure: Measure) -> list[str]:
    if measure(word.rstrip()) <= width:
        return [word]
    pieces, piece = [], ""
    for character in word:
        if piece and measure(piece + character) > width:
            pieces.append(piece)
            piece = ""
        piece += character
    return [*pieces, piece]


def _greedy(words: list[str], lengths: list[float], width: float) -> list[str]:
    lines, line, used = [], "", 0.0
    for word, length in zip(words, lengths, strict=True):
        if line and used + length > width:
            lines.append(line)
            line, used = "", 0.0
        line, used = line + word, used + length
    return [*lines, line] if line else lines


def _even(words: list[str], lengths: list[float], width: float, count: int) -> list[str]:
    """The `count` lines whose free space, squared, is least in sum (Knuth & Plass's measure, without hyphens)."""
    if count < 2 or len(words) > 400:
        return [line.strip() for line in _greedy(words, lengths, width)]
    total = [0.0]
    for length in lengths:
        total.append(total[-1] + length)
    best: list[dict[int, tuple[float, int]]] = [{0: (0.0, 0)}]
    for _ in range(count):
        row: dict[int, tuple[float, int]] = {}
        for start, (cost, _before) in best[-1].items():
            for end in range(start + 1, len(words) + 1):
                used = total[end] - total[start]
                if used > width and end > start + 1:
                    break
                pause = PAUSE if words[end - 1].rstrip().endswith(NICE_BREAK_AFTER) else 1.0
                worth = cost + pause * (width - used) ** 2
                if end not in row or worth < row[end][0]:
                    row[end] = (worth, start)
        best.append(row)
    if len(words) not in best[count]:
        return [line.strip() for line in _greedy(words, lengths, width)]
    ends = [len(words)]
    for step in range(count, 0, -1):
        ends.append(best[step][ends[-1]][1])
    ends.reverse()
    return ["".join(words[start:end]).strip() for start, end in pairwise(ends)]
