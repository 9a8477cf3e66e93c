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


class SourceUnreadable(HaiheError):
    """A file to deposit cannot be read; nothing of this deposit was kept."""

    permanent = True
    hint = "Look at the file and at who may read it, then deposit it again."


class PathNotKept(HaiheError):
    """A file's name inside the deposit is not one the archive keeps."""

    permanent = True
    hint = "Give it a path without '..', without a slash at either end, and not the same as another file's."


class NothingToKeep(HaiheError):
    """A deposit without a file."""

    permanent = True
    hint = "Name at least one file."


class MayNotDeposit(HaiheError):
    """This person may not deposit for this organisation."""

    permanent = True
    hint = "Ask an administrator of the organisation for the role of a reporter or editor."
