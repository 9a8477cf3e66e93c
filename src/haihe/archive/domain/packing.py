"""What stands beside the files in every object, so that the catalogue can be made again: `haihe/item.json` and
`haihe/events.jsonl`. No Django.

Events follow PREMIS 3.0 (type, time, outcome, agent, linked object, detail). Each holds the hash of the one before:
the chain runs through all objects of the archive, and shows what was changed, left out or put in.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any

ITEM, EVENTS, FILES = "haihe/item.json", "haihe/events.jsonl", "files/"
FORMAT = "haihe-item/1"

Line = dict[str, Any]  # one event as JSON

INGESTION, ACCESSION = "ingestion", "accession"
CHANGE, FIXITY, REPLICATION = "metadata modification", "fixity check", "replication"
RECOVERY, MIGRATION, DELETION = "recovery", "migration", "deletion"
SUCCESS, FAIL, WARNING = "success", "fail", "warning"


@dataclass(slots=True)
class Kept:
    """One version of an object as the catalogue needs it.

    item       what item.json holds
    events     those that came with the versions read
    contents   sha256 → content path below the object
    """

    item: dict[str, Any]
    head: int
    inventory: str
    created: str
    changed: str
    contents: Mapping[str, str]
    events: list[Line] = field(default_factory=list)


def noted(kept: Iterable[Kept]) -> str:
    """What a crash must not take, as a line that `read_noted` reads."""
    names = [one.name for one in fields(Kept)]
    return json.dumps([{name: getattr(one, name) for name in names} for one in kept], ensure_ascii=False)


def read_noted(note: str) -> list[Kept]:
    return [Kept(**one) for one in json.loads(note)] if note else []


def packed(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8", "replace")


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def pretty(value: Any) -> bytes:
    """JSON that a person can read in a hundred years, too."""
    return json.dumps(value, ensure_ascii=False, indent=1).encode("utf-8", "replace") + b"\n"


def lines(events: Iterable[Line]) -> bytes:
    return b"".join(packed(event) + b"\n" for event in events)


def read_lines(data: bytes) -> list[Line]:
    """Raises ValueError."""
    return [json.loads(line) for line in data.splitlines() if line]


def event_hash(event: Mapping[str, Any]) -> str:
    """sha256 of the canonical JSON of everything but the hash."""
    return hashlib.sha256(packed({key: value for key, value in event.items() if key != "hash"})).hexdigest()


@dataclass(slots=True)
class Chain:
    """The end of the chain, and the events that are being added to it."""

    number: int
    hash: str

    def add(
        self,
        kind: str,
        *,
        item: str | None,
        organisation: str,
        agent: str,
        outcome: str = SUCCESS,
        detail: Mapping[str, Any],
    ) -> Line:
        event: Line = {
            "number": self.number + 1,
            "at": now(),
            "type": kind,
            "outcome": outcome,
            "agent": agent,
            "item": item,
            "organisation": organisation,
            "detail": dict(detail),
            "previous": self.hash,
        }
        event["hash"] = event_hash(event)
        self.number, self.hash = event["number"], event["hash"]
        return event


def broken_link(events: Iterable[Mapping[str, Any]]) -> str:
    """What is wrong with a chain read from its beginning: one sentence, empty where nothing is."""
    number, previous = 0, ""
    for event in events:
        if event["number"] != number + 1:
            return f"After event {number} comes {event['number']}."
        if event["previous"] != previous:
            return f"Event {event['number']} does not follow the one before it."
        if event_hash(event) != event["hash"]:
            return f"Event {event['number']} is not as it was written."
        number, previous = event["number"], event["hash"]
    return ""
