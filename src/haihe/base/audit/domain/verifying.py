"""Walking the chain, and giving it out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from haihe.base.audit.domain.recording import ERASED, detail_hash, link_hash
from haihe.base.audit.models import Detail, Entry, Head

BATCH = 2000
PROBLEMS_KEPT = 100


@dataclass(frozen=True)
class Problem:
    """One broken link."""

    number: int
    what: str


@dataclass
class Verdict:
    """What the walk found. Keep `head` elsewhere: it proves later that what is there now was not cut off."""

    entries: int = 0
    erased: int = 0
    head: str = ""
    problems: list[Problem] = field(default_factory=list)
    problem_count: int = 0

    @property
    def sound(self) -> bool:
        return self.problem_count == 0

    def add(self, number: int, what: str) -> None:
        self.problem_count += 1
        if len(self.problems) < PROBLEMS_KEPT:
            self.problems.append(Problem(number, what))


def verify(expected: dict[int, str] | None = None) -> Verdict:
    """Walk the chain from its first entry to the end it has now, in constant memory, while others write on.

    expected    heads seen earlier, number → hash, that must still be part of the chain; besides these, the heads that
                Haihe noted in its home folder (`note_head`) must be
    """
    verdict = Verdict()
    wanted = {**noted_heads(), **(expected or {})}
    emptied: set[int] = set()
    told_of: set[str] = set()
    before = ""
    last = 0
    head = Head.objects.filter(pk=1).first() or Head(number=0, hash="")
    for batch in _batches(Entry.objects.filter(number__lte=head.number)):
        told = Detail.objects.in_bulk([entry.number for entry in batch])
        for entry in batch:
            verdict.entries += 1
            _check_link(verdict, entry, last, before)
            _check_detail(verdict, entry, told.get(entry.number), emptied)
            if entry.action == ERASED and entry.thing_label == "audit.entry":
                told_of.add(entry.thing_id)
            if entry.number in wanted and wanted.pop(entry.number) != entry.hash:
                verdict.add(entry.number, _("is not the entry that was noted earlier"))
            before, last = entry.hash, entry.number
    if (head.number, head.hash) != (last, before):
        verdict.add(last, _("is not where the chain should end: entries after it were removed"))
    _check_beyond(verdict)
    for number in sorted(wanted):
        verdict.add(number, _("was noted earlier and is missing"))
    for number in sorted(emptied):
        if str(number) not in told_of:
            verdict.add(number, _("lost what it told, and no erasure is recorded"))
    verdict.erased = len(emptied)
    verdict.head = f"{last}:{before}" if last else ""
    return verdict


def export(start: int = 1) -> Iterator[str]:
    """Every entry from a number on, as one line of JSON each, without the line's end."""
    return export_lines(Entry.objects.filter(number__gte=start))


def export_lines(entries: QuerySet[Entry]) -> Iterator[str]:
    """These entries in the chain's order, as `export` gives them."""
    for batch in _batches(entries):
        told = Detail.objects.in_bulk([entry.number for entry in batch])
        for entry in batch:
            yield json.dumps(_as_json(entry, told.get(entry.number)), ensure_ascii=False)


def note_head() -> str:
    """Append the chain's end to a file in the home folder, outside the database; returns "number:hash"."""
    head = Head.objects.filter(pk=1).first()
    if head is None or head.number in noted_heads():
        return ""
    file = _heads_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps({"number": head.number, "hash": head.hash, "at": timezone.now().isoformat()})
    with open(file, "a", encoding="utf-8") as out:
        out.write(line + "\n")
    return f"{head.number}:{head.hash}"


def noted_heads() -> dict[int, str]:
    """Heads that were noted in the home folder; a torn last line is left out."""
    file = _heads_file()
    if not file.exists():
        return {}
    heads = {}
    for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            noted = json.loads(line)
            heads[int(noted["number"])] = str(noted["hash"])
        except (ValueError, KeyError, TypeError):
            continue
    return heads


def _heads_file() -> Path:
    return Path(settings.HOME) / "audit" / "heads.jsonl"


def _batches(entries: QuerySet[Entry]) -> Iterator[list[Entry]]:
    rows = entries.order_by("number")
    batch = list(rows[:BATCH])
    while batch:
        yield batch
        batch = list(rows.filter(number__gt=batch[-1].number)[:BATCH])


def _check_beyond(verdict: Verdict) -> None:
    """Entries are read before the head, so that whoever writes meanwhile is not taken for a forger."""
    last = Entry.objects.order_by("-number").values_list("number", flat=True).first() or 0
    head = Head.objects.filter(pk=1).values_list("number", flat=True).first() or 0
    if last > head:
        verdict.add(last, _("stands behind the end of the chain: it was put in"))


def _check_link(verdict: Verdict, entry: Entry, last: int, before: str) -> None:
    if entry.number != last + 1:
        verdict.add(entry.number, _("follows %(number)s: entries between them are missing") % {"number": last})
    elif entry.previous_hash != before:
        verdict.add(entry.number, _("does not follow the entry before it"))
    if link_hash(entry) != entry.hash:
        verdict.add(entry.number, _("was changed"))


def _check_detail(verdict: Verdict, entry: Entry, told: Detail | None, emptied: set[int]) -> None:
    if told is None:
        verdict.add(entry.number, _("lost what it told: the row is missing"))
    elif not told.body and not told.salt:
        emptied.add(entry.number)
    elif detail_hash(told.salt, told.body) != entry.detail_sha256:
        verdict.add(entry.number, _("tells something else than was recorded"))


def _as_json(entry: Entry, told: Detail | None) -> dict[str, Any]:
    return {
        "number": entry.number,
        "at": entry.at.isoformat(),
        "action": entry.action,
        "actor": entry.actor_id,
        "organisation": entry.organisation_id,
        "thing_label": entry.thing_label,
        "thing_id": entry.thing_id,
        "detail_sha256": entry.detail_sha256,
        "previous_hash": entry.previous_hash,
        "hash": entry.hash,
        "salt": told.salt if told else "",
        "told": json.loads(told.body) if told and told.body else None,
    }
