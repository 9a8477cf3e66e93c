"""`haihe newsroom families FILE.jsonl [--spread]`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from haihe.newsroom.domain.families.index import FamilyIndex, Item
from haihe.newsroom.domain.families.lines import read_lines
from haihe.newsroom.domain.families.spread import Spread


def main(words: Sequence[str]) -> int:
    """Print the family of every text of a file; exit status 0. A file that cannot be read raises HaiheError: exit 2."""
    arguments = _parser().parse_args(list(words))
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]  # ids may be Chinese
    index = FamilyIndex()
    index.add_all(_items(arguments.file))
    if arguments.spread:
        for id, family in index.families():
            if id == family:
                print(_json(as_row(index.spread(id))))
    else:
        for id, family in index.families():
            print(_json({"id": id, "family": family}))
    return 0


def as_row(spread: Spread) -> dict[str, Any]:
    """A family's spread in plain JSON types; times as UTC in ISO 8601."""
    return {
        "family": spread.family,
        "items": list(spread.items),
        "first": spread.first.isoformat() if spread.first else None,
        "last": spread.last.isoformat() if spread.last else None,
        "outlets": spread.outlets,
        "days": spread.days,
    }


def _items(file: Path) -> Iterator[Item]:
    for read in read_lines(file):
        if isinstance(read, Item):
            yield read
        else:
            ending = "; the line is left out." if read.left_out else "."
            print(f"haihe: {file}, line {read.line} {read.why}{ending}", file=sys.stderr)


def _json(row: dict[str, Any]) -> str:
    """One line of JSON; what UTF-8 cannot say (half a surrogate pair in an id) stays escaped."""
    line = json.dumps(row, ensure_ascii=False)
    return line if line.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in line) else json.dumps(row)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="haihe newsroom families",
        description="Print the family of every text: texts of one family are one text, reprinted or edited.",
    )
    parser.add_argument(
        "file", metavar="FILE.jsonl", type=Path, help='one object a line: "id", "text"; "published", "outlet" if known'
    )
    parser.add_argument("--spread", action="store_true", help="one line a family instead: its items, times and outlets")
    return parser
