"""Months measured: the newest two years of real monthly series, beside seasonal naive, ETS, Theta and ARIMA."""

from __future__ import annotations

import bench_forecast
from figures import Figure


def run() -> list[Figure]:
    return bench_forecast.run(("months",))


if __name__ == "__main__":
    for figure in run():
        print(figure.as_json())
