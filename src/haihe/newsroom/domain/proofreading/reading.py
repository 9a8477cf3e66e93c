"""Files as text and as documents."""

from __future__ import annotations

import sys
from pathlib import Path

from haihe.newsroom.domain.proofreading.document import Document, from_json, markdown, plain
from haihe.newsroom.domain.proofreading.errors import TextUnreadable

LARGEST = 32 * 1024 * 1024  # bytes


def document_in(file: str) -> Document:
    """The document in a file, or on standard input for "-": by its name, else by its first character. Raises
    TextUnreadable."""
    path = Path(file)
    text = decoded(sys.stdin.buffer.read(LARGEST + 1), file) if file == "-" else text_of(path)
    suffix = path.suffix.lower()
    if suffix == ".json" or (not suffix and text.lstrip()[:1] == "{"):
        return from_json(text)
    return markdown(text) if suffix in (".md", ".markdown") else plain(text)


def text_of(file: Path) -> str:
    """Raises TextUnreadable."""
    try:
        with file.open("rb") as stream:
            return decoded(stream.read(LARGEST + 1), file)
    except OSError as error:
        raise TextUnreadable(f"The file cannot be opened: {error.strerror}.", thing=file) from error


def decoded(content: bytes, thing: object) -> str:
    """UTF-8 (with or without a mark), UTF-16 with one, else GB 18030; line ends become \\n. Raises TextUnreadable."""
    if len(content) > LARGEST:
        raise TextUnreadable(f"The file is larger than {LARGEST >> 20} MB.", thing=thing)
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text.replace("\r\n", "\n").replace("\r", "\n")
    raise TextUnreadable("The file is not text.", thing=thing)
