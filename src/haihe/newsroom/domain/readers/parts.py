"""The bytes of what lies inside a delivery, by the "part:…" that its reader gave it."""

from __future__ import annotations

import io
import zipfile
from email import policy
from email.errors import MessageError
from email.message import Message
from email.parser import BytesParser

from haihe.newsroom.domain.readers.document import Document
from haihe.newsroom.domain.readers.shapes import FeedUnreadable

WHOLE = "*"  # the delivery itself is what is asked for
_MOST_BYTES = 64 * 1024 * 1024
_BROKEN = (
    zipfile.BadZipFile, MessageError, OSError, ValueError, RuntimeError, NotImplementedError, LookupError,
)  # fmt: skip


def part_of(document: Document, name: str, *, most: int = _MOST_BYTES) -> bytes:
    """Bytes of a part: "*" the whole delivery, "1.2" of a mail, "word/media/image1.png" of a Word file.

    most   bytes of a part that are unpacked

    Raises FeedUnreadable where there is no such part, or it is larger.
    """
    try:
        data = document.plain if name == WHOLE else _in_zip(document, name, most) or _in_mail(document, name)
    except _BROKEN as error:
        raise FeedUnreadable(f"The part cannot be taken out ({type(error).__name__}).", thing=name) from error
    if not data:
        raise FeedUnreadable("The delivery has no such part.", thing=name)
    if len(data) > most:
        raise FeedUnreadable(f"The part is larger than {most >> 20} MB.", thing=name)
    return data


def _in_zip(document: Document, name: str, most: int) -> bytes:
    if document.kind != "zip":
        return b""
    with zipfile.ZipFile(io.BytesIO(document.plain)) as parts:
        if name not in parts.namelist():
            return b""
        with parts.open(name) as part:  # what the directory says of its size may be a lie
            return part.read(most + 1)


def _in_mail(document: Document, name: str) -> bytes:
    if document.kind != "mail":
        return b""
    data = document.plain
    if data.startswith(b"From "):
        data = data.partition(b"\n")[2]
    part: Message | None = BytesParser(policy=policy.compat32).parsebytes(data)
    for number in name.split(".")[1:]:
        inner = part.get_payload() if part is not None else None
        found = [one for one in inner if isinstance(one, Message)] if isinstance(inner, list) else []
        part = found[int(number) - 1] if number.isdigit() and 0 < int(number) <= len(found) else None
    if part is None:
        return b""
    inside = part.get_payload()
    if part.get_content_maintype() == "message" and isinstance(inside, list) and inside:  # forwarded: the mail itself
        return inside[0].as_bytes() if isinstance(inside[0], Message) else b""
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""
