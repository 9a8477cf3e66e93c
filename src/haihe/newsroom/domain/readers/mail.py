"""Plain mail (.eml): subject, sender, date, the text in its best form, attachments by name and size.

Attachments are listed and not opened; a forwarded mail is an attachment too. Headers that hold raw GBK or Big5 are
read as what they are. A mail of a thousand parts, or nested a hundred deep, is refused before it is taken apart.
"""

from __future__ import annotations

import re
from email import policy
from email.errors import MessageError
from email.message import Message
from email.parser import BytesParser
from email.utils import getaddresses
from typing import Any, ClassVar

from haihe.newsroom.domain.languages import language_of
from haihe.newsroom.domain.readers import reader
from haihe.newsroom.domain.readers.dates import parse_date
from haihe.newsroom.domain.readers.decoding import decode
from haihe.newsroom.domain.readers.document import Document, refuse
from haihe.newsroom.domain.readers.identity import derived_id
from haihe.newsroom.domain.readers.shapes import Enclosure, Entry, Feed, FeedUnreadable

_MOST_PARTS, _MOST_MULTIPARTS, _MOST_BYTES = 1000, 60, 40 << 20
_LONGEST_TEXT = 2_000_000
_MULTIPART = re.compile(rb"^content-type:\s*(?:multipart/|message/)", re.IGNORECASE | re.MULTILINE)
_WORD = re.compile(r"=\?([A-Za-z0-9_.*-]{1,40})\?([BbQq])\?([^?]*)\?=")
_BETWEEN = re.compile(r"(\?=)[ \t\r\n]+(=\?)")
_UNSAFE_NAME = re.compile(r'[\x00-\x1f\x7f<>:"|?*\u202a-\u202e\u2066-\u2069\u200e\u200f]')


@reader
class MailReader:
    name: ClassVar[str] = "mail"
    accepts: ClassVar[tuple[str, ...]] = ("message/rfc822;q=0.5",)

    def recognises(self, document: Document) -> bool:
        return document.kind == "mail"

    def read(self, document: Document) -> Feed:
        """One mail as one entry. Raises FeedUnreadable where it is nested or divided beyond reason."""
        if document.kind != "mail":
            raise refuse(document)
        data, where = document.plain, document.address or None
        if len(data) > _MOST_BYTES:
            raise FeedUnreadable(f"The mail is larger than {_MOST_BYTES >> 20} MB.", thing=where)
        if len(_MULTIPART.findall(data)) > _MOST_MULTIPARTS or data.count(b"\n--") > 4 * _MOST_PARTS:
            raise FeedUnreadable("The mail has too many parts.", thing=where)
        if data.startswith(b"From "):
            data = data.partition(b"\n")[2]
        try:
            message = BytesParser(policy=policy.compat32).parsebytes(data)
            entry, problems = _entry(message, document)
        except (RecursionError, MessageError, ValueError, LookupError, IndexError, AttributeError, TypeError) as error:
            raise FeedUnreadable(f"The mail is too broken to be read ({type(error).__name__}).", thing=where) from error
        return Feed(
            title=entry.title,
            language=entry.language,
            format="mail",
            encoding="utf-8",
            entries=(entry,),
            problems=tuple(problems),
        )


def _entry(message: Message, document: Document) -> tuple[Entry, list[str]]:
    problems: list[str] = []
    bodies: list[tuple[str, str]] = []
    files: list[Enclosure] = []
    _divide(message, "1", bodies, files, problems)
    content, content_type = _chosen(bodies)
    subject, raw = header(message, "Subject"), header(message, "Date")
    language = language_of(subject + " " + content[:600]) or (header(message, "Content-Language").split(",")[0].strip())
    senders = [(name.strip(), address) for name, address in getaddresses([header(message, "From")]) if name or address]
    authors = tuple(dict.fromkeys(name or address for name, address in senders))[:20]
    entry = Entry(
        id=header(message, "Message-ID").strip("<> ") or derived_id(subject, raw, content),
        title=" ".join(subject.split()),
        author=", ".join(authors),
        authors=authors,
        published=parse_date(re.sub(r"\([^()]*\)", " ", raw), language=language),
        published_raw=raw,
        content=content,
        content_type=content_type,
        language=language,
        enclosures=tuple(files),
        credit=header(message, "Organization") or (authors[0] if authors else ""),
        kind="mail",
        locator="entry[1]",
    )
    return entry, problems


def _divide(
    message: Message, number: str, bodies: list[tuple[str, str]], files: list[Enclosure], problems: list[str]
) -> None:
    """Sort the parts of a message into text to be read and files to be listed; alternatives keep the richest."""
    if len(bodies) + len(files) >= _MOST_PARTS:
        return
    kind = message.get_content_type()
    if kind == "multipart/alternative" and message.is_multipart():
        own: list[tuple[str, str]] = []
        for at, part in enumerate(_parts(message), 1):
            _divide(part, f"{number}.{at}", own, files, problems)
        bodies += [one for one in own if one[0] == "text/html"][-1:] or own[-1:]
    elif kind.startswith("multipart/") and message.is_multipart():
        for at, part in enumerate(_parts(message), 1):
            _divide(part, f"{number}.{at}", bodies, files, problems)
    elif kind.startswith("message/"):
        files.append(_file(message, number, kind))
    else:
        disposition = header(message, "Content-Disposition").lower()
        if kind in ("text/plain", "text/html") and not disposition.startswith("attachment") and not _name(message):
            bodies.append((kind, _text(message, problems)))
        else:
            files.append(_file(message, number, kind))


def _parts(message: Message) -> list[Message]:
    payload = message.get_payload()
    return [part for part in payload if isinstance(part, Message)] if isinstance(payload, list) else []


def _chosen(bodies: list[tuple[str, str]]) -> tuple[str, str]:
    """Several bodies one after another: as text where all are, else as HTML."""
    kept = [(kind, text) for kind, text in bodies if text.strip()]
    if all(kind == "text/plain" for kind, _ in kept):
        return "\n\n".join(text for _, text in kept)[:_LONGEST_TEXT], "text/plain"
    return "\n".join(text if kind == "text/html" else _paragraphs(text) for kind, text in kept)[
        :_LONGEST_TEXT
    ], "text/html"


def _paragraphs(text: str) -> str:
    from html import escape

    return "".join(f"<p>{escape(part.strip(), quote=False)}</p>" for part in re.split(r"\n\s*\n", text) if part.strip())


def _text(part: Message, problems: list[str]) -> str:
    decoded = decode(_bytes(part), http_charset=str(part.get_content_charset() or ""))
    problems += decoded.problems
    return decoded.text.replace("\r\n", "\n").replace("\x00", "").strip("\ufeff")


def _bytes(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _file(part: Message, number: str, kind: str) -> Enclosure:
    if kind.startswith("message/"):
        inner = part.get_payload()
        first: Any = inner[0] if isinstance(inner, list) and inner else None
        name = _name(part) or (header(first, "Subject")[:80] + ".eml" if isinstance(first, Message) else "message.eml")
        return Enclosure(
            f"part:{number}", kind, len(first.as_bytes()) if isinstance(first, Message) else 0, _safe(name)
        )
    return Enclosure(f"part:{number}", kind, len(_bytes(part)), _safe(_name(part)))


def _name(part: Message) -> str:
    """File name as declared, in whatever of the three ways; empty where none is."""
    try:
        said = part.get_filename() or ""
    except (UnicodeError, LookupError, ValueError, TypeError):
        return "unnamed"
    return words(str(said))


def _safe(name: str) -> str:
    """A bare file name: no folders, no control or direction marks, no leading dots."""
    bare = _UNSAFE_NAME.sub("", name.replace("\\", "/").rpartition("/")[2]).strip().lstrip(".").strip()
    return bare[-200:] or "unnamed"


def header(message: Message, name: str) -> str:
    """A header as text: encoded words in any charset, and raw bytes in the encoding they are really in."""
    for key, value in message.raw_items():  # as they came; `get` hides raw bytes behind replacement marks
        if key.lower() == name.lower():
            return words(str(value))
    return ""


def words(raw: str) -> str:
    """RFC 2047 words decoded, neighbours joined before decoding, since some cut characters in two."""
    raw = raw.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")
    if any("\udc80" <= character <= "\udcff" for character in raw):
        raw = decode(raw.encode("utf-8", "surrogateescape")).text
    raw = _BETWEEN.sub(r"\1\2", raw[:20_000].replace("\r\n", "").replace("\n", ""))
    out: list[str] = []
    at = 0
    charset, waiting = "", b""
    for match in _WORD.finditer(raw):
        between = raw[at : match.start()]
        if waiting and (between or match.group(1).lower() != charset):
            out.append(decode(waiting, http_charset=charset).text)
            waiting = b""
        out.append(between)
        charset = match.group(1).lower().partition("*")[0]
        waiting += _word(match.group(2), match.group(3))
        at = match.end()
    if waiting:
        out.append(decode(waiting, http_charset=charset).text)
    return "".join([*out, raw[at:]]).replace("\x00", "").strip()


def _word(how: str, text: str) -> bytes:
    import binascii
    import quopri

    try:
        if how in "Bb":
            return binascii.a2b_base64(text + "=" * (-len(text) % 4))
        return quopri.decodestring(text.replace("_", " ").encode("ascii", "replace"), header=False)
    except (binascii.Error, ValueError):
        return text.encode("utf-8", "replace")
