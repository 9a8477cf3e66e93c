"""Events that come with no version of an item: fixity, copies, purges. Each batch lies in a small object of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from haihe.archive.domain import chain, packing, stores
from haihe.archive.domain.ocfl.changes import Metadata
from haihe.archive.models import Item


@dataclass(frozen=True, slots=True)
class Happening:
    """What an event tells; `organisation` is the slug of the one it concerns, empty for the whole archive."""

    type: str
    item: str | None = None
    organisation: str = ""
    outcome: str = packing.SUCCESS
    agent: str = "haihe"
    detail: Mapping[str, Any] = field(default_factory=dict)


def note(happenings: Sequence[Happening], earlier: Sequence[packing.Line] = ()) -> None:
    """Add events to the chain, durable in the store and in the catalogue.

    earlier   events whose own object is about to go: they are kept in this one

    Raises StoreFull, StoreFailing, NotStored.
    """
    if not happenings:
        return
    with chain.held() as end:
        lines = [
            end.add(
                one.type,
                item=one.item,
                organisation=one.organisation,
                agent=one.agent,
                outcome=one.outcome,
                detail=one.detail,
            )
            for one in happenings
        ]
        said: dict[str, Any] = {
            "format": packing.FORMAT,
            "id": str(uuid4()),
            "kind": Item.Kind.LOG.value,
            "title": f"{lines[0]['number']}–{lines[-1]['number']}",
            "about": {},
            "organisation": None,
            "files": 0,
            "size": 0,
            "masters": [],
        }
        keep(said, {}, [*earlier, *lines], "Events")


def keep(said: dict[str, Any], files: dict[str, Any], lines: list[packing.Line], why: str) -> Item:
    """Write an object of the archive's own, and take it into the catalogue. Only while the chain is held."""
    sources = {**files, packing.ITEM: packing.pretty(said), packing.EVENTS: packing.lines(lines)}
    created = packing.now()
    with stores.local().batch(journal=True) as batch:
        batch.create(stores.identifier(said["id"]), sources, Metadata(why, "Haihe", "urn:haihe:archive", created))
        (receipt,) = batch.staged()
        kept = packing.Kept(said, 1, receipt.inventory, created, created, receipt.contents, lines)
        return chain.settle(batch, [kept])[0]
