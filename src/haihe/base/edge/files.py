"""Static files (from memory when small) and media (ranges, straight from the disk)."""

from __future__ import annotations

import mimetypes
import os
import re
from pathlib import Path
from typing import Any

from haihe.base.edge import negotiate
from haihe.base.edge.cache import Headers, Page, signature
from haihe.base.edge.tree import SUFFIXES

SMALL = 512 * 1024  # bytes; larger files are sent from the disk
FOREVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
_HASHED = re.compile(r"[.-][0-9a-f]{8,64}\.[A-Za-z0-9.]+$")
_TEXT = re.compile(r"^text/|^application/(javascript|json|xml|manifest\+json)$|\+(json|xml)$")
# of media; anything else is a download
SHOWN = re.compile(r"^(image/(?!svg)|video/|audio/|font/|text/vtt|application/pdf$)")

mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("text/javascript", ".mjs")
mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("application/manifest+json", ".webmanifest")
mimetypes.add_type("application/vnd.pmtiles", ".pmtiles")
mimetypes.add_type("image/webp", ".webp")
mimetypes.add_type("image/avif", ".avif")


def find(root: Path, relative: str) -> str | None:
    """The real file below the root that an address names; None where there is none, or it lies outside the root, is
    hidden, or is no plain file."""
    if not relative or any(part in ("", ".", "..") or part.startswith(".") for part in relative.split("/")):
        return None
    try:
        file = os.path.realpath(f"{root}/{relative}")
        inside = file.startswith(os.path.realpath(root) + os.sep)
        return file if inside and os.path.isfile(file) else None
    except (OSError, ValueError):
        return None


def _headers(file: str, caching: str, media_type: str = "") -> Headers:
    media_type = media_type or mimetypes.guess_type(file)[0] or "application/octet-stream"
    if _TEXT.search(media_type):
        media_type += "; charset=utf-8"
    return [
        ("content-type", media_type),
        ("cache-control", caching),
        ("x-content-type-options", "nosniff"),
        ("cross-origin-resource-policy", "same-origin"),
    ]


def _etag(seen: tuple[int, int, int]) -> str:
    return f"{seen[1]:x}-{seen[2]:x}"


def static_page(file: str) -> Page | None:
    """A small static file with its stored .gz and .br forms; None where it is large or was just taken away."""
    seen = signature(file)
    if seen is None or seen[2] > SMALL:
        return None
    forms: dict[str, bytes] = {}
    for coding, suffix in SUFFIXES.items():
        stored = signature(file + suffix)
        # a form older than its file may be of other bytes; a name with a hash has the same bytes for ever
        stale = stored is not None and bool(suffix) and stored[1] < seen[1] and not _HASHED.search(file)
        if stored is None or stored[2] > SMALL or stale:
            continue
        try:
            forms[coding] = Path(file + suffix).read_bytes()
        except OSError:
            continue
    if "identity" not in forms or signature(file) != seen:
        return None
    headers = _headers(file, FOREVER if _HASHED.search(file) else ASK_AGAIN)
    modified = seen[1] // 1_000_000_000
    headers.append(("last-modified", negotiate.http_date(modified)))
    return Page(
        status=200,
        headers=headers,
        etag=_etag(seen),
        modified=modified,
        forms=forms,
        any_query=True,
        watched=file,
        seen=seen,
    )


def send_file(scope: Any, proto: Any, file: str, *, media: bool, media_type: str = "") -> int:
    """Send a file from the disk, with conditions and one range; returns the status.

    media_type    of a file whose name does not tell
    """
    seen = signature(file)
    if seen is None:
        proto.response_empty(404, [])
        return 404
    size, modified, tag = seen[2], seen[1] // 1_000_000_000, f'"{_etag(seen)}"'
    headers = _headers(file, FOREVER if not media and _HASHED.search(file) else ASK_AGAIN, media_type)
    headers += [("etag", tag), ("last-modified", negotiate.http_date(modified)), ("accept-ranges", "bytes")]
    if media:
        headers.append(("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox"))
        if not SHOWN.search(headers[0][1]):
            headers.append(("content-disposition", "attachment"))
    asked = scope.headers
    if (wanted := asked.get("if-match")) and not negotiate.match(wanted, tag):
        return _empty(proto, 412, headers)
    if (known := asked.get("if-none-match")) is not None:
        if negotiate.none_match(known, tag):
            return _empty(proto, 304, headers)
    elif (since := asked.get("if-modified-since")) and not negotiate.modified_since(since, modified):
        return _empty(proto, 304, headers)
    if scope.method == "HEAD":
        return _empty(proto, 200, [*headers, ("content-length", str(size))])
    if (spec := asked.get("range")) and asked.get("if-range", tag) in (tag, negotiate.http_date(modified)):
        try:
            part = negotiate.byte_range(spec, size)
        except ValueError:
            return _empty(proto, 416, [*headers, ("content-range", f"bytes */{size}")])
        if part:
            start, end = part
            headers += [("content-range", f"bytes {start}-{end - 1}/{size}"), ("content-length", str(end - start))]
            proto.response_file_range(206, headers, file, start, end)
            return 206
    proto.response_file(200, [*headers, ("content-length", str(size))], file)
    return 200


def _empty(proto: Any, status: int, headers: Headers) -> int:
    if status in (304, 412, 416):
        headers = [pair for pair in headers if pair[0] in ("etag", "cache-control", "last-modified", "content-range")]
    proto.response_empty(status, headers)
    return status
