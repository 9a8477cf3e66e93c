"""What an item was, version by version, read from its own inventory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from haihe.archive.domain import packing, stores
from haihe.archive.domain.glancing import Glance
from haihe.archive.domain.ocfl.batch import newest_inventory
from haihe.archive.domain.ocfl.names import version_number
from haihe.archive.models import Item
from haihe.base.errors import HaiheError

OURS = {"Deposit": _("Deposit"), "Rights": _("Rights")}  # messages that the archive itself writes
ADDED, CHANGED, SAME, REMOVED = "added", "changed", "same", "removed"


@dataclass(slots=True)
class Line:
    """A file as a version has it; `state` compares it with the version before."""

    path: str
    sha256: str
    size: int | None
    state: str
    master: UUID | None = None
    glance: Glance | None = None  # what its rights are now, where somebody asked


@dataclass(slots=True)
class Version:
    number: int
    created: datetime
    message: str
    lines: list[Line] = field(default_factory=list)

    def count(self, state: str) -> int:
        return sum(line.state == state for line in self.lines)

    @property
    def added(self) -> int:
        return self.count(ADDED)

    @property
    def changed(self) -> int:
        return self.count(CHANGED)

    @property
    def removed(self) -> int:
        return self.count(REMOVED)


def history(item: Item) -> tuple[list[Version], str]:
    """Versions, the newest first, and what hinders reading them, empty for nothing."""
    try:
        with stores.described(item.pk) as folder:
            raw, checked = newest_inventory(folder, item.identifier)
    except HaiheError as error:
        return [], str(error)
    sizes = dict(item.masters.values_list("blob_id", "blob__size"))
    masters = dict(item.masters.order_by("version").values_list("blob_id", "pk"))
    digests = _sha256_of(raw)
    found: list[Version] = []
    before: dict[str, str] = {}
    for name in checked.versions:
        state = {
            path.removeprefix(packing.FILES): digest
            for path, digest in checked.states[name].items()
            if path.startswith(packing.FILES)
        }
        about = raw["versions"][name]
        message = about.get("message", "")
        version = Version(
            version_number(name), datetime.fromisoformat(about["created"]), str(OURS.get(message, message))
        )
        for path in sorted(state.keys() | before.keys()):
            digest = digests.get(state.get(path) or before[path], "")
            compared = _compared(path, state, before)
            version.lines.append(Line(path, digest, sizes.get(digest), compared, masters.get(digest)))
        found.append(version)
        before = state
    return found[::-1], ""


def beside(shown: Version, other: Version | None) -> list[Line]:
    """The files of a version as they are beside those of any other one, older or newer; None: beside nothing."""
    before = {line.path: line for line in other.lines if line.state != REMOVED} if other else {}
    now = {line.path: line for line in shown.lines if line.state != REMOVED}
    digests = {path: line.sha256 for path, line in now.items()}, {path: line.sha256 for path, line in before.items()}
    return [replace(now.get(path) or before[path], state=_compared(path, *digests)) for path in sorted(now | before)]


def _compared(path: str, state: dict[str, str], before: dict[str, str]) -> str:
    if path not in state:
        return REMOVED
    if path not in before:
        return ADDED
    return SAME if state[path] == before[path] else CHANGED


def _sha256_of(raw: dict[str, Any]) -> dict[str, str]:
    """sha512 → sha256, by the content path that both name."""
    by_path = {path: digest for digest, paths in raw.get("fixity", {}).get("sha256", {}).items() for path in paths}
    return {digest.lower(): by_path.get(paths[0], "") for digest, paths in raw["manifest"].items()}
