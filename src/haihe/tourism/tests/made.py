"""Series made for the tests: seasonal counts from a seeded generator."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from haihe.tourism.domain.forecast.series import Series


def visitors(length: int, season: int, *, seed: int = 0, noise: float = 0.05) -> NDArray[np.float64]:
    """A growing seasonal series of `length` positive values."""
    draw = np.random.default_rng(seed)
    steps = np.arange(length)
    shape = 1 + 0.4 * np.sin(2 * np.pi * steps / season) if season > 1 else np.ones(length)
    return np.asarray(1000 * (1 + seed % 5) * (1 + 0.005 * steps) * shape * np.exp(draw.normal(0, noise, length)))


def counted(name: str, values: NDArray[np.float64] | list[float]) -> Series:
    """A series whose times are plain numbers from 1."""
    return Series(name, np.arange(1, len(values) + 1), np.asarray(values, float), False)


def daily(name: str, values: NDArray[np.float64], first: date) -> Series:
    """A series with one value a day from `first` on."""
    times = [(first + timedelta(days=step)).toordinal() for step in range(len(values))]
    return Series(name, np.array(times), np.asarray(values, float), True)


def square(west: float, south: float, *, side: float = 0.1) -> dict[str, Any]:
    """A square as a GeoJSON polygon, degrees."""
    east, north = round(west + side, 6), round(south + side, 6)
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


def feature(geometry: dict[str, Any], **properties: str) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(*features: dict[str, Any], **more: Any) -> bytes:
    """The bytes of a GeoJSON file."""
    return json.dumps({"type": "FeatureCollection", "features": list(features), **more}, ensure_ascii=False).encode()
