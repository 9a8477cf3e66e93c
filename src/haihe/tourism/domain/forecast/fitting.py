"""The recipe run at the end of the series and at calibration origins before it.

Daily series are forecast calm: what holidays and regressors do is taken out first and put back on the forecast days
(`effects`). At calibration origins the effects are those known at the earliest of them, so errors tell the truth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from haihe.tourism.domain.forecast.boosting import enough_windows, learn_and_predict
from haihe.tourism.domain.forecast.effects import Effects, calendar_of, estimate
from haihe.tourism.domain.forecast.guards import Ready
from haihe.tourism.domain.forecast.measures import Measures, Width, measure, scales
from haihe.tourism.domain.forecast.panel import Floats, Panel, line_up
from haihe.tourism.domain.forecast.recipes import GLOBAL, Recipe
from haihe.tourism.domain.forecast.regressors import Known
from haihe.tourism.domain.forecast.statistical import forecast_many, seasonal_naive

DAILY = 7  # the seasonality of days
CALIBRATION = 240  # errors a step that calibration looks for before it goes further back
MOST_ORIGINS = 12
OWN_LEARNING = 3  # origins for each of which the global model learns anew; for more it would take too long


@dataclass(frozen=True)
class Fitted:
    """Point forecasts of the plain series, and the errors of the same recipe at origins inside the known part.

    mean      (series, horizon)
    errors    (series, origins, horizon), forecast minus truth; NaN where unknown
    naive     the same of the seasonal naive forecast
    scales    (series,), mean absolute seasonal-naive error of the known part
    measures  at the end and at each origin: what tells how large errors will be, of calm days
    rough     (series, horizon) at the end and at each origin: how many times as much on these days
    effects   of holidays and regressors; None where the series are not daily
    models    what the mean is made of
    """

    mean: Floats
    errors: Floats
    naive: Floats
    scales: Floats
    measures: tuple[Measures, ...]
    rough: tuple[Floats, ...]
    effects: Effects | None
    models: tuple[str, ...]

    def units(self, width: Width) -> Floats:
        """(series, horizon): what the errors to come are measured in, in the unit of the series."""
        return self._units(width)[0]

    def sizes(self, width: Width) -> Floats:
        """(series, origins, horizon): the errors in such units as known at each origin."""
        return np.asarray(self.errors / np.stack(self._units(width)[1:], axis=1))

    def _units(self, width: Width) -> list[Floats]:
        return [one.unit(width)[:, None] * rough for one, rough in zip(self.measures, self.rough, strict=True)]


def fit(
    ready: Sequence[Ready],
    horizon: int,
    season: int,
    recipe: Recipe,
    *,
    countries: Sequence[str] = (),
    known: Known | None = None,
    jobs: int = 1,
) -> Fitted:
    """Every model of the recipe at the end of the series and at calibration origins before it.

    countries, known   as `forecast_all` takes them
    """
    values = [one.values for one in ready]
    panel = line_up(values, season)
    cuts = calibration_cuts(panel, horizon)
    now = _effects(ready, horizon, season, countries, known, 0)
    then = _effects(ready, horizon, season, countries, known, cuts[-1]) if now else None
    seen = {0: now.calm if now else values, **dict.fromkeys(cuts, then.calm if then else values)}
    made, calm, before = _made(seen, horizon, season, recipe, cuts, jobs)
    put_back = {cut: _on_days(now if cut == 0 else then, values, cut, horizon) for cut in (0, *cuts)}
    combined = {cut: recipe.combined(made[cut]) for cut in put_back}
    means = {cut: combined[cut] * factor for cut, (factor, _rough) in put_back.items()}
    names = recipe.models if GLOBAL in made[0] else recipe.alone
    plain = {cut: np.stack([seasonal_naive(one[: len(one) - cut], horizon, season) for one in values]) for cut in cuts}
    return Fitted(
        means[0],
        np.stack([_errors(panel, means[cut], cut, horizon) for cut in cuts], axis=1),
        np.stack([_errors(panel, plain[cut], cut, horizon) for cut in cuts], axis=1),
        scales(panel),
        tuple(measure(before if cut else calm, made[cut], names, combined[cut], cut) for cut in (0, *cuts)),
        tuple(put_back[cut][1] for cut in (0, *cuts)),
        now,
        names,
    )


def calibration_cuts(panel: Panel, horizon: int) -> tuple[int, ...]:
    """Steps before the end where the recipe is tried: two horizons back, for few series further."""
    count = len(panel.lengths)
    cuts = [horizon]
    step = max(1, horizon // 2) if count < CALIBRATION else horizon
    while len(cuts) < MOST_ORIGINS:
        following = cuts[-1] + step
        room = int((panel.lengths - following >= max(2 * panel.season + 2, 6)).sum())
        if room < count / 2 or (len(cuts) >= 2 and count * len(cuts) >= CALIBRATION):
            break
        cuts.append(following)
    return tuple(cuts)


def _made(
    seen: dict[int, list[Floats]], horizon: int, season: int, recipe: Recipe, cuts: Sequence[int], jobs: int
) -> tuple[dict[int, dict[str, Floats]], Panel, Panel]:
    """cut -> model -> (series, horizon); and the panels of the end and of the calibration origins."""
    calm = line_up(seen[0], season)
    before = calm if seen[cuts[0]] is seen[0] else line_up(seen[cuts[0]], season)
    everywhere = GLOBAL in recipe.models and enough_windows(calm, horizon, recipe.boosting, cuts[-1])
    made = _at_cuts(recipe.models if everywhere else recipe.alone, seen, horizon, season, jobs)
    if everywhere:
        for cut, predicted in _everywhere(calm, before, horizon, recipe, cuts, jobs).items():
            made[cut][GLOBAL] = _tame(predicted, made[cut]["snaive"], seen[cut], cut)
    return made, calm, before


def _everywhere(
    calm: Panel, before: Panel, horizon: int, recipe: Recipe, cuts: Sequence[int], jobs: int
) -> dict[int, Floats]:
    """The global model at every cut. It learns for each alone: held back further, it would err more than it will."""
    groups = [(cut,) for cut in cuts] if len(cuts) <= OWN_LEARNING else [tuple(cuts)]
    made = learn_and_predict(calm, horizon, recipe.boosting, threads=jobs) or {}
    for group in groups:
        back = group[-1]
        made |= learn_and_predict(before, horizon, recipe.boosting, hold_back=back, ask=group, threads=jobs) or {}
    return made if len(made) == 1 + len(cuts) else {}


def _at_cuts(
    names: Sequence[str], seen: dict[int, list[Floats]], horizon: int, season: int, jobs: int
) -> dict[int, dict[str, Floats]]:
    """Statistical models at every cut; a series too short at a cut gets NaN there."""
    single = list(dict.fromkeys(["snaive", *(name for name in names if name != GLOBAL)]))
    least = max(2 * season + 2, 6)
    tasks = [(row, cut) for cut, values in seen.items() for row, one in enumerate(values) if len(one) - cut >= least]
    parts = [seen[cut][row][: len(seen[cut][row]) - cut] for row, cut in tasks]
    made = forecast_many(single, parts, horizon, season, jobs=jobs)
    result = {cut: {name: np.full((len(values), horizon), np.nan) for name in single} for cut, values in seen.items()}
    for place, (row, cut) in enumerate(tasks):
        for name in single:
            result[cut][name][row] = made[name][place]
    return result


def _effects(
    ready: Sequence[Ready],
    horizon: int,
    season: int,
    countries: Sequence[str],
    known: Known | None,
    hold_back: int,
) -> Effects | None:
    """What holidays and regressors do to daily series; a series without dates has none."""
    if season != DAILY or not (countries or known):
        return None
    begun = {row: first for row, one in enumerate(ready) if (first := one.first_day(horizon)) is not None}
    if not begun:
        return None
    dated, firsts = list(begun), list(begun.values())
    values = [ready[row].values for row in dated]
    last = max(first + len(one) for first, one in zip(firsts, values, strict=True)) + horizon
    calendars = [calendar_of(country, min(firsts), last - 1) for country in countries or [""]]
    given = [
        known.of(ready[row].unique_id, first, len(ready[row].values) + horizon) if known else None
        for row, first in zip(dated, firsts, strict=True)
    ]
    found = estimate(values, firsts, calendars, horizon, hold_back=hold_back, regressors=given)
    effects = Effects(
        [np.zeros(len(one.values) + horizon) for one in ready],
        [np.ones(len(one.values) + horizon) for one in ready],
        [one.values for one in ready],
    )
    for place, row in enumerate(dated):
        effects.known[row], effects.rough[row] = found.known[place], found.rough[place]
        effects.calm[row] = found.calm[place]
    return effects


def _on_days(effects: Effects | None, values: Sequence[Floats], cut: int, horizon: int) -> tuple[Floats, Floats]:
    """What a calm forecast is multiplied by on its days, and its error; (series, horizon) each."""
    if effects is None:
        return np.ones((len(values), horizon)), np.ones((len(values), horizon))
    days = [slice(len(one) - cut, len(one) - cut + horizon) for one in values]
    factor = np.exp(np.stack([one[place] for one, place in zip(effects.known, days, strict=True)]))
    return factor, factor * np.stack([one[place] for one, place in zip(effects.rough, days, strict=True)])


def _tame(predicted: Floats, naive: Floats, values: Sequence[Floats], cut: int) -> Floats:
    """Where the global model leaves the range that a series could reach, its naive forecast stands instead."""
    highest = np.array([one[: max(len(one) - cut, 1)].max() for one in values])
    wild = ~np.isfinite(predicted) | (predicted > 5 * highest[:, None])
    return np.where(wild, naive, predicted)


def _errors(panel: Panel, mean: Floats, cut: int, horizon: int) -> Floats:
    width = panel.width - cut
    truth = panel.values[:, width : width + horizon]
    full = np.full_like(mean, np.nan)
    full[:, : truth.shape[1]] = mean[:, : truth.shape[1]] - truth
    return full
