"""Earlier inventories beside the newest one: the same object, the same past."""

from __future__ import annotations

from dataclasses import dataclass

from haihe.archive.domain.ocfl.findings import Findings
from haihe.archive.domain.ocfl.inventory import Inventory
from haihe.archive.domain.ocfl.names import version_number


@dataclass(slots=True)
class Prior:
    """The inventory in a version folder; `inventory` is None where it is the object's own, byte for byte."""

    version: str
    inventory: Inventory | None
    spec: str | None
    algorithm: str | None


def check_history(root: Inventory, priors: list[Prior], where: str, findings: Findings) -> None:
    """Judge all inventories of an object together; `where` is its path, "" or ending in a slash."""
    newest_spec = "1.0"
    for prior in priors:
        if prior.spec:
            if prior.spec < newest_spec:
                message = f"{prior.version} is of OCFL {prior.spec}, an earlier version of {newest_spec}."
                findings.add("E103", f"{where}{prior.version}/inventory.json", message)
            newest_spec = max(newest_spec, prior.spec)
        if prior.inventory is not None:
            _same_object(root, prior.inventory, prior.version, findings)
            _same_past(root, prior.inventory, prior.version, findings)
    if root.spec and root.spec < newest_spec:
        message = f"The object is of OCFL {root.spec}, but has an inventory of {newest_spec}."
        findings.add("E103", root.where, message)
    _content_directories(root, priors, findings)


def _same_object(root: Inventory, prior: Inventory, version: str, findings: Findings) -> None:
    if prior.id is not None and root.id is not None and prior.id != root.id:
        findings.add("E110 E037", prior.where, f"The id is {prior.id!r}, that of the object {root.id!r}.")
    if prior.head is not None and prior.head != version:
        findings.add("E040", prior.where, f"The head is {prior.head}, but this is the inventory of {version}.")


def _content_directories(root: Inventory, priors: list[Prior], findings: Findings) -> None:
    if all(prior.inventory is None for prior in priors):
        return
    inventories = [(prior.version, prior.inventory or root) for prior in priors]
    first = next((one for version, one in inventories if version_number(version) == 1), None)
    for inventory in {one.where: one for one in [*(one for _version, one in inventories), root]}.values():
        name = inventory.content_directory
        if first is not None and inventory.content_directory_set and not first.content_directory_set:
            findings.add("E019", inventory.where, f"The contentDirectory {name!r} is not set in the first version.")
        if first is not None and name != first.content_directory:
            message = f"The content folder is {name!r}, in the first version {first.content_directory!r}."
            findings.add("E019 E020", inventory.where, message)
        elif first is None and name != root.content_directory:
            message = f"The content folder is {name!r}, in the object {root.content_directory!r}."
            findings.add("E020", inventory.where, message)


def _same_past(root: Inventory, prior: Inventory, version: str, findings: Findings) -> None:
    expected = root.versions[: root.versions.index(version) + 1]
    if prior.versions != expected:
        message = f"It has {_names(prior.versions)}, but {_names(expected)} were there at {version}."
        findings.add("E066", prior.where, message)
    known = set(root.versions)
    for name in prior.versions:
        if name not in known:
            continue
        if not _same_state(root, prior, name):
            findings.add("E066", prior.where, f"The state of {name} is not the one in the inventory of the object.")
        for key, ours, theirs in zip(
            ("created", "message", "user"), root.metadata.get(name, ()), prior.metadata.get(name, ()), strict=False
        ):
            if ours != theirs:
                message = f"The {key} of {name} is not the one in the inventory of the object."
                findings.add("W011", prior.where, message)


def _names(versions: list[str]) -> str:
    if not versions:
        return "no version"
    return versions[0] if len(versions) == 1 else f"{versions[0]} to {versions[-1]}"


def _same_state(root: Inventory, prior: Inventory, version: str) -> bool:
    ours, theirs = root.states.get(version, {}), prior.states.get(version, {})
    if root.algorithm == prior.algorithm:
        return ours == theirs
    if ours.keys() != theirs.keys():
        return False
    # Other algorithms: the same content files must stand behind each logical path; the object may have more by now.
    our_files, their_files = _files(root), _files(prior)
    nothing: frozenset[str] = frozenset()
    return all(
        their_files.get(digest, nothing) <= our_files.get(ours[path], nothing) for path, digest in theirs.items()
    )


def _files(inventory: Inventory) -> dict[str, frozenset[str]]:
    gathered: dict[str, set[str]] = {}
    for path, digest in inventory.manifest.items():
        gathered.setdefault(digest, set()).add(path)
    return {digest: frozenset(paths) for digest, paths in gathered.items()}
