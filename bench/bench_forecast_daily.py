"""Daily series measured: holiday weeks with and without the calendar, alerts against climatology."""

from __future__ import annotations

import bench_forecast
from figures import Figure


def run() -> list[Figure]:
    return bench_forecast.run(("holidays", "alerts"))


if __name__ == "__main__":
    for figure in run():
        print(figure.as_json())
