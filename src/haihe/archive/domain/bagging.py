"""BagIt (RFC 8493): folders that say what is in them, in and out; also plain folders with a manifest. No Django.

A bag comes from strangers: every path it names must lie in it, links are not followed, and all it says is checked
before anything is taken.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote

from haihe.base.errors import HaiheError

ALGORITHMS = ("sha512", "sha256", "sha1", "md5")  # the best that a bag has counts
MANIFEST = re.compile(r"(tag)?manifest-(sha512|sha256|sha1|md5)\.txt")
LINE = re.compile(r"([0-9a-fA-F]+)[ \t]+\*?(.+)")
LARGEST_TAG = 64 << 20  # bytes
_CHUNK = 1 << 20


class BagRefused(HaiheError):
    """The bag, or folder with a manifest, is not whole, or not what it says."""

    permanent = True
    hint = "Ask who made it for a whole one; `bagit.py --validate` says more."


class BagUnfinished(BagRefused):
    """Files that the manifest names are not there yet."""

    permanent = False
    hint = "It is looked at again when more has arrived."


@dataclass(slots=True)
class Bag:
    """files: path inside the payload → file; info: what bag-info.txt says, several values joined by line breaks."""

    files: dict[str, Path]
    info: dict[str, str] = field(default_factory=dict)


def is_bag(folder: Path) -> bool:
    return (folder / "bagit.txt").is_file()


def read_bag(folder: Path) -> Bag:
    """A complete and valid bag. Raises BagRefused, naming the first thing that is wrong."""
    declaration = _tag(folder, "bagit.txt")
    if "BagIt-Version" not in declaration or declaration.get("Tag-File-Character-Encoding", "").upper() != "UTF-8":
        raise BagRefused("bagit.txt does not declare a bag in UTF-8.", thing=folder)
    if (folder / "fetch.txt").exists():
        raise BagRefused("The bag leaves files to be fetched from elsewhere.", thing=folder / "fetch.txt")
    manifests = sorted(one.name for one in folder.iterdir() if MANIFEST.fullmatch(one.name))
    payload = [name for name in manifests if not name.startswith("tag")]
    if not payload:
        raise BagRefused("The bag has no manifest.", thing=folder)
    for name in manifests:
        _check_manifest(folder, name)
    named = set(_manifest(folder, payload[0]))
    for name in payload[1:]:
        if set(_manifest(folder, name)) != named:
            raise BagRefused("Two manifests name different files.", thing=folder / name)
    there = {f"data/{path}": file for path, file in _files(folder / "data")}
    _same_files(there, named, folder)
    info = _tag(folder, "bag-info.txt") if (folder / "bag-info.txt").is_file() else {}
    return Bag({path.removeprefix("data/"): file for path, file in there.items()}, info)


def read_listed(folder: Path, manifest: str = "manifest-sha256.txt") -> Bag:
    """A folder whose manifest names every file in it. Raises BagUnfinished while files are missing, BagRefused."""
    named = _manifest(folder, manifest)
    there = dict(_files(folder))
    there.pop(manifest, None)
    missing = sorted(set(named) - set(there))
    if missing:
        raise BagUnfinished(thing=folder / missing[0])
    _same_files(there, set(named), folder)
    _check_manifest(folder, manifest)
    return Bag(there)


def write_bag(folder: Path, files: Mapping[str, Path], info: Iterable[tuple[str, str]]) -> None:
    """Make a bag in `folder`, which must not exist. Raises OSError."""
    folder.mkdir(parents=True)
    lines, size = [], 0
    for path, source in files.items():
        target = folder / "data" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with target.open("xb") as file, source.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                file.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        lines.append(f"{digest.hexdigest()}  data/{_escaped(path)}\n")
    (folder / "data").mkdir(exist_ok=True)
    said = [*info, ("Payload-Oxum", f"{size}.{len(files)}")]
    tags = {
        "bagit.txt": "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        "bag-info.txt": "".join(f"{name}: {' '.join(str(value).split())}\n" for name, value in said if value),
        "manifest-sha256.txt": "".join(sorted(lines)),
    }
    for name, text in tags.items():
        (folder / name).write_text(text, encoding="utf-8")
    sums = (f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n" for name, text in tags.items())
    (folder / "tagmanifest-sha256.txt").write_text("".join(sums), encoding="utf-8")


def _escaped(path: str) -> str:
    return path.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _unescaped(path: str) -> str:
    return re.sub("%(25|0D|0A)", lambda found: unquote(found[0]), path, flags=re.IGNORECASE)


def _text(folder: Path, name: str) -> str:
    file = folder / name
    if file.is_symlink() or not file.is_file():
        raise BagRefused("The file is missing, or a link.", thing=file)
    if file.stat().st_size > LARGEST_TAG:
        raise BagRefused("The file is larger than any bag needs.", thing=file)
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise BagRefused("The file is not UTF-8.", thing=file) from None


def _tag(folder: Path, name: str) -> dict[str, str]:
    """Label → value; lines that begin with a space go on with the one before."""
    said: dict[str, str] = {}
    label = ""
    for line in _text(folder, name).splitlines():
        if line[:1] in (" ", "\t") and label:
            said[label] += f" {line.strip()}"
        elif ":" in line:
            label, _colon, value = line.partition(":")
            label = label.strip()
            said[label] = f"{said[label]}\n{value.strip()}" if label in said else value.strip()
    return said


def _manifest(folder: Path, name: str) -> dict[str, str]:
    """Path → digest. Raises BagRefused for a path that leaves the folder."""
    named: dict[str, str] = {}
    for line in _text(folder, name).splitlines():
        if not line.strip():
            continue
        match = LINE.fullmatch(line)
        if match is None:
            raise BagRefused("A line of the manifest is no digest and path.", thing=folder / name)
        path = _unescaped(match[2].strip()).removeprefix("./")
        parts = path.split("/")
        if path.startswith(("/", "~")) or "\\" in path or ":" in parts[0] or not {"", ".", ".."}.isdisjoint(parts):
            raise BagRefused(f"The manifest names a path outside the bag: {quote(path)}.", thing=folder / name)
        if path in named:
            raise BagRefused(f"The manifest names {path!r} twice.", thing=folder / name)
        named[path] = match[1].lower()
    return named


def _files(folder: Path, below: str = "") -> Iterator[tuple[str, Path]]:
    if folder.is_symlink() or not folder.is_dir():
        raise BagRefused("The folder is missing, or a link.", thing=folder)
    for entry in sorted(os.scandir(folder), key=lambda one: one.name):
        if entry.is_symlink() or not (entry.is_file() or entry.is_dir()):
            raise BagRefused("A link, pipe or device is no file to keep.", thing=entry.path)
        if entry.is_dir():
            yield from _files(Path(entry.path), f"{below}{entry.name}/")
        else:
            yield f"{below}{entry.name}", Path(entry.path)


def _same_files(there: Mapping[str, Path], named: set[str], folder: Path) -> None:
    missing, more = sorted(named - set(there)), sorted(set(there) - named)
    if missing:
        raise BagRefused("A file that the manifest names is missing.", thing=folder / missing[0])
    if more:
        raise BagRefused("A file is not in the manifest.", thing=there[more[0]])


def _check_manifest(folder: Path, name: str) -> None:
    algorithm = name.rsplit("-", 1)[1].removesuffix(".txt")
    for path, digest in _manifest(folder, name).items():
        file = folder / path
        if any(one.is_symlink() for one in (file, *file.parents) if one.is_relative_to(folder) and one != folder):
            raise BagRefused("The path leads through a link.", thing=file)
        try:
            with file.open("rb") as stream:
                found = hashlib.file_digest(stream, algorithm).hexdigest()
        except OSError as error:
            raise BagRefused(f"The file cannot be read: {error.strerror}.", thing=file) from error
        if found != digest:
            raise BagRefused(f"The {algorithm} of the file is not the one in {name}.", thing=file)
