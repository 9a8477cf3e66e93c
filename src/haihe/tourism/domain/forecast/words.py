"""What a forecast says about itself in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from haihe.tourism.domain.forecast.effects import Effects
from haihe.tourism.domain.forecast.guards import Ready
from haihe.tourism.domain.forecast.holiday_slots import MAKE_UP, holiday_days, provisional
from haihe.tourism.domain.forecast.regressors import Known

CANNOT_KNOW = (
    "It rests on its own past and that of the other series of the file: no closure, policy, price, storm or epidemic "
    "that has not happened yet is in it. Its intervals cover as they covered at the origins of its back-test; "
    "years unlike those are covered less. Each interval holds for its step, not for all steps at once."
)
LARGEST_NAMED = 6


def days_in_words(
    one: Ready, horizon: int, effects: Effects | None, row: int, countries: Sequence[str], known: Known | None
) -> tuple[str, ...]:
    """Notes of a daily series on the holidays and regressors of the days ahead."""
    if effects is None or one.last_day is None or one.first_day(horizon) is None:
        return ()
    first = date.fromordinal(one.last_day + 1)
    ahead = [first + timedelta(days=step) for step in range(horizon)]
    notes = []
    named: dict[str, list[date]] = {}
    for country in countries:
        for day, slot in holiday_days(country, range(first.year, ahead[-1].year + 1)).items():
            if first <= day <= ahead[-1]:
                kind = slot.slot if slot.slot == MAKE_UP else slot.slot.partition(" · ")[0]
                named.setdefault(kind, []).append(day)
    if named:
        told = [
            f"{kind} ({min(days)}" + (f" to {max(days)})" if len(set(days)) > 1 else ")")
            for kind, days in sorted(named.items(), key=lambda item: min(item[1]))
        ]
        factor = np.exp(effects.known[row][len(one.values) :])
        notes.append(
            f"Days ahead in or beside holidays: {', '.join(told[:LARGEST_NAMED])}; "
            f"they change the forecast by {factor.min() - 1:+.0%} to {factor.max() - 1:+.0%}."
        )
    open_years = sorted({day.year for day in ahead for country in countries if provisional(country, day.year)})
    if open_years:
        years = " and ".join(str(year) for year in open_years)
        notes.append(
            f"The make-up days of {years} are not announced yet (未公布调休); its holidays are the law's only."
        )
    if known is not None:
        missing = np.isnan(known.of(one.unique_id, one.last_day + 1, horizon)).sum(axis=0)
        for name, count in zip(known.names, missing, strict=True):
            if count:
                notes.append(f"{name} is not known for {count} of the {horizon} days ahead and taken as usual there.")
    return tuple(notes)
