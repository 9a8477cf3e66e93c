"""What a new version changes, and the logical state that comes of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from os import PathLike

from haihe.archive.domain.ocfl.errors import ChangeRefused, PathRefused
from haihe.archive.domain.ocfl.names import bad_element, conflicts, is_text, is_time, slash_at_an_end


@dataclass(frozen=True, slots=True)
class Arrived:
    """A whole file on the file system of the staging folder, digested while it came: it is linked, not copied.

    Who gave it removes the name it came under once the batch is durable.
    """

    path: str
    sha512: str
    sha256: str


# The bytes themselves, the name of a file that holds them, or a file that is here already
Source = bytes | str | PathLike[str] | Arrived

# What some file system cannot name: control characters, Windows' signs, a dot or space at the end; "=" begins our own
UNPORTABLE = re.compile(r'[\x00-\x1f\x7f<>:"\\|?*]|[. ](?:/|\Z)|(?:\A|/)=')
RESERVED = re.compile(r"(?:\A|/)(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|/|\Z)", re.IGNORECASE)
LONGEST_NAME, LONGEST_PATH, DEEPEST = 200, 700, 16  # bytes of UTF-8, bytes, folders


@dataclass(frozen=True, slots=True)
class Metadata:
    """Who made a version, when and why.

    address   a URI: mailto:… or the address of a person
    created   RFC 3339; now where it is empty
    """

    message: str
    name: str
    address: str
    created: str = ""

    def when(self) -> str:
        if not self.created:
            return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        if not is_time(self.created):
            raise ChangeRefused(f"{self.created!r} is no time of RFC 3339.")
        return self.created


@dataclass(frozen=True, slots=True)
class Changes:
    """One new version: first what is deleted and renamed, then what is put.

    put      logical path → source; an old file under that path is replaced in this version, and stays in earlier ones
    delete   logical paths of the newest version
    rename   old logical path → new one
    """

    put: Mapping[str, Source] = field(default_factory=dict)
    delete: Iterable[str] = ()
    rename: Mapping[str, str] = field(default_factory=dict)


def rearranged(state: Mapping[str, str], changes: Changes) -> dict[str, str]:
    """The state after deletions and renames, before anything is put. Raises ChangeRefused, PathRefused."""
    new = dict(state)
    for path in changes.delete:
        if new.pop(path, None) is None:
            raise ChangeRefused("There is no such file to delete in the newest version.", thing=path)
    moved: dict[str, str] = {}
    for old, path in changes.rename.items():
        digest = new.pop(old, None)
        if digest is None:
            raise ChangeRefused("There is no such file to rename in the newest version.", thing=old)
        if path in moved:
            raise ChangeRefused("Two files cannot get the same name.", thing=path)
        moved[path] = digest
    for path, digest in moved.items():
        if path in new:
            raise ChangeRefused("There is a file of that name already.", thing=path)
        new[path] = digest
    return new


def check_logical_paths(paths: Iterable[str]) -> None:
    """Raises PathRefused for a path, or a set of paths, that OCFL does not allow."""
    paths = list(paths)
    for path in paths:
        if not path or slash_at_an_end(path) or bad_element(path) or not is_text(path):
            raise PathRefused("The logical path is not allowed.", thing=repr(path))
    for path in conflicts(paths):
        raise PathRefused("The logical path is also the folder of another.", thing=path)


def content_name(logical: str, digest: str, taken: set[str]) -> str:
    """Where a file lies below the content folder: under its logical path where every file system can name that,
    otherwise under its digest.

    taken   folded names of files, and of folders with a slash behind them; the new ones are added
    """
    folded = logical.casefold()
    if portable(logical) and folded not in taken and f"{folded}/" not in taken:
        folders = [folded[: cut + 1] for cut, one in enumerate(folded) if one == "/"]
        if not any(folder[:-1] in taken for folder in folders):
            taken.update(folders)
            taken.add(folded)
            return logical
    taken.add(f"={digest[:64]}")
    return f"={digest[:64]}"


def portable(path: str) -> bool:
    """Whether any common file system can hold a file of this path."""
    if UNPORTABLE.search(path) or RESERVED.search(path):
        return False
    if path.isascii() and len(path) <= LONGEST_NAME:
        return path.count("/") < DEEPEST
    elements = path.split("/")
    longest = max(len(one.encode()) for one in elements)
    return longest <= LONGEST_NAME and len(path.encode()) <= LONGEST_PATH and len(elements) <= DEEPEST
