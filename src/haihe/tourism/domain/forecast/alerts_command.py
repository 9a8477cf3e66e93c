"""`haihe tourism alerts COUNTS.csv --capacity CAPACITY.csv [--booked BOOKED.csv] [--ledger FILE] [--json]`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from haihe.base.words import padded, terminal_language
from haihe.tourism.domain.forecast.alerts import STAGES, Alert, Ledger
from haihe.tourism.domain.forecast.errors import TableUnreadable
from haihe.tourism.domain.forecast.guards import Refusal
from haihe.tourism.domain.forecast.outlook import (
    BOOKED_HOURS,
    EPOCH,
    Outlook,
    Watched,
    alerts_of,
    closed_hours,
    loads_of,
    look_ahead,
)
from haihe.tourism.domain.forecast.said import both
from haihe.tourism.domain.forecast.tables import Line, read_table

LONGEST = 40 * 366  # days between a place's first and last count


def main(words: Sequence[str]) -> int:
    """Print how likely each place fills up in the next 72 hours, and what is to be told now. Raises HaiheError."""
    told = _parser().parse_args(list(words))
    places = read_places(told.file, told.capacity, told.booked)
    ledger = Ledger(told.ledger) if told.ledger else None
    found = look_ahead(places, "" if told.calendar == "none" else told.calendar)
    outlooks = [one for one in found if isinstance(one, Outlook)]
    raised = alerts_of(outlooks, places, ledger.alerts if ledger else [])
    if ledger:
        _keep(ledger, places, outlooks, raised)
    for line in _as_json(found, raised, ledger) if told.json else _as_text(found, raised, ledger):
        print(line)
    return 0


def read_places(counts: Path, capacity: Path, booked: Path | None) -> list[Watched]:
    """Places from their files, in the order of their names. Raises TableUnreadable."""
    limits = {
        one.text("place"): one.number_in("capacity", low=1) for one in read_table(capacity, ("place", "capacity"))
    }
    loads: dict[str, dict[tuple[int, int], float]] = {}
    hourly: set[str] = set()
    for line in read_table(counts, ("place", "time", "load")):
        name = line.text("place")
        day, hour = _time_of(line)
        if hour is not None:
            hourly.add(name)
        loads.setdefault(name, {})[day, hour or 0] = line.number_in("load", low=0)
    if unknown := sorted(set(loads) - set(limits)):
        raise TableUnreadable(f"It names no capacity of {unknown[0]}.", thing=capacity)
    bookings = _bookings(booked) if booked else {}
    return [
        _watched(name, limits[name], loads[name], 24 if name in hourly else 1, bookings.get(name), counts)
        for name in sorted(loads)
    ]


def _time_of(line: Line) -> tuple[int, int | None]:
    text = line.text("time")
    day = line.day("time")
    _date, _separator, clock = text.replace(" ", "T").partition("T")
    if not clock:
        return day, None
    hour = clock.partition(":")[0]
    if not (hour.isascii() and hour.isdigit() and int(hour) < 24):
        raise line.wrong("time", "has no hour from 0 to 23")
    return day, int(hour)


def _bookings(file: Path) -> dict[str, dict[tuple[int, int], float]]:
    found: dict[str, dict[tuple[int, int], float]] = {}
    for line in read_table(file, ("place", "day", "hours_before", "booked")):
        hours = line.number_in("hours_before", low=0, high=BOOKED_HOURS - 1)
        if hours != hours // 1:
            raise line.wrong("hours_before", "is no whole hour")
        found.setdefault(line.text("place"), {})[line.day("day"), int(hours)] = line.number_in("booked", low=0)
    return found


def _watched(
    name: str,
    capacity: float,
    loads: dict[tuple[int, int], float],
    steps: int,
    booked: dict[tuple[int, int], float] | None,
    file: Path,
) -> Watched:
    first, last = min(day for day, _hour in loads), max(day for day, _hour in loads)
    if last - first > LONGEST:
        raise TableUnreadable(f"The counts of {name} reach over more than 40 years.", thing=file)
    load = np.full((last - first + 1, steps), np.nan)
    for (day, hour), value in loads.items():
        load[day - first, hour if steps > 1 else 0] = value
    held = None
    if booked:
        held = np.full((max(last, *(day for day, _hours in booked)) - first + 1, BOOKED_HOURS), np.nan)
        for (day, hours), value in booked.items():
            if day >= first:
                held[day - first, hours] = value
    return Watched(name, capacity, first, closed_hours(load) if steps > 1 else load, held)


def _keep(ledger: Ledger, places: Sequence[Watched], outlooks: Sequence[Outlook], raised: Sequence[Alert]) -> None:
    """Chances once an issue, alerts, and what came of the hours that chances were given for."""
    issued = {(one.place, one.issued) for one in ledger.chances}
    new = [one for outlook in outlooks for one in outlook.chances if (one.place, one.issued) not in issued]
    ledger.note(new, raised)
    awaited = {(one.place, one.hour) for one in ledger.chances} - set(ledger.loads)
    for place in places:
        for (name, hour), share in loads_of(place).items():
            if (name, hour) in awaited:
                ledger.settle(name, hour, share)


def _as_json(found: Sequence[Outlook | Refusal], raised: Sequence[Alert], ledger: Ledger | None) -> Iterator[str]:
    for one in found:
        if isinstance(one, Refusal):
            yield json.dumps({"place": one.unique_id, "refused": one.why}, ensure_ascii=False)
            continue
        for chance in one.chances:
            row = {"place": one.place, "hour": shown(chance.hour), "ahead": chance.hour - chance.issued}
            row |= {"share": chance.share, "chance": chance.chance, "usual": chance.usual}
            yield json.dumps(row, ensure_ascii=False)
    for alert in raised:
        row = asdict(alert) | {"day": str(date.fromordinal(EPOCH + alert.day)), "issued": shown(alert.issued)}
        yield json.dumps({"alert": row}, ensure_ascii=False)
    for stage in STAGES if ledger else ():
        assert ledger is not None
        score = ledger.score(stage)
        told: dict[str, Any] = asdict(score) | {"skill": score.skill}
        yield json.dumps({"stage": stage.name} | {name: _plain(value) for name, value in told.items()})


def _plain(value: float) -> float | None:
    return None if value != value else value


def _as_text(found: Sequence[Outlook | Refusal], raised: Sequence[Alert], ledger: Ledger | None) -> Iterator[str]:
    chinese = terminal_language().startswith("zh")
    heads = (
        ("最可能满的时刻", "预计", "过八成", "达承载量")
        if chinese
        else ("likeliest hour", "expected", "over 80%", "full")
    )
    for one in found:
        if isinstance(one, Refusal):
            yield f"{one.unique_id}{'：无法预警，' if chinese else ' is refused: '}{both(one.why)[0 if chinese else 1]}"
            continue
        yield one.place
        yield "  " + padded(heads[0], 18) + "".join(padded(head, 10) for head in heads[1:])
        for hour, expected in _peaks(one):
            chances = [chance.chance for chance in one.chances if chance.hour == hour]
            yield f"  {padded(shown(hour), 18)}" + "".join(f"{value:<10.0%}" for value in (expected, *chances))
    for alert in raised:
        day, lifted = date.fromordinal(EPOCH + alert.day), alert.lifted
        words = ("解除" if lifted else "告知") if chinese else ("lifted" if lifted else "told")
        yield f"{words} {alert.place} {day} {alert.stage} {alert.chance:.0%}: {', '.join(alert.told)}"
    for stage in STAGES if ledger else ():
        assert ledger is not None
        score = ledger.score(stage)
        if chinese:
            yield f"{stage.name}：报对 {score.right} 天，空报 {score.false} 天，漏报 {score.missed} 天"
        else:
            yield f"{stage.name}: {score.right} days right, {score.false} false, {score.missed} missed"


def _peaks(one: Outlook) -> list[tuple[int, float]]:
    """The fullest hour of each day ahead."""
    best: dict[int, tuple[float, int]] = {}
    for hour, expected in zip(one.hours, one.expected, strict=True):
        best[hour // 24] = max(best.get(hour // 24, (-1.0, 0)), (expected, hour))
    return [(hour, expected) for _day, (expected, hour) in sorted(best.items())]


def shown(hour: int) -> str:
    """An hour since 1970 as a clock shows it."""
    return f"{date.fromordinal(EPOCH) + timedelta(days=hour // 24)}T{hour % 24:02}:00"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="haihe tourism alerts", description="How likely places fill up in the next 72 hours, and who is told."
    )
    parser.add_argument("file", metavar="COUNTS.csv", type=Path, help="columns place, time, load; time to the hour")
    parser.add_argument("--capacity", type=Path, required=True, metavar="FILE.csv", help="columns place, capacity")
    parser.add_argument(
        "--booked", type=Path, metavar="FILE.csv", help="reservations: place, day, hours_before (0 to 72), booked"
    )
    parser.add_argument("--ledger", type=Path, metavar="FILE", help="keeps what was told, and says if it was right")
    parser.add_argument("--calendar", default="CN", metavar="CN", help="whose holidays; none: nobody's")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    return parser
