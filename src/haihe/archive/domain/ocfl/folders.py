"""Folders as they are on disk: listed without following links, walked without recursion."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from haihe.archive.domain.ocfl.findings import Findings

MOST_FILES = 5_000_000  # of one object


@dataclass(slots=True)
class Folder:
    """The entries of one folder by kind; `others` are links, pipes, sockets, devices with what they are."""

    files: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    others: list[tuple[str, str]] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        return not (self.files or self.folders or self.others)


def listed(path: str) -> Folder:
    """One folder, its names in no order. Raises OSError."""
    found = Folder()
    with os.scandir(path) as entries:
        for entry in entries:
            if entry.is_file(follow_symlinks=False):
                found.files.append(entry.name)
            elif entry.is_dir(follow_symlinks=False):
                found.folders.append(entry.name)
            else:
                found.others.append((entry.name, "link" if entry.is_symlink() else "pipe, socket or device"))
    return found


def list_for(path: str, where: str, findings: Findings) -> Folder | None:
    """The same, with what hinders it noted as unreadable."""
    try:
        return listed(path)
    except OSError as error:
        findings.cannot_read(where, error.strerror or error)
        return None


def note_others(folder: Folder, where: str, codes: str, findings: Findings) -> None:
    """Links are E090; what is neither file nor folder is E089; `codes` say why neither belongs there."""
    for name, kind in folder.others:
        own = "E090" if kind == "link" else "E089"
        findings.add(f"{own} {codes}", f"{where}{name}", f"A {kind} stands where only files and folders may be.")


def content_files(root: str, below: str, where: str, findings: Findings) -> list[str]:
    """Every file below a content folder.

    root       the object's folder; `below` is "v1/content"
    where      the object's path for findings, "" or ending in a slash
    returns    paths below the object; E024, E089, E090 noted on the way
    """
    files: list[str] = []
    waiting = [below]
    while waiting:
        place = waiting.pop()
        folder = list_for(f"{root}/{place}", f"{where}{place}", findings)
        if folder is None:
            continue
        if folder.empty and place != below:
            findings.add("E024", f"{where}{place}", "The folder is empty.")
        if folder.others:
            note_others(folder, f"{where}{place}/", "E023", findings)
        files += [f"{place}/{name}" for name in folder.files]
        waiting += [f"{place}/{name}" for name in folder.folders]
        if len(files) > MOST_FILES:
            findings.cannot_read(f"{where}{below}", f"it holds more than {MOST_FILES:,} files")
            break
    return files
