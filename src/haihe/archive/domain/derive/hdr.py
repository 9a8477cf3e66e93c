"""High dynamic range brought down to what every screen shows: film by a table of colours that FFmpeg looks up, pictures
by the same steps in libvips.

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


def picture_shown(image: Any, kind: str) -> Any:
    """`shown` for a libvips image of 8 or 16 bits: sRGB of eight bits, alpha kept."""
    codes = np.arange(65536 if image.format == "ushort" else 256, dtype=np.float64)
    codes /= codes[-1]
    colour, alpha = image[:3], image[3] if image.bands > 3 else None
    if kind == "pq":
        light = _looked_up(colour, _light_of_pq(codes))
    else:
        scene = _looked_up(colour, _scene_of_hlg(codes))
        light = scene * (scene.recomb([list(LUMA_2020)]) ** 0.2) * PEAK
    light = (light / WHITE).recomb(FROM_2020.tolist())
    light = (light > 0).ifthenelse(light, 0)
    red, green, blue = light.bandsplit()
    brightest = (red > green).ifthenelse(red, green)
    brightest = (blue > brightest).ifthenelse(blue, brightest)
    over, room = brightest - KNEE, 1 - KNEE
    bent = (brightest > KNEE).ifthenelse(over * room / (over + room) + KNEE, brightest)
    light = light * (bent / (brightest > 1e-9).ifthenelse(brightest, 1e-9))
    found = light.copy(interpretation="scrgb").colourspace("srgb").cast("uchar")
    if alpha is None:
        return found
    return found.bandjoin(alpha >> 8 if alpha.format == "ushort" else alpha).copy(interpretation="srgb")


def _looked_up(image: Any, table: np.ndarray[Any, Any]) -> Any:
    import pyvips

    return image.maplut(pyvips.Image.new_from_array(table[np.newaxis, :].astype(np.float32)))


def _light_of_pq(codes: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
    power = codes ** (1 / m2)
    return 10_000 * (np.maximum(power - c1, 0) / (c2 - c3 * power)) ** (1 / m1)


def _light_of_hlg(codes: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    scene = _scene_of_hlg(codes)
    luminance = scene @ LUMA_2020
    return PEAK * scene * (luminance[..., None] ** 0.2)


def _scene_of_hlg(codes: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    return np.where(codes <= 0.5, codes**2 / 3, (np.exp((codes - c) / a) + b) / 12)
