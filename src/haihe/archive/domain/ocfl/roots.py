"""A storage root: its declaration, its layout, the folders that lead to objects."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from haihe.archive.domain.ocfl.digests import read_small
from haihe.archive.domain.ocfl.findings import Findings
from haihe.archive.domain.ocfl.folders import Folder, list_for, note_others
from haihe.archive.domain.ocfl.inventory import SUPPORTED
from haihe.archive.domain.ocfl.layout import Layout, LayoutUnknown, from_config
from haihe.archive.domain.ocfl.names import REGISTERED
from haihe.archive.domain.ocfl.objects import is_object
from haihe.archive.domain.ocfl.reading import parse

DECLARATION = re.compile(r"0=ocfl_([0-9]+\.[0-9]+)")
NAMASTE = re.compile(r"[0-9]=.*", re.DOTALL)
SMALL = 1 << 20


@dataclass(slots=True)
class Root:
    """A storage root as declared; layout is None where none is named or it is not known here."""

    spec: str
    layout: Layout | None


def is_root(folder: Folder) -> bool:
    """Whether a folder says that it is a storage root, rightly or wrongly."""
    if "ocfl_layout.json" in folder.files:
        return True
    return any(NAMASTE.fullmatch(name) and not name.startswith("0=ocfl_object") for name in folder.files)


def check_root(root: str, top: Folder, findings: Findings) -> Root:
    """Judge what lies directly in a storage root, and its extensions."""
    spec = _declaration(root, top, findings)
    findings.spec = spec or "1.1"
    if top.others:
        note_others(top, "", "", findings)
    layout = _layout(root, findings) if "ocfl_layout.json" in top.files else None
    if "extensions" in top.folders:
        _extensions(root, findings)
    return Root(findings.spec, layout)


def _declaration(root: str, top: Folder, findings: Findings) -> str:
    found: list[str] = []
    for name in sorted(top.files):
        match = DECLARATION.fullmatch(name)
        if match and match[1] in SUPPORTED:
            found.append(match[1])
        elif not NAMASTE.fullmatch(name):
            continue
        elif match:
            findings.add("E079 E077", name, "No published version of OCFL that is known here is declared.")
        elif name[0] != "0":
            findings.add("E078 E077", name, "A declaration must begin with 0=.")
        else:
            findings.add("E079 E077", name, "The declaration is not of an OCFL storage root.")
    if not found:
        findings.add("E069 E076", ".", "There is no declaration 0=ocfl_1.1 or 0=ocfl_1.0.")
        return ""
    if len(found) > 1:
        findings.add("E076", ".", f"There are {len(found)} declarations, not one.")
    for spec in found:
        try:
            right = read_small(f"{root}/0=ocfl_{spec}", 64) == f"ocfl_{spec}\n".encode()
        except OSError as error:
            findings.cannot_read(f"0=ocfl_{spec}", error.strerror or error)
            continue
        if not right:
            findings.add("E080", f"0=ocfl_{spec}", "The declaration does not hold its own name and a newline.")
    return found[-1]


def _json(root: str, name: str, findings: Findings) -> Any:
    """Parsed JSON, or None with E070 or unreadable noted."""
    try:
        data = read_small(f"{root}/{name}", SMALL)
    except OSError as error:
        findings.cannot_read(name, error.strerror or error)
        return None
    if len(data) > SMALL:
        findings.cannot_read(name, f"it is larger than {SMALL:,} bytes")
        return None
    try:
        return parse(data)
    except (ValueError, RecursionError):
        findings.add("E070", name, "The file is not JSON in UTF-8.")
        return None


def _layout(root: str, findings: Findings) -> Layout | None:
    said = findings.counts.total()
    raw = _json(root, "ocfl_layout.json", findings)
    if findings.counts.total() > said:
        return None
    if not isinstance(raw, dict) or "extension" not in raw or "description" not in raw:
        findings.add("E070", "ocfl_layout.json", "The file is no JSON object with an extension and a description.")
        return None
    extension = raw["extension"]
    if not isinstance(extension, str) or extension not in REGISTERED:
        findings.add("E071", "ocfl_layout.json", f"The extension {extension!r} is not registered.")
        return None
    name = f"extensions/{extension}/config.json"
    try:
        read_small(f"{root}/{name}", 0)
        config = _json(root, name, findings)
    except OSError:
        config = {}
    try:
        return from_config(extension, config) if isinstance(config, dict) else None
    except LayoutUnknown:
        return None


def _extensions(root: str, findings: Findings) -> None:
    folder = list_for(f"{root}/extensions", "extensions", findings)
    if folder is None:
        return
    for name in folder.files:
        findings.add("E112", f"extensions/{name}", "Only folders of extensions may be here.")
    note_others(folder, "extensions/", "E112", findings)
    for name in folder.folders:
        if name not in REGISTERED:
            findings.add("W016", f"extensions/{name}", "The extension is not registered.")


def object_folders(root: str, top: Folder, findings: Findings) -> Iterator[tuple[str, Folder]]:
    """Folders of objects below a storage root, depth first, sorted in each folder; E072, E073, E090 on the way."""
    waiting = [name for name in sorted(top.folders, reverse=True) if name != "extensions"]
    while waiting:
        place = waiting.pop()
        folder = list_for(f"{root}/{place}", place, findings)
        if folder is None:
            continue
        if is_object(folder):
            yield place, folder
            continue
        if folder.empty:
            findings.add("E073 E085", place, "The folder is empty, where an object should be.")
        if folder.files:
            for name in folder.files:
                findings.add("E072 E084", f"{place}/{name}", "The file belongs to no object.")
            odd = [name for name in folder.files if NAMASTE.fullmatch(name)]
            for name in odd:
                findings.add("E004 E006", f"{place}/{name}", "The declaration is not of an OCFL object.")
        if folder.others:
            note_others(folder, f"{place}/", "", findings)
        waiting += [f"{place}/{name}" for name in sorted(folder.folders, reverse=True)]
