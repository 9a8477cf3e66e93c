"""WARC records in memory: building one, reading one back. No Django.

Format: ISO 28500:2017 (WARC/1.1), one gzip member a record. A body is kept decoded; the headers that described its
encoding on the wire are kept under the name `X-Archive-Orig-…`, so that any WARC reader returns the stored bytes.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import BinaryIO, Protocol

from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

Headers = Sequence[tuple[str, str]]

_ON_THE_WIRE = {"content-encoding", "transfer-encoding", "content-length"}
_GZIP_MEMBER = zlib.MAX_WBITS + 16
_LEVEL = 4  # 6 and above take twice the time for 5% of the size
IDENTICAL_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"


class Response(Protocol):
    """What one HTTP exchange left behind; `base.outbound.Fetched` is one."""

    @property
    def final_url(self) -> str: ...
    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> list[tuple[str, str]]: ...
    @property
    def body(self) -> bytes: ...
    @property
    def started_at(self) -> datetime: ...


@dataclass(frozen=True)
class Record:
    """One record read back."""

    kind: str  # "response", "revisit", "warcinfo"
    uri: str
    date: str
    status: int
    headers: list[tuple[str, str]]
    payload: bytes


def response_record(response: Response, *, sha256: str) -> bytes:
    """One gzip member with the response, whole."""
    return _record("response", response, sha256, response.body)


def revisit_record(response: Response, *, sha256: str) -> bytes:
    """One gzip member with the headers of a response whose body is stored already."""
    return _record("revisit", response, sha256, b"")


def info_record(segment: str, software: str) -> bytes:
    """The record that opens a segment."""
    writer = WARCWriter(BytesIO(), gzip=False, warc_version="WARC/1.1")
    return _packed(
        writer, writer.create_warcinfo_record(segment, {"software": software, "format": "WARC File Format 1.1"})
    )


def read_record(stream: BinaryIO, offset: int) -> Record:
    """The record that begins at `offset` bytes. Raises ValueError where none does."""
    stream.seek(offset)
    for record in ArchiveIterator(stream):
        http = record.http_headers
        return Record(
            kind=record.rec_type,
            uri=record.rec_headers.get_header("WARC-Target-URI") or "",
            date=record.rec_headers.get_header("WARC-Date") or "",
            status=int(http.get_statuscode() or 0) if http else 0,
            headers=list(http.headers) if http else [],
            payload=record.content_stream().read(),
        )
    raise ValueError(f"no WARC record begins at byte {offset}")


def whole_length(stream: BinaryIO) -> int:
    """Bytes of `stream` up to the end of its last whole record; what follows is a torn write."""
    stream.seek(0)
    end = 0
    while True:
        member = zlib.decompressobj(_GZIP_MEMBER)
        length = 0
        while not member.eof:
            chunk = stream.read(65_536)
            if not chunk:
                return end
            length += len(chunk)
            try:
                member.decompress(chunk)
            except zlib.error:
                return end
        end += length - len(member.unused_data)
        stream.seek(end)


def _record(kind: str, response: Response, sha256: str, body: bytes) -> bytes:
    writer = WARCWriter(BytesIO(), gzip=False, warc_version="WARC/1.1")
    http = StatusAndHeaders(str(response.status), _kept(response.headers, len(response.body)), protocol="HTTP/1.1")
    headers = {
        "WARC-Date": response.started_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "WARC-Payload-Digest": f"sha256:{sha256}",
    }
    if kind == "revisit":
        headers["WARC-Profile"] = IDENTICAL_PAYLOAD
    record = writer.create_warc_record(
        response.final_url, kind, payload=BytesIO(body), length=len(body), http_headers=http, warc_headers_dict=headers
    )
    return _packed(writer, record)


def _packed(writer: WARCWriter, record: object) -> bytes:
    writer.write_record(record)
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP_MEMBER)
    return packer.compress(writer.out.getvalue()) + packer.flush()


def _kept(headers: Headers, length: int) -> list[tuple[str, str]]:
    kept = [
        (f"X-Archive-Orig-{name}" if name.lower() in _ON_THE_WIRE else name, _one_line(value))
        for name, value in headers
    ]
    return [*kept, ("Content-Length", str(length))]


def _one_line(value: str) -> str:
    return value.replace("\r", " ").replace("\n", " ")
