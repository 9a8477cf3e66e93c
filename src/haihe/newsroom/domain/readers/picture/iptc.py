"""IPTC-IIM 4.2, record 2: what agencies write into pictures. The texts are in UTF-8, or in GBK where nobody said so."""

from __future__ import annotations

from haihe.newsroom.domain.readers.decoding import decode

_FIELDS = {
    5: "title", 105: "headline", 120: "caption", 110: "credit", 115: "source", 80: "byline", 116: "copyright",
    55: "date", 60: "time", 90: "city", 92: "sublocation", 95: "state", 101: "country", 25: "keywords",
    103: "reference", 122: "captionwriter",
}  # fmt: skip
_MOST = 2000
_UTF8 = b"\x1b%G"


def said_by_iptc(data: bytes) -> dict[str, list[str]]:
    """Field → its values in order. All are decoded together: one short name alone does not tell GBK from UTF-8."""
    raw: list[tuple[str, bytes]] = []
    declared = ""
    at = 0
    for _ in range(_MOST):
        if at + 5 > len(data) or data[at] != 0x1C:
            break
        record, number = data[at + 1], data[at + 2]
        length = int.from_bytes(data[at + 3 : at + 5], "big")
        at += 5
        if length & 0x8000:
            size = length & 0x7FFF
            if size > 4:
                break
            length = int.from_bytes(data[at : at + size], "big")
            at += size
        value = data[at : at + length]
        at += length
        if record == 1 and number == 90 and value.startswith(_UTF8):
            declared = "utf-8"
        elif record == 2 and number in _FIELDS:
            raw.append((_FIELDS[number], value.rstrip(b"\x00")))
    # A space between: in GBK a byte cut off at the end of a field must not swallow what separates it from the next.
    whole = decode(b" \n ".join(value.replace(b"\n", b"\r") for _, value in raw), http_charset=declared)
    found: dict[str, list[str]] = {}
    for (name, _), text in zip(raw, whole.text.split(" \n "), strict=False):
        if text.strip():
            found.setdefault(name, []).append(text.replace("\r\r", "\n").replace("\r", "\n").strip())
    return found
