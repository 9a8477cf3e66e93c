"""Intervals by split conformal prediction: as wide as the recipe's own errors were at origins inside the known part.

Errors are taken without sign (a bias of the calibration years need not be the next years' bias), each in units of its
series' scale, and pooled over series by step ahead. After Lei et al. 2018, "Distribution-free predictive inference".
"""

from __future__ import annotations

import numpy as np

from haihe.tourism.domain.forecast.panel import Floats

LEVELS = (0.80, 0.95)
ENOUGH = 120  # errors a step; with fewer all steps are pooled, in units that grow with the square root of the step
NORMAL = {0.80: 1.2816, 0.95: 1.9600}


def half_widths(errors: Floats, units: Floats, season: int, *, own: float) -> dict[float, Floats]:
    """Half widths of the central intervals.

    errors    (series, origins, horizon): forecast minus truth at calibration origins, in units of the series' scale
              as known at that origin (series grow, and so do their errors); NaN where unknown
    units     (series, horizon): > 0, those scales now, in the unit of the series
    own       how far each scale is drawn to the series' own errors, in logarithms; 0: not at all
    returns   level -> (series, horizon), in units never shrinking with the step
    """
    factor = own_factors(errors, own)
    sizes = np.abs(errors) / factor[:, None, None]
    units = units * factor[:, None]
    known = ~np.isnan(sizes)
    horizon = errors.shape[2]
    growth = np.sqrt(1 + np.arange(horizon) // max(season, 1)) if season > 1 else np.sqrt(1 + np.arange(horizon))
    by_step = known.sum(axis=(0, 1)).min() >= ENOUGH
    widths = {}
    for level in LEVELS:
        if by_step:
            factors = np.array([_quantile(sizes[:, :, step][known[:, :, step]], level) for step in range(horizon)])
        else:
            factors = growth * _quantile((sizes / growth)[known], level)
        widths[level] = _never_falling(factors)[None, :] * units
    return widths


def shares_inside(errors: Floats, widths: dict[float, Floats]) -> dict[float, Floats]:
    """level -> (series,): share of known errors (series, origins, horizon) within the half widths (series, horizon)."""
    known = ~np.isnan(errors)
    count = np.maximum(known.sum(axis=(1, 2)), 1)
    return {
        level: (known & (np.abs(np.where(known, errors, 0.0)) <= width[:, None, :])).sum(axis=(1, 2)) / count
        for level, width in widths.items()
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


def _quantile(sizes: Floats, level: float) -> float:
    """The conformal quantile; where there are too few errors for it, the normal one with room for their number."""
    count = len(sizes)
    if count == 0:
        return 2 * NORMAL[level]
    rank = int(np.ceil((count + 1) * level))
    if rank <= count:
        return float(np.sort(sizes)[rank - 1])
    return float(max(sizes.max(), NORMAL[level] * np.sqrt(np.mean(sizes**2))) * (1 + 2 / count))
