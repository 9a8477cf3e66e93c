"""Taking bytes in. A deposit is recorded only when its bytes are durable."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from django.db import transaction
from django.utils import timezone

from haihe.archive.domain import layout, segments, warc
from haihe.archive.models import Blob, Master

if TYPE_CHECKING:
    from haihe.city.models import Organisation, Person

_CHUNK = 2**20


def deposit(
    data: bytes | BinaryIO,
    *,
    organisation: Organisation,
    source_kind: str,
    source_uri: str = "",
    obtained_at: datetime | None = None,
    media_type: str = "",
    filename: str = "",
    rights: dict[str, Any] | None = None,
    by: Person | None = None,
) -> Master:
    """Keep bytes as a Blob of their own file and record where they came from.

    data          whole bytes, or a stream read to its end in bounded memory
    source_kind   "upload", "capture", "demo" …
    returns       the Master; its bytes are on disk, synced, before the row exists

    A file that is there already but is damaged is replaced by these bytes.
    Raises StoreFull, or StoreFailing for any other refusal of the disk; nothing is recorded then.
    """
    with layout.deposits(), transaction.atomic():
        sha256, size = _keep_file(BytesIO(data) if isinstance(data, bytes) else data)
        Blob.objects.bulk_create([Blob(sha256=sha256, size=size)], ignore_conflicts=True)
        return Master.objects.create(
            blob_id=sha256,
            organisation=organisation,
            source_kind=source_kind,
            source_uri=source_uri,
            obtained_at=obtained_at or timezone.now(),
            media_type=media_type,
            filename=filename[:300],
            rights=rights or {},
            deposited_by=by,
        )


@dataclass(frozen=True)
class Collected:
    """One HTTP response that is to be kept, and for whom."""

    fetched: warc.Response
    organisation_id: int
    source_kind: str
    rights: dict[str, Any] = field(default_factory=dict)


def deposit_collected(
    fetched: warc.Response,
    *,
    organisation: Organisation,
    source_kind: str,
    rights: dict[str, Any] | None = None,
) -> Master:
    """Keep one HTTP response as a WARC record and its body as a Blob.

    A body that is stored already is not written again: the record is a revisit that names it.
    Raises StoreFull or StoreFailing; nothing is recorded then.
    """
    return deposit_all_collected([Collected(fetched, organisation.pk, source_kind, rights or {})])[0]


def deposit_all_collected(arrived: Sequence[Collected]) -> list[Master]:
    """`deposit_collected` for many responses, with one sync of the disk and one transaction for all of them.

    returns   Masters in the order of the responses. Raises StoreFull or StoreFailing; nothing is recorded then.
    """
    hashes = [hashlib.sha256(one.fetched.body).hexdigest() for one in arrived]
    stored = set(Blob.objects.filter(pk__in=set(hashes)).values_list("pk", flat=True))
    records, fresh = [], {}
    for number, (one, sha256) in enumerate(zip(arrived, hashes, strict=True)):
        known = sha256 in stored or sha256 in fresh
        records.append((warc.revisit_record if known else warc.response_record)(one.fetched, sha256=sha256))
        if not known:
            fresh[sha256] = number
    segment, offsets = segments.append_all(records)
    blobs = [
        Blob(sha256=sha256, size=len(arrived[at].fetched.body), segment=segment, offset=offsets[at])
        for sha256, at in fresh.items()
    ]
    masters = [
        Master(
            blob_id=sha256,
            organisation_id=one.organisation_id,
            source_kind=one.source_kind,
            source_uri=one.fetched.final_url,
            obtained_at=one.fetched.started_at,
            media_type=_media_type(one.fetched.headers),
            rights=one.rights,
            segment=segment,
            offset=offset,
        )
        for one, sha256, offset in zip(arrived, hashes, offsets, strict=True)
    ]
    with transaction.atomic():
        Blob.objects.bulk_create(blobs, ignore_conflicts=True)
        return Master.objects.bulk_create(masters)


def _media_type(headers: list[tuple[str, str]]) -> str:
    said = next((value for name, value in headers if name.lower() == "content-type"), "")
    return said.split(";")[0].strip().lower()[:120]


def _keep_file(stream: BinaryIO) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with layout.disk_faults():
        handle, name = tempfile.mkstemp(dir=layout.incoming())
    arriving = Path(name)
    try:
        with open(handle, "wb", buffering=0):
            while chunk := stream.read(_CHUNK):  # what goes wrong in here is the fault of its source
                with layout.disk_faults():
                    layout.write_at(handle, chunk, size)
                digest.update(chunk)
                size += len(chunk)
            with layout.disk_faults():
                os.fsync(handle)
        with layout.disk_faults():
            _settle(arriving, layout.blob_file(digest.hexdigest()), size)
    finally:
        with suppress(OSError):
            arriving.unlink()
    return digest.hexdigest(), size


def _settle(arriving: Path, final: Path, size: int) -> None:
    layout.lasting(final.parents[2])
    final.parent.mkdir(parents=True, exist_ok=True)
    if not _sound(final, size):
        arriving.chmod(0o440)
        arriving.replace(final)
    # Also where the file was there: who renamed it may not have synced its name yet, and this Master rests on it too.
    for folder in final.parents[:3]:
        layout.sync_folder(folder)


def _sound(file: Path, size: int) -> bool:
    try:
        with file.open("rb") as stored:
            if os.fstat(stored.fileno()).st_size != size:
                return False
            return hashlib.file_digest(stored, "sha256").hexdigest() == file.name
    except OSError:  # missing, or the disk cannot read it any more
        return False
