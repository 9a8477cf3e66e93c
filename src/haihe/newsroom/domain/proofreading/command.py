"""`haihe newsroom proofread FILE [--words LIST] [--directory FILE] [--json]`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from haihe.newsroom.domain.proofreading.checks import registered
from haihe.newsroom.domain.proofreading.directory import read_directory
from haihe.newsroom.domain.proofreading.engine import Report, proofread
from haihe.newsroom.domain.proofreading.reading import document_in
from haihe.newsroom.domain.proofreading.settings import Settings
from haihe.newsroom.domain.proofreading.wordlists import read_word_list


def main(words: Sequence[str]) -> int:
    """Print what was found; exit status 0. What cannot be read raises HaiheError: exit 2."""
    arguments = _parser().parse_args(list(words))
    settings = Settings(
        words=tuple(read_word_list(file) for file in arguments.words),
        directory=read_directory(arguments.directory) if arguments.directory else None,
        without=frozenset(arguments.without),
    )
    report = proofread(document_in(arguments.file), settings)
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    if arguments.text:
        print("\n".join(as_text(report)))
    else:
        print(json.dumps(as_json(report), ensure_ascii=False, indent=None if arguments.json else 2))
    return 0


def as_json(report: Report) -> dict[str, Any]:
    """The report in plain JSON types; docs/proofreading.md describes it."""
    return {
        "characters": report.characters,
        "counts": report.counted(),
        "findings": [finding.as_json() for finding in report.findings],
        "left_out": report.left_out,
        "corrected": report.corrected,
    }


def as_text(report: Report) -> Iterator[str]:
    """One line a finding: line:column, severity, words, suggestions, reason."""
    for one in report.findings:
        meant = " / ".join(one.suggestions)
        yield f"{one.line}:{one.column}\t{one.severity.value}\t{one.found}\t{meant}\t{one.reason_zh}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="haihe newsroom proofread", description="Look for errors in a Chinese text; prints one JSON object."
    )
    parser.add_argument(
        "file", metavar="FILE", help="text, Markdown (.md) or a JSON document (.json); - is standard input"
    )
    parser.add_argument(
        "--words", metavar="LIST", type=Path, action="append", default=[], help="word list, TSV or TOML"
    )
    parser.add_argument("--directory", metavar="FILE", type=Path, help="people with titles and ranks, TSV or TOML")
    parser.add_argument(
        "--without", metavar="CHECK", action="append", default=[], choices=[one.name for one in registered()],
        help="leave a check out: " + ", ".join(f"{one.name} ({one.says})" for one in registered()),
    )  # fmt: skip
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="the JSON in one line")
    form.add_argument("--text", action="store_true", help="one line a finding instead of JSON")
    return parser
