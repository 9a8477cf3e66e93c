"""Files that arrive whole, zip archives among them. Nothing is ever written under a name that a file says. No Django.

A zip archive is taken apart in memory, one file at a time, within limits that are counted while unpacking: what an
archive declares about itself is not believed.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from haihe.base.errors import HaiheError
from haihe.newsroom.domain.readers import Document

MOST_FILES = 2000
MOST_BYTES = 64 << 20  # of one unpacked file
MOST_TOGETHER = 512 << 20  # of all unpacked files
MOST_RATIO = 200  # unpacked to packed, past the first megabyte
_CHUNK = 1 << 20
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"|?*\u202a-\u202e\u2066-\u2069\u200e\u200f]')
_OWN_FORMATS = ("[Content_Types].xml", "mimetype")  # office files are zip archives, and documents of their own
# Hidden files and what file managers leave behind; "./" and "../" hide nothing: they are ways to write a path.
_LEFT_OUT = re.compile(r"(?:^|/)(?:__MACOSX/|\.(?!\.?(?:/|$))|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
_UTF8_NAME = 0x800


class ArchiveRefused(HaiheError):
    """A file of a zip archive was not taken."""

    permanent = True
    hint = "Unpack it on a machine you trust, and hand in the files that you want."


def documents_in(data: bytes, filename: str) -> Iterator[tuple[str, Document | None, HaiheError | None]]:
    """(name, document, why it was refused) of one file, or of every file of a zip archive."""
    if not data.startswith(b"PK\x03\x04") or not zipfile.is_zipfile(BytesIO(data)):
        yield plain_name(filename), Document(data), None
        return
    try:
        archive = zipfile.ZipFile(BytesIO(data))
        files = [info for info in archive.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, UnicodeError) as error:
        yield plain_name(filename), None, ArchiveRefused(f"The zip archive is damaged: {error}.", thing=filename)
        return
    if any(info.filename in _OWN_FORMATS for info in files):
        yield plain_name(filename), Document(data), None
        return
    yield from _files(archive, files, filename)


def _files(
    archive: zipfile.ZipFile, files: list[zipfile.ZipInfo], filename: str
) -> Iterator[tuple[str, Document | None, HaiheError | None]]:
    left = MOST_TOGETHER
    wanted = [info for info in files if not _LEFT_OUT.search(info.filename.replace("\\", "/"))]
    if not wanted:
        yield plain_name(filename), None, ArchiveRefused("The zip archive holds no file.", thing=filename)
    for info in wanted[:MOST_FILES]:
        name = f"{plain_name(filename)}/{plain_name(_decoded(info))}"
        try:
            data = _unpacked(archive, info, min(MOST_BYTES, left))
        except ArchiveRefused as error:
            yield name, None, ArchiveRefused(error.message, thing=name)
            continue
        left -= len(data)
        if data.startswith(b"PK\x03\x04") and not _is_own_format(data):
            yield name, None, ArchiveRefused("An archive inside an archive is not opened.", thing=name)
            continue
        yield name, Document(data), None
    if len(wanted) > MOST_FILES:
        said = f"{len(wanted)} files, of which the first {MOST_FILES} were taken."
        yield plain_name(filename), None, ArchiveRefused(said, thing=filename)


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    if info.flag_bits & 1:
        raise ArchiveRefused("It is locked with a password.")
    pieces, size = [], 0
    try:
        with archive.open(info) as stream:
            while piece := stream.read(_CHUNK):
                size += len(piece)
                if size > most:
                    raise ArchiveRefused(f"It unpacks to more than {most >> 20} MB.")
                if size > _CHUNK and size > MOST_RATIO * max(info.compress_size, 1):
                    raise ArchiveRefused("It unpacks to far more than was packed: a bomb.")
                pieces.append(piece)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise ArchiveRefused(f"It cannot be unpacked: {error}.") from error
    return b"".join(pieces)


def _is_own_format(data: bytes) -> bool:
    try:
        return any(name in _OWN_FORMATS for name in zipfile.ZipFile(BytesIO(data)).namelist())
    except (zipfile.BadZipFile, ValueError, OSError, UnicodeError, NotImplementedError):
        return False


def _decoded(info: zipfile.ZipInfo) -> str:
    """A name as it was meant: archives made on Chinese Windows hold GBK where the standard says CP437."""
    if info.flag_bits & _UTF8_NAME:
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeError:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeError:
            continue
    return info.filename


def plain_name(name: str) -> str:
    """The last part of a path, without anything a file system or a page could be tricked with."""
    last = _UNSAFE.sub("", name.replace("\\", "/")).rstrip("/").rpartition("/")[2].strip(". ")
    return last[-200:] or "file"
