"""What proofreading gives back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """error: wrong by a fact or a rule; warning: probably wrong, a person decides; note: a matter of house style."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """One place that somebody should look at.

    check, kind   which check found it, and what it is: "dates", "impossible_date"
    start         offset into the document's text, in characters (Unicode code points); length likewise, 0 for what
                  is about a block and not about words
    found         the words that stand there
    suggestions   what could stand there instead, the likeliest first; "" says: leave it out
    reason_zh, reason   why, in Chinese and in English
    level         the operator's own level, of word lists; the organisation chooses which levels block
    line, column  from 1, filled in by the engine; block: index of the document's block, from 0
    """

    check: str
    kind: str
    severity: Severity
    start: int
    length: int
    found: str
    reason_zh: str
    reason: str
    suggestions: tuple[str, ...] = ()
    level: str = ""
    line: int = 0
    column: int = 0
    block: int = 0

    @property
    def end(self) -> int:
        return self.start + self.length

    def at(self, line: int, column: int, block: int) -> Finding:
        return replace(self, line=line, column=column, block=block)

    def as_json(self) -> dict[str, Any]:
        return {
            "check": self.check,
            "kind": self.kind,
            "severity": self.severity.value,
            "level": self.level,
            "start": self.start,
            "length": self.length,
            "line": self.line,
            "column": self.column,
            "block": self.block,
            "found": self.found,
            "suggestions": list(self.suggestions),
            "reason_zh": self.reason_zh,
            "reason": self.reason,
        }
