from __future__ import annotations

import numpy as np
import pytest

from haihe.tourism.domain.forecast.errors import ForecastAskedWrongly
from haihe.tourism.domain.forecast.reconciling import METHODS, Hierarchy, hierarchy_of, reconcile

PLACES = {"盘山": ("天津", "蓟州"), "独乐寺": ("天津", "蓟州"), "古文化街": ("天津", "南开")}


def test_hierarchy_sums_what_lies_below_a_place() -> None:
    made = hierarchy_of(PLACES)
    assert made.names == ("天津", "天津/南开", "天津/蓟州", "古文化街", "独乐寺", "盘山")
    assert made.sums[:3].tolist() == [[1, 1, 1], [1, 0, 0], [0, 1, 1]]


def test_sum_with_the_name_of_a_part_is_refused() -> None:
    with pytest.raises(ForecastAskedWrongly, match="name of one of its parts"):
        hierarchy_of({"天津": ("天津",)})


@pytest.mark.parametrize("names", [("a", "a"), ("a",)])
def test_hierarchy_without_one_name_each_is_refused(names: tuple[str, ...]) -> None:
    with pytest.raises(ForecastAskedWrongly, match="needs one name"):
        Hierarchy(names, np.array([[1.0], [1.0]]))


@pytest.mark.parametrize("method", METHODS)
def test_reconciled_forecasts_add_up_and_stay(method: str) -> None:
    """Sums hold, nothing is negative, and forecasts that add up already are left as they are."""
    draw = np.random.default_rng(1)
    tree = hierarchy_of(PLACES)
    errors = tree.sums @ draw.normal(0, 30, (3, 40)) + draw.normal(0, 10, (6, 40))
    base = tree.sums @ draw.uniform(100, 900, (3, 5)) + draw.normal(0, 40, (6, 5))
    made = reconcile(base, errors, tree, method=method)
    np.testing.assert_allclose(made.mean, tree.sums @ made.mean[-3:])
    assert (made.mean >= 0).all()
    assert (made.spread > 0).all()
    coherent = tree.sums @ draw.uniform(100, 900, (3, 5))
    np.testing.assert_allclose(reconcile(coherent, errors, tree, method=method).mean, coherent)


def test_mint_is_the_textbook_formula() -> None:
    draw = np.random.default_rng(2)
    tree = hierarchy_of(PLACES)
    base = draw.uniform(100, 900, (6, 2)) + 500
    made = reconcile(base, draw.normal(0, 20, (6, 30)), tree, method="ols").mean
    sums = tree.sums
    expected = sums @ np.linalg.inv(sums.T @ sums) @ sums.T @ base
    np.testing.assert_allclose(made, expected)


def test_mint_trusts_the_series_that_was_right() -> None:
    """The total is forecast well, the parts badly: reconciled parts are better than their own forecasts."""
    draw = np.random.default_rng(3)
    tree = hierarchy_of({f"p{number}": ("all",) for number in range(6)})
    truth = draw.uniform(100, 200, (6, 400))

    def misses() -> np.ndarray:
        return np.vstack([draw.normal(0, 5, (1, 400)), draw.normal(20, 40, (6, 400))])

    base = tree.sums @ truth + misses()
    made = reconcile(base, misses(), tree)
    before, after = (np.mean((one[1:] - truth) ** 2) for one in (base, made.mean))
    assert after < 0.9 * before
    bottom_up = reconcile(base, misses(), tree, method="bottom_up").mean
    assert np.mean((made.mean[0] - truth.sum(axis=0)) ** 2) < 0.1 * np.mean((bottom_up[0] - truth.sum(axis=0)) ** 2)


def test_spread_covers_what_it_promises() -> None:
    draw = np.random.default_rng(4)
    tree = hierarchy_of(PLACES)
    truth = tree.sums @ draw.uniform(3000, 9000, (3, 2000))

    def misses(count: int) -> np.ndarray:
        return tree.sums @ draw.normal(0, 30, (3, count)) + draw.normal(0, 30, (6, count))

    made = reconcile(truth + misses(2000), misses(300), tree)
    low, high = np.moveaxis(made.quantiles(np.array([0.1, 0.9])), 2, 0)
    inside = ((truth >= low) & (truth <= high)).mean(axis=1)
    assert (np.abs(inside - 0.8) < 0.05).all()


def test_errors_that_never_were_and_errors_unknown_stop_nothing() -> None:
    tree = hierarchy_of(PLACES)
    errors = np.random.default_rng(5).normal(0, 9, (6, 20))
    errors[4] = 0.0
    errors[2, 7] = np.nan
    made = reconcile(np.full((6, 3), 50.0), errors, tree)
    assert np.isfinite(made.mean).all()
    assert np.isfinite(made.spread).all()


def test_forecasts_of_other_series_are_refused() -> None:
    with pytest.raises(ForecastAskedWrongly, match="different series"):
        reconcile(np.ones((5, 2)), np.ones((6, 9)), hierarchy_of(PLACES))
    with pytest.raises(ForecastAskedWrongly, match="no such way"):
        reconcile(np.ones((6, 2)), np.ones((6, 9)), hierarchy_of(PLACES), method="best")
