"""Why a line is not taken, in words."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

REJECTS = "rejects.jsonl"  # in the folder of a load
LONGEST_CELL = 60
LONGEST_RAW = 2000


@dataclass(frozen=True)
class Reason:
    """What is wrong with one cell or line: a code of reasons.toml and what fills its words."""

    code: str
    told: dict[str, Any] = field(default_factory=dict)

    def say(self, language: str = "zh-hans") -> str:
        return say(self.code, self.told, language)


@dataclass(frozen=True)
class Reject:
    """One line that was not taken.

    line      of the file, from 1; of a spreadsheet its row
    column    name of the contract's column; empty where it is about the whole line
    raw       the line as it came, cut at LONGEST_RAW
    """

    line: int
    column: str
    raw: str
    reason: Reason

    def as_json(self) -> dict[str, Any]:
        code, told = self.reason.code, self.reason.told
        return {"line": self.line, "column": self.column, "raw": self.raw[:LONGEST_RAW], "code": code, "told": told}


def say(code: str, told: dict[str, Any], language: str = "zh-hans") -> str:
    """The reason in words of a language; of an unknown code the code itself."""
    both = words().get(code)
    if both is None:
        return code
    shown = {key: str(value)[:LONGEST_CELL] for key, value in told.items()}
    for key, one in told.items():
        if isinstance(one, (list, tuple)) and len(one) == 2:
            shown[key] = str(one[0 if language.startswith("zh") else 1])
    return both[0 if language.startswith("zh") else 1].format_map(_Filled(shown))


class _Filled(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


@lru_cache
def words() -> dict[str, list[str]]:
    """Code -> Chinese, English."""
    return tomllib.loads((Path(__file__).parent / "reasons.toml").read_text(encoding="utf-8"))


def read_rejects(folder: Path) -> Iterator[dict[str, Any]]:
    """Every line that was not taken, as `Reject.as_json` wrote it."""
    with suppress(FileNotFoundError), (folder / REJECTS).open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
