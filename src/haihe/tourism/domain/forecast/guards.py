"""Bad input, series by series: mended where the truth is plain, refused where it is not; said in words either way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np

from haihe.tourism.domain.forecast.panel import Floats, Ints
from haihe.tourism.domain.forecast.said import Said
from haihe.tourism.domain.forecast.series import Series

LEAST = 4  # known values; three points tell a level and no error
MOST_MISSING = 0.4  # of the time between first and last value
MOST_ZEROS = 0.4  # above this share a series is forecast as an intermittent one
LONG_CLOSED = 2  # seasons of zeros before an opening that make them another life of the place
UNITS = (1_000.0, 10_000.0)  # thousands and 万: the changes of unit that statistics make
CALENDAR = (date(1950, 1, 1), date(2099, 12, 31))  # days that holidays are known for
TWICE = Said("Lines that stood there twice were counted once.", "重复的行只计一次。")
SHOCK = 0.4  # a stretch below this share of its usual level is a shock
DAYS = 7  # the seasonality of days
DAYS_BEFORE = 42  # that tell what is usual; in fewer a holiday week is half of them, and the week after it a shock


@dataclass(frozen=True)
class Ready:
    """A series that can be forecast.

    values       one per step, no gaps, none negative
    last_day     of the last value, as days since 0001-01-01; None where the file has no dates
    kind         "plain", "short" (less than two seasons), "zeros" (intermittent) or "constant"
    notes        what was mended and what to keep in mind, whole sentences
    """

    unique_id: str
    values: Floats
    last_day: int | None
    kind: str
    notes: tuple[str, ...] = ()

    def first_day(self, horizon: int) -> int | None:
        """Day of the first value, where the calendar of holidays reaches from there over the days ahead."""
        if self.last_day is None:
            return None
        first = self.last_day - len(self.values) + 1
        reaches = CALENDAR[0].toordinal() <= first and self.last_day + horizon <= CALENDAR[1].toordinal()
        return first if reaches else None


@dataclass(frozen=True)
class Refusal:
    """A series that is not forecast, and why, in one sentence."""

    unique_id: str
    why: str


def examine(series: Series, season: int, *, today: date | None = None) -> Ready | Refusal:
    """What of a series can be forecast. today: times after it are refused; None: nothing is in the future."""

    def refuse(why: str) -> Refusal:
        return Refusal(series.unique_id, why)

    if series.problem:
        return refuse(series.problem)
    if np.isinf(series.values).any():
        return refuse(Said("it holds an infinite value", "含有无穷大的值"))
    if (series.values < 0).any():
        least = np.nanmin(series.values)
        return refuse(Said(f"it holds a negative number of visitors ({least:g})", f"含有负数（{least:g}）"))
    if series.dated and today is not None and series.times.max() > today.toordinal():
        when = date.fromordinal(int(series.times.max()))
        return refuse(Said(f"it has values for {when}, which is still to come", f"含有尚未到来的 {when} 的值"))
    times, values = series.times, series.values
    unclear = _twice(times, values)
    if unclear is not None:
        twice = date.fromordinal(unclear) if series.dated else unclear
        return refuse(Said(f"it has two different values for {twice}", f"{twice} 有两个不同的值"))
    times, first = np.unique(times, return_index=True)
    values = values[first]
    notes: list[str] = [] if len(times) == len(series.times) else [TWICE]
    known = ~np.isnan(values)
    if known.sum() < LEAST:
        count = known.sum()
        return refuse(
            Said(f"it has {count} known values; at least {LEAST} are needed", f"只有 {count} 个值，至少需要 {LEAST} 个")
        )
    end_open = len(values) - 1 - int(np.flatnonzero(known)[-1])
    if end_open:
        english = f"The last {end_open} values are open; the forecast begins after the last known one."
        notes.append(Said(english, f"最后 {end_open} 个值缺失，预测从最后一个已知值之后开始。"))
    times, values = times[known], values[known]
    steps = _steps(times, season if series.dated else 0)
    if steps is None:
        return refuse(Said("its times follow no regular step of the asked seasonality", "时间间隔不规则"))
    grid, filled = _without_gaps(steps, values, season)
    if filled > MOST_MISSING * len(grid):
        english = f"{filled} of {len(grid)} steps between its first and last value are missing"
        return refuse(Said(english, f"首末之间 {len(grid)} 期缺了 {filled} 期"))
    if filled:
        english = f"{filled} missing steps were filled from the same season and their neighbours."
        notes.append(Said(english, f"缺失的 {filled} 期按同季节和相邻值补齐。"))
    last_day = int(times[-1]) if series.dated else None
    return _judged(series.unique_id, grid, last_day, season, notes)


def _judged(name: str, values: Floats, last_day: int | None, season: int, notes: list[str]) -> Ready | Refusal:
    values, opened = _since_opening(values, season)
    if opened:
        if len(values) < LEAST:
            english = f"it opened {len(values)} steps ago after {opened} zeros; at least {LEAST} are needed"
            return Refusal(name, Said(english, f"连续 {opened} 期为零之后才开放 {len(values)} 期，至少需要 {LEAST} 期"))
        notes.append(
            Said(f"The {opened} zeros before its opening are left out.", f"开放之前的 {opened} 期零值不计入。")
        )
    values, unit = _one_unit(values, season)
    if unit:
        english = f"From step {unit[0]} on it counts in another unit; what stood before was multiplied by {unit[1]:g}."
        notes.append(Said(english, f"自第 {unit[0]} 期起换了单位，此前的值乘以 {unit[1]:g}。"))
    if (shocked := _shocked(values, season)) > 0:
        english = f"For {shocked} steps it lay below 40% of its usual level; another such shock cannot be foreseen."
        notes.append(Said(english, f"曾有 {shocked} 期低于平常水平的四成；再有这样的冲击无法预见。"))
    return Ready(name, values, last_day, _kind(values, season), tuple(notes))


def _kind(values: Floats, season: int) -> str:
    if (values == values[0]).all():
        return "constant"
    if (values == 0).mean() > MOST_ZEROS:
        return "zeros"
    return "plain" if len(values) >= max(2 * season + 2, 6) else "short"


def _twice(times: Ints, values: Floats) -> int | None:
    order = np.argsort(times, kind="stable")
    times, values = times[order], values[order]
    same = times[1:] == times[:-1]
    both_open = np.isnan(values[1:]) & np.isnan(values[:-1])
    differ = same & (values[1:] != values[:-1]) & ~both_open
    return int(times[1:][differ][0]) if differ.any() else None


def _steps(times: Ints, season: int) -> Ints | None:
    """Times as counted steps from 0. season 0: the times are numbers already."""
    counted = _COUNTERS.get(season, _even)(times)
    if counted is None or (len(counted) > 1 and (np.diff(counted) <= 0).any()):
        counted = _even(times)
    return counted


def _months(times: Ints, each: int) -> Ints:
    days = [date.fromordinal(int(time)) for time in times]
    months = np.array([day.year * 12 + day.month - 1 for day in days], np.int64)
    return (months - months[0]) // each


def _even(times: Ints) -> Ints | None:
    """Multiples of the smallest distance, where all distances are near one (a month has 28 to 31 days)."""
    if len(times) < 2:
        return times - times[0]
    distances = np.diff(times)
    steps = np.rint(distances / np.median(distances)).astype(np.int64)
    if (steps < 1).any() or (np.abs(distances / np.median(distances) - steps) > 0.25).any():
        steps = np.rint(distances / distances.min()).astype(np.int64)
        if (np.abs(distances / distances.min() - steps) > 0.25).any():
            return None
    return np.concatenate([[0], np.cumsum(steps)])


_COUNTERS: dict[int, Callable[[Ints], Ints | None]] = {
    0: lambda times: times - times[0] if np.gcd.reduce(np.diff(times)) == 1 else _even(times),
    1: lambda times: _months(times, 12),
    4: lambda times: _months(times, 3),
    12: lambda times: _months(times, 1),
    7: lambda times: times - times[0],
}


def _without_gaps(steps: Ints, values: Floats, season: int) -> tuple[Floats, int]:
    """Values on every step, and how many were filled: the straight line between neighbours, shaped by the season."""
    length = int(steps[-1]) + 1
    if length == len(steps) or length > 50 * len(steps):
        return values, length - len(steps)
    grid = np.full(length, np.nan)
    grid[steps] = values
    holes = np.isnan(grid)
    every = np.arange(length)
    line = np.interp(every, steps, values)
    if season > 1 and len(values) >= 3 * season:
        level = np.convolve(np.pad(line, season // 2, mode="edge"), np.ones(season) / season, mode="same")
        level = level[season // 2 : season // 2 + length]
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = np.where(level > 0, grid / level, np.nan)
        shape = np.array([_middle(ratio[place::season]) for place in range(season)])
        line = np.where(holes, level * shape[every % season], line)
    grid[holes] = line[holes]
    return grid, int(holes.sum())


def _middle(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else 1.0


def _since_opening(values: Floats, season: int) -> tuple[Floats, int]:
    """Without the zeros before an opening, where they are long; and how many they were."""
    living = np.flatnonzero(values > 0)
    if len(living) == 0 or living[0] < max(LONG_CLOSED * season, LEAST):
        return values, 0
    return values[living[0] :], int(living[0])


def _one_unit(values: Floats, season: int) -> tuple[Floats, tuple[int, float] | None]:
    """The whole series in its last unit, where one single step jumps by a thousand or ten thousand and stays there."""
    around = max(season, 4)
    if len(values) < 2 * around or (values <= 0).any():
        return values, None
    logs = np.log10(values)
    at = int(np.argmax(np.abs(np.diff(logs)))) + 1
    if min(at, len(values) - at) < LEAST:
        return values, None
    before, after = logs[max(0, at - around) : at], logs[at : at + around]
    shift = float(np.median(after) - np.median(before))
    for unit in UNITS:
        size = np.log10(unit)
        calm = max(np.ptp(before), np.ptp(after)) < size / 2
        if calm and abs(abs(shift) - size) < 0.35:
            factor = float(unit ** np.sign(shift))
            return np.concatenate([values[:at] * factor, values[at:]]), (at + 1, factor)
    return values, None


def _shocked(values: Floats, season: int) -> int:
    """Steps of stretches, at least half a season and 3 steps long, far below the level of the seasons before them."""
    if len(values) < 3 * season + 3:
        return 0
    before = np.full(len(values), np.nan)
    span = DAYS_BEFORE if season == DAYS else max(2 * season, 4)
    for step in range(span, len(values)):
        before[step] = np.median(values[step - span : step])
    usual = np.fmax.accumulate(np.where(np.isnan(before), -np.inf, before))
    low = (values < SHOCK * before) | (values < SHOCK * usual / 2)
    runs = np.split(low, np.flatnonzero(np.diff(low)) + 1)
    return sum(len(run) for run in runs if run[0] and len(run) >= max(3, season // 2))
