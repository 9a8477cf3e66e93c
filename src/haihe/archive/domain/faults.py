"""What can go wrong with deposited bytes."""

from haihe.base.errors import HaiheError


class StoreFull(HaiheError):
    """There is no room left for the bytes; nothing was recorded."""

    hint = "Free space on the disk of the home folder, then try again: nothing of this deposit was kept."


class BlobDamaged(HaiheError):
    """The bytes on disk are not the bytes that were deposited."""

    permanent = True
    hint = "Restore this file from a backup; `haihe archive verify` lists every damaged Blob."


class BlobMissing(HaiheError):
    """The bytes of a Blob are not where they were put."""

    permanent = True
    hint = "Restore this file from a backup; `haihe archive verify` lists every missing Blob."
