"""3D objects made by code: a small vase with a texture, as GLB and as glTF with everything inside, whole or spoiled."""

from __future__ import annotations

import base64
import json
import math
import struct
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np

Told = dict[str, Any]
SIDES, ROWS = 24, 9


def vase() -> tuple[Told, bytes]:
    """(description, bytes of its one buffer): positions, normals, places on the texture, indices, a PNG."""
    turns = np.arange(SIDES + 1) / SIDES
    heights = np.arange(ROWS) / (ROWS - 1)
    radii = 0.35 + 0.2 * np.sin(heights * 3.1) - 0.12 * heights
    around = np.stack([np.cos(turns * 2 * math.pi), np.sin(turns * 2 * math.pi)], axis=1)
    at = np.zeros((ROWS, SIDES + 1, 3), "<f4")
    at[..., 0], at[..., 2] = radii[:, None] * around[:, 0], radii[:, None] * around[:, 1]
    at[..., 1] = heights[:, None] * 1.4 - 0.7
    out = np.zeros_like(at)
    out[..., 0], out[..., 2] = around[:, 0], around[:, 1]
    uv = np.zeros((ROWS, SIDES + 1, 2), "<f4")
    uv[..., 0], uv[..., 1] = turns[None, :], 1 - heights[:, None]
    first = (np.arange(ROWS - 1)[:, None] * (SIDES + 1) + np.arange(SIDES)[None, :]).ravel()
    over = first + SIDES + 1
    index = np.stack([first, over, first + 1, first + 1, over, over + 1], axis=1).astype("<u2").ravel()
    square = np.indices((32, 32)).sum(axis=0) // 8 % 2
    done, picture = cv2.imencode(".png", np.where(square[..., None], (160, 90, 30), (235, 240, 245)).astype(np.uint8))
    assert done
    parts = [at.tobytes(), out.tobytes(), uv.tobytes(), index.tobytes(), picture.tobytes()]
    views, binary = [], b""
    for part in parts:
        views.append({"buffer": 0, "byteOffset": len(binary), "byteLength": len(part)})
        binary += part + b"\x00" * (-len(part) % 4)
    points = at.reshape(-1, 3)
    low, high = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    count = len(points)
    told: Told = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [
            {"primitives": [{"attributes": {"POSITION": 0, "NORMAL": 1, "TEXCOORD_0": 2}, "indices": 3, "material": 0}]}
        ],
        "materials": [
            {
                "doubleSided": True,
                "pbrMetallicRoughness": {"baseColorTexture": {"index": 0}, "metallicFactor": 0, "roughnessFactor": 0.4},
            }
        ],
        "textures": [{"source": 0}],
        "images": [{"bufferView": 4, "mimeType": "image/png"}],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": count, "type": "VEC3", "min": low, "max": high},
            {"bufferView": 1, "componentType": 5126, "count": count, "type": "VEC3"},
            {"bufferView": 2, "componentType": 5126, "count": count, "type": "VEC2"},
            {"bufferView": 3, "componentType": 5123, "count": len(index), "type": "SCALAR"},
        ],
        "bufferViews": views,
        "buffers": [{"byteLength": len(binary)}],
    }
    return told, binary


def glb(change: Callable[[Told], object] | None = None) -> bytes:
    """The vase as GLB; `change` spoils its description."""
    told, binary = vase()
    if change:
        change(told)
    return packed(told, binary)


def packed(told: Told, binary: bytes) -> bytes:
    text = json.dumps(told).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<II", len(text), 0x4E4F534A) + text + struct.pack("<II", len(binary), 0x004E4942) + binary
    return b"glTF" + struct.pack("<II", 2, 12 + len(chunks)) + chunks


def gltf(change: Callable[[Told], object] | None = None) -> bytes:
    """The vase as one JSON with its bytes inside."""
    told, binary = vase()
    told["buffers"][0]["uri"] = "data:application/octet-stream;base64," + base64.b64encode(binary).decode()
    if change:
        change(told)
    return json.dumps(told).encode()


def put(*way: Any) -> Callable[[Told], None]:
    """A change: the last of `way` is put in the place that the others lead to."""

    def change(told: Told) -> None:
        at: Any = told
        for step in way[:-2]:
            at = at[step]
        at[way[-2]] = way[-1]

    return change
