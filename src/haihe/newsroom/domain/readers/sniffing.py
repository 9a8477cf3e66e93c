"""What a document is by its first bytes; its name and its declared type are not asked."""

from __future__ import annotations

import re

# In the order they are tried; the word behind is what a person is told.
_MAGIC = (
    (b"%PDF-", "pdf", "a PDF file"),
    (b"PK\x03\x04", "zip", "a ZIP, Word or Excel file"),
    (b"PK\x05\x06", "zip", "a ZIP, Word or Excel file"),
    (b"\x89PNG\r\n\x1a\n", "png", "a picture"),
    (b"\xff\xd8\xff", "jpeg", "a picture"),
    (b"GIF8", "gif", "a picture"),
    (b"II*\x00", "tiff", "a picture"),
    (b"MM\x00*", "tiff", "a picture"),
    (b"\xd0\xcf\x11\xe0", "ole", "an old Word or Excel file"),
    (b"ID3", "sound", "a sound file"),
    (b"OggS", "sound", "a sound file"),
    (b"Rar!", "archive", "a RAR archive"),
    (b"7z\xbc\xaf", "archive", "a 7z archive"),
    (b"SQLite format", "database", "a database file"),
    (b"\x7fELF", "program", "a program"),
)
_HEIF_BRANDS = (b"heic", b"heix", b"heif", b"mif1", b"msf1", b"avif", b"avis", b"hevc")
PICTURES = frozenset({"png", "jpeg", "gif", "tiff", "webp", "heif"})
_HEADER = re.compile(rb"[A-Za-z][A-Za-z0-9-]{0,60}:[ \t]?")
_MAIL_HEADERS = frozenset(
    b"from to cc subject date message-id mime-version received return-path delivered-to reply-to content-type "
    b"content-transfer-encoding dkim-signature x-mailer sender in-reply-to references".split()
)
_MAIL_ALONE = frozenset(b"from subject date message-id received mime-version return-path".split())


def binary_kind(data: bytes) -> tuple[str, str]:
    """Short name and words for a file that is no text: ("png", "a picture"); two empty strings for anything else."""
    for magic, kind, words in _MAGIC:
        if data.startswith(magic):
            return kind, words
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp", "a picture"
    if data[4:8] == b"ftyp":
        if data[8:12] in _HEIF_BRANDS:
            return "heif", "a picture"
        return "video", "a film or sound file"
    return "", ""


def is_mail(data: bytes) -> bool:
    """Whether the bytes begin with a block of header fields, at least two of which only mail has."""
    head = data[: 64 * 1024].lstrip(b"\r\n\xef\xbb\xbf")
    if head.startswith(b"From ") and b"\n" in head:
        head = head.split(b"\n", 1)[1]
    known: set[bytes] = set()
    for line in head.split(b"\n", 400)[:400]:
        line = line.rstrip(b"\r")
        if not line:
            break
        if line[:1] in b" \t" and known:
            continue
        match = _HEADER.match(line)
        if not match:
            return False
        known.add(match.group().rstrip(b": \t").lower())
    return len(known & _MAIL_HEADERS) >= 2 and bool(known & _MAIL_ALONE)
