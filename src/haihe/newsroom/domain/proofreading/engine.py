"""All checks over one document."""

from __future__ import annotations

import bisect
from dataclasses import dataclass

from haihe.newsroom.domain.counting import count
from haihe.newsroom.domain.proofreading.checks import registered
from haihe.newsroom.domain.proofreading.document import Document, plain
from haihe.newsroom.domain.proofreading.findings import Finding, Severity
from haihe.newsroom.domain.proofreading.settings import Settings

MOST_FINDINGS = 20_000  # of one document; the rest is counted and not listed
_ORDER = {severity: place for place, severity in enumerate(Severity)}


@dataclass(frozen=True)
class Report:
    """findings: in the order of the text; left_out: how many more there were; characters: as the newsroom counts."""

    findings: tuple[Finding, ...]
    characters: int
    left_out: int
    corrected: str

    def counted(self) -> dict[str, int]:
        """How many findings of each severity."""
        return {one.value: sum(finding.severity is one for finding in self.findings) for one in Severity}


def proofread(document: Document | str, settings: Settings | None = None) -> Report:
    """Look at a document with every check that is on. Never raises on any text."""
    document = plain(document) if isinstance(document, str) else document
    settings = settings or Settings()
    found = [
        finding
        for check in registered()
        if check.name not in settings.without
        for finding in check.look(document, settings)
    ]
    found = sorted(set(found), key=lambda one: (one.start, _ORDER[one.severity], -one.length, one.check, one.kind))
    placed = _placed(document, found[:MOST_FINDINGS])
    return Report(
        tuple(placed), count(document.text).total, max(0, len(found) - MOST_FINDINGS), corrected(document, placed)
    )


def corrected(document: Document, findings: list[Finding]) -> str:
    """The document as handed in, with the first suggestion of every spelling finding put in."""
    parts, done = [], 0
    for one in findings:
        if one.check == "spelling" and one.suggestions and one.start >= done:
            parts += [document.whole[done : one.start], one.suggestions[0]]
            done = one.end
    return "".join([*parts, document.whole[done:]])


def _placed(document: Document, findings: list[Finding]) -> list[Finding]:
    starts = [0, *(place + 1 for place, character in enumerate(document.whole) if character == "\n")]
    placed = []
    for one in findings:
        line = bisect.bisect_right(starts, one.start)
        block = one.block or document.block_at(one.start)
        placed.append(one.at(line, one.start - starts[line - 1] + 1, block))
    return placed
