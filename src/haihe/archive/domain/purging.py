"""Purging a Master: the Blob goes when its last Master is purged."""

from __future__ import annotations

from django.db import transaction

from haihe.archive.domain import layout
from haihe.archive.models import Blob, Master


def purge(master: Master) -> None:
    """Delete a Master that nothing cites, and its Blob with its file if no other Master stands on it.

    Bytes inside a WARC segment stay until the segment goes. Raises ProtectedError where something rests on it.
    """
    with layout.deposits(exclusive=True):
        sha256 = master.blob_id
        with transaction.atomic():
            master.delete()
            last = not Master.objects.filter(blob_id=sha256).exists()
            if last:
                Blob.objects.filter(pk=sha256).delete()
        if last:
            layout.blob_file(sha256).unlink(missing_ok=True)
