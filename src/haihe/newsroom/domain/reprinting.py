"""Whether what a manuscript rests on may be reprinted 转载, as proofreading asks it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from haihe.newsroom.models import Source

if TYPE_CHECKING:
    from haihe.newsroom.models import Manuscript, ManuscriptSource

_ALLOWED = (Source.Reprint.LISTED, Source.Reprint.AGREED)
_SHARED = "shared"  # source_kind of what another organisation of the city offered


def reprinted(manuscript: Manuscript) -> list[dict[str, Any]]:
    """Its sources as {name, permission, licence}; permission None where nobody said anything."""
    today = timezone.localdate()
    return [
        {"name": one.name, "permission": _permission(one, today), "licence": _rights(one).get("licence", "")}
        for one in manuscript.sources.all()
    ]


def _permission(one: ManuscriptSource, today: date) -> bool | None:
    if one.master.source_kind == _SHARED:
        return True
    said = _rights(one)
    if not said.get("reprint"):
        return None
    until = said.get("until", "")
    return said["reprint"] in _ALLOWED and not (until and until < today.isoformat())


def _rights(one: ManuscriptSource) -> dict[str, Any]:
    """What its source says now, else what came with the bytes."""
    if one.item is not None:
        return one.item.source.rights
    return one.master.rights if isinstance(one.master.rights, dict) else {}
