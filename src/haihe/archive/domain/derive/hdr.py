"""Film in high dynamic range brought down to what every screen shows, by a table of colours that FFmpeg looks up.

Sources: SMPTE ST 2084 (PQ), ITU-R BT.2100 (HLG with its OOTF for 1000 cd/m²), BT.2087 (BT.2020 to BT.709), BT.2408 (203
cd/m² is diffuse white), IEC 61966-2-1 (sRGB).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

PQ, HLG = 16, 18  # transfer characteristics, ITU-T H.273
KINDS = {PQ: "pq", HLG: "hlg"}
SIDE = 33  # colours along each edge of the table
WHITE = 203.0  # cd/m²
PEAK = 1000.0  # cd/m² of an HLG display
KNEE = 0.8  # of white; as pictures have it
FROM_2020 = np.array([[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]])
LUMA_2020 = np.array([0.2627, 0.6780, 0.0593])


def write_table(kind: str, path: Path) -> None:
    """A .cube file from the codes of HDR to those of sRGB; kind: "pq" or "hlg"."""
    steps = np.linspace(0, 1, SIDE)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")  # red changes fastest
    codes = np.stack([red, green, blue], axis=-1).reshape(-1, 3)
    lines = "\n".join(f"{r:.6f} {g:.6f} {b:.6f}" for r, g, b in shown(codes, kind))
    path.write_text(f"LUT_3D_SIZE {SIDE}\n{lines}\n", encoding="ascii")


def shown(codes: np.ndarray[Any, Any], kind: str) -> np.ndarray[Any, Any]:
    """HDR codes of BT.2020, 0 to 1, as sRGB codes: what is darker than KNEE of white keeps its light, what is brighter
    is bent towards white with its hue, never cut."""
    light = (_light_of_pq(codes) if kind == "pq" else _light_of_hlg(codes)) / WHITE
    light = np.maximum(light @ FROM_2020.T, 0)
    brightest = light.max(axis=-1, keepdims=True)
    over, room = np.maximum(brightest - KNEE, 0), 1 - KNEE
    bent = np.where(brightest > KNEE, KNEE + over * room / (over + room), brightest)
    light = light * bent / np.maximum(brightest, 1e-9)
    low = light <= 0.0031308
    return np.where(low, 12.92 * light, 1.055 * np.maximum(light, 1e-9) ** (1 / 2.4) - 0.055)


def _light_of_pq(codes: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
    power = codes ** (1 / m2)
    return 10_000 * (np.maximum(power - c1, 0) / (c2 - c3 * power)) ** (1 / m1)


def _light_of_hlg(codes: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(codes <= 0.5, codes**2 / 3, (np.exp((codes - c) / a) + b) / 12)
    luminance = scene @ LUMA_2020
    return PEAK * scene * (luminance[..., None] ** 0.2)
