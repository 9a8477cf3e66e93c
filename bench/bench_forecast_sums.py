"""Sums that must hold, measured: TourismLarge and TourismSmall reconciled, beside the published best."""

from __future__ import annotations

import bench_forecast
from figures import Figure


def run() -> list[Figure]:
    return bench_forecast.run(("hierarchy",))


if __name__ == "__main__":
    for figure in run():
        print(figure.as_json())
