from __future__ import annotations

from datetime import date

import numpy as np

from alert_seasons import Place, judge, season


def test_a_season_is_foreseen_better_than_by_climatology() -> None:
    load, booked = season(330, seed=4)
    limit = float(np.quantile(load.max(axis=1)[:250], 0.9))
    made = judge(date(2022, 3, 1), [Place(load, booked, limit)], 250, ["CN"])
    assert set(made.lead) == {1, 3, 6, 12, 24, 48, 72}
    assert made.skill > 0.3
