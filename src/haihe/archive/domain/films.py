"""Video and its captions as the public gets them: the deposited bytes, at an address that names the Master."""

from __future__ import annotations

import re
import uuid
from typing import BinaryIO

CAPTIONS = "text/vtt"
SUFFIXES = {"video/mp4": ".mp4", "video/webm": ".webm", CAPTIONS: ".vtt"}
PREFIX = "/film/"
ADDRESS = re.compile(rf"{PREFIX}(?P<master>[0-9a-f-]{{36}})(?P<suffix>\.(?:mp4|webm|vtt))$")
MOST_CAPTIONS = 2 * 1024 * 1024  # bytes


def kind_of(file: BinaryIO) -> str:
    """The media type of a file that browsers play, by its first bytes; "" of any other.

    Sources: ISO/IEC 14496-12, 4.3 (`ftyp`; QuickTime's own brand is not played everywhere); RFC 8794 with the WebM
    doc type; WebVTT, 4.1 (UTF-8, `WEBVTT` first).
    """
    head = file.read(MOST_CAPTIONS + 1)
    file.seek(0)
    if head[4:8] == b"ftyp" and head[8:10] != b"qt":
        return "video/mp4"
    if head[:4] == b"\x1a\x45\xdf\xa3" and b"webm" in head[:64]:
        return "video/webm"
    if re.match(rb"(\xef\xbb\xbf)?WEBVTT[ \t\r\n]", head) and len(head) <= MOST_CAPTIONS and _is_text(head):
        return CAPTIONS
    return ""


def _is_text(data: bytes) -> bool:
    try:
        return "\x00" not in data.decode()
    except UnicodeDecodeError:
        return False


def address(master: str, media_type: str) -> str:
    """Where the public gets it: "/film/<master>.mp4"."""
    return f"{PREFIX}{master}{SUFFIXES[media_type]}"


def of_address(path: str) -> tuple[str, str] | None:
    """(master, media type) of an address; None where it is none."""
    found = ADDRESS.match(path)
    if found is None:
        return None
    try:
        master = str(uuid.UUID(found["master"]))
    except ValueError:
        return None
    return master, next(kind for kind, suffix in SUFFIXES.items() if suffix == found["suffix"])
