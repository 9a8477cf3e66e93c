"""The chain of a publication's Releases: hashes only, so that an erasure leaves it whole."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC

from django.utils.translation import gettext as _

from haihe.releases.canonical import sha256_of
from haihe.releases.models import Erasure, Publication, Release


@dataclass(frozen=True)
class Fault:
    """Something in a chain that is not as it was made. `number`: of the release."""

    number: int
    what: str


def chain_hash(release: Release) -> str:
    """sha256 over publication, number, action, content hash, note hash, time and the hash before.

    No name, title or text goes in: only hashes of them.
    """
    return sha256_of(
        {
            "publication": str(release.publication_id),
            "number": release.number,
            "action": str(release.action),
            "content_sha256": release.content_sha256,
            "note_sha256": release.note_sha256,
            "previous_hash": release.previous_hash,
            "made_at": release.made_at.astimezone(UTC).isoformat(timespec="microseconds"),
        }
    )


def verify(publication: Publication) -> list[Fault]:
    """Everything wrong in the chain of a publication; empty: every release is as it was made, or lawfully erased."""
    faults: list[Fault] = []
    previous, newest = "", None
    erasures = {str(erasure.id) for erasure in _lawful(publication)}
    for expected, release in enumerate(publication.releases.order_by("number"), start=1):
        faults.extend(Fault(expected, what) for what in _wrong(release, expected, previous, erasures))
        previous, newest = release.hash, release
    if newest is None or publication.current_id != newest.pk:
        faults.append(Fault(newest.number if newest else 0, _("the publication does not point to its newest release")))
    return faults


def _lawful(publication: Publication) -> list[Erasure]:
    confirmed = Erasure.objects.filter(publication=publication, confirmed_by__isnull=False)
    return [erasure for erasure in confirmed if erasure.confirmed_by_id != erasure.asked_by_id]


def _wrong(release: Release, expected: int, previous: str, erasures: set[str]) -> list[str]:
    found = []
    if release.number != expected:
        found.append(
            _("number %(number)s stands where %(expected)s belongs") % {"number": release.number, "expected": expected}
        )
    if release.previous_hash != previous:
        found.append(_("the hash of the release before is another one"))
    if release.hash != chain_hash(release):
        found.append(_("its hash does not fit what it says"))
    tombstone = release.content.get("state") == "erased"
    if tombstone and release.content.get("erasure") not in erasures:
        found.append(_("erased without two persons"))
    elif not (tombstone and release.action != Release.Action.ERASE) and _content_changed(release):
        found.append(_("its content or note was changed"))
    return found


def _content_changed(release: Release) -> bool:
    note = hashlib.sha256(release.note.encode()).hexdigest()
    return sha256_of(release.content) != release.content_sha256 or note != release.note_sha256
