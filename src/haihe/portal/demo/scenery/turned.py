"""Objects of the museum that were turned on a wheel, as GLB: one may turn them again.

A profile goes round: outside from the foot to the lip, then down the inside, which is plain. The colours are those that
the panorama shows. Format: Khronos, glTF 2.0, sections 4.4 and 5.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np

from haihe.portal.demo.scenery.artefacts import ARTEFACTS, GOURD, VASE
from haihe.portal.demo.scenery.rays import hexed

SIDES, ROWS = 72, 90  # around, and along the profile outside
TEXTURE = (1024, 1024)  # pixels around and along
SHADE = 0.65  # the viewer's lights are brighter than the hall's
WALL, FLOOR = 0.012, 0.08  # metres: how thick it is, and how high the inside begins


@dataclass(frozen=True)
class Turned:
    """profile: heights and radii outside; glaze: of the inside and the foot; rough: 0 mirrors, 1 does not."""

    profile: tuple[Any, Any]
    colour: Callable[[Any, Any], Any]
    glaze: str
    rough: float


_COLOURS = {one.name: one.colour for one in ARTEFACTS}
TURNED = {
    "vase": Turned(VASE, _COLOURS["vase"], "dfe3e2", 0.25),
    "gourd": Turned(GOURD, _COLOURS["gourd"], "9fc3ae", 0.3),
}


def glb(name: str) -> bytes:
    """The object as one file; its texture is a JPEG inside."""
    one = TURNED[name]
    outline, outside = _outline(*one.profile)
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(outline, axis=0).T))])
    along /= along[-1]
    turns = np.linspace(0, 1, SIDES + 1)
    around = np.stack([np.sin(turns * 2 * np.pi), np.cos(turns * 2 * np.pi)])
    points, normals = np.zeros((2, len(outline), SIDES + 1, 3), "<f4")
    slope = np.gradient(outline, along, axis=0)
    away = np.stack([slope[:, 1], -slope[:, 0]], axis=1)  # of (radius, height): to the right of the way along it
    away /= np.linalg.norm(away, axis=1, keepdims=True)
    for made, flat in ((points, outline), (normals, away)):
        made[..., 0], made[..., 2] = flat[:, :1] * around[0], flat[:, :1] * around[1]
        made[..., 1] = flat[:, 1:]
    places = np.stack(np.broadcast_arrays(turns[None, :], along[:, None]), axis=-1).astype("<f4")
    first = (np.arange(len(outline) - 1)[:, None] * (SIDES + 1) + np.arange(SIDES)).ravel()
    over = first + SIDES + 1
    index = np.stack([first, first + 1, over, first + 1, over + 1, over], axis=1).astype("<u2").ravel()
    return _packed(points, normals, places, index, _texture(one, outline, outside, along), one.rough)


def _outline(heights: Any, radii: Any) -> tuple[Any, Any]:
    """(radius, height) from the middle of the foot over the lip to the middle inside, and which of them are outside."""
    up = np.linspace(heights[0], heights[-1], ROWS)
    down = np.linspace(heights[-1] - WALL / 2, heights[0] + FLOOR, ROWS // 2)
    outer = np.stack([np.interp(up, heights, radii), up], axis=1)
    inner = np.stack([np.maximum(np.interp(down, heights, radii) - WALL, 0.01), down], axis=1)
    foot, floor = [[0.0, heights[0]]], [[0.0, down[-1]]]
    outside = np.array([False] + [True] * ROWS + [False] * (len(inner) + 1))
    return np.concatenate([foot, outer, inner, floor]), outside


def _texture(one: Turned, outline: Any, outside: Any, along: Any) -> bytes:
    from PIL import Image

    wide, tall = TEXTURE
    at = (np.arange(tall) + 0.5) / tall
    radius, height = (np.interp(at, along, outline[:, axis]) for axis in (0, 1))
    turns = (np.arange(wide) + 0.5) / wide * 2 * np.pi
    points = np.stack(
        np.broadcast_arrays(radius[:, None] * np.sin(turns), height[:, None], radius[:, None] * np.cos(turns)), axis=-1
    ).reshape(-1, 3)
    light = one.colour(points, points).reshape(tall, wide, 3)
    light[np.interp(at, along, outside.astype(float)) < 0.5] = hexed(one.glaze)
    pixels = (255 * np.clip(light * SHADE, 0, 1) ** (1 / 2.2) + 0.5).astype(np.uint8)
    out = BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=84)
    return out.getvalue()


def _packed(points: Any, normals: Any, places: Any, index: Any, texture: bytes, rough: float) -> bytes:
    views: list[dict[str, int]] = []
    binary = b""
    corners, order = {"target": 34962}, {"target": 34963}
    parts = [(points, corners), (normals, corners), (places, corners), (index, order)]
    for part, use in [*((one.tobytes(), use) for one, use in parts), (texture, {})]:
        views.append({"buffer": 0, "byteOffset": len(binary), "byteLength": len(part), **use})
        binary += part + b"\x00" * (-len(part) % 4)
    flat, count = points.reshape(-1, 3), points.size // 3
    low, high = flat.min(axis=0).tolist(), flat.max(axis=0).tolist()
    told = {
        "asset": {"version": "2.0", "generator": "Haihe"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [
            {"primitives": [{"attributes": {"POSITION": 0, "NORMAL": 1, "TEXCOORD_0": 2}, "indices": 3, "material": 0}]}
        ],
        "materials": [
            {
                "pbrMetallicRoughness": {
                    "baseColorTexture": {"index": 0},
                    "metallicFactor": 0,
                    "roughnessFactor": rough,
                }
            }
        ],
        "textures": [{"source": 0}],
        "images": [{"bufferView": 4, "mimeType": "image/jpeg"}],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": count, "type": "VEC3", "min": low, "max": high},
            {"bufferView": 1, "componentType": 5126, "count": count, "type": "VEC3"},
            {"bufferView": 2, "componentType": 5126, "count": count, "type": "VEC2"},
            {"bufferView": 3, "componentType": 5123, "count": len(index), "type": "SCALAR"},
        ],
        "bufferViews": views,
        "buffers": [{"byteLength": len(binary)}],
    }
    text = json.dumps(told, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    size = 12 + 8 + len(text) + 8 + len(binary)
    head = struct.pack("<4sII", b"glTF", 2, size) + struct.pack("<I4s", len(text), b"JSON")
    return head + text + struct.pack("<I4s", len(binary), b"BIN\x00") + binary
