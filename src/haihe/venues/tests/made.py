"""Panoramas made by code, and the reference that tiles are judged by."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from haihe.venues.domain.tiling.geometry import directions, to_panorama

Bytes = npt.NDArray[np.uint8]
Doubles = npt.NDArray[np.float64]


def sphere(width: int, seed: int = 1) -> Bytes:
    """A panorama without seams: waves through space seen on the sphere, so that poles and sides are smooth too."""
    height = width // 2
    longitude = (((np.arange(width) + 0.5) / width - 0.5) * 2 * np.pi).astype(np.float32)
    latitude = ((0.5 - (np.arange(height) + 0.5) / height) * np.pi).astype(np.float32)
    x = np.cos(latitude)[:, None] * np.sin(longitude)
    y = np.sin(latitude)[:, None]
    z = np.cos(latitude)[:, None] * np.cos(longitude)
    random = np.random.default_rng(seed)
    made = np.full((height, width, 3), 128, np.float32)
    for wave in range(6):
        direction = (random.normal(size=3) * width / 40 / 2**wave).astype(np.float32)
        turn = x * direction[0] + y * direction[1] + z * direction[2]
        sine, cosine = np.sin(turn), np.cos(turn)
        for channel in range(3):
            made[..., channel] += (
                np.float32(random.uniform(-20, 20)) * sine + np.float32(random.uniform(-20, 20)) * cosine
            )
    return np.clip(made, 0, 255).astype(np.uint8)


def stereo_jpeg(layout: str, left: tuple[int, int, int], right: tuple[int, int, int]) -> bytes:
    """Two panoramas of 512 columns in one picture, alike but for their colour (RGB); the first is the left eye's."""
    shape = sphere(512, seed=4).mean(axis=2, keepdims=True) - 128
    halves = [np.clip(shape * 0.4 + np.array(colour), 0, 255).astype(np.uint8) for colour in (left, right)]
    whole = np.concatenate(halves, axis=0 if layout == "top-bottom" else 1)
    done, data = cv2.imencode(".jpg", whole[..., ::-1])
    assert done
    return bytes(data.tobytes())


def write(path: Path, rgb: Bytes, *, quality: int = 95) -> Path:
    """By the name's ending; JPEG with 4:4:4 chroma."""
    sampling = [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]
    options = [cv2.IMWRITE_JPEG_QUALITY, quality, *sampling] if path.suffix == ".jpg" else []
    assert cv2.imwrite(str(path), np.ascontiguousarray(rgb[..., ::-1]), options)
    return path


def face(folder: Path, name: str, level: int | None = None) -> Bytes:
    """A face put together from its tiles, RGB."""
    manifest = json.loads((folder / "manifest.json").read_bytes())
    told = manifest["levels"][-1 if level is None else level]
    rows = []
    for row in range(told["tiles"]):
        line = []
        for column in range(told["tiles"]):
            tile = manifest["tiles"].format(level=told["level"], face=name, row=row, column=column)
            line.append(cv2.imread(str(folder / tile))[..., ::-1])
        rows.append(np.hstack(line))
    made: Bytes = np.vstack(rows)
    assert made.shape == (told["faceSize"], told["faceSize"], 3)
    return made


def reference(panorama: Bytes, name: str, size: int) -> Doubles:
    """A face in double precision from the definition: bicubic (a = -0.75), wrapped at the sides and over the poles."""
    height, width = panorama.shape[:2]
    columns, rows = to_panorama(directions(name, size), width, height)
    left, top = np.floor(columns).astype(int), np.floor(rows).astype(int)
    across, down = _weights(columns - left), _weights(rows - top)
    made = np.zeros((size, size, 3))
    for j in range(4):
        for i in range(4):
            row, column = top + j - 1, left + i - 1
            over = (row < 0) | (row >= height)
            column = np.where(over, column + width // 2, column) % width
            row = np.where(row < 0, -1 - row, np.where(row >= height, 2 * height - 1 - row, row))
            made += (down[j] * across[i])[..., None] * panorama[row, column]
    return np.clip(made, 0, 255)


def _weights(at: Doubles) -> list[Doubles]:
    """Of the four pixels around a place `at` (0 to 1) between the second and the third (Keys 1981)."""
    sharp = -0.75
    near = [(sharp + 2) * d**3 - (sharp + 3) * d**2 + 1 for d in (at, 1 - at)]
    far = [sharp * (d**3 - 5 * d**2 + 8 * d - 4) for d in (1 + at, 2 - at)]
    return [far[0], near[0], near[1], far[1]]


def psnr(one: npt.NDArray[np.generic], other: npt.NDArray[np.generic]) -> float:
    error = float(np.mean((one.astype(float) - other.astype(float)) ** 2))
    return 10 * float(np.log10(255**2 / max(error, 1e-12)))


def with_xmp(jpeg: bytes, **gpano: object) -> bytes:
    """The JPEG with GPano properties in an APP1 segment."""
    told = " ".join(f'GPano:{name}="{value}"' for name, value in gpano.items())
    packet = (
        b'http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        b'xmlns:GPano="http://ns.google.com/photos/1.0/panorama/" ' + told.encode() + b"/></rdf:RDF></x:xmpmeta>"
    )
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(packet) + 2) + packet + jpeg[2:]


def with_orientation(jpeg: bytes, orientation: int) -> bytes:
    """The JPEG with an EXIF orientation."""
    tiff = b"MM\x00*\x00\x00\x00\x08" + struct.pack(">HHHIHHI", 1, 0x0112, 3, 1, orientation, 0, 0)
    packet = b"Exif\x00\x00" + tiff
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(packet) + 2) + packet + jpeg[2:]


def png_header(width: int, height: int, bits: int = 8) -> bytes:
    """A PNG of a few bytes that declares any size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, 2, 0, 0, 0))
    return start + chunk(b"IDAT", zlib.compress(b"\x00" * 1000)) + chunk(b"IEND", b"")
