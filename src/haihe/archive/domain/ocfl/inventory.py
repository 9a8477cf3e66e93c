"""One inventory judged by itself: its keys, digests, paths, versions."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from haihe.archive.domain.ocfl.digests import CONTENT, ENCODING_CODES, HEX, LENGTHS, well_formed
from haihe.archive.domain.ocfl.findings import Findings
from haihe.archive.domain.ocfl.names import (
    bad_element,
    check_version_names,
    conflicts,
    is_clean,
    is_text,
    is_uri,
    slash_at_an_end,
)
from haihe.archive.domain.ocfl.reading import Doubled
from haihe.archive.domain.ocfl.states import check_version

TYPE = re.compile(r"https://ocfl\.io/([0-9]+\.[0-9]+)/spec/#inventory")
SUPPORTED = ("1.0", "1.1")
KEYS = frozenset(("id", "type", "digestAlgorithm", "head", "contentDirectory", "manifest", "versions", "fixity"))


@dataclass(slots=True)
class Inventory:
    """What an inventory says, as far as it could be understood.

    where       its path below the object
    spec        the version its `type` names; None where it names none that is known
    algorithm   sha512 or sha256; None where it is neither
    versions    names by number
    manifest    content path → lower-case digest; has_manifest is False where there is no such block
    digests     keys of the manifest as written
    states      version → logical path → lower-case digest
    metadata    version → its `created`, `message`, `user`
    fixity      content path → (algorithm, lower-case digest) each
    """

    where: str
    id: str | None = None
    spec: str | None = None
    algorithm: str | None = None
    content_directory: str = "content"
    content_directory_set: bool = False
    head: str | None = None
    versions: list[str] = field(default_factory=list)
    manifest: dict[str, str] = field(default_factory=dict)
    has_manifest: bool = False
    digests: frozenset[str] = frozenset()
    states: dict[str, dict[str, str]] = field(default_factory=dict)
    metadata: dict[str, tuple[Any, Any, Any]] = field(default_factory=dict)
    fixity: dict[str, list[tuple[str, str]]] = field(default_factory=dict)


def check_inventory(raw: dict[str, Any], where: str, findings: Findings) -> Inventory:
    """Judge one inventory without looking at any file; findings are noted under `where`."""
    found = Inventory(where)
    _keys(raw, found, findings)
    _identity(raw, found, findings)
    _digest_algorithm(raw, found, findings)
    _content_directory(raw, found, findings)
    if "manifest" not in raw:
        findings.add("E041", where, "The inventory has no manifest.")
    else:
        _manifest(raw["manifest"], found, findings)
    if "versions" not in raw:
        findings.add("E041 E043 E044", where, "The inventory has no versions block.")
    else:
        _versions(raw["versions"], found, findings)
    _head(raw, found, findings)
    if found.versions:
        _content_paths_fit_versions(found, findings)
    if "manifest" in raw and "versions" in raw:
        _all_used(found, findings)
    if "fixity" in raw:
        _fixity(raw["fixity"], found, findings)
    return found


def _keys(raw: dict[str, Any], found: Inventory, findings: Findings) -> None:
    if not raw.keys() <= KEYS:
        for key in sorted(raw.keys() - KEYS):
            findings.add("E102", found.where, f"The specification knows no key {key!r}.")
    if isinstance(raw, Doubled):
        findings.add("E033", found.where, f"A key stands twice: {', '.join(raw.names[:5])}.")


def _identity(raw: dict[str, Any], found: Inventory, findings: Findings) -> None:
    where = found.where
    name = raw.get("id")
    if "id" not in raw:
        findings.add("E036", where, "The inventory has no id.")
    elif not isinstance(name, str) or not name:
        findings.add("E037", where, "The id is no text, or empty.")
    else:
        found.id = name
        if not is_uri(name):
            findings.add("W005", where, f"The id {name!r} is no URI.")
    kind = raw.get("type")
    match = TYPE.fullmatch(kind) if isinstance(kind, str) else None
    if "type" not in raw:
        findings.add("E036", where, "The inventory has no type.")
    elif match is None:
        findings.add("E038", where, f"The type {kind!r} is no address of an OCFL inventory section.")
    elif match[1] not in SUPPORTED:
        findings.add("E038", where, f"OCFL {match[1]} is no published version that is known here.")
    else:
        found.spec = match[1]


def _digest_algorithm(raw: dict[str, Any], found: Inventory, findings: Findings) -> None:
    algorithm = raw.get("digestAlgorithm")
    if "digestAlgorithm" not in raw:
        findings.add("E036", found.where, "The inventory has no digestAlgorithm.")
    elif not isinstance(algorithm, str) or algorithm not in CONTENT:
        findings.add("E025", found.where, f"Content cannot be addressed by {algorithm!r}, only by sha512 or sha256.")
    else:
        found.algorithm = algorithm
        if algorithm != "sha512":
            findings.add("W004", found.where, f"The digest algorithm is {algorithm}, not sha512.")


def _content_directory(raw: dict[str, Any], found: Inventory, findings: Findings) -> None:
    if "contentDirectory" not in raw:
        return
    name = raw["contentDirectory"]
    found.content_directory_set = True
    if not isinstance(name, str) or "/" in name:
        findings.add("E017 E108", found.where, f"The contentDirectory {name!r} is no name of a direct child.")
    elif name in (".", ".."):
        findings.add("E018 E108", found.where, f"The contentDirectory is {name!r}.")
    elif not name or not is_text(name):
        findings.add("E108", found.where, "The contentDirectory is no name of a folder.")
    else:
        found.content_directory = name


def _manifest(raw: Any, found: Inventory, findings: Findings) -> None:
    where, algorithm, manifest = found.where, found.algorithm, found.manifest
    if not isinstance(raw, dict):
        findings.add("E106", where, "The manifest is no JSON object.")
        return
    found.has_manifest = True
    found.digests = frozenset(raw)
    if isinstance(raw, Doubled):
        findings.add("E096", where, f"A digest stands twice in the manifest: {raw.names[0][:20]}….")
    seen: set[str] = set()
    for written, paths in raw.items():
        digest = written.lower()
        if digest in seen:
            findings.add("E096", where, f"The digest {digest[:20]}… stands twice in the manifest.")
        seen.add(digest)
        if algorithm and not well_formed(written, algorithm):
            _malformed(written, algorithm, where, findings)
        if not isinstance(paths, list):
            findings.add("E092", where, f"The value of the digest {digest[:20]}… is no array of content paths.")
            continue
        if not paths:
            findings.add("E092", where, f"No content path stands under the digest {digest[:20]}….")
        for path in paths:
            if not isinstance(path, str):
                findings.add("E092", where, f"A content path under {digest[:20]}… is no text.")
            elif path in manifest:
                findings.add("E101", where, f"The content path {path!r} stands twice.")
            else:
                if not is_clean(path):
                    _content_path(path, where, findings)
                manifest[path] = digest
    for path in conflicts(manifest):
        findings.add("E101", where, f"The content path {path!r} is also a folder of another.")


def _malformed(digest: str, algorithm: str, where: str, findings: Findings) -> None:
    hexadecimal = HEX.fullmatch(digest) is not None
    code = "E039" if hexadecimal else f"E039 {ENCODING_CODES[algorithm]}"
    findings.add(f"{code} E025", where, f"{digest[:20]!r}… is no digest of {algorithm}.")


def _content_path(path: str, where: str, findings: Findings) -> bool:
    """Judge the form of a content path; what its first elements name is judged with the versions."""
    if slash_at_an_end(path):
        findings.add("E100", where, f"The content path {path!r} begins or ends with a slash.")
    if bad_element(path):
        findings.add("E099", where, f"The content path {path!r} has an element that is empty, '.' or '..'.")
    elif not is_text(path):
        findings.add("E033", where, f"The content path {path!r} is no Unicode text.")
    elif not slash_at_an_end(path):
        return True
    return False


def _versions(raw: Any, found: Inventory, findings: Findings) -> None:
    where = found.where
    if not isinstance(raw, dict):
        findings.add("E044 E045", where, "The versions block is no JSON object.")
        return
    if isinstance(raw, Doubled):
        findings.add("E033", where, f"A version stands twice: {', '.join(raw.names[:5])}.")
    if not raw:
        findings.add("E008", where, "The inventory has no version.")
        return
    found.versions = check_version_names(list(raw), where, findings)
    for version, block in raw.items():
        if isinstance(block, dict):
            state = check_version(version, block, found, findings)
            found.states[version] = state
            found.metadata[version] = (block.get("created"), block.get("message"), block.get("user"))
        else:
            findings.add("E047", where, f"The block of {version} is no JSON object.")
            found.states[version] = {}


def _head(raw: dict[str, Any], found: Inventory, findings: Findings) -> None:
    if "head" not in raw:
        findings.add("E036", found.where, "The inventory has no head.")
        return
    head = raw["head"]
    if isinstance(head, str):
        found.head = head
    if not found.versions or head != found.versions[-1]:
        newest = found.versions[-1] if found.versions else "none"
        findings.add("E040", found.where, f"The head is {head!r}, the newest version {newest}.")


def _content_paths_fit_versions(found: Inventory, findings: Findings) -> None:
    prefixes = {f"{version}/{found.content_directory}" for version in found.versions}
    for path in found.manifest:
        first = path.find("/")
        if path[: path.find("/", first + 1)] in prefixes and first > 0:
            continue
        _misplaced(path, found, findings)


def _misplaced(path: str, found: Inventory, findings: Findings) -> None:
    where = found.where
    if slash_at_an_end(path):
        return  # said already
    version, _slash, rest = path.partition("/")
    if "/" not in path and "\\" in path:
        findings.add("E035 E042", where, f"The content path {path!r} does not use forward slashes.")
    elif version not in found.versions:
        findings.add("E042 E014", where, f"The content path {path!r} does not begin with a version of the object.")
    elif not rest.startswith(f"{found.content_directory}/"):
        findings.add("E042", where, f"The content path {path!r} is not in {version}/{found.content_directory}.")


def _all_used(found: Inventory, findings: Findings) -> None:
    used: set[str] = set()
    for state in found.states.values():
        used.update(state.values())
    unused = {digest.lower() for digest in found.digests} - used
    if unused:
        for digest in sorted(unused):
            findings.add("E107", found.where, f"No version uses the digest {digest[:20]}… of the manifest.")


def _fixity(raw: Any, found: Inventory, findings: Findings) -> None:
    where = found.where
    if not isinstance(raw, dict):
        findings.add("E111", where, "The fixity block is no JSON object.")
        return
    if isinstance(raw, Doubled):
        findings.add("E033", where, f"A fixity algorithm stands twice: {', '.join(raw.names[:5])}.")
    for algorithm, block in raw.items():
        known = algorithm in LENGTHS or algorithm == "size"
        if not known:
            findings.add("E056 E026", where, f"{algorithm!r} is no fixity algorithm of OCFL or of its extension 0009.")
        if not isinstance(block, dict):
            findings.add("E057", where, f"The fixity block of {algorithm} is no JSON object.")
        else:
            _fixity_block(algorithm, block, known, found, findings)


def _fixity_block(algorithm: str, block: dict[str, Any], known: bool, found: Inventory, findings: Findings) -> None:
    where = found.where
    if isinstance(block, Doubled):
        findings.add("E097", where, f"A digest stands twice in the fixity block of {algorithm}: {block.names[0][:20]}.")
    seen: set[str] = set()
    placed: set[str] = set()
    for written, paths in block.items():
        digest = written.lower()
        if digest in seen:
            findings.add("E097", where, f"The digest {digest[:20]}… stands twice in the fixity block of {algorithm}.")
        seen.add(digest)
        if known and not well_formed(written, algorithm):
            code = ENCODING_CODES.get(algorithm, "")
            findings.add(f"E057 {code}", where, f"{written[:20]!r} is no digest of {algorithm}.")
        if not isinstance(paths, list):
            findings.add("E057", where, f"The value of the {algorithm} {digest[:20]}… is no array of content paths.")
            continue
        for path in paths:
            if not isinstance(path, str):
                findings.add("E057", where, f"A content path under the {algorithm} {digest[:20]}… is no text.")
            elif path in placed:
                findings.add("E057 E101", where, f"The content path {path!r} stands twice in the fixity block.")
            else:
                placed.add(path)
                if path not in found.manifest:
                    _content_path(path, where, findings)
                    findings.add("E057 E093", where, f"The manifest has no {path!r}, which the fixity block names.")
                elif known:
                    found.fixity.setdefault(path, []).append((algorithm, digest))
