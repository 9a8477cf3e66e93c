"""Adding links to the chain, and the one way to empty a detail."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from haihe.base.audit.models import Detail, Entry, Head
from haihe.base.errors import HaiheError

ERASED = "audit.detail_erased"


class TwoPersonsNeeded(HaiheError):
    """An erasure needs two different persons."""

    permanent = True
    hint = "Let a second person confirm it."


def canonical(value: Any) -> str:
    """One text for one JSON value: keys in order, no spaces, characters as they are."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, cls=DjangoJSONEncoder
    )


def detail_hash(salt: str, body: str) -> str:
    """What the chain holds of a detail."""
    return hashlib.sha256(f"{salt}\n{body}".encode("utf-8", "surrogatepass")).hexdigest()


def link_hash(entry: Entry) -> str:
    """sha256 over every field of an entry but the hash itself; `at` as ISO 8601 in UTC with microseconds."""
    at: datetime = entry.at
    fields = {
        "number": entry.number,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "action": entry.action,
        "actor": entry.actor_id,
        "organisation": entry.organisation_id,
        "thing_label": entry.thing_label,
        "thing_id": entry.thing_id,
        "detail_sha256": entry.detail_sha256,
        "previous_hash": entry.previous_hash,
    }
    return hashlib.sha256(canonical(fields).encode()).hexdigest()


def record(
    action: str,
    *,
    by: Model | None,
    thing: Model | str | None,
    organisation: Model | int | None,
    detail: Mapping[str, Any],
) -> Entry:
    """See haihe.base.audit.record."""
    # A text may name a person: it stands in the detail, salted and erasable.
    label, identity = (thing._meta.label_lower, str(thing.pk)) if isinstance(thing, Model) else ("", "")
    where = organisation.pk if isinstance(organisation, Model) else organisation
    name = "" if thing is None else str(thing)
    return record_seen(action, by=by, label=label, identity=identity, name=name, organisation=where, detail=detail)


def record_seen(
    action: str,
    *,
    by: Model | None,
    label: str,
    identity: str,
    name: str,
    organisation: int | None,
    detail: Mapping[str, Any],
) -> Entry:
    """Like record, for a thing that may be gone already: its model label, its id, its name."""
    body = canonical({"by": "" if by is None else str(by), "thing": name[:500], "detail": dict(detail)})
    salt = secrets.token_hex(16)
    with transaction.atomic():
        # The lock on the head is held until the caller commits: on PostgreSQL writers queue for it, on SQLite they
        # queue for the database. So each sees the link before its own, and the chain cannot fork.
        head = Head.objects.select_for_update().filter(pk=1).first()
        if head is None:
            Head.objects.get_or_create(pk=1, defaults={"number": 0, "hash": ""})
            head = Head.objects.select_for_update().get(pk=1)
        entry = Entry(
            number=head.number + 1,
            at=timezone.now(),
            action=action,
            actor_id=None if by is None else by.pk,
            organisation_id=organisation,
            thing_label=label,
            thing_id=identity[:64],
            detail_sha256=detail_hash(salt, body),
            previous_hash=head.hash,
        )
        entry.hash = link_hash(entry)
        entry.save(force_insert=True)
        Detail.objects.create(entry=entry, salt=salt, body=body)
        Head.objects.filter(pk=1).update(number=entry.number, hash=entry.hash)
    return entry


def erase_detail(entry: Entry, *, by: Model, confirmed_by: Model, why: str) -> Entry:
    """Empty what an entry tells, by law; the entry stays, and so does the chain. Returns the entry that tells of it.

    Raises TwoPersonsNeeded.
    """
    if by.pk == confirmed_by.pk:
        raise TwoPersonsNeeded(thing=entry)
    with transaction.atomic():
        told = {"why": why, "confirmed_by": confirmed_by.pk}
        erasure = record(ERASED, by=by, thing=entry, organisation=entry.organisation_id, detail=told)
        Detail.objects.filter(entry=entry).exclude(body="").update(body="", salt="")
    return erasure
