"""Giving bytes back, never without checking that they are the ones deposited."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from haihe.archive.domain import layout, packing, stores, warc
from haihe.archive.domain.faults import BlobDamaged, BlobMissing
from haihe.archive.models import Blob, Master, Segment
from haihe.base.errors import HaiheError


def read(master: Master) -> bytes:
    """All bytes of a Master. Raises BlobMissing or BlobDamaged."""
    return read_blob(master.blob)


def read_blob(blob: Blob) -> bytes:
    """All bytes of a Blob, hash checked. Raises BlobMissing or BlobDamaged."""
    with _stored(blob) as stream:
        data = stream.read()
    if hashlib.sha256(data).hexdigest() != blob.sha256:
        raise BlobDamaged(thing=blob.sha256)
    return data


def open_blob(blob: Blob) -> BinaryIO:
    """A stream of a Blob that was checked from end to end before it is handed on; for what is too large to hold."""
    stream = _stored(blob)
    if hashlib.file_digest(stream, "sha256").hexdigest() != blob.sha256:  # type: ignore[arg-type]
        stream.close()
        raise BlobDamaged(thing=blob.sha256)
    stream.seek(0)
    return stream


def exchange_of(master: Master) -> warc.Record:
    """The WARC record that the collecting of a Master left. Raises BlobMissing, BlobDamaged."""
    if master.segment is None or master.offset is None:
        raise BlobMissing("It did not come over HTTP: there is no record of an answer.", thing=master.pk)
    try:
        with layout.segment_file(master.segment.name).open("rb") as segment:
            return warc.read_record(segment, master.offset)
    except FileNotFoundError as error:
        raise BlobMissing(thing=master.blob_id) from error
    except Exception as error:  # a damaged gzip member fails in many ways inside the reader
        raise BlobDamaged(thing=master.blob_id) from error


@dataclass(frozen=True)
class Finding:
    """One Blob that is not what it should be."""

    sha256: str
    fault: HaiheError


def verify() -> Iterator[Finding | None]:
    """Check every Blob; yields None for a sound one, so that the caller can show progress."""
    kept = Blob.objects.filter(masters__erasures__confirmed_at=None).distinct()  # also those without any Master
    for blob in kept.select_related("segment").iterator(chunk_size=500):
        try:
            open_blob(blob).close()
        except HaiheError as fault:
            yield Finding(blob.sha256, fault)
        else:
            yield None


def _stored(blob: Blob) -> BinaryIO:
    try:
        if blob.segment is None or blob.offset is None:
            return _own_file(blob)
        with _segment(blob.segment) as segment:
            return BytesIO(warc.read_record(segment, blob.offset).payload)
    except FileNotFoundError as error:
        raise BlobMissing(thing=blob.sha256) from error
    except HaiheError:
        raise
    except Exception as error:  # a damaged gzip member fails in many ways inside the reader
        raise BlobDamaged(thing=blob.sha256) from error


def _own_file(blob: Blob) -> BinaryIO:
    """The loose file of a fresh deposit, or a file of an object; what is loose now may be in an object next."""
    with suppress(FileNotFoundError):
        return layout.blob_file(blob.sha256).open("rb")
    kept = Master.objects.filter(blob=blob, item__isnull=False).values_list("item_id", "content")
    damaged: OSError | None = None
    for item, content in kept[:10]:
        try:
            return stores.open_content(item, content)
        except OSError as error:
            damaged = error
    raise damaged or FileNotFoundError(blob.sha256)


def object_file(blob: Blob) -> Path | None:
    """The file of a Blob inside an object, where one lies on this machine."""
    for item, content in Master.objects.filter(blob=blob, item__isnull=False).values_list("item_id", "content")[:10]:
        file = Path(stores.local().path(stores.identifier(item))) / content
        if file.is_file():
            return file
    return None


def _segment(segment: Segment) -> BinaryIO:
    with suppress(FileNotFoundError):
        return layout.segment_file(segment.name).open("rb")
    item = segment.item_id or Segment.objects.values_list("item_id", flat=True).get(pk=segment.pk)
    if item is None:
        raise FileNotFoundError(segment.name)
    return stores.open_content(item, f"v1/content/{packing.FILES}{segment.name}")
