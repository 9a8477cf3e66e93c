"""Exposure and white balance of scenes that are walked through one after the other, brought together.

Each group (day, night …) keeps its own light: the middle of what its scenes have is what all of them get.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Doubles = npt.NDArray[np.float64]
MOST_STOPS = 1.0  # of exposure that a scene is changed by
MOST_CAST = 1.2  # factor of a colour beside green
LEAST = 0.04  # below which, in stops or of a colour, nobody sees a difference


def looked_at(preview: Bytes) -> Doubles:
    """Exposure in stops, and red and blue beside green in stops, of a small equirectangular copy.

    Middle tones between 60° above and below the horizon, each pixel for the angle it covers.
    """
    height = len(preview)
    band = preview[height // 6 : height - height // 6]
    latitude = (0.5 - (np.arange(height) + 0.5) / height) * np.pi
    weights = np.repeat(np.cos(latitude[height // 6 : height - height // 6])[:, None], band.shape[1], axis=1)
    value = band.astype(np.float64) / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    light = linear @ np.array([0.2126, 0.7152, 0.0722])
    low, high = np.quantile(light, [0.05, 0.95])
    usable = (light >= low) & (light <= high) & (band.max(axis=2) < 250)
    if not usable.any():
        usable = np.ones_like(light, bool)
    exposure = float(np.average(np.log2(light[usable] + 1e-3), weights=weights[usable]))
    greyish = usable & (np.ptp(band, axis=2) < 0.3 * np.maximum(band.max(axis=2), 1))
    chosen = greyish if greyish.mean() > 0.05 else usable
    colour = np.average(linear[chosen], axis=0, weights=weights[chosen]) + 1e-3
    return np.array([exposure, np.log2(colour[0] / colour[1]), np.log2(colour[2] / colour[1])])


def proposed(seen: Mapping[str, Doubles], groups: Mapping[str, str]) -> dict[str, tuple[float, float, float]]:
    """Factors of red, green and blue for each scene, by its key; left out where nobody would see a difference."""
    made: dict[str, tuple[float, float, float]] = {}
    for group in set(groups.values()):
        members = [key for key in seen if groups[key] == group]
        if len(members) < 2:
            continue
        middle = np.median([seen[key] for key in members], axis=0)
        for key in members:
            exposure, red, blue = middle - seen[key]
            cast = float(np.log2(MOST_CAST))
            red, blue = np.clip([red, blue], -cast, cast)
            if max(abs(exposure), abs(red), abs(blue)) < LEAST:
                continue
            exposure = float(np.clip(exposure, -MOST_STOPS, MOST_STOPS))
            gains = 2 ** np.array([exposure + red, exposure, exposure + blue])
            made[key] = (round(float(gains[0]), 4), round(float(gains[1]), 4), round(float(gains[2]), 4))
    return made
