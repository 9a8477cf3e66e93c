"""Names that the specification rules: version directories, paths, times, addresses, extensions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from haihe.archive.domain.ocfl.findings import Findings

NO_ELEMENT = frozenset(("", ".", ".."))
# A path without any fault, so that most need one look only
CLEAN = re.compile(r"(?!\.{1,2}(?:/|\Z))[^/]+(?:/(?!\.{1,2}(?:/|\Z))[^/]+)*", re.ASCII)
VERSION = re.compile(r"v([0-9]{1,9})", re.ASCII)
# RFC 3986: a scheme, then only characters that a URI may have
URI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:(?:[!#$&-;=?-Z_a-z~\[\]]|%[0-9A-Fa-f]{2})+", re.ASCII)
TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]+)?"
    r"(?:[Zz]|[+-]([0-9]{2}):([0-9]{2}))",
    re.ASCII,
)
DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

# The index of https://ocfl.github.io/extensions/, to January 2026
REGISTERED = frozenset(
    (
        "0001-digest-algorithms",
        "0002-flat-direct-storage-layout",
        "0003-hash-and-id-n-tuple-storage-layout",
        "0004-hashed-n-tuple-storage-layout",
        "0005-mutable-head",
        "0006-flat-omit-prefix-storage-layout",
        "0007-n-tuple-omit-prefix-storage-layout",
        "0008-schema-registry",
        "0009-digest-algorithms",
        "0010-differential-n-tuple-omit-prefix-storage-layout",
        "0011-direct-clean-path-layout",
        "0012-hash-and-no-prefix-id-n-tuple-storage-layout",
        "initial",
    )
)


def version_number(name: str) -> int:
    """The number of a version directory's name; 0 for a name that is none."""
    match = VERSION.fullmatch(name)
    return int(match[1]) if match else 0


def check_version_names(names: Iterable[str], where: str, findings: Findings) -> list[str]:
    """Judge names of versions as a sequence with one naming convention.

    names      keys of a `versions` block, or names of version directories
    returns    those that are names of versions, by number
    """
    if not isinstance(names, (list, tuple)):
        names = list(names)
    if list(names) == ["v1"]:  # most objects
        return ["v1"]
    numbered: list[tuple[int, str]] = []
    for name in names:
        number = version_number(name)
        if number:
            numbered.append((number, name))
        elif name.startswith("v"):
            findings.add("E105 E046", where, f"{name!r} does not name a version by a positive number.")
        else:
            findings.add("E104 E046", where, f"{name!r} is no version: the name must be v and a number.")
    if not numbered:
        return []
    numbered.sort()
    numbers = [number for number, _name in numbered]
    if numbers[0] != 1:
        findings.add("E009", where, f"The versions begin with {numbered[0][1]}, not with 1.")
    if any(later - earlier > 1 for earlier, later in pairwise(numbers)):
        findings.add("E010", where, "The versions leave out a number.")
    _check_padding([name for _number, name in numbered], where, findings)
    return [name for _number, name in numbered]


def _check_padding(names: list[str], where: str, findings: Findings) -> None:
    first = names[0]
    padded = first[1] == "0"
    if padded:
        findings.add("W001", where, f"Version numbers are padded with zeros ({first}).")
    for name in names[1:]:
        zero = name[1] == "0"
        if padded and not zero:
            findings.add("E011 E012 E013", where, f"{name} has no zero after the v although {first} is padded.")
        elif zero and not padded:
            findings.add("E011 E012 E013", where, f"{name} is padded with zeros although {first} is not.")
        elif padded and len(name) != len(first):
            findings.add("E012 E013", where, f"{name} is not as long as {first}.")


def slash_at_an_end(path: str) -> bool:
    return path[:1] == "/" or path[-1:] == "/"


def bad_element(path: str) -> bool:
    """Whether an element is empty, "." or ".."; one slash at either end is another matter."""
    elements = path.split("/")
    if NO_ELEMENT.isdisjoint(elements):
        return False
    if len(elements) > 1:
        elements = elements[elements[0] == "" : len(elements) - (elements[-1] == "")]
    return not NO_ELEMENT.isdisjoint(elements) or not elements


def is_clean(path: str) -> bool:
    """Whether a path is certainly right; False says that it may be wrong."""
    return path.isascii() and CLEAN.fullmatch(path) is not None


def is_text(path: str) -> bool:
    """Whether a string can be written in UTF-8: JSON escapes can hold half of a surrogate pair."""
    if path.isascii():
        return True
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def conflicts(paths: Iterable[str]) -> list[str]:
    """Paths that are also the folder of another path."""
    known = set(paths)
    folders: set[str] = set()
    for path in known:
        end = path.rfind("/")
        while end > 0:
            folder = path[:end]
            if folder in folders:
                break
            folders.add(folder)
            end = folder.rfind("/")
    found = folders & known
    return sorted(found) if found else []


def is_time(text: str) -> bool:
    """RFC 3339 date and time, with seconds and an offset."""
    match = TIME.fullmatch(text)
    if match is None:
        return False
    year, month, day, hour, minute, second, offset, of_minutes = (int(part or 0) for part in match.groups())
    if not 1 <= month <= 12 or not 1 <= day <= DAYS[month - 1]:
        return False
    if month == 2 and day == 29 and (year % 4 or (year % 100 == 0 and year % 400)):
        return False
    return hour <= 23 and minute <= 59 and second <= 60 and offset <= 23 and of_minutes <= 59


def is_uri(text: str) -> bool:
    return URI.fullmatch(text) is not None
