"""One object judged as it stands on disk."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field

from haihe.archive.domain.ocfl.content import check_content
from haihe.archive.domain.ocfl.digests import read_small
from haihe.archive.domain.ocfl.findings import Findings
from haihe.archive.domain.ocfl.folders import Folder, content_files, list_for, note_others
from haihe.archive.domain.ocfl.history import Prior, check_history
from haihe.archive.domain.ocfl.inventory import SUPPORTED, Inventory, check_inventory
from haihe.archive.domain.ocfl.names import REGISTERED, check_version_names, version_number
from haihe.archive.domain.ocfl.reading import LARGEST, Document, check_sidecar, read_document

DECLARATION = re.compile(r"0=ocfl_object_([0-9]+\.[0-9]+)")
NAMASTE = re.compile(r"[0-9]=.*", re.DOTALL)


@dataclass(slots=True)
class ObjectReport:
    """What is known of one object.

    path        its folder below the validated path, "." for itself
    spec        declared version of OCFL; "" where none could be read
    inventory   sha512 of its newest inventory; "" where that could not be read
    odd         a sidecar that is right, and yet not written as we write it; "" for none
    files       content files read; bytes of them
    links       (device, inode) of content files with more than one name, for hard links across objects
    """

    path: str
    findings: Findings
    id: str | None = None
    spec: str = ""
    inventory: str = ""
    odd: str = ""
    files: int = 0
    bytes: int = 0
    links: dict[tuple[int, int], str] = field(default_factory=dict)


class ObjectCheck:
    """Walks one object; every step notes what it finds and the next ones go on with what is known."""

    def __init__(
        self, root: str, path: str = ".", *, largest: int = LARGEST, jobs: int = 1, quick: bool = False
    ) -> None:
        self.quick = quick
        self.root = root
        self.where = "" if path == "." else f"{path}/"
        self.largest = largest
        self.jobs = jobs
        self.findings = Findings()
        self.report = ObjectReport(path, self.findings)
        self.versions: dict[str, Folder] = {}

    def run(self, top: Folder | None = None) -> ObjectReport:
        """`top` is the object's folder where it has been listed already."""
        top = top or list_for(self.root, self.report.path, self.findings)
        if top is not None:
            self._declaration(top)
            self._with(top)
        return self.report

    def _with(self, top: Folder) -> None:
        inventory, document = self._root_inventory(top)
        algorithm = inventory.algorithm if inventory else None
        self._top_entries(top, algorithm)
        self._version_folders(top, inventory)
        if inventory is None or document is None:
            return
        self.report.id = inventory.id
        priors = self._version_inventories(inventory, document)
        check_history(inventory, priors, self.where, self.findings)
        files = self._content(inventory, priors)
        if files is not None:
            check_content(
                self.root, files, inventory, priors, self.report, self.where, jobs=self.jobs, quick=self.quick
            )

    # ---- the object's own folder

    def _declaration(self, top: Folder) -> None:
        found: list[str] = []
        for name in top.files:
            if name[1:2] != "=":
                continue
            match = DECLARATION.fullmatch(name)
            if match and match[1] in SUPPORTED:
                found.append(match[1])
            elif NAMASTE.fullmatch(name):
                self._odd_declaration(name)
        if not found:
            self.findings.add("E003", self.report.path, "There is no declaration 0=ocfl_object_1.1 or _1.0.")
            return
        found.sort()
        if len(found) > 1:
            self.findings.add("E003", self.report.path, f"There are {len(found)} declarations, not one.")
        self.report.spec = self.findings.spec = found[-1]
        for spec in found:
            name = f"0=ocfl_object_{spec}"
            try:
                right = read_small(f"{self.root}/{name}", 64) == f"ocfl_object_{spec}\n".encode()
            except OSError as error:
                self.findings.cannot_read(f"{self.where}{name}", error.strerror or error)
                continue
            if not right:
                message = "The declaration does not hold its own name and a newline."
                self.findings.add("E007", f"{self.where}{name}", message)

    def _odd_declaration(self, name: str) -> None:
        where = f"{self.where}{name}"
        if name[0] != "0":
            self.findings.add("E005 E004", where, "A declaration must begin with 0=.")
        elif name.startswith("0=ocfl_object_"):
            self.findings.add("E006 E004", where, "No published version of OCFL that is known here is declared.")
        else:
            self.findings.add("E006 E004", where, "The declaration is not of an OCFL object.")

    def _root_inventory(self, top: Folder) -> tuple[Inventory | None, Document | None]:
        where = f"{self.where}inventory.json"
        if "inventory.json" not in top.files:
            self.findings.add("E063 E034", where, "The object has no inventory.json.")
            return None, None
        document = self._document(where, "inventory.json")
        if document is None or document.value is None:
            return None, None
        self.report.inventory = document.sha512
        inventory = check_inventory(document.value, where, self.findings)
        if inventory.spec and self.report.spec and inventory.spec != self.report.spec:
            message = f"The type names OCFL {inventory.spec}, the declaration {self.report.spec}."
            self.findings.add("E038", where, message)
        self._sidecar(top, "", inventory.algorithm, document)
        document.value = None  # the inventory holds what is needed
        return inventory, document

    def _document(self, where: str, below: str, same: Document | None = None) -> Document | None:
        try:
            return read_document(f"{self.root}/{below}", where, self.findings, largest=self.largest, same=same)
        except FileNotFoundError:
            self.findings.cannot_read(where, "it vanished while it was read")
            return None

    def _sidecar(self, folder: Folder, place: str, algorithm: str | None, document: Document) -> None:
        """`place` is "" or "v1/"."""
        where = f"{self.where}{place}inventory.json"
        present = [name for name in folder.files if name.startswith("inventory.json.")]
        if algorithm is None:
            if not present:
                self.findings.add("E058", where, "The inventory has no sidecar with its digest.")
            return
        name = f"inventory.json.{algorithm}"
        if name not in present:
            self.findings.add("E058", where, f"The inventory has no sidecar {name}.")
            if present:
                message = f"The sidecar is not of {algorithm}, the inventory's digestAlgorithm."
                self.findings.add("E059", f"{self.where}{place}{present[0]}", message)
            return
        try:
            said = f"{self.where}{place}{name}"
            if not check_sidecar(f"{self.root}/{place}{name}", said, document.digest(algorithm), self.findings):
                self.report.odd = said
        except FileNotFoundError:
            self.findings.cannot_read(f"{where}.{algorithm}", "it vanished while it was read")

    def _top_entries(self, top: Folder, algorithm: str | None) -> None:
        for name in top.files:
            if name == "inventory.json" or _is_sidecar(name, algorithm) or NAMASTE.fullmatch(name):
                continue
            self.findings.add("E001", f"{self.where}{name}", "The file does not belong into the folder of an object.")
        if top.others:
            note_others(top, self.where, "E001", self.findings)
        for name in top.folders:
            if name == "extensions":
                self._extensions()
            elif name != "logs" and not version_number(name):
                self.findings.add("E001", f"{self.where}{name}", "The folder does not belong into that of an object.")

    def _extensions(self) -> None:
        place = f"{self.where}extensions"
        folder = list_for(f"{self.root}/extensions", place, self.findings)
        if folder is None:
            return
        for name in folder.files:
            self.findings.add("E067", f"{place}/{name}", "Only folders of extensions may be here.")
        note_others(folder, f"{place}/", "E067", self.findings)
        for name in folder.folders:
            if name not in REGISTERED:
                self.findings.add("W013", f"{place}/{name}", "The extension is not registered.")

    # ---- versions

    def _version_folders(self, top: Folder, inventory: Inventory | None) -> None:
        present = [name for name in top.folders if version_number(name)]
        known = inventory.versions if inventory else []
        if present != known and sorted(present) != sorted(known):
            check_version_names(present, self.report.path, self.findings)
            self._compare_versions(set(present), known, inventory)
        if not present and not known:
            self.findings.add("E008", self.report.path, "The object has no version.")
        for name in present:
            folder = list_for(f"{self.root}/{name}", f"{self.where}{name}", self.findings)
            if folder is not None:
                self.versions[name] = folder

    def _compare_versions(self, present: set[str], known: list[str], inventory: Inventory | None) -> None:
        if inventory is None:
            return
        for name in known:
            if name not in present:
                self.findings.add("E046", f"{self.where}{name}", "The inventory has the version, but no folder does.")
        for name in sorted(present - set(known)):
            self.findings.add("E046", f"{self.where}{name}", "The inventory does not have the version of this folder.")
            if version_number(name) > version_number(known[-1] if known else ""):
                message = f"The head is {inventory.head}, but there is a newer version folder {name}."
                self.findings.add("E040", inventory.where, message)

    def _version_inventories(self, inventory: Inventory, document: Document) -> list[Prior]:
        """The inventories in version folders, oldest first; the newest is only compared where it is the same."""
        priors: list[Prior] = []
        for version in inventory.versions:
            folder = self.versions.get(version)
            if folder is None:
                continue
            where = f"{self.where}{version}/inventory.json"
            if "inventory.json" not in folder.files:
                self.findings.add("W010", f"{self.where}{version}", "The version has no inventory of its own.")
                continue
            newest = version == inventory.versions[-1]
            own = self._document(where, f"{version}/inventory.json", document if newest else None)
            if own is None:
                continue
            if own is document:
                self._sidecar(folder, f"{version}/", inventory.algorithm, own)
                priors.append(Prior(version, None, inventory.spec, inventory.algorithm))
                continue
            if newest:
                message = "The inventory of the newest version differs from that of the object."
                self.findings.add("E064", where, message)
            if own.value is None:
                continue
            earlier = check_inventory(own.value, where, self.findings)
            self._sidecar(folder, f"{version}/", earlier.algorithm, own)
            priors.append(Prior(version, earlier, earlier.spec, earlier.algorithm))
        return priors

    def _content(self, inventory: Inventory, priors: list[Prior]) -> list[str] | None:
        """Content files of all versions; None where the root inventory has no manifest to compare them with."""
        sidecars = {prior.version: prior.algorithm for prior in priors}
        in_use = {path[: path.find("/")] for path in inventory.manifest}
        files: list[str] = []
        for version, folder in self.versions.items():
            self._version_entries(version, folder, inventory.content_directory, sidecars.get(version))
            if inventory.content_directory not in folder.folders:
                if version in in_use:
                    message = f"The version has files to keep but no folder {inventory.content_directory!r}."
                    self.findings.add("E016", f"{self.where}{version}", message)
                continue
            place = f"{version}/{inventory.content_directory}"
            found = content_files(self.root, place, self.where, self.findings)
            if not found:
                self.findings.add("W003", f"{self.where}{place}", "The content folder holds no file.")
            files += found
        return files if inventory.has_manifest else None

    def _version_entries(self, version: str, folder: Folder, content: str, algorithm: str | None) -> None:
        where = f"{self.where}{version}/"
        alone = "inventory.json" not in folder.files  # then a sidecar is the digest of nothing
        for name in folder.files:
            if name != "inventory.json" and (alone or not _is_sidecar(name, algorithm)):
                message = "Only an inventory and its sidecar may be files of a version folder."
                self.findings.add("E015", f"{where}{name}", message)
        if folder.others:
            note_others(folder, where, "E015", self.findings)
        for name in folder.folders:
            if name != content:
                self.findings.add("W002", f"{where}{name}", "The folder is not the content folder of the version.")


def _is_sidecar(name: str, algorithm: str | None) -> bool:
    """Where the algorithm is not known, the sidecar of any content algorithm is taken for it."""
    if algorithm:
        return name == f"inventory.json.{algorithm}"
    return name.startswith("inventory.json.")


def is_object(folder: Folder) -> bool:
    """Whether a folder looks like an object, right or wrong."""
    if "inventory.json" in folder.files:
        return True
    return any(name.startswith("0=ocfl_object") for name in folder.files)


def validate_object(
    root: str | os.PathLike[str],
    path: str = ".",
    *,
    top: Folder | None = None,
    largest: int = LARGEST,
    jobs: int = 1,
    quick: bool = False,
) -> ObjectReport:
    """Judge one object folder.

    path      how findings name it
    top       its entries, where they are known
    largest   bytes of an inventory that are read at most
    jobs      threads that hash its files
    quick     one digest of each file, the cheapest of those that the inventories have: no changed byte is missed
    """
    return ObjectCheck(os.fspath(root), path, largest=largest, jobs=jobs, quick=quick).run(top)
