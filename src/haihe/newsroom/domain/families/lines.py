"""A file of texts, one JSON object a line, read in bounded memory; a line that is no text is told of and left out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from haihe.newsroom.domain.families.errors import FamiliesFileUnreadable
from haihe.newsroom.domain.families.index import Item
from haihe.newsroom.domain.families.spread import moment

LONGEST_LINE = 16 << 20  # bytes
LONGEST_ID = 1000  # characters


@dataclass(frozen=True)
class Remark:
    """Something about one line that its author should know; `left_out` says that no item came of it."""

    line: int
    why: str
    left_out: bool = True


def read_lines(file: Path) -> Iterator[Item | Remark]:
    """Items and remarks of a file in UTF-8, in the order of its lines. Blank lines say nothing.

    Raises FamiliesFileUnreadable where the file cannot be opened or read.
    """
    try:
        with file.open("rb") as stream:
            known: set[str | int] = set()
            for number, line in _numbered(stream):
                yield from _read(number, line, known)
    except OSError as error:
        raise FamiliesFileUnreadable(f"It cannot be read: {error.strerror}.", thing=file) from error


def _numbered(stream: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Each line with its number from 1; None for one that is too long, of which only a part is held at any time."""
    number = 0
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) <= LONGEST_LINE:
            yield number, line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(LONGEST_LINE)
        yield number, None


def _read(number: int, line: bytes | None, known: set[str | int]) -> Iterator[Item | Remark]:
    if line is None:
        yield Remark(number, f"is longer than {LONGEST_LINE >> 20} MB")
        return
    if number == 1:
        line = line.removeprefix(b"\xef\xbb\xbf")
    if not line.strip():
        return
    try:
        row = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        yield Remark(number, "is not UTF-8")
        return
    except (ValueError, RecursionError):
        yield Remark(number, "is not JSON")
        return
    wrong = _wrong(row, known)
    if wrong:
        yield Remark(number, wrong)
        return
    known.add(row["id"])
    published = row.get("published")
    when = moment(published) if isinstance(published, str) else None
    outlet = row.get("outlet")
    yield Item(row["id"], row["text"], when, outlet if isinstance(outlet, str) else "")
    if not row["text"].strip():
        yield Remark(number, "has an empty text: a family of its own", left_out=False)
    if published is not None and when is None:
        yield Remark(number, '"published" is no ISO 8601 time: its time counts as unknown', left_out=False)
    if outlet is not None and not isinstance(outlet, str):
        yield Remark(number, '"outlet" is no text: its outlet counts as unknown', left_out=False)


def _wrong(row: Any, known: set[str | int]) -> str:
    """Why a line makes no item; empty where it does."""
    if not isinstance(row, dict):
        return "is no JSON object"
    id = row.get("id")
    if id is None:
        return 'has no "id"'
    if isinstance(id, bool) or not isinstance(id, str | int) or id == "":
        return 'has an "id" that is neither text nor a whole number'
    if isinstance(id, str) and len(id) > LONGEST_ID:
        return f'has an "id" of more than {LONGEST_ID} characters'
    if id in known:
        return f"repeats the id {json.dumps(id)} of an earlier line, which stands"
    if "text" not in row:
        return 'has no "text"'
    return "" if isinstance(row["text"], str) else 'has a "text" that is no text'
