"""What a subscriber reads: entries after a cursor, each with its product while it is the newest version."""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Max

from haihe.base.errors import HaiheError
from haihe.channels.models import Change
from haihe.channels.webhook.channel import envelope
from haihe.releases.delivery.domain.packing import Packer
from haihe.releases.delivery.domain.sealing import account
from haihe.releases.delivery.models import Delivery, Outlet

MOST = 100  # entries of one answer
NOW = "now"


@dataclass(frozen=True)
class Page:
    """entries   oldest first;  after: cursor to ask on with;  more: whether there are more already"""

    entries: list[dict[str, Any]]
    after: int
    more: bool


def outlet_of(number: int, token: str) -> Outlet | None:
    """The outlet that a token opens; None for any other."""
    found = Outlet.objects.filter(pk=number, channel="changes", active=True).select_related("organisation").first()
    if found is None:
        return None
    try:
        kept = account(found).secrets.get("token", "")
    except HaiheError:
        return None
    return found if kept and hmac.compare_digest(kept.encode(), token.encode()) else None


def read(outlet: Outlet, after: str, limit: int) -> Page:
    """Entries after a cursor. Raises ValueError for a cursor that is none.

    after   a cursor; "": from the first; "now": only what comes from now on
    """
    if after == NOW:
        return Page([], head(outlet.pk), more=False)
    if after and not (after.isascii() and after.isdecimal() and len(after) < 18):
        raise ValueError(after)
    limit = min(max(limit, 1), MOST)
    start = int(after or 0)
    rows = Change.objects.filter(outlet=outlet, pk__gt=start).order_by("pk")
    found = list(rows.select_related("publication")[: limit + 1])
    kept = found[:limit]
    return Page(_entries(outlet, kept), kept[-1].pk if kept else start, more=len(found) > limit)


def head(outlet: int) -> int:
    return Change.objects.filter(outlet=outlet).aggregate(last=Max("pk"))["last"] or 0


def heads() -> dict[int, int]:
    """The newest cursor of each outlet."""
    return dict(Change.objects.order_by().values_list("outlet").annotate(last=Max("pk")))


def _entries(outlet: Outlet, changes: list[Change]) -> list[dict[str, Any]]:
    keys = {change.release_id for change in changes}
    there = Delivery.objects.filter(outlet=outlet, release__in=keys, recipient="")
    rows = {(row.release_id, row.again): row for row in there}
    packer = Packer()
    packer.look_ahead(list(rows.values()))
    return [
        _entry(outlet, change, rows[change.release_id, change.again], packer)
        for change in changes
        if (change.release_id, change.again) in rows
    ]


def _entry(outlet: Outlet, change: Change, row: Delivery, packer: Packer) -> dict[str, Any]:
    """As a webhook's body; a version that a newer one replaced has no product any more."""
    row.outlet, row.doubtful = outlet, False
    newest = change.publication.current_id == change.release_id
    _channel, _account, parcel = packer.pack(row)
    said: dict[str, Any] = json.loads(envelope(parcel if newest else replace(parcel, rendered=None, note="")))
    return {"cursor": str(change.pk), "superseded": not newest, **said}
