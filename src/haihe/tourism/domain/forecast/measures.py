"""What the errors of a forecast are measured in: by how much a series errs is told by how much it changed so far, and
by what shows that this time it may be more.

Errors in such units are alike enough to be pooled over series: normalised conformal prediction, after Lei et al. 2018,
"Distribution-free predictive inference", section 5.2. That forecasts are in doubt where their models lie apart is an
old finding, e.g. Bates and Granger 1969, "The combination of forecasts".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from haihe.tourism.domain.forecast.panel import Floats, Panel

LEAST_RELATIVE = 0.01  # of the scale; a series that lies near nothing for a while is not measured by nothing


@dataclass(frozen=True)
class Width:
    """How wide intervals are made; shares as `recipes.toml` names them, chosen by `bench/select_intervals.py`.

    apart      how many times the distance of the models is added to a series' scale
    relative   how far that sum is drawn to the relative size of the changes at the present level, in logarithms
    own        how far the units are drawn to the series' own errors at the calibration origins, in logarithms
    lean       how far the arms below and above go from equal ones to what the errors of each sign ask for
    """

    own: float
    relative: float = 0.0
    apart: float = 0.0
    lean: float = 0.0


@dataclass(frozen=True)
class Measures:
    """Of all series as known at one origin; (series,) each, in the unit of the series; NaN where there is no forecast.

    scale      mean seasonal-naive error so far; where that is zero, the noise of a count
    relative   the mean relative size of the same changes, times the present level
    apart      mean distance of the models from the forecast that they make together
    """

    scale: Floats
    relative: Floats
    apart: Floats

    def unit(self, width: Width) -> Floats:
        """(series,) > 0."""
        unit = self.scale + width.apart * self.apart if width.apart else self.scale
        if width.relative:
            level = np.maximum(self.relative, LEAST_RELATIVE * self.scale)
            unit = unit ** (1 - width.relative) * level**width.relative
        return unit


def measure(panel: Panel, made: Mapping[str, Floats], names: Sequence[str], combined: Floats, cut: int) -> Measures:
    """What is known `cut` steps before the end of the panel.

    made    model -> (series, horizon), forecasts from there; `names` of them make `combined`
    """
    scale = scales(panel, cut)
    apart = np.mean([np.abs(made[name] - combined).mean(axis=1) for name in names], axis=0)
    return Measures(scale, _relative(panel, scale, cut), apart)


def scales(panel: Panel, cut: int = 0) -> Floats:
    """Each series' seasonal-naive error up to `cut` steps before the end; where that is zero, the noise of a count."""
    found = panel.scales[:, panel.width - 1 - cut]
    floor = np.sqrt(np.maximum(np.nanmean(panel.values, axis=1), 1.0))
    return np.where(found > 0, found, floor)


def _relative(panel: Panel, scale: Floats, cut: int) -> Floats:
    season, width = panel.season, panel.width - cut
    changes = np.abs(panel.logs[:, season:width] - panel.logs[:, : width - season])
    recent = panel.values[:, width - max(season, 2) : width]
    sizes = _means(changes) * _means(recent)
    return np.where(np.isfinite(sizes) & (sizes > 0), sizes, scale)


def _means(values: Floats) -> Floats:
    """Of each row what is known."""
    known = ~np.isnan(values)
    return np.asarray(np.where(known, values, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1))
