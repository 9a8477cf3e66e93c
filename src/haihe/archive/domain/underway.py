"""Deposits on their way, whoever makes them: drafts filled over the web, S3 uploads in parts, watched folders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from haihe.archive.domain import drafting, dropping, layout
from haihe.archive.domain.s3 import parts
from haihe.archive.models import Draft, Upload
from haihe.city import gate
from haihe.city.models import Organisation, Person

MOST = 200  # of each way


@dataclass(frozen=True, slots=True)
class Arriving:
    """One deposit on its way.

    way       "web", "s3" or "folder"
    arrived   bytes that are here, of `total`; total is None where the sender did not say how much it will be
    problem   why it does not go on by itself; "" for nothing
    """

    way: str
    title: str
    organisation: str
    who: str
    begun: datetime | None
    arrived: int = 0
    total: int | None = None
    problem: str = ""


def of_others(person: Any) -> list[Arriving]:
    """What is arriving in the organisations for which this person deposits, but for the person's own drafts."""
    may = gate.organisations_for(person, "create")
    named = {one.slug: one.name for one in Organisation.objects.filter(pk__in=may)}
    return [*_drafts(person), *_in_parts(named), *_folders(named)]


def _drafts(person: Any) -> Iterator[Arriving]:
    states = [Draft.State.OPEN, Draft.State.FINISHED, Draft.State.FAILED]
    rows = gate.visible_to(person, Draft.objects.filter(state__in=states), "create").exclude(by=person)
    drafts = list(rows.select_related("organisation", "by").order_by("-begun_at")[:MOST])
    uploads: dict[Any, list[Upload]] = defaultdict(list)
    for upload in Upload.objects.filter(draft__in=drafts):
        uploads[upload.draft_id].append(upload)
    for draft in drafts:
        files = uploads[draft.pk]
        arrived = sum(drafting.offsets(files).values())
        total = sum(one.length for one in files)
        who, at = str(draft.by), draft.begun_at
        yield Arriving("web", str(draft), draft.organisation.name, who, at, arrived, total, draft.problem)


def _in_parts(named: dict[str, str]) -> Iterator[Arriving]:
    found = [one for one in parts.under_way(layout.root() / "s3") if one.bucket in named][:MOST]
    people = {one.uuid.hex: str(one) for one in Person.objects.filter(uuid__in=[one.person[2:] for one in found])}
    for upload in found:
        with suppress(OSError):  # ended meanwhile
            size = sum(size for _number, size, _md5 in upload.parts())
            begun = datetime.fromtimestamp((upload.folder / "upload.json").stat().st_mtime, UTC)
            who = people.get(upload.person[2:], "")
            yield Arriving("s3", upload.key, named[upload.bucket], who, begun, size)


def _folders(named: dict[str, str]) -> Iterator[Arriving]:
    for slug, organisation in named.items():
        for folder, problem in dropping.waiting(slug):
            with suppress(OSError):
                begun = datetime.fromtimestamp(folder.stat().st_mtime, UTC)
                yield Arriving("folder", folder.name, organisation, "", begun, problem=problem)
