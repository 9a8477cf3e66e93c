"""Where visitors get what a hotspot plays or shows: "/exhibit/MASTER.glb", "/film/MASTER.mp4"."""

from __future__ import annotations

import re

from haihe.archive.domain import films

PREFIX = "/exhibit/"
SUFFIXES = {
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "audio/ogg": ".ogg",
    "audio/wav": ".wav",
    "audio/flac": ".flac",
    "model/gltf-binary": ".glb",
    "model/gltf+json": ".gltf",
}
_TYPES = {suffix: media_type for media_type, suffix in SUFFIXES.items()}
_ADDRESS = re.compile(rf"{PREFIX}([0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}})(\.[0-9a-z]{{3,4}})")


def address(master: str, media_type: str) -> str:
    """Of a Master of that type; video and captions stand where those of stories do."""
    if media_type in films.SUFFIXES:
        return films.address(master, media_type)
    return f"{PREFIX}{master}{SUFFIXES[media_type]}"


def of_address(path: str) -> tuple[str, str] | None:
    """(master, media type) of an address of ours; None where it is none."""
    found = _ADDRESS.fullmatch(path)
    if found is None or found[2] not in _TYPES:
        return None
    return found[1], _TYPES[found[2]]
