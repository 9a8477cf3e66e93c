"""Which form of a page to send, and whether to send it at all (RFC 9110, sections 8.8, 12.5.3 and 13)."""

from __future__ import annotations

from collections.abc import Collection
from email.utils import formatdate, parsedate_to_datetime

PREFERENCE = ("br", "gzip", "identity")  # among codings the client likes equally


def coding_for(accept_encoding: str | None, offered: Collection[str]) -> str:
    """The content coding to send: the one with the highest q-value, smaller bytes first among equals.

    Without the header, and where nothing offered is acceptable, "identity": better bytes than a refusal.
    """
    if not accept_encoding:
        return "identity"
    weights = _weights(accept_encoding)
    others = weights.get("*")
    best, best_weight = "identity", 0.0
    for coding in PREFERENCE:
        if coding not in offered:
            continue
        weight = weights.get(coding, others)
        if weight is None:
            weight = 0.0001 if coding == "identity" else 0.0
        if weight > best_weight:
            best, best_weight = coding, weight
    return best


def _weights(header: str) -> dict[str, float]:
    weights: dict[str, float] = {}
    for part in header.split(","):
        coding, *parameters = part.split(";")
        coding = coding.strip().lower().removeprefix("x-")
        weight = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip().lower() == "q":
                try:
                    weight = min(max(float(value.strip()), 0.0), 1.0)
                except ValueError:
                    weight = 0.0
        if coding:
            weights[coding] = weight if weight == weight else 0.0
    return weights


def none_match(header: str, etag: str) -> bool:
    """If-None-Match: True where the client already has `etag` (weak comparison), or says `*`."""
    header = header.strip()
    return header == "*" or any(tag.removeprefix("W/") == etag for tag in _tags(header))


def match(header: str, etag: str) -> bool:
    """If-Match: True where the request may go on (strong comparison)."""
    header = header.strip()
    return header == "*" or etag in _tags(header)


def _tags(header: str) -> list[str]:
    """Entity tags of a list; a comma inside the quotes belongs to the tag."""
    tags, at = [], 0
    while at < len(header):
        if header[at] in " \t,":
            at += 1
            continue
        start = at
        if header.startswith("W/", at):
            at += 2
        if at < len(header) and header[at] == '"':
            end = header.find('"', at + 1)
            if end < 0:
                break
            tags.append(header[start : end + 1])
            at = end + 1
        else:
            at = header.find(",", at)
            if at < 0:
                break
    return tags


def modified_since(header: str, modified: int) -> bool:
    """If-Modified-Since: False where nothing changed since; a date that is none counts as changed."""
    try:
        return modified > int(parsedate_to_datetime(header).timestamp())
    except (ValueError, TypeError, OverflowError, IndexError):
        return True


def http_date(seconds: int) -> str:
    return formatdate(seconds, usegmt=True)


def byte_range(header: str, size: int) -> tuple[int, int] | None:
    """The one range of a Range header as (first, last + 1); None where the header is to be ignored (other units,
    several ranges, nonsense). Raises ValueError where the range lies outside (416)."""
    unit, _, spec = header.partition("=")
    first, dash, last = spec.strip().partition("-")
    first, last = first.strip(), last.strip()
    plain = all(part == "" or (part.isascii() and part.isdigit() and len(part) < 19) for part in (first, last))
    if unit.strip().lower() != "bytes" or "," in spec or not dash or not plain or not (first or last):
        return None
    if not first:
        start, end = max(0, size - int(last)), size
        if int(last) == 0:
            raise ValueError(header)
    else:
        start = int(first)
        end = min(int(last) + 1, size) if last else size
        if last and int(last) < start:
            return None
    if start >= size:
        raise ValueError(header)
    return start, end
