"""The file from which a Master is shown: its pyramid where one was made, else the deposited bytes themselves."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from django.conf import settings

from haihe.archive.domain import layout, reading
from haihe.archive.domain.derive import places, pyramids
from haihe.archive.models import Blob, Master
from haihe.base.errors import HaiheError


def cache_folder() -> Path:
    return places.cache_folder(Path(settings.HOME))


def derivative_file(sha256: str, recipe: str, suffix: str) -> Path:
    """Where the derivative of a Blob by a recipe lies: same bytes, same recipe, same file."""
    return places.derivative_folder(Path(settings.HOME), sha256) / f"{recipe}{suffix}"


def shown_file(master: Master) -> Path | None:
    """The file to show; None where the bytes are not there. Asks for a pyramid where a large picture has none."""
    from haihe.archive.tasks import make_pyramid

    pyramid = derivative_file(master.blob_id, pyramids.RECIPE, ".tif")
    if pyramid.exists():
        return pyramid
    try:
        plain = plain_file(master.blob)
    except HaiheError:
        return None
    needless = derivative_file(master.blob_id, pyramids.RECIPE, ".none")
    if not needless.exists():
        if pyramids.is_worth_it(plain):
            make_pyramid.enqueue_once(str(master.pk), key=master.blob_id)
        else:
            no_pyramid(master.blob_id)
    return plain


def no_pyramid(sha256: str) -> None:
    """Note that a pyramid is needless, or cannot be made, so that nobody asks again."""
    note = derivative_file(sha256, pyramids.RECIPE, ".none")
    note.parent.mkdir(parents=True, exist_ok=True)
    note.touch()


def plain_file(blob: Blob) -> Path:
    """The bytes of a Blob as a file of this machine. Raises BlobMissing, BlobDamaged.

    A Blob inside a WARC segment is laid out once, checked, in the cache.
    """
    own = layout.blob_file(blob.sha256)
    if own.exists():
        return own
    kept = reading.object_file(blob)
    if kept is not None:
        return kept
    target = derivative_file(blob.sha256, "bytes-1", "")
    if not target.exists():
        with reading.open_blob(blob) as stream:
            target.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=target.parent)
            try:
                with open(handle, "wb") as out:
                    shutil.copyfileobj(stream, out)
                os.replace(name, target)
            finally:
                Path(name).unlink(missing_ok=True)
    return target


def forget_derivatives(sha256: str) -> None:
    """Nothing made from a Blob stays."""
    shutil.rmtree(cache_folder() / sha256[:2] / sha256, ignore_errors=True)
