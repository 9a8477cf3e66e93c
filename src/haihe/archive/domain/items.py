"""Items: what is deposited together becomes one object, what is changed later its next version."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID, uuid4

from django.utils import timezone

from haihe.archive.domain import cataloguing, chain, copying, layout, packing, stores
from haihe.archive.domain.arriving import Arrival, take_in
from haihe.archive.domain.faults import MayNotDeposit, NothingToKeep, PathNotKept
from haihe.archive.domain.ocfl.batch import Batch, Receipt
from haihe.archive.domain.ocfl.changes import Changes, Metadata, Source, check_logical_paths
from haihe.archive.domain.ocfl.errors import PathRefused
from haihe.archive.models import Item, Master
from haihe.city import gate
from haihe.city.models import Organisation, Person

AGENT = "haihe"
LONGEST_PATH = 4000  # characters


@dataclass(frozen=True, slots=True)
class File:
    """One file of a deposit.

    path        its name inside the item, folders joined by slashes
    source      bytes, a file, a stream, or what `take_in` made of one
    master      a Master that stands for these bytes already
    """

    path: str
    source: bytes | Path | BinaryIO | Arrival
    media_type: str = ""
    source_uri: str = ""
    obtained_at: datetime | None = None
    master: Master | None = None


@dataclass(frozen=True, slots=True)
class Deposit:
    """What becomes one item. `about` holds Dublin Core terms; `rights` go to every file's Master; `id` is of the item
    where it is settled beforehand, so that a deposit that is tried again is not kept twice."""

    organisation: Organisation
    files: Sequence[File]
    title: str = ""
    about: Mapping[str, Any] = field(default_factory=dict)
    rights: Mapping[str, Any] = field(default_factory=dict)
    source_kind: str = "upload"
    by: Person | None = None
    id: UUID | None = None


def deposit_items(deposits: Iterable[Deposit]) -> list[Item]:
    """Keep each deposit as an object with its first version; all of them together, or none.

    returns   the items in order: bytes and events durable in the store, rows and search entries in the catalogue

    Not inside a transaction. Some hundred at a time are fast: they share their syncs. Large files are read before
    anybody else has to wait. Raises MayNotDeposit, NothingToKeep, PathNotKept, SourceUnreadable, StoreFull,
    StoreFailing, NotStored.
    """
    deposits = list(deposits)
    for one in deposits:
        _check(one)
    with ExitStack() as arrived, layout.deposits():
        taken = [[_arrive(file, arrived) for file in one.files] for one in deposits]
        with chain.held() as end, stores.local().batch(journal=True) as batch:
            drafts = [_begin(one, files, end, batch) for one, files in zip(deposits, taken, strict=True)]
            return chain.settle(batch, _kept(drafts, batch.staged()))


def add_version(
    item: Item,
    *,
    put: Sequence[File] = (),
    delete: Sequence[str] = (),
    rename: Mapping[str, str] | None = None,
    why: str,
    by: Person | None = None,
    rights: Mapping[str, Any] | None = None,
) -> Item:
    """Keep the next version of an item: files put, deleted, renamed; earlier versions stay as they are.

    Without any of these it records what the catalogue says of the item by now (rights, title, description).
    Raises what `deposit_items` raises, ChangeRefused, NoSuchObject, ObjectDamaged, ShelfFailing.
    """
    organisation = item.organisation
    _may(by, organisation)
    check_paths([file.path for file in put])
    with ExitStack() as arrived, layout.deposits():
        taken = [_arrive(file, arrived) for file in put]
        with chain.held() as end:
            copying.bring_home(item)
            store = stores.local()
            before = cataloguing.read_newest(store, item.identifier)
            version = before.head + 1
            said = {**before.item, "title": item.title, "about": item.about}
            created = stamp()  # before the rights are read: what is decided meanwhile is newer than this version
            masters = renewed_rights(before.item["masters"])
            new = [
                _master(file, arrival, version, "upload", dict(rights or {}), by)
                for file, arrival in zip(put, taken, strict=True)
            ]
            said["masters"] = masters + new
            changes = _changes(put, taken, delete, rename or {})
            state = store.files(item.identifier)
            paths = _paths_after(state, changes)
            said["files"], said["size"] = len(paths), _size_after(state, changes, paths, new)
            kind = packing.ACCESSION if put else packing.CHANGE
            detail = {**_told(version, new), "deleted": len(list(delete)), "renamed": len(rename or {})}
            event = end.add(kind, item=said["id"], organisation=_slug(organisation), agent=agent(by), detail=detail)
            own = {packing.ITEM: packing.pretty(said), packing.EVENTS: packing.lines([event])}
            with store.batch(journal=True) as batch:
                full = Changes({**changes.put, **own}, changes.delete, changes.rename)
                batch.add_version(item.identifier, full, _metadata(why, organisation, by, created))
                return chain.settle(batch, [_next(before, batch.staged()[0], said, created, event)])[0]


def agent(person: Person | None) -> str:
    """Who did it, without a name: people are named by a number that says nothing to strangers."""
    return f"urn:uuid:{person.uuid}" if person is not None else AGENT


def named(organisation: Organisation | None) -> dict[str, str] | None:
    """An organisation as objects name it, so that it can be found or founded again."""
    if organisation is None:
        return None
    return {
        "slug": organisation.slug,
        "name": organisation.name,
        "name_en": organisation.name_en,
        "kind": organisation.kind,
    }


def renewed_rights(masters: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """What objects say of Masters, with their rights as the catalogue has them by now."""
    said = list(masters)
    rows = Master.objects.in_bulk([one["id"] for one in said])
    by_id = {str(pk): row for pk, row in rows.items()}
    known = [(one, by_id.get(one["id"])) for one in said]
    return [{**one, "rights": row.rights, "decisions": decisions_about(row)} if row else one for one, row in known]


def decisions_about(master: Master) -> list[dict[str, Any]]:
    """The decisions about a Master's rights, oldest first."""
    return [
        {
            "number": one.number,
            "policy": one.policy,
            "reason": one.reason,
            "decided_by": _uuid(one.decided_by),
            "decided_at": stamp(one.decided_at),
        }
        for one in master.rights_decisions.order_by("number").select_related("decided_by")
    ]


def stamp(moment: datetime | None = None) -> str:
    return (moment or timezone.now()).astimezone(UTC).isoformat(timespec="microseconds")


@dataclass(slots=True)
class _Draft:
    said: dict[str, Any]
    event: packing.Line
    created: str


def _check(deposit: Deposit) -> None:
    _may(deposit.by, deposit.organisation)
    if not deposit.files:
        raise NothingToKeep(thing=deposit.title or None)
    check_paths([file.path for file in deposit.files])


def _may(by: Person | None, organisation: Organisation | None) -> None:
    if by is not None and not gate.may(by, "create", organisation):
        raise MayNotDeposit(thing=organisation)


def check_paths(paths: Sequence[str]) -> None:
    """Raises PathNotKept for names, or a set of names, that an item cannot hold."""
    try:
        check_logical_paths(paths)
    except PathRefused as error:
        raise PathNotKept(error.message, thing=error.thing) from error
    twice = {path for path in paths if paths.count(path) > 1} if len(set(paths)) < len(paths) else set()
    for path in paths:
        if path in twice or len(path) > LONGEST_PATH or "\0" in path or path.startswith("haihe/"):
            raise PathNotKept(thing=path[:200])


def _arrive(file: File, arrived: ExitStack) -> Arrival:
    arrival = take_in(file.source)
    arrived.callback(arrival.forget)
    return arrival


def _begin(deposit: Deposit, files: list[Arrival], end: packing.Chain, batch: Batch) -> _Draft:
    identity = deposit.id or uuid4()
    masters = [
        _master(file, arrival, 1, deposit.source_kind, dict(deposit.rights), deposit.by)
        for file, arrival in zip(deposit.files, files, strict=True)
    ]
    said: dict[str, Any] = {
        "format": packing.FORMAT,
        "id": str(identity),
        "kind": Item.Kind.DEPOSIT.value,
        "title": (deposit.title or Path(deposit.files[0].path).name)[:300],
        "about": dict(deposit.about),
        "organisation": named(deposit.organisation),
        "files": len(files),
        "size": sum(one.size for one in files),
        "masters": masters,
    }
    event = end.add(
        packing.INGESTION,
        item=said["id"],
        organisation=deposit.organisation.slug,
        agent=agent(deposit.by),
        detail=_told(1, masters),
    )
    sources: dict[str, Source] = {
        f"{packing.FILES}{file.path}": arrival.source for file, arrival in zip(deposit.files, files, strict=True)
    }
    sources[packing.ITEM] = packing.pretty(said)
    sources[packing.EVENTS] = packing.lines([event])
    created = stamp()
    batch.create(stores.identifier(identity), sources, _metadata("Deposit", deposit.organisation, deposit.by, created))
    return _Draft(said, event, created)


def _master(
    file: File, arrival: Arrival, version: int, kind: str, rights: dict[str, Any], by: Person | None
) -> dict[str, Any]:
    known = file.master
    guessed = file.media_type or mimetypes.guess_type(file.path)[0] or ""
    return {
        "id": str(known.pk if known else uuid4()),
        "path": file.path,
        "sha256": arrival.sha256,
        "size": arrival.size,
        "version": version,
        "source_kind": known.source_kind if known else kind,
        "source_uri": known.source_uri if known else file.source_uri,
        "obtained_at": stamp(known.obtained_at if known else file.obtained_at),
        "media_type": known.media_type if known else guessed[:120],
        "filename": known.filename if known else Path(file.path).name[:300],
        "rights": known.rights if known else rights,
        "decisions": decisions_about(known) if known else [],
        "deposited_by": _uuid(known.deposited_by if known else by),
    }


def _told(version: int, masters: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What an event says of files: digests, and no name, for the chain outlives what is erased by law."""
    return {
        "version": version,
        "sha256": [one["sha256"] for one in masters],
        "size": sum(one["size"] for one in masters),
    }


def _uuid(person: Person | None) -> str | None:
    return str(person.uuid) if person is not None else None


def _slug(organisation: Organisation | None) -> str:
    return organisation.slug if organisation is not None else ""


def _metadata(message: str, organisation: Organisation | None, by: Person | None, created: str = "") -> Metadata:
    address = agent(by) if by is not None else "urn:haihe:archive"
    return Metadata(message, organisation.name if organisation else "Haihe", address, created or stamp())


def _kept(drafts: Sequence[_Draft], receipts: Sequence[Receipt]) -> list[packing.Kept]:
    return [
        packing.Kept(
            item=draft.said,
            head=1,
            inventory=receipt.inventory,
            created=draft.created,
            changed=draft.created,
            contents=receipt.contents,
            events=[draft.event],
        )
        for draft, receipt in zip(drafts, receipts, strict=True)
    ]


def _next(
    before: packing.Kept, receipt: Receipt, said: dict[str, Any], created: str, event: packing.Line
) -> packing.Kept:
    return packing.Kept(
        item=said,
        head=before.head + 1,
        inventory=receipt.inventory,
        created=before.created,
        changed=created,
        contents=receipt.contents,
        events=[event],
    )


def _changes(put: Sequence[File], taken: list[Arrival], delete: Sequence[str], rename: Mapping[str, str]) -> Changes:
    below = packing.FILES
    return Changes(
        put={f"{below}{file.path}": arrival.source for file, arrival in zip(put, taken, strict=True)},
        delete=[f"{below}{path}" for path in delete],
        rename={f"{below}{old}": f"{below}{new}" for old, new in rename.items()},
    )


def _paths_after(state: Mapping[str, str], changes: Changes) -> set[str]:
    paths = {path for path in state if path.startswith(packing.FILES)}
    paths -= set(changes.delete) | set(changes.rename)
    return paths | set(changes.rename.values()) | set(changes.put)


def _size_after(state: Mapping[str, str], changes: Changes, paths: set[str], new: list[dict[str, Any]]) -> int:
    sizes = {f"{packing.FILES}{one['path']}": one["size"] for one in new}
    before = {path: old for old, path in changes.rename.items()}
    return sum(sizes[path] if path in sizes else Path(state[before.get(path, path)]).stat().st_size for path in paths)


def item_of(identity: UUID | str) -> Item | None:
    return Item.objects.filter(pk=identity).select_related("organisation").first()
