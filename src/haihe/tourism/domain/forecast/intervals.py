"""Intervals by split conformal prediction: as wide as the recipe's own errors were at origins inside the known part.

Errors are taken in units of each series' scale and pooled over series by step ahead. After Lei et al. 2018,
"Distribution-free predictive inference". As a rule they are taken without sign: a bias of the calibration years need
not be the next years' bias. Where what comes is far above more often than far below, arms may lean to that side.
"""

from __future__ import annotations

import numpy as np

from haihe.tourism.domain.forecast.panel import Floats

LEVELS = (0.80, 0.95)
ENOUGH = 120  # errors a step; with fewer all steps are pooled, in units that grow with the square root of the step
NORMAL = {0.80: 1.2816, 0.95: 1.9600}


def arms(errors: Floats, units: Floats, season: int, *, own: float, lean: float = 0.0) -> dict[float, Floats]:
    """How far the intervals reach below and above the forecast.

    errors    (series, origins, horizon): forecast minus truth at calibration origins, in units of the series' scale
              as known at that origin (series grow, and so do their errors); NaN where unknown
    units     (series, horizon): > 0, those scales now, in the unit of the series
    own       how far each scale is drawn to the series' own errors, in logarithms; 0: not at all
    lean      how far the arms go from equal ones to what the errors of each sign ask for; 0: equal
    returns   level -> (2, series, horizon), below and above, in units never shrinking with the step
    """
    factor = own_factors(errors, own)
    errors = errors / factor[:, None, None]
    units = units * factor[:, None]
    known = ~np.isnan(errors)
    horizon = errors.shape[2]
    growth = np.sqrt(1 + np.arange(horizon) // max(season, 1)) if season > 1 else np.sqrt(1 + np.arange(horizon))
    by_step = known.sum(axis=(0, 1)).min() >= ENOUGH
    reached = {}
    for level in LEVELS:
        if by_step:
            steps = [_both(errors[:, :, step][known[:, :, step]], level, lean) for step in range(horizon)]
            factors = np.array(steps).T
        else:
            factors = np.outer(_both((errors / growth)[known], level, lean), growth)
        reached[level] = np.stack([_never_falling(side)[None, :] * units for side in factors])
    return reached


def shares_inside(errors: Floats, reached: dict[float, Floats]) -> dict[float, Floats]:
    """level -> (series,): share of known errors (series, origins, horizon) within the arms (2, series, horizon)."""
    known = ~np.isnan(errors)
    count = np.maximum(known.sum(axis=(1, 2)), 1)
    over = np.where(known, errors, 0.0)
    return {
        level: (known & (over <= below[:, None, :]) & (over >= -above[:, None, :])).sum(axis=(1, 2)) / count
        for level, (below, above) in reached.items()
    }


def own_factors(errors: Floats, share: float) -> Floats:
    """(series,): how much larger or smaller a series' errors are than the median series', that share of the way."""
    counts = (~np.isnan(errors)).sum(axis=(1, 2))
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.log(np.nansum(np.abs(errors), axis=(1, 2)) / counts)
    usable = np.isfinite(ratio)
    if not usable.any():
        return np.ones(len(errors))
    middle = np.median(ratio[usable])
    return np.asarray(np.exp(np.where(usable, share * (ratio - middle), 0.0)))


def _never_falling(factors: Floats) -> Floats:
    """The nearest factors that do not fall from step to step: steps that would are given their mean.

    A running maximum would carry the chance excess of one step on to all after it: with 24 steps a tenth too wide.
    Pool adjacent violators, after Barlow, Bartholomew, Bremner and Brunk 1972.
    """
    pools: list[tuple[float, int]] = []  # mean and number of steps
    for factor in factors:
        pools.append((float(factor), 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (one, many), (other, few) = pools[-2], pools[-1]
            pools[-2:] = [((one * many + other * few) / (many + few), many + few)]
    return np.concatenate([np.full(count, mean) for mean, count in pools])


def _both(errors: Floats, level: float, lean: float) -> tuple[float, float]:
    """The arms below and above that errors (forecast minus truth) ask for; equal where there are too few of a sign."""
    even = _quantile(np.abs(errors), level)
    count = len(errors)
    rank = int(np.ceil((count + 1) * (1 + level) / 2))
    if not lean or rank > count:
        return even, even
    ordered = np.sort(errors)
    below, above = max(float(ordered[rank - 1]), 0.0), max(-float(ordered[count - rank]), 0.0)
    return (1 - lean) * even + lean * below, (1 - lean) * even + lean * above


def _quantile(sizes: Floats, level: float) -> float:
    """The conformal quantile; where there are too few errors for it, the normal one with room for their number."""
    count = len(sizes)
    if count == 0:
        return 2 * NORMAL[level]
    rank = int(np.ceil((count + 1) * level))
    if rank <= count:
        return float(np.sort(sizes)[rank - 1])
    return float(max(sizes.max(), NORMAL[level] * np.sqrt(np.mean(sizes**2))) * (1 + 2 / count))
