"""What looks wrong in a stream: days that are missing, jumps, days like the one before, another unit, late."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

NEAR = 28  # days around a day that say what is usual
JUMP = 8.0  # of the usual spread of log changes
LEAST_RATIO = 2.5
UNITS = (10, 100, 1000, 10000)
UNIT_SLACK = 0.3  # of the logarithm
FEWEST_DAYS = 14


@dataclass(frozen=True)
class Doubt:
    """kind: gap, jump, repeat, unit; told in Chinese and English."""

    kind: str
    day: date
    zh: str
    en: str


def doubts(days: Sequence[tuple[date, float]], label: tuple[str, str]) -> Iterator[Doubt]:
    """What looks wrong in the daily totals of a stream.

    days    (day, total), in order, each day once
    label   of what is totalled, in Chinese and English
    """
    yield from _gaps(days)
    logs = [math.log1p(max(value, 0.0)) for _day, value in days]
    for at, (day, value) in enumerate(days):
        around = logs[max(0, at - NEAR) : at] + logs[at + 1 : at + 1 + NEAR]
        if at and value == days[at - 1][1] and value > 20:
            zh = f"{label[0]}与前一天完全相同（{value:,.0f}），可能重复报送"
            yield Doubt("repeat", day, zh, f"{label[1]} is the same as the day before ({value:,.0f}): sent twice?")
        if len(around) < FEWEST_DAYS:
            continue
        middle = statistics.median(around)
        spread = statistics.median(abs(one - middle) for one in around) * 1.4826 or 0.05
        off = logs[at] - middle
        unit = next(
            (unit for unit in UNITS if abs(abs(off) - math.log(unit)) < UNIT_SLACK and abs(off) > 6 * spread), 0
        )
        usual = math.expm1(middle)
        if unit:
            word = ("大", "more") if off > 0 else ("小", "less")
            times = f"{unit} 倍" if off > 0 else f"1/{unit}"
            zh = f"{label[0]} {value:,.0f} 约为平常（{usual:,.0f}）的 {times}，偏{word[0]}，可能单位有误"
            en = f"{label[1]}, {value:,.0f}, is about {unit} times {word[1]} than usual ({usual:,.0f}): another unit?"
            yield Doubt("unit", day, zh, en)
        elif abs(off) > JUMP * spread and abs(off) > math.log(LEAST_RATIO):
            zh = f"{label[0]} {value:,.0f}，平常约 {usual:,.0f}，变化过大"
            yield Doubt("jump", day, zh, f"{label[1]} is {value:,.0f}, usually about {usual:,.0f}")


def _gaps(days: Sequence[tuple[date, float]]) -> Iterator[Doubt]:
    for (before, _value), (after, _other) in pairwise(days):
        missing = (after - before).days - 1
        if missing > 0:
            first, last = before + timedelta(days=1), after - timedelta(days=1)
            span = f"{first}" if missing == 1 else f"{first} 至 {last}"
            english = f"{first}" if missing == 1 else f"{first} to {last}"
            yield Doubt("gap", first, f"缺 {missing} 天：{span}", f"{missing} days are missing: {english}")


def late(last: date | None, today: date, due_days: int, expected: str) -> Doubt | None:
    """Whether the next delivery is overdue."""
    if last is None:
        return None
    if expected == "month":
        following = (last.replace(day=1) + timedelta(days=62)).replace(day=1)  # the end of the month that is awaited
        due = following + timedelta(days=due_days)
        zh, en = (
            f"最近到 {last:%Y-%m}，下一期应在 {due} 前报送",
            f"the newest is of {last:%Y-%m}; the next was due by {due}",
        )
    else:
        due = last + timedelta(days=1 + due_days)
        zh, en = (
            f"最近到 {last}，按约定最迟晚 {due_days} 天",
            f"the newest day is {last}; at most {due_days} days later is agreed",
        )
    return Doubt("late", today, zh, en) if today > due else None
