"""What can be made of a Master that is sound, moving pictures or a document: recipes as data. Pictures have IIIF.

Another name whenever the bytes of a recipe come out otherwise: its name is part of the derivative's.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from typing import Any

SOUND, FILM, DOCUMENT = "sound", "film", "document"
OFFICE = "office"  # a document of Word and its like, which another program lays out


@dataclass(frozen=True, slots=True)
class Recipe:
    """One way of making something.

    name      with its number; also the file's name in the cache
    of        kinds of Masters it is for
    make      the engine's function
    suffix    of the file; empty where it makes a folder of files
    options   what the function is told
    listed    offered with every Master of its kind; else made only where a room asks for it
    """

    name: str
    of: tuple[str, ...]
    make: str
    suffix: str
    media_type: str
    options: dict[str, Any] = field(default_factory=dict)
    listed: bool = True


RECIPES = {
    one.name: one
    for one in (
        Recipe("waveform-1", (SOUND,), "waveform", ".svg", "image/svg+xml", {"columns": 600}),
        Recipe("sound-1", (SOUND,), "sound", ".mp3", "audio/mpeg", {"codec": "libmp3lame", "rate": 44100, "bits": 128}),
        Recipe("speech-1", (SOUND,), "sound", ".opus", "audio/ogg", {"codec": "libopus", "rate": 48000, "bits": 48}),
        Recipe("poster-2", (FILM,), "poster", ".jpg", "image/jpeg", {"edge": 1280, "at": 0.1}),
        Recipe("still-1", (FILM,), "poster", ".jpg", "image/jpeg", {"edge": 8192, "at": 0.1}, listed=False),
        Recipe(
            "film-2", (FILM,), "film", ".mp4", "video/mp4", {"edge": 1280, "frames": 30, "quality": 23, "bits": 128}
        ),
        Recipe("pages-1", (DOCUMENT,), "pages", "", "image/jpeg", {"edge": 1600, "shown": 100, "read": 5000}),
    )
}

_FORMATS = {  # first bytes: kind, and the one demuxer that reads it; playlists, which name other files, are none
    b"fLaC": (SOUND, "flac"),
    b"OggS": (SOUND, "ogg"),
    b"ID3": (SOUND, "mp3"),
    b"\xff\xfb": (SOUND, "mp3"),
    b"\xff\xf3": (SOUND, "mp3"),
    b"\xff\xfa": (SOUND, "mp3"),
    b"\xff\xf1": (SOUND, "aac"),
    b"\xff\xf9": (SOUND, "aac"),
    b"\x1aE\xdf\xa3": (FILM, "matroska"),
    b"\x00\x00\x01\xba": (FILM, "mpeg"),
    b"FLV\x01": (FILM, "flv"),
    b"%PDF-": (DOCUMENT, "pdf"),
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": (DOCUMENT, OFFICE),
    b"{\\rtf": (DOCUMENT, OFFICE),
}
_PACKED = (b"[Content_Types].xml", b"_rels/.rels", b"mimetypeapplication/vnd.oasis.opendocument.")  # first in their ZIP
OFFICE_TYPES = {
    "application/msword",
    "application/rtf",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def kind_of(head: bytes) -> tuple[str, str] | None:
    """Kind and format of a file that begins with these bytes (200 are enough); None for what no recipe is for."""
    if head[:4] == b"RIFF" and head[8:12] in (b"WAVE", b"AVI "):
        return (SOUND, "wav") if head[8:12] == b"WAVE" else (FILM, "avi")
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return SOUND, "aiff"
    if head[4:8] == b"ftyp":
        if head[8:11] in (b"M4A", b"M4B"):
            return SOUND, "mov"
        return None if head[8:12] in (b"avif", b"avis", b"heic", b"heix", b"mif1") else (FILM, "mov")
    if len(head) > 188 and head[0] == 0x47 and head[188] == 0x47:
        return FILM, "mpegts"
    if head.startswith(b"PK\x03\x04"):
        return (DOCUMENT, OFFICE) if head[30:].startswith(_PACKED) else None
    return next((found for begin, found in _FORMATS.items() if head.startswith(begin)), None)


def office_program() -> str | None:
    """LibreOffice, where this machine has it."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def recipes_for(kind: str) -> list[Recipe]:
    return [one for one in RECIPES.values() if kind in one.of and one.listed]
