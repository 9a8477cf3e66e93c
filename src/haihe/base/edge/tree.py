"""How baked pages lie on disk.

    <root>/.generation                   eight bytes, one more after every change; the edge maps it
    <root>/story/20261123-7/index.html   the page; .gz and .br beside it
    <root>/story/20261123-7/.index.html.meta
                                         JSON: status, headers, hashes of every form; written last, so it decides
    <root>/feed.rss                      an address without a closing slash is the file itself
    <root>/…/index.html.gone             instead of index.html, where a page was withdrawn (status 410)

Every file is written beside its place and renamed. A reader takes only bytes whose sha256 the meta file names, so a
page that is half way between two versions is seen as neither. Nothing is synced: a baked file can be made again, and
one that a power cut has spoilt is not served but baked anew.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import mmap
import os
import re
import struct
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from haihe.base.errors import HaiheError

SUFFIXES = {"identity": "", "gzip": ".gz", "br": ".br"}
LONGEST_SEGMENT = 180  # bytes; a file name holds 255, and the name grows by a prefix and suffixes
LONGEST_PATH = 900
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f\\\ufffd]")


class UnsafePath(HaiheError):
    """An address that no file may stand for."""

    permanent = True
    hint = "Bake only addresses made of plain segments, closed by a slash or by a name with an extension."


class Unsettled(HaiheError):
    """A page is just being replaced, or its files are damaged."""

    hint = "Try again in a moment; if it stays, bake the page again."


@dataclass(frozen=True)
class Stored:
    """What the meta file of one baked page says.

    path       the address, exactly as requested
    status     200, or 410 for a withdrawn page
    headers    every response header but the ones that depend on the form sent (ETag, Content-Encoding, lengths)
    etag       sha256 of the identity bytes, hexadecimal
    modified   when these bytes were first baked, seconds since 1970
    any_query  True: the page never looked at the query string, so `?utm_source=…` gets these bytes too
    forms      content coding → sha256 of its bytes
    """

    path: str
    status: int
    headers: tuple[tuple[str, str], ...]
    etag: str
    modified: int
    any_query: bool
    forms: Mapping[str, str]


def bakeable(path: str) -> bool:
    """Whether a file may stand for this (decoded) address."""
    try:
        location(path)
    except UnsafePath:
        return False
    return True


def location(path: str) -> str:
    """The file of an address, relative to the root. Raises UnsafePath.

    "/" → "index.html", "/story/7/" → "story/7/index.html", "/feed.rss" → "feed.rss"
    """
    if not path.startswith("/") or _FORBIDDEN.search(path) or len(path.encode("utf-8", "replace")) > LONGEST_PATH:
        raise UnsafePath("not an address that can be baked", thing=path[:200])
    *folders, name = path[1:].split("/")
    for segment in folders:
        if not segment or segment.startswith(".") or len(segment.encode("utf-8", "replace")) > LONGEST_SEGMENT:
            raise UnsafePath("a segment is empty, hidden or too long", thing=path[:200])
    if name == "":
        name = "index.html"
    elif name == "index.html" or name.startswith(".") or "." not in name or len(name.encode()) > LONGEST_SEGMENT:
        raise UnsafePath("an address without a closing slash needs a name with an extension", thing=path[:200])
    return "/".join([*folders, name])


def meta_file(root: Path, path: str) -> str:
    """Absolute name of the meta file of an address. Raises UnsafePath."""
    folder, _, name = location(path).rpartition("/")
    return f"{root}/{folder}/.{name}.meta" if folder else f"{root}/.{name}.meta"


def form_file(root: Path, path: str, coding: str, *, status: int = 200) -> str:
    """Absolute name of one form of a page. Raises UnsafePath."""
    return f"{root}/{location(path)}{'.gone' if status == 410 else ''}{SUFFIXES[coding]}"


class Draft:
    """The files of a page, written but not yet in place: `commit` puts them there, `discard` throws them away."""

    def __init__(self, root: Path, page: Stored, forms: Mapping[str, bytes]) -> None:
        self.root, self.page = root, page
        self.moves: list[tuple[str, str]] = []
        os.makedirs(os.path.dirname(meta_file(root, page.path)), exist_ok=True)
        try:
            for coding, data in forms.items():
                self._write(form_file(root, page.path, coding, status=page.status), data)
            self._write(meta_file(root, page.path), json.dumps(asdict(page), ensure_ascii=False).encode())
        except BaseException:
            self.discard()
            raise

    def _write(self, target: str, data: bytes) -> None:
        handle, temporary = tempfile.mkstemp(prefix=".new-", dir=os.path.dirname(target))
        self.moves.append((temporary, target))
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), 0o644)
            file.write(data)

    def commit(self) -> None:
        """Put every form in its place, the meta file last, then remove forms the page no longer has."""
        for temporary, target in self.moves:
            os.replace(temporary, target)
        self.moves = []
        for coding in SUFFIXES:
            for status in (200, 410):
                if coding not in self.page.forms or status != (410 if self.page.status == 410 else 200):
                    with suppress(FileNotFoundError):
                        os.unlink(form_file(self.root, self.page.path, coding, status=status))

    def discard(self) -> None:
        for temporary, _ in self.moves:
            with suppress(FileNotFoundError):
                os.unlink(temporary)
        self.moves = []


def remove(root: Path, path: str) -> bool:
    """Take a page away; the meta file goes first, so that no reader sees half. Returns whether there was one."""
    try:
        os.unlink(meta_file(root, path))
        found = True
    except (FileNotFoundError, NotADirectoryError):
        found = False
    for coding in SUFFIXES:
        for status in (200, 410):
            with suppress(FileNotFoundError, NotADirectoryError):
                os.unlink(form_file(root, path, coding, status=status))
    folder = Path(meta_file(root, path)).parent
    with suppress(OSError):
        while folder != root:
            folder.rmdir()
            folder = folder.parent
    return found


def read_meta(root: Path, path: str) -> Stored | None:
    """What stands for an address, or None. Raises UnsafePath, Unsettled (a damaged meta file)."""
    try:
        raw = Path(meta_file(root, path)).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        fields = json.loads(raw)
        fields["headers"] = tuple((str(name), str(value)) for name, value in fields["headers"])
        page = Stored(**fields)
    except (ValueError, TypeError, KeyError) as error:
        raise Unsettled("the meta file cannot be read", thing=path) from error
    return page if page.path == path else None


def read(root: Path, path: str) -> tuple[Stored, dict[str, bytes]] | None:
    """A page with all its forms, every byte checked against its hash; None where nothing is baked.

    Raises UnsafePath; Unsettled while the page is being replaced or where its identity form is damaged. A damaged
    compressed form is left out.
    """
    page = read_meta(root, path)
    if page is None:
        return None
    forms: dict[str, bytes] = {}
    for coding, sha256 in page.forms.items():
        try:
            data = Path(form_file(root, path, coding, status=page.status)).read_bytes()
        except FileNotFoundError:
            data = b""
        if hashlib.sha256(data).hexdigest() == sha256:
            forms[coding] = data
    if "identity" not in forms:
        raise Unsettled("the page's bytes are not those its meta file names", thing=path)
    return page, forms


def addresses(root: Path) -> Iterator[str]:
    """Every address that has a meta file under the root."""
    for folder, _, names in os.walk(root):
        relative = os.path.relpath(folder, root)
        base = "/" if relative == "." else f"/{relative}/"
        for name in names:
            if name.startswith(".") and name.endswith(".meta"):
                own = name[1:-5]
                yield base if own == "index.html" else base + own


def sweep(root: Path, *, older_than: float = 600.0) -> int:
    """Remove drafts that nobody will commit any more: their writer was killed. Returns how many files."""
    count = 0
    for folder, _, names in os.walk(root):
        for name in names:
            if name.startswith(".new-"):
                with suppress(FileNotFoundError):
                    if os.stat(f"{folder}/{name}").st_mtime < time.time() - older_than:
                        os.unlink(f"{folder}/{name}")
                        count += 1
    return count


class Generation:
    """The counter of changes, mapped into memory: reading it costs nothing, so readers look at every request."""

    def __init__(self, root: Path) -> None:
        root.mkdir(parents=True, exist_ok=True)
        self.file = root / ".generation"
        self.handle = os.open(self.file, os.O_RDWR | os.O_CREAT, 0o644)
        with _locked(self.handle):
            if os.fstat(self.handle).st_size < 8:
                os.pwrite(self.handle, struct.pack("=Q", 1), 0)
        self.map = mmap.mmap(self.handle, 8)
        self.count = memoryview(self.map).cast("Q")

    def advance(self) -> int:
        """Tell every reader, in every process, that something changed. Returns the new count."""
        with _locked(self.handle):
            self.count[0] += 1
            return self.count[0]

    def replaced(self) -> bool:
        """Whether the file is another one now (the folder was emptied or restored from a backup)."""
        try:
            now = os.stat(self.file)
        except FileNotFoundError:
            return True
        mine = os.fstat(self.handle)
        return (now.st_ino, now.st_dev) != (mine.st_ino, mine.st_dev)

    def close(self) -> None:
        self.count.release()
        self.map.close()
        os.close(self.handle)


class _locked:
    def __init__(self, handle: int) -> None:
        self.handle = handle

    def __enter__(self) -> None:
        fcntl.flock(self.handle, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        fcntl.flock(self.handle, fcntl.LOCK_UN)
