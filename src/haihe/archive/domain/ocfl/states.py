"""One block of `versions`: when and by whom, and its logical state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from haihe.archive.domain.ocfl.digests import well_formed
from haihe.archive.domain.ocfl.findings import Findings
from haihe.archive.domain.ocfl.names import bad_element, conflicts, is_clean, is_text, is_time, is_uri, slash_at_an_end
from haihe.archive.domain.ocfl.reading import Doubled

if TYPE_CHECKING:
    from haihe.archive.domain.ocfl.inventory import Inventory

VERSION_KEYS = frozenset(("created", "state", "message", "user"))
USER_KEYS = frozenset(("name", "address"))


def check_version(version: str, block: dict[str, Any], found: Inventory, findings: Findings) -> dict[str, str]:
    """Judge one version block; returns logical path → lower-case digest."""
    where = found.where
    if not block.keys() <= VERSION_KEYS:
        for key in sorted(block.keys() - VERSION_KEYS):
            findings.add("E102", where, f"The specification knows no key {key!r} in a version ({version}).")
    if isinstance(block, Doubled):
        findings.add("E033", where, f"A key of {version} stands twice: {', '.join(block.names[:5])}.")
    _created(version, block, where, findings)
    _message(version, block, where, findings)
    _user(version, block, where, findings)
    if "state" not in block:
        findings.add("E048", where, f"{version} has no state.")
        return {}
    return _state(version, block["state"], found, findings)


def _created(version: str, block: dict[str, Any], where: str, findings: Findings) -> None:
    if "created" not in block:
        findings.add("E048", where, f"{version} does not say when it was created.")
    elif not isinstance(block["created"], str) or not is_time(block["created"]):
        findings.add("E049", where, f"{version} was created at {block['created']!r}, which is no time of RFC 3339.")


def _message(version: str, block: dict[str, Any], where: str, findings: Findings) -> None:
    if "message" not in block:
        findings.add("W007", where, f"{version} has no message.")
    elif not isinstance(block["message"], str):
        findings.add("E094", where, f"The message of {version} is no text.")


def _user(version: str, block: dict[str, Any], where: str, findings: Findings) -> None:
    if "user" not in block:
        findings.add("W007", where, f"{version} does not name a user.")
        return
    user = block["user"]
    if not isinstance(user, dict):
        findings.add("E054", where, f"The user of {version} is no JSON object.")
        return
    if not isinstance(user.get("name"), str):
        findings.add("E054", where, f"The user of {version} has no name that is a text.")
    if not user.keys() <= USER_KEYS:
        for key in sorted(user.keys() - USER_KEYS):
            findings.add("E102", where, f"The specification knows no key {key!r} of a user ({version}).")
    address = user.get("address")
    if "address" not in user:
        findings.add("W008", where, f"The user of {version} has no address.")
    elif not isinstance(address, str):
        findings.add("E054", where, f"The address of the user of {version} is no text.")
    elif not is_uri(address):
        findings.add("W009", where, f"The address {address!r} of the user of {version} is no URI.")


def _state(version: str, raw: Any, found: Inventory, findings: Findings) -> dict[str, str]:
    where, digests = found.where, found.digests
    state: dict[str, str] = {}
    if not isinstance(raw, dict):
        findings.add("E050", where, f"The state of {version} is no JSON object.")
        return state
    if isinstance(raw, Doubled):
        findings.add("E050", where, f"A digest stands twice in the state of {version}: {raw.names[0][:20]}….")
    for written, paths in raw.items():
        if written not in digests:
            findings.add("E050", where, f"The manifest has no digest {written[:20]}…, which {version} uses.")
            if found.algorithm and not well_formed(written, found.algorithm):
                findings.add("E039", where, f"{written[:20]!r}… in {version} is no digest of {found.algorithm}.")
        if not isinstance(paths, list):
            findings.add("E050", where, f"The value of {written[:20]}… in {version} is no array of logical paths.")
            continue
        digest = written.lower()
        for path in paths:
            if not isinstance(path, str):
                findings.add("E051", where, f"A logical path of {version} is no text.")
            elif path in state:
                findings.add("E095", where, f"The logical path {path!r} stands twice in {version}.")
            else:
                if not is_clean(path):
                    _logical_path(path, version, where, findings)
                state[path] = digest
    for path in conflicts(state):
        findings.add("E095", where, f"The logical path {path!r} of {version} is also a folder of another.")
    return state


def _logical_path(path: str, version: str, where: str, findings: Findings) -> None:
    if slash_at_an_end(path):
        findings.add("E053", where, f"The logical path {path!r} of {version} begins or ends with a slash.")
    if bad_element(path):
        findings.add("E052", where, f"The logical path {path!r} of {version} has an element empty, '.' or '..'.")
    elif not is_text(path):
        findings.add("E033", where, f"The logical path {path!r} of {version} is no Unicode text.")
