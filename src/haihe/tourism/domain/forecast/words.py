"""What a forecast says about itself in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from haihe.tourism.domain.forecast.effects import Effects
from haihe.tourism.domain.forecast.guards import Ready
from haihe.tourism.domain.forecast.holiday_slots import MAKE_UP, holiday_days, provisional
from haihe.tourism.domain.forecast.panel import Floats
from haihe.tourism.domain.forecast.regressors import Known
from haihe.tourism.domain.forecast.said import Said

CANNOT_KNOW = Said(
    "It rests on its own past and that of the other series of the file: no closure, policy, price, storm or epidemic "
    "that has not happened yet is in it. Its intervals cover as they covered at the origins of its back-test; "
    "years unlike those are covered less. Each interval holds for its step, not for all steps at once.",
    "预测只依据本序列和同批其他序列的过去：尚未发生的闭园、政策、价格、台风或疫情都不在其中。"
    "区间的覆盖率以回测时为准，与那些年份不同的年份会覆盖得少些。每个区间只对它那一期成立，不保证各期同时成立。",
)
LARGEST_NAMED = 6
KINDS = {
    "spring": "春节",
    "national": "国庆节",
    "labour": "劳动节",
    "qingming": "清明节",
    "dragon boat": "端午节",
    "mid-autumn": "中秋节",
    "new year": "元旦",
    MAKE_UP: "调休上班日",
}


def days_in_words(
    one: Ready, horizon: int, effects: Effects | None, row: int, countries: Sequence[str], known: Known | None
) -> tuple[str, ...]:
    """Notes of a daily series on the holidays and regressors of the days ahead."""
    if effects is None or one.last_day is None or one.first_day(horizon) is None:
        return ()
    first = date.fromordinal(one.last_day + 1)
    ahead = [first + timedelta(days=step) for step in range(horizon)]
    notes: list[str] = []
    named: dict[str, list[date]] = {}
    for country in countries:
        for day, slot in holiday_days(country, range(first.year, ahead[-1].year + 1)).items():
            if first <= day <= ahead[-1]:
                kind = slot.slot if slot.slot == MAKE_UP else slot.slot.partition(" · ")[0]
                named.setdefault(kind, []).append(day)
    if named:
        notes.append(_holidays(named, np.exp(effects.known[row][len(one.values) :])))
    open_years = sorted({day.year for day in ahead for country in countries if provisional(country, day.year)})
    if open_years:
        years = " and ".join(str(year) for year in open_years)
        english = f"The make-up days of {years} are not announced yet (未公布调休); its holidays are the law's only."
        named_zh = "、".join(str(year) for year in open_years)
        notes.append(Said(english, f"{named_zh} 年调休尚未公布，只计法定节假日。"))
    if known is not None:
        missing = np.isnan(known.of(one.unique_id, one.last_day + 1, horizon)).sum(axis=0)
        for name, count in zip(known.names, missing, strict=True):
            if count:
                english = f"{name} is not known for {count} of the {horizon} days ahead and taken as usual there."
                notes.append(Said(english, f"未来 {horizon} 天中有 {count} 天不知道 {name}，按平常计。"))
    return tuple(notes)


def _holidays(named: dict[str, list[date]], factor: Floats) -> Said:
    """Which holidays the days ahead touch, and by how much they change the forecast."""
    ordered = sorted(named.items(), key=lambda item: min(item[1]))[:LARGEST_NAMED]
    english = ", ".join(f"{kind} ({min(days)}{_until(days, ' to ')})" for kind, days in ordered)
    chinese = "、".join(f"{KINDS.get(kind, kind)}（{min(days)}{_until(days, ' 至 ')}）" for kind, days in ordered)
    low, high = f"{factor.min() - 1:+.0%}", f"{factor.max() - 1:+.0%}"
    return Said(
        f"Days ahead in or beside holidays: {english}; they change the forecast by {low} to {high}.",
        f"未来涉及的节假日及其前后：{chinese}；使预测变动 {low} 至 {high}。",
    )


def _until(days: list[date], word: str) -> str:
    return f"{word}{max(days)}" if len(set(days)) > 1 else ""
