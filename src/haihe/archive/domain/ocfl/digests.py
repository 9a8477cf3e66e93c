"""Digest algorithms of OCFL and of extension 0009, and files read once for all of them."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from haihe.archive.domain.ocfl.platter import SMALL, blocks

CHUNK = 1 << 20
HEX = re.compile(r"[0-9a-fA-F]+")


class Hash(Protocol):
    def update(self, data: memoryview, /) -> None: ...
    def hexdigest(self) -> str: ...


class Size:
    """The "digest" `size` of extension 0009: the number of bytes, in decimal."""

    def __init__(self) -> None:
        self.bytes = 0

    def update(self, data: memoryview, /) -> None:
        self.bytes += len(data)

    def hexdigest(self) -> str:
        return str(self.bytes)


def _blake2b(bits: int) -> Callable[[], Hash]:
    return lambda: hashlib.blake2b(digest_size=bits // 8)


def _named(name: str) -> Callable[[], Hash]:
    return lambda: hashlib.new(name, usedforsecurity=False)


# For content: the object's digestAlgorithm. For fixity: also legacy ones (specification) and extension 0009.
CONTENT = {"sha512": 128, "sha256": 64}
MAKERS: dict[str, Callable[[], Hash]] = {
    "md5": _named("md5"),
    "sha1": _named("sha1"),
    "sha256": hashlib.sha256,
    "sha512": hashlib.sha512,
    "blake2b-512": _blake2b(512),
    "blake2b-160": _blake2b(160),
    "blake2b-256": _blake2b(256),
    "blake2b-384": _blake2b(384),
    "sha512/256": _named("sha512_256"),
    "size": Size,
}
LENGTHS = {
    "md5": 32,
    "sha1": 40,
    "sha256": 64,
    "sha512": 128,
    "blake2b-512": 128,
    "blake2b-160": 40,
    "blake2b-256": 64,
    "blake2b-384": 96,
    "sha512/256": 64,
}
ENCODING_CODES = {"sha1": "E029", "sha256": "E030", "sha512": "E031", "blake2b-512": "E032"}


def well_formed(digest: str, algorithm: str) -> bool:
    """Whether a string can be a digest of that algorithm: hexadecimal, either case, of the right length."""
    if algorithm == "size":
        return digest.isascii() and digest.isdigit() and (digest == "0" or digest[0] != "0")
    return len(digest) == LENGTHS[algorithm] and HEX.fullmatch(digest) is not None


class NotARegularFile(OSError):
    """A pipe, device or socket stands where a file was expected."""


def open_regular(path: str) -> tuple[int, os.stat_result]:
    """A descriptor and its stat; never follows a link, never waits for a pipe. Raises OSError."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise NotARegularFile(f"{path} is no regular file")
    except BaseException:
        os.close(handle)
        raise
    return handle, found


def read_small(path: str, most: int) -> bytes:
    """Up to `most` + 1 bytes of a regular file, so that a longer one shows. Raises OSError."""
    handle, found = open_regular(path)
    try:
        if found.st_size <= most:
            data = os.read(handle, found.st_size + 1)
            if len(data) == found.st_size:
                return data
            os.lseek(handle, 0, os.SEEK_SET)
        with os.fdopen(os.dup(handle), "rb") as file:
            return file.read(most + 1)
    finally:
        os.close(handle)


def file_digests(
    path: str, algorithms: Iterable[str], *, past_cache: bool = False
) -> tuple[dict[str, str], os.stat_result]:
    """Lower-case digests of one file, read once, in at most 4 MiB of memory for each thread. Raises OSError.

    past_cache    a large file is read from the disk itself, where its system can: what memory remembers of it says
                  nothing of the disk, and what others are reading stays in memory
    """
    handle, found = open_regular(path)
    try:
        if past_cache and found.st_size > SMALL:
            return _hashed(blocks(handle, found.st_size), algorithms), found
        data = os.read(handle, min(found.st_size + 1, CHUNK))
        if len(data) == found.st_size:  # the whole of a small file: a second read would only say "end"
            return {name: _digest(name, data) for name in algorithms}, found
        hashes = {name: MAKERS[name]() for name in algorithms}
        buffer = bytearray(CHUNK)
        view = memoryview(buffer)
        filled = len(data)
        view[:filled] = data
        while filled:
            for one in hashes.values():
                one.update(view[:filled])
            filled = os.readv(handle, [view])
        return {name: one.hexdigest() for name, one in hashes.items()}, found
    finally:
        os.close(handle)


def _hashed(parts: Iterator[memoryview], algorithms: Iterable[str]) -> dict[str, str]:
    hashes = {name: MAKERS[name]() for name in algorithms}
    for part in parts:
        for one in hashes.values():
            one.update(part)
    return {name: one.hexdigest() for name, one in hashes.items()}


def _digest(name: str, data: bytes) -> str:
    if name == "sha512":
        return hashlib.sha512(data).hexdigest()
    if name == "sha256":
        return hashlib.sha256(data).hexdigest()
    one = MAKERS[name]()
    one.update(memoryview(data))
    return one.hexdigest()
