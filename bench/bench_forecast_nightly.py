"""A city's 2,000 daily series forecast in one night: minutes and memory."""

from __future__ import annotations

import bench_forecast
from figures import Figure


def run() -> list[Figure]:
    return bench_forecast.run(("nightly",))


if __name__ == "__main__":
    for figure in run():
        print(figure.as_json())
