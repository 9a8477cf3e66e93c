"""`haihe archive validate PATH [--json]`."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from haihe.archive.domain.ocfl.findings import Finding
from haihe.archive.domain.ocfl.reading import LARGEST
from haihe.archive.domain.ocfl.validating import Report, validate

SHOWN = 50  # findings of a kind in the report for a reader; --json lists all


def main(words: Sequence[str]) -> int:
    """Print the judgement of a path. Exit status 0 valid (perhaps with warnings), 1 invalid, 2 not readable.

    What is no folder raises PathUnreadable, which the command line also ends with 2.
    """
    arguments = _parser().parse_args(list(words))
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    report = validate(
        arguments.path,
        largest=arguments.largest_inventory << 20,
        jobs=arguments.jobs,
        progress=_progress() if sys.stderr.isatty() else None,
        starting="fork" if sys.platform == "linux" else "spawn",  # this process has one thread
    )
    if arguments.json:
        print(json.dumps(as_json(report), ensure_ascii=False))
    else:
        print("\n".join(as_text(report)))
    return {True: 0, False: 1, None: 2}[report.valid]


def as_json(report: Report) -> dict[str, Any]:
    """One object; `errors`, `warnings` and `unreadable` are lists of objects with code, path and message."""
    listed = len(report.errors) + len(report.warnings) + len(report.unreadable)
    return {
        "path": printable(report.path),
        "kind": report.kind,
        "ocfl": report.spec,
        "valid": report.valid,
        "errors": [_finding(one) for one in report.errors],
        "warnings": [_finding(one) for one in report.warnings],
        "unreadable": [_finding(one) for one in report.unreadable],
        "codes": {code: count for code, count in sorted(report.counts.items()) if code},
        "not_listed": report.counts.total() - listed,
        "objects": report.objects,
        "invalid_objects": report.invalid,
        "files": report.files,
        "bytes": report.bytes,
    }


def _finding(one: Finding) -> dict[str, str]:
    return {"code": one.code, "path": printable(one.path), "message": printable(one.message)}


def as_text(report: Report) -> Iterator[str]:
    """The same for a reader."""
    verdict = {True: "valid", False: "NOT VALID", None: "not readable in part, so not judged"}[report.valid]
    kind = "storage root" if report.kind == "root" else "object"
    yield f"{printable(report.path)}: OCFL {report.spec or '(no version declared)'} {kind}, {verdict}"
    for title, found in (
        ("errors", report.errors),
        ("warnings", report.warnings),
        ("not readable", report.unreadable),
    ):
        if found:
            yield f"  {title}:"
        for one in found[:SHOWN]:
            yield f"    {one.code or '    '} {printable(one.path)}: {printable(one.message)}"
        if len(found) > SHOWN:
            yield f"    and {len(found) - SHOWN:,} more; --json lists them"
    counted = f"{report.files:,} files, {report.bytes:,} bytes"
    yield f"  {report.objects:,} object(s), {report.invalid:,} not valid; {counted}"


def printable(text: str) -> str:
    """Names from disk may hold bytes that are no UTF-8, and control characters that would reach the terminal."""
    shown = text.encode("utf-8", "backslashreplace").decode()
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in shown)


def _progress() -> Callable[[int, int], None]:
    last = time.monotonic()

    def show(objects: int, size: int) -> None:
        nonlocal last
        if time.monotonic() - last >= 0.5:
            last = time.monotonic()
            print(f"\r{objects:,} objects, {size / 1e6:,.0f} MB", end="", file=sys.stderr, flush=True)

    return show


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="haihe archive validate",
        description="Judge an OCFL object or storage root (1.0, 1.1). Exits 0: valid, 1: not valid, 2: not readable.",
    )
    parser.add_argument("path", metavar="PATH", help="folder of an object or of a storage root")
    parser.add_argument("--json", action="store_true", help="one JSON object with every finding")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes; changes no finding")
    parser.add_argument(
        "--largest-inventory",
        type=int,
        default=LARGEST >> 20,
        metavar="MIB",
        help="inventories beyond this size are not read (default %(default)s)",
    )
    return parser
