"""Marks in a text what was searched for. Plain Python; what it gives is safe HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from haihe.base.search.text import fold_with_origins

Span = tuple[int, int]
SENTENCE_END = "。！？!?\n"


def find_spans(text: str, patterns: Sequence[re.Pattern[str]]) -> list[Span]:
    """Where the patterns match, as places in `text`: in order, none touching another."""
    folded, origins = fold_with_origins(text)
    found = sorted((origins[m.start()], origins[m.end() - 1] + 1) for p in patterns for m in p.finditer(folded))
    spans: list[Span] = []
    for start, end in found:
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return spans


def highlight(text: str, patterns: Sequence[re.Pattern[str]], *, width: int = 0) -> str:
    """The text as HTML, escaped, matches in `<mark>`.

    width   characters of the window around the first match, … where it cuts; 0: the whole text
    """
    spans = find_spans(text, patterns)
    start, end = 0, len(text)
    if width and len(text) > width:
        start = _window_start(text, spans[0][0] if spans else 0, width)
        end = min(len(text), start + width)
    parts = ["…" if start else ""]
    at = start
    for left, right in spans:
        left, right = max(left, start), min(right, end)
        if left < right:
            parts += [escape(text[at:left]), "<mark>", escape(text[left:right]), "</mark>"]
            at = right
    parts += [escape(text[at:end]), "…" if end < len(text) else ""]
    return "".join(parts)


def _window_start(text: str, first: int, width: int) -> int:
    """A little before the first match; at the beginning of its sentence where that is near."""
    earliest = max(0, min(first - width // 4, len(text) - width))
    if first <= width // 4:
        return 0
    sentence = max(text.rfind(mark, max(0, first - width // 2), first) for mark in SENTENCE_END) + 1
    return sentence if sentence and sentence + width >= first + 1 and sentence > 0 else earliest
