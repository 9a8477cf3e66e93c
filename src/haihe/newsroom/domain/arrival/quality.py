"""How good a text is to work with, 0 to 100, with what is wrong with it. A measure of the text, not of what it says.

Five shares are multiplied, so that one fault is enough to bring a text down:

length       characters counted as in `counting` (a Han character is one, a word of letters two): full at 200
sentences    share of its characters in whole sentences; short lines without a full stop, as headings are, count half
own words    share that is not the text of links
whole        without replaced, private and control characters, and without UTF-8 read as another encoding
once         share of its longer lines that stand in it once
"""

from __future__ import annotations

import re
from dataclasses import dataclass

FULL_LENGTH = 200
_ENDS = "。！？；…!?.;"
_SHORT_LINE = 30  # a heading or a caption needs no full stop
_HAN = re.compile(r"[㐀-鿿]+")
_WORD = re.compile(r"[^\W\d_㐀-鿿]{2,}")
_LINK = re.compile(r"<a\b[^>]*>(.*?)</a>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_BROKEN = re.compile(
    "[\ufffd\ue000-\uf8ff\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|锟斤拷|烫烫烫|屯屯屯|[ÃÂäåæçèé][\x80-¿]{1,2}"
)
_READ = 20_000


@dataclass(frozen=True)
class Quality:
    """score 0 to 100; faults: "short", "no sentences", "links", "broken characters", "repeated", the worst first."""

    score: int
    faults: tuple[str, ...] = ()


def quality_of(text: str, html: str = "") -> Quality:
    """The measure of a text and, where there is one, of the markup it was taken from."""
    read = text[:_READ]
    size = len("".join(read.split()))
    if not size:
        return Quality(0, ("short",))
    lines = [line for line in read.split("\n") if line.strip()]
    shares = {
        "short": _length(read),
        "no sentences": _sentences(lines),
        "links": _own_words(html[: 4 * _READ], size),
        "broken characters": max(0.0, 1 - 20 * len(_BROKEN.findall(read)) / size),
        "repeated": _once(lines),
    }
    score = 100.0
    for share in shares.values():
        score *= share
    faults = sorted((share, name) for name, share in shares.items() if share < 0.8)
    return Quality(round(score), tuple(name for _share, name in faults))


def _length(text: str) -> float:
    counted = sum(map(len, _HAN.findall(text[: 4 * FULL_LENGTH])))
    if counted < FULL_LENGTH:
        counted += 2 * len(_WORD.findall(text[: 8 * FULL_LENGTH]))
    return min(1.0, (counted / FULL_LENGTH) ** 0.5)


def _sentences(lines: list[str]) -> float:
    """A text of nothing but short lines is a list, not a text: half of it counts."""
    ended = short = 0
    for line in lines:
        end = max(map(line.rfind, _ENDS)) + 1
        ended += end
        if not end and len(line) <= _SHORT_LINE:
            short += len(line)
    return min(1.0, (ended + 0.5 * short) / sum(map(len, lines)) + (0.1 if ended else 0.0))


def _own_words(html: str, size: int) -> float:
    if "<a" not in html and "<A" not in html:
        return 1.0
    linked = sum(len("".join(_TAG.sub("", text).split())) for text in _LINK.findall(html))
    return max(0.0, 1 - max(0.0, linked / size - 0.1))


def _once(lines: list[str]) -> float:
    longer = [line for line in lines if len(line) >= 12]
    return len(set(longer)) / len(longer) if longer else 1.0
