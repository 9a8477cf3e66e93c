"""A further store of the same objects, byte for byte: a folder of another disk, or any S3-compatible server.

    shelf = Shelf("s3://bucket/prefix?endpoint=https://s3.example&region=tj")   keys: AWS_ACCESS_KEY_ID and …_SECRET_…

No Django. The keys are the paths below the storage root, so that each store is an OCFL storage root by itself.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Protocol
from urllib.parse import parse_qs, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from haihe.archive.domain.shelf_folder import Folder
from haihe.base.errors import HaiheError

INVENTORIES = ("inventory.json", "inventory.json.sha512")
DECLARATION = "0=ocfl_object_1.1"


class ShelfFailing(HaiheError):
    """The store does not answer, or refuses; nothing was changed here."""

    hint = "Look at its server, its disk, and at the keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."


class ShelfUnknown(HaiheError):
    """The address of the store is not one that can be used."""

    permanent = True
    hint = "Write `file:///folder` or `s3://bucket/prefix?endpoint=https://…&region=…`."


class Shelf:
    """Objects of one storage root by their paths. Methods raise ShelfFailing; FileNotFoundError for a missing file."""

    def __init__(self, address: str) -> None:
        """Raises ShelfUnknown."""
        self.address = address
        self.store = _opened(address)

    def put_object(self, root: str, place: str, folder: str = "") -> int:
        """Copy an object's folder: its content first, its inventories after, the newest last; returns bytes sent.

        root     of a storage root, whose own files go along
        place    the object's folder below the root, and in the store
        folder   where the object lies instead

        Content that the store has in its full size is not sent again: no content of an object ever changes. One at a
        time: whoever calls it holds `stores.carrying`. It is durable at the end.
        """
        folder = folder or f"{root}/{place}"
        there = self._begin(root, place)
        sent = 0
        for name in sorted(_files(folder), key=_inventories_last):
            path = Path(folder) / name
            if "/content/" not in name or there.get(f"{place}/{name}") != path.stat().st_size:
                sent += self._put(f"{place}/{name}", path)
        with _faults(self.address):
            self.store.settle()
        return sent

    def replace_object(self, root: str, place: str, folder: str) -> int:
        """Put every file of a sound folder in the place of what is there, and then remove what is there beside them;
        returns bytes sent. Killed anywhere, no file is gone of which this was the last sound copy."""
        there = self._begin(root, place)
        names = sorted(_files(folder), key=_inventories_last)
        sent = sum(self._put(f"{place}/{name}", Path(folder) / name) for name in names)
        odd = sorted(there.keys() - {f"{place}/{name}" for name in names})
        with _faults(self.address):
            if odd:
                self.store.remove(odd)
            self.store.settle()
        return sent

    def tidy(self) -> None:
        """Remove what one who was killed left beside the objects. Only while carrying."""
        with _faults(self.address):
            self.store.tidy()

    def _begin(self, root: str, place: str) -> dict[str, int]:
        with _faults(self.address):
            for name in ("0=ocfl_1.1", "ocfl_layout.json", *_below(root, "extensions")):
                if not self.store.has(name):
                    self.store.put(name, Path(root) / name)
        return self.sizes(place)

    def _put(self, key: str, path: Path) -> int:
        with _faults(self.address):
            self.store.put(key, path)
        return path.stat().st_size

    def get_object(self, place: str, target: Path) -> int:
        """Copy an object's folder into `target`, which must not exist; returns bytes. Raises FileNotFoundError."""
        received = 0
        for key in list(self.sizes(place)):
            file = target / key.removeprefix(f"{place}/")
            if not file.resolve().is_relative_to(target.resolve()):
                raise ShelfFailing("The store names a file outside the object.", thing=key)
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("xb") as out:
                self.get(key, out)
                received += out.tell()
        if not target.exists():
            raise FileNotFoundError(place)
        return received

    def get(self, key: str, out: BinaryIO) -> None:
        """Write a file's bytes to `out`, piece by piece. Raises FileNotFoundError."""
        with _faults(self.address):
            self.store.get(key, out)

    def sizes(self, prefix: str = "") -> dict[str, int]:
        """Key → bytes of what lies below a folder."""
        with _faults(self.address):
            found: dict[str, int] = {}
            for part in self.store.listed(prefix.rstrip("/")):
                found.update(part)
            return found

    def places(self) -> Iterator[str]:
        """The folder of every object. The names are listed flat: a walk through folders asks once for each."""
        with _faults(self.address):
            for part in self.store.listed(""):
                yield from (key.rpartition("/")[0] for key in part if key.endswith(f"/{DECLARATION}"))

    def remove_object(self, place: str) -> int:
        """Remove every file of an object; returns how many."""
        keys = list(self.sizes(place))
        with _faults(self.address):
            if keys:
                self.store.remove(keys)
        return len(keys)


class _Kept(Protocol):
    """What a shelf asks of the folder or bucket it stands in."""

    def tidy(self) -> None: ...
    def put(self, key: str, path: Path) -> None: ...
    def has(self, key: str) -> bool: ...
    def get(self, key: str, out: BinaryIO) -> None: ...
    def listed(self, prefix: str) -> Iterator[dict[str, int]]: ...
    def remove(self, keys: list[str]) -> None: ...
    def settle(self) -> None: ...


class _Bucket:
    """The same on a server. What it has acknowledged is durable, and what was cut short it does not show."""

    def __init__(self, store: S3Store) -> None:
        self.store = store

    def tidy(self) -> None:
        pass

    def put(self, key: str, path: Path) -> None:
        obstore.put(self.store, key, path)

    def has(self, key: str) -> bool:
        try:
            obstore.head(self.store, key)
        except FileNotFoundError:
            return False
        return True

    def get(self, key: str, out: BinaryIO) -> None:
        for chunk in obstore.get(self.store, key).stream(min_chunk_size=1 << 20):
            out.write(chunk)

    def listed(self, prefix: str) -> Iterator[dict[str, int]]:
        for page in obstore.list(self.store, prefix=prefix or None):
            yield {str(one["path"]): int(one["size"]) for one in page}

    def remove(self, keys: list[str]) -> None:
        obstore.delete(self.store, keys)

    def settle(self) -> None:
        pass


def _opened(address: str) -> _Kept:
    parts = urlsplit(address)
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    if parts.scheme == "file" and parts.path.startswith("/") and not parts.netloc:
        return Folder(parts.path)
    if parts.scheme == "s3" and parts.netloc and asked.keys() <= {"endpoint", "region"}:
        config: Any = {"region": asked.get("region", "us-east-1"), "virtual_hosted_style_request": False}
        if asked.get("endpoint"):
            config["endpoint"] = asked["endpoint"]
        plain = asked.get("endpoint", "").startswith("http://")
        options: Any = {"allow_http": plain, "timeout": "60s", "connect_timeout": "5s"}
        retry: Any = {"max_retries": 3}
        prefix = parts.path.strip("/") or None
        return _Bucket(S3Store(parts.netloc, prefix=prefix, config=config, client_options=options, retry_config=retry))
    raise ShelfUnknown(thing=f"{parts.scheme}://{parts.hostname or ''}{parts.path}")


class _faults:
    """What obstore or the disk says, in our words; FileNotFoundError passes. A ValueError is a name no bucket takes."""

    def __init__(self, address: str) -> None:
        self.address = address

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, FileNotFoundError):
            return
        if isinstance(error, (BaseError, OSError, ValueError)):
            said = str(error).splitlines()[0][:300] if str(error) else type(error).__name__
            raise ShelfFailing(said, thing=self.address.split("?")[0]) from error


def _files(folder: str) -> Iterator[str]:
    for place, _folders, names in os.walk(folder):
        below = os.path.relpath(place, folder)
        for name in names:
            yield name if below == "." else f"{below}/{name}"


def _below(root: str, name: str) -> list[str]:
    return [f"{name}/{one}" for one in _files(f"{root}/{name}")]


def _inventories_last(name: str) -> tuple[int, str]:
    """Content, then the inventories of versions, then the object's own: a reader never meets one without its files."""
    *folders, last = name.split("/")
    return (0 if last not in INVENTORIES or len(folders) > 1 else 2 - len(folders), name)
