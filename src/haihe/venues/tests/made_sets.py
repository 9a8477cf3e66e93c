"""Sets of pictures that make a panorama together, and films that say what they are."""

from __future__ import annotations

import struct
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from haihe.venues.domain.preparing.spherical import V1
from haihe.venues.domain.tiling.geometry import FACES, to_panorama
from haihe.venues.tests import made

Bytes = npt.NDArray[np.uint8]


def faces(sphere: Bytes, side: int) -> dict[str, Bytes]:
    """Of the cube around a panorama, by their letters."""
    return {face: np.clip(made.reference(sphere, face, side) + 0.5, 0, 255).astype(np.uint8) for face in FACES}


def write_faces(folder: Path, cube: dict[str, Bytes], names: dict[str, str], turns: int = 0) -> list[Path]:
    """name → face; `turns`: quarter turns of the faces above and below."""
    return [
        made.write(folder / name, np.ascontiguousarray(np.rot90(cube[face], turns if face in "ud" else 0)))
        for name, face in names.items()
    ]


def circle(sphere: Bytes, size: int, fov: float, *, back: bool = False, turn: float = 0) -> Bytes:
    """What a fisheye lens sees of a panorama, black around it."""
    height, width = sphere.shape[:2]
    y, x = (np.mgrid[0:size, 0:size] + 0.5 - size / 2) / (size / 2)
    away = np.hypot(x, y)
    theta, around = away * np.radians(fov / 2), np.arctan2(y, x) - np.radians(turn)
    seen = [np.sin(theta) * np.cos(around), -np.sin(theta) * np.sin(around), np.cos(theta)]
    vectors = np.stack(seen, axis=-1) * np.array([-1, 1, -1] if back else [1, 1, 1])
    columns, rows = to_panorama(vectors, width, height)
    wide = np.pad(sphere, ((2, 2), (4, 4), (0, 0)), mode="wrap")
    at = (columns + 4).astype(np.float32), (rows + 2).astype(np.float32)
    read = np.asarray(cv2.remap(wide, *at, cv2.INTER_CUBIC), np.uint8)
    read[away > 1] = 0
    return read


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + kind + body


def spherical_v1(layout: str = "mono") -> bytes:
    told = f"<GSpherical:Spherical>true</GSpherical:Spherical><GSpherical:StereoMode>{layout}</GSpherical:StereoMode>"
    return box(b"uuid", V1, f"<rdf:SphericalVideo>{told}</rdf:SphericalVideo>".encode())


def said_spherical(mp4: bytes, layout: str = "mono") -> bytes:
    """The film with the words of a 360° camera in its first track; its index stands behind what it points to."""
    grown, at = bytearray(mp4), 0
    word = spherical_v1(layout)
    for kind in (b"moov", b"trak"):
        while grown[at + 4 : at + 8] != kind:
            at += int.from_bytes(grown[at : at + 4], "big")
        grown[at : at + 4] = (int.from_bytes(grown[at : at + 4], "big") + len(word)).to_bytes(4, "big")
        begin, at = at, at + 8
    grown[begin + 8 : begin + 8] = word
    return bytes(grown)
