"""The body of a request as it comes, taken out of its chunks, with every signature and checksum in it compared.

Four forms: a digest of the whole in `x-amz-content-sha256`, `UNSIGNED-PAYLOAD`, and `aws-chunked` with and without a
signature for each chunk, both perhaps with a checksum behind the last one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import zlib
from collections.abc import Callable, Iterator

from haihe.archive.domain.s3.answers import S3Error
from haihe.archive.domain.s3.signing import ALGORITHM, Signed

SIGNED, UNSIGNED = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD"
CHUNKED = {SIGNED, f"{SIGNED}-TRAILER", f"{UNSIGNED}-TRAILER"}
EMPTY = hashlib.sha256(b"").hexdigest()
CHUNK_LINE = re.compile(rb"([0-9a-fA-F]{1,8})(?:;chunk-signature=([0-9a-f]{64}))?")
LONGEST_LINE = 4096
LARGEST_CHUNK = 16 << 20  # bytes: a signed chunk is held until its signature was compared
CHECKSUMS = ("crc32", "sha256", "sha1")


class Body:
    """Feed it what comes with `add`, which gives the bytes to keep; `end` says whether all of it was right.

    md5, size   of the bytes kept

    Both raise S3Error.
    """

    def __init__(self, signed: Signed, headers: Callable[[str], str | None]) -> None:
        self.signed = signed
        self.payload = signed.payload
        self.chunks = _Chunks(signed) if self.payload in CHUNKED else None
        if (
            self.chunks is None
            and self.payload != "UNSIGNED-PAYLOAD"
            and not re.fullmatch("[0-9a-f]{64}", self.payload)
        ):
            raise S3Error("NotImplemented", f"Bodies of the form {self.payload[:60]!r} are not taken.")
        self.size = 0
        self.md5 = hashlib.md5(usedforsecurity=False)
        self.sha256 = hashlib.sha256()
        self.sums = _Sums(headers, trailer=headers("x-amz-trailer") if self.chunks else None)
        self.content_md5 = headers("content-md5")

    def add(self, data: bytes) -> Iterator[bytes]:
        for part in self.chunks.add(data) if self.chunks else (data,):
            self.size += len(part)
            self.md5.update(part)
            if self.chunks is None and self.payload != "UNSIGNED-PAYLOAD":
                self.sha256.update(part)
            self.sums.update(part)
            yield part

    def end(self) -> None:
        trailers = self.chunks.end() if self.chunks else {}
        if self.chunks is None and self.payload != "UNSIGNED-PAYLOAD" and self.sha256.hexdigest() != self.payload:
            raise S3Error("XAmzContentSHA256Mismatch", "The body is not the one that was signed.")
        if self.content_md5 is not None and base64.b64encode(self.md5.digest()).decode() != self.content_md5:
            raise S3Error("BadDigest", "The body is not that of Content-MD5.")
        self.sums.compare(trailers)


class _Sums:
    """Checksums that a client names, in a header or behind the last chunk."""

    def __init__(self, headers: Callable[[str], str | None], *, trailer: str | None) -> None:
        self.named = {one: headers(f"x-amz-checksum-{one}") for one in CHECKSUMS}
        behind = (trailer or "").strip().lower()
        self.behind = behind.removeprefix("x-amz-checksum-") if behind.startswith("x-amz-checksum-") else ""
        if self.behind and self.behind not in CHECKSUMS:
            raise S3Error("NotImplemented", f"Checksums here are {', '.join(CHECKSUMS)}.")
        wanted = {one for one, value in self.named.items() if value} | ({self.behind} if self.behind else set())
        self.crc = 0 if "crc32" in wanted else None
        self.hashes = {one: hashlib.new(one, usedforsecurity=False) for one in wanted if one != "crc32"}

    def update(self, data: bytes) -> None:
        if self.crc is not None:
            self.crc = zlib.crc32(data, self.crc)
        for one in self.hashes.values():
            one.update(data)

    def compare(self, trailers: dict[str, str]) -> None:
        said = {one: value for one, value in self.named.items() if value}
        if self.behind:
            said[self.behind] = trailers.get(f"x-amz-checksum-{self.behind}", "")
        for one, value in said.items():
            found = (
                self.crc.to_bytes(4, "big") if one == "crc32" and self.crc is not None else self.hashes[one].digest()
            )
            if base64.b64encode(found).decode() != value:
                raise S3Error("BadDigest", f"The body is not that of x-amz-checksum-{one}.")


class _Chunks:
    """`aws-chunked`: each chunk with its length in hex, and, where chunks are signed, with a signature that chains."""

    def __init__(self, signed: Signed) -> None:
        self.signed = signed if signed.payload.startswith(SIGNED) else None
        self.trailing = signed.payload.endswith("-TRAILER")
        self.before = signed.signature
        self.held = bytearray()
        self.left: tuple[int, str] | None = None  # bytes of the chunk that is coming, and its signature
        self.last = False

    def add(self, data: bytes) -> Iterator[bytes]:
        self.held += data
        while not self.last:
            if self.left is None:
                line = self._line()
                if line is None:
                    return
                found = CHUNK_LINE.fullmatch(line)
                if found is None or (self.signed is not None) != (found[2] is not None):
                    raise S3Error("InvalidRequest", "The body is not in chunks as its form says.")
                size = int(found[1], 16)
                if size > LARGEST_CHUNK:
                    raise S3Error("EntityTooLarge", "A chunk is larger than 16 MiB.")
                self.left = (size, (found[2] or b"").decode())
            size, signature = self.left
            ending = 2 if size else 0
            if len(self.held) < size + ending:
                return
            part = bytes(self.held[:size])
            if ending and self.held[size : size + 2] != b"\r\n":
                raise S3Error("InvalidRequest", "A chunk is longer than it says.")
            del self.held[: size + ending]
            self._compare(part, signature)
            self.left, self.last = None, size == 0
            if part:
                yield part

    def _line(self) -> bytes | None:
        end = self.held.find(b"\r\n")
        if end < 0:
            if len(self.held) > LONGEST_LINE:
                raise S3Error("InvalidRequest", "A line between chunks is too long.")
            return None
        line = bytes(self.held[:end])
        del self.held[: end + 2]
        return line

    def _compare(self, part: bytes, signature: str) -> None:
        if self.signed is None:
            return
        parts = [f"{ALGORITHM}-PAYLOAD", self.signed.moment, self.signed.scope, self.before, EMPTY]
        wanted = self.signed.chain("\n".join([*parts, hashlib.sha256(part).hexdigest()]))
        if not hmac.compare_digest(wanted, signature):
            raise S3Error("SignatureDoesNotMatch", "A chunk of the body is not the one that was signed.")
        self.before = wanted

    def end(self) -> dict[str, str]:
        """What stands behind the last chunk: header → value."""
        if not self.last:
            raise S3Error("IncompleteBody", "The body ended before its last chunk.")
        lines = [line for line in bytes(self.held).split(b"\r\n") if line]
        if len(self.held) > LONGEST_LINE:
            raise S3Error("InvalidRequest", "Too much stands behind the last chunk.")
        trailers: dict[str, str] = {}
        for line in lines:
            name, _colon, value = line.decode("latin-1").partition(":")
            trailers[name.strip().lower()] = value.strip()
        if self.signed is not None and self.trailing:
            signature = trailers.pop("x-amz-trailer-signature", "")
            text = "".join(f"{name}:{value}\n" for name, value in sorted(trailers.items()))
            parts = [f"{ALGORITHM}-TRAILER", self.signed.moment, self.signed.scope, self.before]
            wanted = self.signed.chain("\n".join([*parts, hashlib.sha256(text.encode()).hexdigest()]))
            if not hmac.compare_digest(wanted, signature):
                raise S3Error("SignatureDoesNotMatch", "The checksum behind the body is not the one that was signed.")
        return trailers
