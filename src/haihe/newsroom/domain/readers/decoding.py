"""From bytes to text: which encoding a document is really in.

Order of belief: a byte order mark; the shape of UTF-16 and UTF-32; bytes that are valid UTF-8 (text in another
encoding almost never is); what HTTP and the XML declaration say, where that decodes, the more plausible Chinese
winning; a guess. Text that changes between UTF-8 and GBK, once or in every line, is read stretch by stretch.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field

import charset_normalizer

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SHAPES = (
    (re.compile(rb"[<{\[\s]\x00\x00\x00"), "utf-32-le"),
    (re.compile(rb"\x00\x00\x00[<{\[\s]"), "utf-32-be"),
    (re.compile(rb"[<{\[\s]\x00[^\x00]"), "utf-16-le"),
    (re.compile(rb"\x00[<{\[\s]\x00"), "utf-16-be"),
    (re.compile(rb"\x4c\x6f\xa7\x94"), "cp037"),
)
# Each name by the superset that is really used under it.
_SUPERSETS = {
    "gb2312": "gb18030", "gbk": "gb18030", "euc_cn": "gb18030", "hz": "hz", "cp936": "gb18030",
    "big5": "big5hkscs", "shift_jis": "cp932", "euc_kr": "cp949", "iso8859-1": "cp1252", "ascii": "cp1252",
    "iso8859-9": "cp1254", "tis_620": "cp874",
}  # fmt: skip
_CHINESE = frozenset({"gb18030", "big5hkscs", "cp950"})
_NEVER = frozenset({"utf_7", "utf-7", "unicode_escape", "raw_unicode_escape", "idna", "punycode", "undefined", "mbcs"})
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_META = re.compile(rb"""<meta\b[^>]{0,200}?\bcharset\s*=\s*["']?\s*([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
_SAMPLE = 64 * 1024
# Six Han characters in UTF-8 in a row, which text in GBK or Big5 all but never is: the encoding changed on the way.
_UTF8_RUN = re.compile(rb"(?:[\xe4-\xe9][\x80-\xbf]{2}|\xe3\x80[\x80-\x9f]|\xef\xbc[\x80-\xbf]){6}")


@dataclass(frozen=True)
class Text:
    """A document's text, the encoding it was read in, and what was odd about it."""

    text: str
    encoding: str
    problems: tuple[str, ...] = field(default=())


def decode(data: bytes, *, http_charset: str = "") -> Text:
    """Read bytes as text; never fails: what no encoding explains becomes U+FFFD and is reported.

    http_charset   as the host declared it; may be wrong
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _marked(data[len(mark) :], encoding)
    for shape, encoding in _SHAPES:
        if shape.match(data):
            return Text(data.decode(encoding, "replace"), encoding)
    declared = _declarations(data, http_charset)
    utf8 = _strict(data, "utf-8")
    if utf8 is not None:
        return _utf8_or_declared(data, utf8, declared)
    readings = [(text, name) for name in declared if name != "utf-8" and (text := _strict(data, name)) is not None]
    specific = [reading for reading in readings if reading[1] != "cp1252"] or readings
    if specific:
        text, name = max(specific, key=lambda reading: _plausibility(reading[0]))  # the first of equals: HTTP
        if name in _CHINESE or name == "cp1252":
            # A server's default charset, or one Chinese encoding declared for the other.
            other, plausible = _likely_chinese(data)
            if other and plausible >= 0.85 and plausible > _plausibility(text) + 0.2:
                return Text(other[0], other[1], (f"declared as {declared[0]}, read as {other[1]}",))
        if name in _CHINESE and _UTF8_RUN.search(data):
            return _changing(data, name) or Text(text, name)
        wrong = declared[0] != name
        return Text(text, name, (f"declared as {declared[0]}, read as {name}",) if wrong else ())
    return _guessed(data, declared)


def _marked(data: bytes, encoding: str) -> Text:
    text = _strict(data, encoding)
    if text is not None:
        return Text(text, encoding)
    if encoding == "utf-8":
        return _mixed(data)
    return Text(data.decode(encoding, "replace"), encoding, (f"damaged {encoding}",))


def _declarations(data: bytes, http_charset: str) -> list[str]:
    match = _DECLARED.match(data[:1024]) or _META.search(data[:4096])
    names = [http_charset, match.group(1).decode("ascii") if match else ""]
    return list(dict.fromkeys(name for name in map(_known, names) if name))


def _known(name: str) -> str:
    """The codec to use for a declared name; empty where there is none to be trusted with bytes from outside."""
    try:
        info = codecs.lookup(name.strip().strip("\"'"))
    except (LookupError, ValueError):
        return ""
    if info.name in _NEVER or not getattr(info, "_is_text_encoding", True):
        return ""
    plain = info.name.replace("-", "_") if info.name not in _SUPERSETS else info.name
    return _SUPERSETS.get(info.name) or _SUPERSETS.get(plain) or info.name


def _strict(data: bytes, encoding: str) -> str | None:
    """The text, where every byte is sound; a character cut off at the very end is a cut document, not a wrong guess."""
    try:
        return codecs.getincrementaldecoder(encoding)("strict").decode(data)
    except (UnicodeError, LookupError, ValueError):
        return None


def _utf8_or_declared(data: bytes, utf8: str, declared: list[str]) -> Text:
    others = [name for name in declared if name != "utf-8"]
    if data.isascii():
        # Only encodings in seven bits (ISO-2022-JP, HZ) mean anything else than ASCII here.
        for name in others:
            text = _strict(data, name)
            if text is not None and text != utf8 and ("2022" in name or name == "hz"):
                return Text(text, name)
        return Text(utf8, "utf-8")
    for name in others:
        if name in _CHINESE:
            text = _strict(data, name)
            # A few characters of GBK can be valid UTF-8 ("联通"): the reading in common characters is the true one.
            if text is not None and _plausibility(text) > _plausibility(utf8):
                return Text(text, name)
    problems = (f"declared as {others[0]}, read as utf-8",) if others and "utf-8" not in declared else ()
    return Text(utf8, "utf-8", problems)


def _plausibility(text: str) -> float:
    """Share of the non-ASCII characters that are in common Chinese use (level 1 of GB 2312 or of Big5, punctuation)."""
    foreign = [c for c in text[:_SAMPLE] if c > "\x7f"]
    if not foreign:
        return 1.0
    return sum(map(_common, foreign)) / len(foreign)


def _common(character: str) -> bool:
    if "\u3000" <= character <= "\u301f" or "\uff01" <= character <= "\uff5e" or character in "“”‘’—…·":
        return True
    try:
        simplified = character.encode("gb2312")
    except UnicodeEncodeError:
        simplified = b""
    if len(simplified) == 2 and 0xB0 <= simplified[0] <= 0xD7:
        return True
    try:
        traditional = character.encode("big5")
    except UnicodeEncodeError:
        return False
    return len(traditional) == 2 and 0xA4 <= traditional[0] <= 0xC6


def _guessed(data: bytes, declared: list[str]) -> Text:
    note = (f"declared as {declared[0]}, but is not",) if declared else ("no encoding declared",)
    likely, plausible = _likely_chinese(data)
    changing = _changing(data, "gb18030") if not likely or _UTF8_RUN.search(data) else None
    if changing:
        return changing
    if likely and plausible >= 0.85:
        return Text(likely[0], likely[1], note)
    if _mostly_utf8(data) or any(name in _CHINESE for name in declared):
        return _mixed(data, also=next((name for name in declared if name in _CHINESE), "gb18030"))
    best = charset_normalizer.from_bytes(data[:_SAMPLE]).best()
    if best is not None:
        text_or_none = _strict(data, _known(best.encoding) or best.encoding)
        if text_or_none is not None:
            return Text(text_or_none, best.encoding, note)
    return Text(
        data.decode(declared[0] if declared else "cp1252", "replace"), declared[0] if declared else "cp1252", note
    )


def _changing(data: bytes, also: str) -> Text | None:
    """The text, where all of it is sensible as Chinese once UTF-8 and another encoding are told apart by stretches."""
    mixed = _mixed(data, also)
    foreign = sum(1 for character in mixed.text if character > "\x7f")
    if "\ufffd" in mixed.text and mixed.text.count("\ufffd") * 200 > foreign:
        return None
    return mixed if min(_plausibility(mixed.text), _plausibility(mixed.text[-_SAMPLE:])) >= 0.85 else None


def _likely_chinese(data: bytes) -> tuple[tuple[str, str] | None, float]:
    """The likelier of the two Chinese readings, and how plausible it is."""
    readings = [(text, name) for name in ("gb18030", "big5hkscs") if (text := _strict(data, name)) is not None]
    if not readings:
        return None, 0.0
    best = max(readings, key=lambda reading: _plausibility(reading[0]))
    return best, _plausibility(best[0])


def _mostly_utf8(data: bytes) -> bool:
    text = data[:_SAMPLE].decode("utf-8", "replace")
    sound = sum(1 for c in text if c > "\x7f" and c != "\ufffd")
    return sound > text.count("\ufffd")


# In a stretch that is no UTF-8 as a whole: three- and four-byte UTF-8 first, then pairs of the other encoding.
_CHARACTER = re.compile(
    rb"((?:[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})+)|((?:[\x81-\xfe][\x40-\x7e\x80-\xfe])+?)|([\x80-\xff])"
)
_STRETCH = re.compile(rb"[\x80-\xff]+(?:[\x40-\x7e][\x80-\xff]+)*")


def _mixed(data: bytes, also: str = "gb18030") -> Text:
    """Non-ASCII stretches each read by themselves: UTF-8, else character by character, else U+FFFD."""
    odd = lost = 0

    def other(match: re.Match[bytes]) -> bytes:
        nonlocal odd, lost
        utf8, pairs, _ = match.groups()
        text = _strict(utf8, "utf-8") if utf8 else _strict(pairs, also) if pairs else None
        odd, lost = odd + bool(pairs and text), lost + (not text)
        return (text or "\ufffd").encode("utf-8")

    def stretch(match: re.Match[bytes]) -> bytes:
        try:
            match.group().decode("utf-8")
        except UnicodeDecodeError:
            return _CHARACTER.sub(other, match.group())
        return match.group()

    text = _STRETCH.sub(stretch, data).decode("utf-8", "replace")
    problems = [f"{odd} characters in {also} inside utf-8"] if odd else []
    problems += [f"{lost} bytes in no known encoding"] if lost else []
    return Text(text, "utf-8", tuple(problems))
