"""`haihe tourism sketch FILE --key-file KEY --out SKETCH` at each source; `haihe tourism count A B` where they meet."""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from haihe.base.errors import HaiheError
from haihe.base.words import padded, terminal_language
from haihe.tourism.domain.counting.estimating import Estimate, Overlap, stratified
from haihe.tourism.domain.counting.sketching import FEWEST_BOTH, Sketch, overlap, sketch

FORMAT = "haihe-sketches-1"


class ListUnreadable(HaiheError):
    """The list of persons, the key or the sketches cannot be read."""

    permanent = True
    hint = "A list is a CSV in UTF-8 with a column `person`, and a column `stratum` where there are strata."


def make(words: Sequence[str]) -> int:
    """Write the sketches of a list, one a stratum; identifiers stay where they are."""
    parser = argparse.ArgumentParser(prog="haihe tourism sketch", description="Sketches of a list of persons.")
    parser.add_argument("file", type=Path, help="CSV with the columns person and, where there are strata, stratum")
    parser.add_argument("--key-file", type=Path, required=True, help="at least 16 bytes, shared for one period only")
    parser.add_argument("--out", type=Path, required=True, help="the file that leaves the source")
    told = parser.parse_args(list(words))
    try:
        key = told.key_file.read_bytes()
        strata: dict[str, list[str]] = {}
        for stratum, person in _persons(told.file):
            strata.setdefault(stratum, []).append(person)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ListUnreadable(f"It cannot be read: {error}.", thing=told.file) from error
    made = {stratum: sketch(people, key).bytes.hex() for stratum, people in sorted(strata.items())}
    told.out.write_text(json.dumps({"format": FORMAT, "strata": made}), encoding="utf-8")
    size = told.out.stat().st_size // 2048
    english = f"{told.out}: {len(made)} strata, {size} kB of sketches"
    print(f"{told.out}：{len(made)} 层，摘要 {size} kB" if _chinese() else english)
    return 0


def count(words: Sequence[str]) -> int:
    """How many there were, from the sketches of two sources; also what the sum that is often published would say."""
    parser = argparse.ArgumentParser(prog="haihe tourism count", description="Persons of two sources, counted once.")
    parser.add_argument("first", type=Path)
    parser.add_argument("second", type=Path)
    parser.add_argument(
        "--fewest", type=float, default=FEWEST_BOTH, help="persons on both lists below which it refuses"
    )
    parser.add_argument("--json", action="store_true")
    told = parser.parse_args(list(words))
    first, second = _sketches(told.first), _sketches(told.second)
    if set(first) != set(second):
        raise ListUnreadable(f"They have other strata: {sorted(set(first) ^ set(second))}.", thing=told.second)
    lists = [overlap(first[stratum], second[stratum], fewest=told.fewest) for stratum in sorted(first)]
    for line in _told(stratified(lists), lists, as_json=told.json):
        print(line)
    return 0


def _told(made: Estimate, lists: Sequence[Overlap], *, as_json: bool) -> Iterator[str]:
    naive = sum(one.first + one.second for one in lists)
    numbers = {
        "total": made.total,
        "lo95": made.low[0.95],
        "hi95": made.high[0.95],
        "seen": made.seen,
        "sum_of_lists": naive,
    }
    if as_json:
        yield json.dumps(numbers)
        return
    words = (
        ("去重估计人数", "任一来源见到", "两来源相加")
        if _chinese()
        else ("counted once", "seen by either", "sum of both")
    )
    total = f"{made.total:>14,.0f}   (95%: {made.low[0.95]:,.0f} – {made.high[0.95]:,.0f})"
    numbered = zip(
        words, (total, f"{made.seen:>14,.0f}", f"{naive:>14,.0f}   ({naive / made.total - 1:+.1%})"), strict=True
    )
    for word, number in numbered:
        yield f"{padded(word, 18)}{number}"


def _chinese() -> bool:
    return terminal_language().startswith("zh")


def _persons(file: Path) -> Iterator[tuple[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = csv.DictReader(stream)
        if "person" not in (rows.fieldnames or ()):
            raise ListUnreadable("It has no column `person`.", thing=file)
        for row in rows:
            if person := (row["person"] or "").strip():
                yield (row.get("stratum") or "").strip(), person


def _sketches(file: Path) -> dict[str, Sketch]:
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        if told["format"] != FORMAT:
            raise ValueError(told["format"])
        return {str(stratum): Sketch(bytes.fromhex(data)) for stratum, data in told["strata"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ListUnreadable(f"It holds no sketches: {error}.", thing=file) from error
