"""The room's rollups: kept for each month beside the facts they were made of, asked in their place while these hold.

A manifest names the files of each month and the facts they were made of. It is replaced whole, so whoever is killed in
between leaves the old one. A month whose facts changed since, or that was never rolled up, is asked of the facts.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
import time
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db.models import Sum

from haihe.tourism.domain import loads, places
from haihe.tourism.domain.indicators.computing import FEWEST_HOUSES, of_stream
from haihe.tourism.domain.indicators.indicator import Indicator, indicator
from haihe.tourism.models import Part, Stream

if TYPE_CHECKING:
    from haihe.tourism.domain.facts.answering import Answer, Question
    from haihe.tourism.domain.facts.states import Plan

MANIFEST = "rollups.json"
LEAST_ROWS = 500_000  # of a stream; the facts of a smaller one answer as fast
KEEP_OLD = 3600.0  # seconds; longer than any question takes
HOUSES = "houses"
_mine = threading.local()


@dataclass(frozen=True)
class Told:
    """What was asked, answered, in order of period and key. source: "rollups" or "facts"."""

    answers: dict[str, list[Answer]]
    source: str
    seconds: float


def _plan(stream: Stream) -> Plan:
    from haihe.tourism.domain.facts.states import plan

    return plan(places.contract_of(stream), [one.formula for one in of_stream(stream.contract)])


def make(stream: Stream, months: Iterable[str]) -> int:
    """Roll up some months of a stream again, and those that never were; returns how many. Idempotent. Raises OSError.

    Does nothing for a stream of fewer than LEAST_ROWS.
    """
    from haihe.tourism.domain.facts.rolling import roll_up
    from haihe.tourism.domain.loading.keeping import sync

    kept = _plan(stream)
    live = Part.objects.filter(live=True, load__stream=stream)
    if not kept.states or (live.aggregate(rows=Sum("rows"))["rows"] or 0) < LEAST_ROWS:
        return 0
    there = set(live.values_list("month", flat=True))
    folder = places.rollup_folder(stream)
    with places.alone(f"rollups-{stream.pk}"):
        manifest = _manifest(folder)
        held = manifest["months"] if manifest.get("stamp") == kept.stamp else {}
        made = 0
        for month in sorted({*months, *(there - set(held))}):
            files = loads.live_files(stream.organisation_id, stream.contract, {month})
            held.pop(month, None)
            if not files:
                continue
            own = f"{month}-{uuid.uuid4().hex[:12]}"
            rolled = roll_up(_connection(), kept, month, files, folder / own)
            for file in (*(folder / own / name for name in rolled.files.values()), folder / own):
                sync(file)
            named = {name: f"{own}/{file}" for name, file in rolled.files.items()}
            held[month] = {"rows": rolled.rows, "files": named, "halvings": rolled.halvings, "of": _names(files)}
            made += 1
        _write(folder, {"stamp": kept.stamp, "months": held})
        _tidy(folder, held)
    return made


def ask(stream: Stream, wanted: Sequence[Indicator], question: Question) -> Told:
    """Answers for some indicators of one stream. Raises AskedWrongly, OSError.

    Of streams with establishments, what rests on fewer than four of them is not told wherever it is narrowed.
    """
    from haihe.tourism.domain.facts.answering import from_facts

    contract = places.contract_of(stream)
    question.check(contract)
    months = _months(question.since, question.until)
    files = loads.live_files(stream.organisation_id, stream.contract, months)
    if not files:
        return Told({one.id: [] for one in wanted}, "facts", 0.0)
    from haihe.tourism.domain.facts.asking import facts

    connection = _connection()
    begun = time.perf_counter()

    guarded = "house" in contract.names and bool(question.only or question.by)
    asked = [*wanted, indicator(HOUSES)] if guarded and all(one.id != HOUSES for one in wanted) else list(wanted)
    rolled = _open(stream, files)
    if rolled is not None and rolled.can(asked, question):
        told, source = rolled.ask(asked, question), "rollups"
    else:
        told, source = from_facts(facts(connection, contract, files), asked, question), "facts"
    if guarded:
        told = _guarded(told, wanted)
    return Told({one.id: told[one.id] for one in wanted}, source, time.perf_counter() - begun)


def _guarded(told: dict[str, list[Answer]], wanted: Sequence[Indicator]) -> dict[str, list[Answer]]:
    few = {(one.period, one.key) for one in told[HOUSES] if (one.value or 0) < FEWEST_HOUSES}
    return {
        one.id: [replace(told_, value=None) if (told_.period, told_.key) in few else told_ for told_ in told[one.id]]
        for one in wanted
    }


def _open(stream: Stream, files: Sequence[Path]) -> Any:
    """The rollups of what these files hold; None where they were made of others, or one is not made yet."""
    from haihe.tourism.domain.facts.answering import Rollups
    from haihe.tourism.domain.facts.rolling import Rolled

    kept, folder = _plan(stream), places.rollup_folder(stream)
    manifest = _manifest(folder)
    if manifest.get("stamp") != kept.stamp:
        return None
    now: dict[str, list[str]] = {}
    for file in files:
        now.setdefault(file.name[:7], []).append(str(file.relative_to(places.root())))
    found = []
    for month, names in now.items():
        entry = manifest["months"].get(month)
        if entry is None or entry["of"] != sorted(names):
            return None
        found.append(Rolled(month, entry["rows"], entry["files"], entry["halvings"]))
    return Rollups(_connection(), kept, folder, found)


def _connection() -> Any:
    """One for each thread: a connection is used by one at a time, and costs more than most questions."""
    from haihe.tourism.domain.facts.asking import connect

    if not hasattr(_mine, "connection"):
        _mine.connection = connect()
    return _mine.connection


def _months(since: date, until: date) -> set[str]:
    first, last = (day.year * 12 + day.month - 1 for day in (since, until))
    return {f"{month // 12:04}-{month % 12 + 1:02}" for month in range(first, last + 1)}


def _names(files: Iterable[Path]) -> list[str]:
    return sorted(str(file.relative_to(places.root())) for file in files)


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError):
        return {"stamp": "", "months": {}}


def _write(folder: Path, manifest: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    new = folder / f"{MANIFEST}.new"
    with new.open("w", encoding="utf-8") as out:
        json.dump(manifest, out)
        out.flush()
        os.fsync(out.fileno())
    new.replace(folder / MANIFEST)


def _tidy(folder: Path, held: dict[str, Any]) -> None:
    """Remove what no manifest names and nobody can still be reading."""
    used = {Path(file).parts[0] for entry in held.values() for file in entry["files"].values()}
    for one in folder.iterdir():
        if one.is_dir() and one.name not in used and time.time() - one.stat().st_mtime > KEEP_OLD:
            shutil.rmtree(one, ignore_errors=True)
