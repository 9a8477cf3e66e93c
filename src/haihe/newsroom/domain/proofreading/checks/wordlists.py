"""The operator's word lists."""

from __future__ import annotations

from collections.abc import Iterator

from haihe.newsroom.domain.proofreading.checks import Check
from haihe.newsroom.domain.proofreading.document import Document
from haihe.newsroom.domain.proofreading.findings import Finding, Severity
from haihe.newsroom.domain.proofreading.settings import Settings


def look(document: Document, settings: Settings) -> Iterator[Finding]:
    for words in settings.words:
        for hit in words.hits(document.text):
            term = hit.term
            length = len(term.term)
            yield Finding(
                "wordlists",
                words.name or "list",
                Severity(term.level) if term.level in set(Severity) else Severity.WARNING,
                hit.start,
                length,
                document.text[hit.start : hit.start + length],
                term.reason or f"词表“{words.name}”中的词，级别：{term.level}",
                term.reason or f"In the word list {words.name}, level {term.level}",
                (term.suggestion,) if term.suggestion else (),
                level=term.level,
            )


CHECK = Check("wordlists", "本单位词表", "the operator's word lists", look)
