"""`haihe venues inspect FILE... [--json]`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from haihe.venues.domain.inspecting.report import inspect


def main(words: Sequence[str]) -> int:
    """Say what each file is; exit status 0, or 2 where one of them cannot be read. One bad file stops nothing."""
    arguments = _parser().parse_args(list(words))
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    status = 0
    for path in arguments.files:
        told = inspect(path)
        if arguments.json:
            print(json.dumps(told, ensure_ascii=False))
        else:
            print("\n".join(as_text(told, chinese=_in_chinese())))
        if not told["readable"]:
            why = told["problems"][0]["zh" if _in_chinese() else "en"]
            print(f"haihe: {path}: {' '.join(why.split())}", file=sys.stderr)
            status = 2
    return status


def as_text(told: dict[str, Any], *, chinese: bool) -> Iterator[str]:
    """The report for a reader."""
    yield f"{told['file']}"
    if told["readable"]:
        colour = f"{told['colour']}, {told['bits']} bit" + (f", {told['icc']}" if told["icc"] else "")
        yield f"  {told['format']}, {told['width']} x {told['height']}, {colour}"
        guessed = told["projection"]
        yield f"  {guessed['guess']} ({guessed['sure']:.0%}): {guessed['because']}"
        if told["tiles"]["possible"]:
            yield f"  haihe venues tile: {told['tiles']['face']}"
    for one in told["problems"]:
        yield f"  [{one['severity']}] {one['zh' if chinese else 'en']}"


def _in_chinese() -> bool:
    told = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return told.lower().startswith("zh")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="haihe venues inspect", description="Say what a picture is, and what stands in the way of a panorama."
    )
    parser.add_argument("files", metavar="FILE", type=Path, nargs="+")
    parser.add_argument("--json", action="store_true", help="one JSON object a file")
    return parser
