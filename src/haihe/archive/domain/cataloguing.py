"""From objects to rows: the one way in which the catalogue is filled, by deposits and by a rebuild alike."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from haihe.archive.domain import packing, stores
from haihe.archive.domain.ocfl.batch import newest_inventory
from haihe.archive.domain.ocfl.digests import read_small
from haihe.archive.domain.ocfl.errors import ObjectDamaged
from haihe.archive.domain.ocfl.names import version_number
from haihe.archive.domain.ocfl.store import Store
from haihe.archive.models import Blob, Copy, Event, Item, Master, Rights, Segment
from haihe.base.search import journal_many
from haihe.city.domain.organisations import found
from haihe.city.models import Organisation, Person

LARGEST_RECORD = 1 << 28  # bytes of one item.json
AT_ONCE = 500  # rows of one statement
ITEM_FIELDS = ["organisation", "kind", "title", "about", "head", "inventory", "files", "size", "changed_at"]


def read_kept(store: Store, identifier: str, *, since: int = 1) -> packing.Kept:
    """What an object says of itself; events of its versions from `since` on. Raises ObjectDamaged, NoSuchObject."""
    return read_object(store.path(identifier), identifier, since=since)


def read_newest(store: Store, identifier: str) -> packing.Kept:
    """What an object says of itself that is to get a version; without events. Raises ObjectDamaged, NoSuchObject.

    An object in an older version than the catalogue's, or in another one of that number, gets none: what came of it
    would stand in the place of what is lost.
    """
    kept = read_kept(store, identifier, since=1 << 30)
    known = Item.objects.filter(pk=kept.item["id"]).values_list("head", "inventory").first()
    if known is not None and (kept.head < known[0] or (kept.head == known[0] and kept.inventory != known[1])):
        raise ObjectDamaged("It is not the version that the catalogue knows.", thing=identifier)
    return kept


def read_object(target: str, identifier: str, *, since: int = 1) -> packing.Kept:
    """The same from its folder. Pure: runs in other processes without a database."""
    raw, checked = newest_inventory(target, identifier)
    places = {digest: path for path, digest in checked.manifest.items()}
    try:
        state = checked.states[checked.versions[-1]]
        item = json.loads(_checked(target, places[state[packing.ITEM]], state[packing.ITEM], identifier))
        events: list[packing.Line] = []
        for version in checked.versions[since - 1 :]:
            digest = checked.states[version].get(packing.EVENTS)
            if digest and places[digest].startswith(f"{version}/"):
                events += packing.read_lines(_checked(target, places[digest], digest, identifier))
    except (OSError, KeyError, ValueError) as error:
        raise ObjectDamaged(f"What the object says of itself cannot be read ({error}).", thing=identifier) from error
    head = checked.versions[-1]
    return packing.Kept(
        item=item,
        head=version_number(head),
        inventory=read_small(f"{target}/inventory.json.sha512", 4096).split()[0].decode(),
        created=raw["versions"][checked.versions[0]]["created"],
        changed=raw["versions"][head]["created"],
        contents={digest: paths[0] for digest, paths in raw["fixity"].get("sha256", {}).items()},
        events=events,
    )


def _checked(target: str, path: str, digest: str, identifier: str) -> bytes:
    data = read_small(f"{target}/{path}", LARGEST_RECORD)
    if hashlib.sha512(data).hexdigest() != digest:
        raise ObjectDamaged(f"{path} is not the file that was written.", thing=identifier)
    return data


class Directory:
    """Organisations by slug and people by uuid, as items name them; an organisation that is gone is founded again."""

    def __init__(self) -> None:
        self.organisations = dict(Organisation.objects.order_by().values_list("slug", "pk"))
        self.people = {str(uuid): pk for uuid, pk in Person.objects.order_by().values_list("uuid", "pk")}

    def organisation(self, named: dict[str, Any] | None) -> int | None:
        if not named:
            return None
        known = self.organisations.get(named["slug"])
        if known is None:
            made = found(named["name"], slug=named["slug"], kind=named["kind"], name_en=named["name_en"])
            known = self.organisations[named["slug"]] = made.pk
        return known


def catalogue(
    kept: Sequence[packing.Kept], directory: Directory | None = None, *, store: str = stores.LOCAL
) -> list[Item]:
    """Make or renew the rows of objects, with their search entries, in one transaction; may be repeated."""
    with transaction.atomic():
        directory = directory or Directory()
        items = [_item(one, directory) for one in kept]
        _put(Item, items, "id", ITEM_FIELDS)
        segments = _segments(kept)
        blobs = _blobs(kept, segments)
        _put(Blob, [one for one in blobs if one.segment_id], "sha256", ["segment", "offset"])
        Blob.objects.bulk_create(
            [one for one in blobs if not one.segment_id], ignore_conflicts=True, batch_size=AT_ONCE
        )
        masters = [row for one in kept for row in _masters(one, directory, segments)]
        _put(Master, masters, "id", ["item", "version", "path", "content", "rights"])
        decisions = [row for one in kept for row in _decisions(one, directory)]
        Rights.objects.bulk_create(decisions, ignore_conflicts=True, batch_size=AT_ONCE)
        events = [as_event(line) for one in kept for line in one.events]
        Event.objects.bulk_create(events, ignore_conflicts=True, batch_size=AT_ONCE)
        copies = [Copy(item_id=one.pk, store=store, head=one.head) for one in items]
        _put(Copy, copies, ("item", "store"), ["head"])
        journal_many(Item, [one.pk for one in items if one.kind == Item.Kind.DEPOSIT])
    return items


def _put(model: type[Model], rows: list[Any], unique: str | tuple[str, ...], fields: list[str]) -> None:
    names = [unique] if isinstance(unique, str) else [*unique]
    model._default_manager.bulk_create(
        rows, update_conflicts=True, unique_fields=names, update_fields=fields, batch_size=AT_ONCE
    )


def _item(kept: packing.Kept, directory: Directory) -> Item:
    said = kept.item
    return Item(
        id=UUID(said["id"]),
        organisation_id=directory.organisation(said["organisation"]),
        kind=said["kind"],
        title=said["title"],
        about=said["about"],
        head=kept.head,
        inventory=kept.inventory,
        files=said["files"],
        size=said["size"],
        created_at=datetime.fromisoformat(kept.created),
        changed_at=datetime.fromisoformat(kept.changed),
    )


def _blobs(kept: Iterable[packing.Kept], segments: dict[str, Segment]) -> list[Blob]:
    rows: dict[str, Blob] = {}
    for one in kept:
        segment = segments.get(one.item["id"])
        for said in one.item["masters"]:
            row = rows.setdefault(said["sha256"], Blob(sha256=said["sha256"], size=said["size"]))
            if segment is not None and said.get("blob_offset") is not None:
                row.segment, row.offset = segment, said["blob_offset"]
    return list(rows.values())


def _masters(kept: packing.Kept, directory: Directory, segments: dict[str, Segment]) -> Iterator[Master]:
    item = UUID(kept.item["id"])
    segment = segments.get(kept.item["id"])
    for said in kept.item["masters"]:
        owner = directory.organisation(said.get("organisation") or kept.item["organisation"])
        if owner is None:
            raise ObjectDamaged("A file of the object belongs to nobody.", thing=kept.item["id"])
        row = Master(
            id=UUID(said["id"]),
            blob_id=said["sha256"],
            organisation_id=owner,
            source_kind=said["source_kind"],
            source_uri=said["source_uri"],
            obtained_at=datetime.fromisoformat(said["obtained_at"]),
            media_type=said["media_type"],
            filename=said["filename"],
            rights=said["rights"],
            deposited_by_id=directory.people.get(said["deposited_by"]),
        )
        if segment is not None:
            row.segment, row.offset = segment, said["offset"]
        else:
            row.item_id, row.version, row.path = item, said["version"], said["path"]
            row.content = kept.contents.get(said["sha256"], "")
        yield row


def _decisions(kept: packing.Kept, directory: Directory) -> Iterator[Rights]:
    for master in kept.item["masters"]:
        for said in master["decisions"]:
            yield Rights(
                master_id=UUID(master["id"]),
                number=said["number"],
                policy=said["policy"],
                reason=said["reason"],
                decided_by_id=directory.people.get(said["decided_by"]),
                decided_at=datetime.fromisoformat(said["decided_at"]),
            )


def _segments(kept: Sequence[packing.Kept]) -> dict[str, Segment]:
    """Rows of the WARC segments among the objects, by the id of their item."""
    found: dict[str, Segment] = {}
    for one in kept:
        said = one.item.get("segment")
        if said is None:
            continue
        known = {"length": said["length"], "sha256": said["sha256"], "item_id": UUID(one.item["id"])}
        sealed = datetime.fromisoformat(said["sealed_at"])
        row, _made = Segment.objects.update_or_create(name=said["name"], defaults={**known, "sealed_at": sealed})
        Segment.objects.filter(pk=row.pk).update(opened_at=datetime.fromisoformat(said["opened_at"]))
        found[one.item["id"]] = row
    return found


def as_event(line: packing.Line) -> Event:
    return Event(
        number=line["number"],
        at=datetime.fromisoformat(line["at"]),
        type=line["type"],
        outcome=line["outcome"],
        agent=line["agent"],
        item=UUID(line["item"]) if line["item"] else None,
        organisation=line["organisation"],
        detail=line["detail"],
        previous=line["previous"],
        hash=line["hash"],
    )


def as_line(event: Event) -> packing.Line:
    """The event as it was hashed."""
    return {
        "number": event.number,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "type": event.type,
        "outcome": event.outcome,
        "agent": event.agent,
        "item": str(event.item) if event.item else None,
        "organisation": event.organisation,
        "detail": event.detail,
        "previous": event.previous,
        "hash": event.hash,
    }
