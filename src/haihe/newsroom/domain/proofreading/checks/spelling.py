"""Misspellings: confused characters, misspelt words, the particles \u7684, \u5730, \u5f97."""

from __future__ import annotations

from collections.abc import Iterator

from haihe.newsroom.domain.proofreading.checks import Check
from haihe.newsroom.domain.proofreading.document import Document
from haihe.newsroom.domain.proofreading.findings import Finding, Severity
from haihe.newsroom.domain.proofreading.settings import Settings
from haihe.newsroom.domain.proofreading.spelling.corrector import suspicions

_SURE = ("misspellings",)


def look(document: Document, settings: Settings) -> Iterator[Finding]:
    spared: list[tuple[int, int]] = []
    if settings.directory:
        spared = [(start, start + len(name)) for start, name in settings.directory.names_in(document.text)]
    for one in suspicions(document.text, spared=spared):
        yield Finding(
            "spelling",
            one.by,
            Severity.ERROR if one.by in _SURE else Severity.WARNING,
            one.start,
            len(one.found),
            one.found,
            f"疑似错别字：“{one.found}”似应为“{one.meant}”（{one.evidence}）",
            f"Probably misspelt: {one.found} for {one.meant}, as in {one.evidence}",
            (one.meant,),
        )


CHECK = Check("spelling", "错别字、易混词、的地得", "misspellings, confused words, particles", look)
