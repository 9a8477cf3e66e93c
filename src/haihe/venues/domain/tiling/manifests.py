"""What a folder of tiles says about itself, and the same for the three viewers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from haihe.venues.domain.pictures.header import Header
from haihe.venues.domain.pictures.placement import Placement
from haihe.venues.domain.tiling.encoding import Encoding
from haihe.venues.domain.tiling.geometry import FACES, NAMES, TILE
from haihe.venues.domain.tiling.work import SMALLEST, level_of
from haihe.venues.domain.tiling.workspace import MANIFEST

FORMAT = "haihe-cube-tiles/1"


def describe(header: Header, placement: Placement, encoding: Encoding, face: int, fingerprint: str) -> dict[str, Any]:
    """`manifest.json`, without the placeholder."""
    crop, gpano = placement.crop, header.gpano
    view = {}
    for name, key in (
        ("PoseHeadingDegrees", "north"),
        ("InitialViewHeadingDegrees", "heading"),
        ("InitialViewPitchDegrees", "pitch"),
        ("InitialHorizontalFOVDegrees", "field"),
    ):
        value = gpano.number(name) if gpano else None
        if value is not None and abs(value) <= 360:
            view[key] = value
    return {
        "format": FORMAT,
        "fingerprint": fingerprint,
        "panorama": {"width": crop.full_width, "height": crop.full_height, "projection": "equirectangular"},
        "covered": {"left": crop.left, "top": crop.top, "width": crop.width, "height": crop.height},
        "view": view,
        "faces": {face: NAMES[face] for face in FACES},
        "orientation": "seen from inside; the lower edge of top and the upper edge of bottom meet front",
        "faceSize": face,
        "tileSize": TILE,
        "levels": [
            {"level": level, "faceSize": SMALLEST << level, "tiles": max(1, (SMALLEST << level) // TILE)}
            for level in range(level_of(face) + 1)
        ],
        "tiles": "{level}/{face}{row}_{column}." + encoding.extension,
        "encoding": {"format": encoding.format, "quality": encoding.quality},
        "preview": "preview.jpg",
        "strip": {"file": "strip.jpg", "first": "strip.webp", "order": "".join(FACES)},
    }


def viewer_files(manifest: dict[str, Any]) -> dict[str, bytes]:
    """The configuration files of the viewers, by name."""
    return {
        "pannellum.json": _json(pannellum(manifest)),
        "marzipano.json": _json(marzipano(manifest)),
        "photo-sphere-viewer.mjs": _photo_sphere_viewer(manifest).encode(),
    }


def pannellum(manifest: dict[str, Any]) -> dict[str, Any]:
    """Pannellum 2.5 `multires`; its levels count from 1. `basePath` is the folder of this file."""
    extension = manifest["tiles"].rpartition(".")[2]
    made: dict[str, Any] = {
        "type": "multires",
        "multiRes": {
            "path": "/%l/%s%y_%x",
            "fallbackPath": "/0/%s0_0",
            "extension": extension,
            "tileResolution": manifest["tileSize"],
            "maxLevel": len(manifest["levels"]) - 1,
            "cubeResolution": manifest["faceSize"],
        },
    }
    if "north" in manifest["view"]:
        made["northOffset"] = manifest["view"]["north"]
    return made


def marzipano(manifest: dict[str, Any]) -> dict[str, Any]:
    """One scene as in the Marzipano Tool's `data.js`; `urlTemplate` for `ImageUrlSource.fromString`."""
    return {
        "urlTemplate": manifest["tiles"]
        .replace("{level}", "{z}")
        .replace("{face}", "{f}")
        .replace("{row}", "{y}")
        .replace("{column}", "{x}"),
        "faceSize": manifest["faceSize"],
        "levels": [
            {
                "tileSize": min(manifest["tileSize"], level["faceSize"]),
                "size": level["faceSize"],
                **({"fallbackOnly": True} if level["level"] == 0 else {}),
            }
            for level in manifest["levels"]
        ],
    }


def _photo_sphere_viewer(manifest: dict[str, Any]) -> str:
    """A module that makes the `panorama` of the cubemap tiles adapter. Level 0 is its base panorama."""
    levels = manifest["levels"][1:]
    extension = manifest["tiles"].rpartition(".")[2]
    edges = [round(100 * number / len(levels)) for number in range(len(levels) + 1)]
    shown = [
        {"faceSize": level["faceSize"], "nbTiles": level["tiles"], "zoomRange": [edges[at], edges[at + 1]]}
        for at, level in enumerate(levels)
    ]
    letters = {name: face for face, name in manifest["faces"].items()}
    return (
        "// Photo Sphere Viewer 5: new Viewer({adapter: CubemapTilesAdapter, panorama: panorama(url)})\n"
        f"const letters = {json.dumps(letters)};\n"
        f"const levels = {json.dumps(shown)};\n"
        "export default function panorama(folder) {\n"
        f"  const base = (name) => `${{folder}}/0/${{letters[name]}}0_0.{extension}`;\n"
        "  return {\n"
        "    levels,\n"
        "    flipTopBottom: true,\n"
        "    baseUrl: Object.fromEntries(Object.keys(letters).map((name) => [name, base(name)])),\n"
        "    tileUrl: (name, column, row, level) =>\n"
        f"      `${{folder}}/${{level + 1}}/${{letters[name]}}${{row}}_${{column}}.{extension}`,\n"
        "  };\n"
        "}\n"
    )


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of tiles that are there. Raises OSError, ValueError."""
    told: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
    return told


def as_bytes(manifest: dict[str, Any]) -> bytes:
    return _json(manifest)


def _json(told: dict[str, Any]) -> bytes:
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()
