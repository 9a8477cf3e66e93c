"""Forecasts of a hierarchy that add up: provinces to the country, places to a district, purposes to all visitors.

Base forecasts of every series are combined so that sums hold and their errors, as seen in the back-test, cost least:
MinT of Wickramasuriya, Athanasopoulos and Hyndman 2019, "Optimal forecast reconciliation for hierarchical and grouped
time series through trace minimization"; the covariance shrunk after Schaefer and Strimmer 2005. What would come out
negative is set to nothing at the bottom, and the sums are taken anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from haihe.tourism.domain.forecast.errors import ForecastAskedWrongly
from haihe.tourism.domain.forecast.panel import Floats

METHODS = ("bottom_up", "ols", "wls_structural", "wls_variance", "mint_shrink")
LEAST_SHRUNK = 1e-3


@dataclass(frozen=True)
class Hierarchy:
    """Which bottom series each series is the sum of.

    names     of all series, the bottom ones last
    sums      (series, bottom series) of 0 and 1; its last rows are the identity
    """

    names: tuple[str, ...]
    sums: Floats

    def __post_init__(self) -> None:
        count, bottom = self.sums.shape
        if len(self.names) != count or len(set(self.names)) != count:
            raise ForecastAskedWrongly("Every series of a hierarchy needs one name.", thing=count)
        if count < bottom or not np.array_equal(self.sums[count - bottom :], np.eye(bottom)):
            raise ForecastAskedWrongly("The last rows of a hierarchy must be its bottom series.", thing=bottom)

    @property
    def bottom(self) -> int:
        return self.sums.shape[1]


def hierarchy_of(paths: dict[str, tuple[str, ...]]) -> Hierarchy:
    """A hierarchy from the places of its bottom series: {"盘山": ("天津", "蓟州")} sums to 天津 and to 天津/蓟州.

    Raises ForecastAskedWrongly where a sum would have the name of a bottom series.
    """
    bottom = sorted(paths)
    upper: dict[str, set[str]] = {}
    for name, path in paths.items():
        for depth in range(1, len(path) + 1):
            upper.setdefault("/".join(path[:depth]), set()).add(name)
    if both := sorted(set(upper) & set(bottom)):
        raise ForecastAskedWrongly("A sum has the name of one of its parts.", thing=both[0])
    above = sorted(upper, key=lambda name: (name.count("/"), name))
    sums = np.array([[float(one in upper[name]) for one in bottom] for name in above]).reshape(len(above), len(bottom))
    return Hierarchy((*above, *bottom), np.vstack([sums, np.eye(len(bottom))]))


@dataclass(frozen=True)
class Reconciled:
    """Forecasts that add up.

    mean      (series, horizon)
    spread    (series, horizon), standard deviation of their errors
    matrix    (series, series) that base forecasts were multiplied by
    """

    mean: Floats
    spread: Floats
    matrix: Floats

    def quantiles(self, shares: Floats) -> Floats:
        """(series, horizon, shares) of a normal distribution around the mean, none below zero."""
        marks = np.array([NormalDist().inv_cdf(float(share)) for share in shares])
        return np.maximum(self.mean[:, :, None] + self.spread[:, :, None] * marks, 0.0)


def reconcile(base: Floats, errors: Floats, hierarchy: Hierarchy, *, method: str = "mint_shrink") -> Reconciled:
    """Make base forecasts add up.

    base      (series, horizon), in the order of the hierarchy
    errors    (series, n) of the same models where the truth was known, side by side in time; `spread` follows them
    method    one of METHODS; mint_shrink weighs each series by what its errors share with those of the others

    Raises ForecastAskedWrongly.
    """
    if method not in METHODS:
        raise ForecastAskedWrongly("There is no such way to reconcile.", thing=method)
    if base.shape[0] != len(hierarchy.names) or errors.shape[0] != len(hierarchy.names):
        raise ForecastAskedWrongly("Forecasts and hierarchy are of different series.", thing=base.shape[0])
    errors = errors[:, ~np.isnan(errors).any(axis=0)]
    sums = hierarchy.sums
    matrix = sums @ _to_bottom(errors, hierarchy, method)
    bottom = np.maximum((matrix @ base)[-hierarchy.bottom :], 0.0)
    covariance = _shrunk(errors)
    variance = np.einsum("ij,jk,ik->i", matrix, covariance, matrix)
    spread = np.sqrt(np.maximum(variance, 0.0))[:, None] * np.ones(base.shape[1])
    return Reconciled(sums @ bottom, spread, matrix)


def _to_bottom(errors: Floats, hierarchy: Hierarchy, method: str) -> Floats:
    """(bottom, series): what makes bottom forecasts of all base forecasts."""
    sums, count = hierarchy.sums, len(hierarchy.names)
    if method == "bottom_up":
        return np.hstack([np.zeros((hierarchy.bottom, count - hierarchy.bottom)), np.eye(hierarchy.bottom)])
    if method == "mint_shrink":
        return _generalised(sums, _shrunk(errors))
    variance = {
        "ols": np.ones(count),
        "wls_structural": sums.sum(axis=1),
        "wls_variance": _variances(errors),
    }[method]
    return _generalised(sums, np.diag(variance))


def _generalised(sums: Floats, covariance: Floats) -> Floats:
    """(S' W^-1 S)^-1 S' W^-1, by the difference form, which inverts nothing of the bottom's size."""
    count, bottom = sums.shape
    upper = count - bottom
    if upper == 0:
        return np.eye(bottom)
    against = np.hstack([np.eye(upper), -sums[:upper]])
    across = covariance @ against.T
    return np.asarray((np.eye(count) - across @ np.linalg.solve(against @ across, against))[upper:])


def _variances(errors: Floats) -> Floats:
    """Mean squares, none nothing: an error that was never made may be made yet."""
    squares = np.mean(errors**2, axis=1)
    positive = squares[squares > 0]
    return np.maximum(squares, 1e-6 * positive.min() if len(positive) else 1.0)


def _shrunk(errors: Floats) -> Floats:
    """Covariance (around zero) whose correlations are drawn to none, as far as they may be chance."""
    count = errors.shape[1]
    variance = _variances(errors)
    scaled = errors / np.sqrt(variance)[:, None]
    correlation = scaled @ scaled.T / count
    chance = (scaled**2) @ (scaled**2).T / count - correlation**2
    outside = ~np.eye(len(errors), dtype=bool)
    size = float((correlation[outside] ** 2).sum())
    share = float(chance[outside].sum()) / max(count - 1, 1) / size if size > 0 else 1.0
    share = min(max(share, LEAST_SHRUNK), 1.0)
    correlation = (1 - share) * correlation
    np.fill_diagonal(correlation, 1.0)
    return np.asarray(correlation * np.sqrt(variance[:, None] * variance[None, :]))
