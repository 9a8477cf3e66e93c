"""What hangs on the hall's walls: ink landscapes and a poem, as textures."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from haihe.portal.demo.scenery.rays import clouds, hexed, mixed, noise, smooth

PAPER = hexed("efe3c8")
# 王之涣《登鹳雀楼》, Tang; four lines, read from the right
POEM = ("白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼")
TALL, WIDE = 640, 360


@cache
def landscape(seed: int) -> Any:
    """(TALL, WIDE, 3) linear: ridges that fade into the paper, a sun or a moon, a seal."""
    y, x = np.mgrid[0:TALL, 0:WIDE].astype(np.float32)
    x, y = x / WIDE, y / TALL
    made = np.broadcast_to(PAPER, (TALL, WIDE, 3)).copy()
    made *= (0.93 + 0.07 * clouds(x * 14, y * 22, seed=seed + 50))[..., None]
    ink = hexed(("23323a", "2c3b33", "33302c", "24344a")[seed % 4])
    disc = np.hypot((x - 0.3 - 0.1 * (seed % 5)) * WIDE / TALL, y - 0.2)
    made = mixed(made, hexed("b8432c"), smooth(0.052, 0.048, disc) * 0.85 * (seed % 2 == 0))
    for layer in range(5):
        far = layer / 4
        ridge = (
            0.3 + 0.13 * layer - 0.26 * (1 - 0.6 * far) * (clouds(x * (2 + layer), x * 0 + layer * 7.3, 5, seed) - 0.35)
        )
        below = smooth(0, 0.012, y - ridge)
        fade = np.exp(-np.maximum(y - ridge, 0) * (7 - 4 * far))
        brush = 0.72 + 0.28 * clouds(x * 30, y * 60, 3, seed + layer)
        made = mixed(made, ink, below * fade * (0.16 + 0.62 * far) * brush)
    for tree in range(7):
        at, low = noise(np.float32(tree * 3.7), np.float32(seed), 3), 0.83 + 0.02 * (tree % 3)
        crown = np.hypot((x - at) * WIDE / TALL, (y - low) * 1.4)
        made = mixed(made, ink, smooth(0.035, 0.005, crown) * 0.8 * clouds(x * 60, y * 60, 2, tree))
    water = smooth(0.88, 0.9, y) * smooth(0.4, 0.6, noise(x * 5, y * 90, seed))
    made = mixed(made, ink, water * 0.25)
    seal = (np.abs(x - 0.87) < 0.045) & (np.abs(y - 0.9) < 0.026)
    return np.where(seal[..., None], hexed("a3261c"), made).astype(np.float32)


@cache
def poem() -> Any:
    """(TALL, WIDE, 3) linear: four columns of five characters."""
    from PIL import Image, ImageDraw, ImageFont

    from haihe.base.web import fonts

    image = Image.new("L", (WIDE, TALL), 0)
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype(str(fonts.path("serif")), 66)
    for column, line in enumerate(POEM):
        for row, character in enumerate(line):
            draw.text((WIDE - 80 * (column + 1) - 2, 60 + row * 96), character, font=font, fill=255)
    written = np.asarray(image, np.float32) / 255
    y, x = np.mgrid[0:TALL, 0:WIDE].astype(np.float32)
    made = np.broadcast_to(PAPER, (TALL, WIDE, 3)) * (0.93 + 0.07 * clouds(x / 26, y / 29, seed=9))[..., None]
    made = mixed(made, hexed("1c1a18"), written * (0.8 + 0.2 * clouds(x / 6, y / 6, 2, 4)))
    seal = (np.abs(x - 34) < 17) & (np.abs(y - TALL + 60) < 17)
    return np.where(seal[..., None], hexed("a3261c"), made).astype(np.float32)


def read(texture: Any, u: Any, v: Any) -> Any:
    """The texture at u, v (0 to 1, from its upper left corner), bilinear."""
    tall, wide = texture.shape[:2]
    x = np.clip(u * wide - 0.5, 0, wide - 1.001)
    y = np.clip(v * tall - 0.5, 0, tall - 1.001)
    i, j = x.astype(np.int32), y.astype(np.int32)
    a, b = (x - i)[..., None], (y - j)[..., None]
    right, down = np.minimum(i + 1, wide - 1), np.minimum(j + 1, tall - 1)
    upper = texture[j, i] * (1 - a) + texture[j, right] * a
    lower = texture[down, i] * (1 - a) + texture[down, right] * a
    return upper * (1 - b) + lower * b
