"""Quotation marks, brackets and title marks that lack their partner, paragraph by paragraph: GB/T 15834-2011."""

from __future__ import annotations

import re
from collections.abc import Iterator

from haihe.newsroom.domain.proofreading.checks import Check
from haihe.newsroom.domain.proofreading.document import Document
from haihe.newsroom.domain.proofreading.findings import Finding, Severity
from haihe.newsroom.domain.proofreading.settings import Settings

_PAIRS = {
    "\u201c": "\u201d",
    "\u300a": "\u300b",
    "\uff08": "\uff09",
    "\u3010": "\u3011",
    "\u300c": "\u300d",
    "\u300e": "\u300f",
}
_OPENERS = {closing: opening for opening, closing in _PAIRS.items()}
_PARAGRAPH = re.compile(r"[^\n]+")
_MARK = re.compile("[" + "".join([*_PAIRS, *_OPENERS]) + "]")
_LIST_NUMBER = re.compile(r"(?:^|[\s\u3002\uff1b\uff0c\uff1a\u3001])[\d\u4e00-\u5341a-zA-Z]{1,3}$")
_DEEPEST = 40  # marks open at once: what is deeper is no prose
_MOST = 20_000  # characters of a paragraph that are looked at


def look(document: Document, _settings: Settings) -> Iterator[Finding]:
    for paragraph in _PARAGRAPH.finditer(document.text):
        words = paragraph.group()[:_MOST]
        following = document.text[paragraph.end() : paragraph.end() + 40].lstrip("\n \u3000")
        yield from _unpaired(words, paragraph.start(), following)


def _unpaired(words: str, offset: int, following: str) -> Iterator[Finding]:
    open_marks: list[re.Match[str]] = []
    for mark in _MARK.finditer(words):
        if mark.group() in _PAIRS:
            if len(open_marks) == _DEEPEST:
                return
            if mark.group() == "\u201c" and any(one.group() == mark.group() for one in open_marks):
                yield _finding("nested", offset + mark.start(), mark.group(), "\u2018")
            open_marks.append(mark)
            continue
        place = next(
            (i for i in range(len(open_marks) - 1, -1, -1) if open_marks[i].group() == _OPENERS[mark.group()]), None
        )
        if place is None:
            if not (mark.group() == "\uff09" and _LIST_NUMBER.search(words[: mark.start()])):
                yield _finding("unopened", offset + mark.start(), mark.group(), _OPENERS[mark.group()])
            continue
        for left_open in open_marks[place + 1 :]:
            yield _finding("unclosed", offset + left_open.start(), left_open.group(), _PAIRS[left_open.group()])
        del open_marks[place:]
    for left_open in open_marks:
        # A quotation of several paragraphs opens each of them and closes the last.
        if left_open.group() == "\u201c" and following.startswith("\u201c"):
            continue
        straight = words.find('"', left_open.end()) if left_open.group() == "\u201c" else -1
        if straight >= 0:
            yield _finding("mixed", offset + straight, '"', "\u201d", Severity.NOTE)
            continue
        yield _finding("unclosed", offset + left_open.start(), left_open.group(), _PAIRS[left_open.group()])


def _finding(kind: str, start: int, mark: str, missing: str, severity: Severity = Severity.WARNING) -> Finding:
    said = {
        "unopened": (f"缺少与之配对的“{missing}”", f"Its partner {missing} is missing"),
        "unclosed": (f"缺少与之配对的“{missing}”", f"Its partner {missing} is missing"),
        "nested": ("引号内再用引号时，内层用单引号，或前一引号未配对", "A quotation inside one takes single marks"),
        "mixed": (f"与弯引号配对的应是“{missing}”，不是直引号", f"The partner is {missing}, not a straight mark"),
    }[kind]
    return Finding("pairs", kind, severity, start, 1, mark, f"{said[0]}（GB/T 15834）", said[1])


CHECK = Check("pairs", "引号、括号、书名号配对", "paired marks", look)
