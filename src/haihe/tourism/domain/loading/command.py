"""`haihe tourism check FILE --stream NAME [--json]`: what would become of a file; nothing is kept."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from haihe.base.words import terminal_language
from haihe.tourism.domain.contracts.contract import all_contracts, read_contract
from haihe.tourism.domain.loading.errors import FileRefused
from haihe.tourism.domain.loading.loading import Outcome, load

SHOWN = 50


def main(words: Sequence[str]) -> int:
    """Exit status 0: every line would be taken; 1: some would not; a file that is no table raises FileRefused."""
    arguments = _parser().parse_args(list(words))
    language = terminal_language()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    contract = read_contract(arguments.stream, arguments.contracts)
    today = arguments.today or datetime.now(UTC).astimezone().date()
    try:
        with tempfile.TemporaryDirectory() as folder:
            outcome = load(arguments.file, contract, Path(folder) / "load", today=today, dry=True)
    except FileRefused as error:
        print(f"haihe: {arguments.file}: {error.say(language)}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"haihe: {arguments.file}: {error.strerror}", file=sys.stderr)
        return 2
    if arguments.json:
        for reject in outcome.rejects:
            print(
                json.dumps(reject.as_json() | {"reason": reject.reason.say(language)}, ensure_ascii=False, default=str)
            )
        counts = {"rows": outcome.rows, "accepted": outcome.accepted, "rejected": outcome.rejected}
        print(json.dumps(counts | {"reasons": outcome.reasons}, ensure_ascii=False))
    else:
        print("\n".join(told(outcome, language)))
    return 1 if outcome.rejected else 0


def told(outcome: Outcome, language: str) -> list[str]:
    """The outcome for a reader at a terminal."""
    chinese = language.startswith("zh")
    lines = [both[0 if chinese else 1] for both in outcome.notes]
    for reject in outcome.rejects[:SHOWN]:
        where = f"第 {reject.line} 行 {reject.column}" if chinese else f"line {reject.line} {reject.column}"
        lines.append(f"{where.strip()}: {reject.reason.say(language)}")
        lines.append(f"    {reject.raw[:200]}")
    counts = f"{outcome.rows:,} 行，采用 {outcome.accepted:,}，未采用 {outcome.rejected:,}"
    english = f"{outcome.rows:,} rows, {outcome.accepted:,} taken, {outcome.rejected:,} not"
    return [*lines, counts if chinese else english]


def _parser() -> argparse.ArgumentParser:
    known = ", ".join(contract.id for contract in all_contracts())
    parser = argparse.ArgumentParser(prog="haihe tourism check", description="Check a file of a stream, keep nothing.")
    parser.add_argument("file", metavar="FILE", type=Path, help="CSV, xlsx, JSON or Parquet")
    parser.add_argument("--stream", required=True, help=known)
    parser.add_argument("--contracts", type=Path, metavar="FOLDER", help="contracts of your own")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--today", type=date.fromisoformat, help="after it, a day is still to come")
    return parser
