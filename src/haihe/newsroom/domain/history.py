"""Every Release of one publication, as its history page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from haihe.releases.content import is_notice
from haihe.releases.models import Publication, Release


@dataclass(frozen=True)
class Entry:
    """One line: number, what happened, when, by whom (""; the schedule), under which hash, and the public note."""

    id: str
    number: int
    action: str
    made_at: datetime
    made_by: str
    hash: str
    note: str
    title: str
    is_current: bool


def entries(publication: Publication) -> list[Entry]:
    """The releases of a publication, newest first."""
    found = publication.releases.select_related("made_by").order_by("-number")
    return [_entry(release, publication) for release in found]


def _entry(release: Release, publication: Publication) -> Entry:
    return Entry(
        id=str(release.pk),
        number=release.number,
        action=release.get_action_display(),
        made_at=release.made_at,
        made_by=str(release.made_by) if release.made_by else "",
        hash=release.hash,
        note=release.note,
        title="" if is_notice(release.content) else release.content["title"],
        is_current=release.pk == publication.current_id and publication.state == Publication.State.PUBLISHED,
    )
