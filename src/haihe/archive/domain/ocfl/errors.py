"""What can go wrong with a path that is validated, or with what is written."""

from __future__ import annotations

from haihe.base.errors import HaiheError


class PathUnreadable(HaiheError):
    """There is no directory that can be read."""

    permanent = True
    hint = "Name the folder of an OCFL object or of an OCFL storage root, and run as a user who may read it."


class StoreUnusable(HaiheError):
    """The folder is no storage root that this store can write."""

    permanent = True
    hint = "Give a storage root made by Haihe (OCFL 1.1, layout 0003 or 0004), or an empty folder to begin one."


class ObjectExists(HaiheError):
    """An object with this identifier is there already."""

    permanent = True
    hint = "Add a version to it instead."


class NoSuchObject(HaiheError):
    """The storage root holds no object with this identifier."""

    permanent = True
    hint = "Check the identifier; `create` makes a new object."


class ObjectDamaged(HaiheError):
    """The object cannot be trusted as it stands, so no version is added to it."""

    permanent = True
    hint = "Run `haihe archive validate` on it, then repair it from another copy."


class VersionConflict(HaiheError):
    """Somebody else added a version meanwhile."""

    hint = "Read the object again and repeat the change."


class ChangeRefused(HaiheError):
    """The change does not fit the object."""

    permanent = True
    hint = "Look at the logical paths of the newest version."


class PathRefused(HaiheError):
    """A logical path that OCFL does not allow."""

    permanent = True
    hint = "Use names joined by single slashes, without '.', '..', a slash at either end, or half a surrogate pair."


class NotStored(HaiheError):
    """The bytes could not be written; nothing changed."""

    hint = "Free space on the disk or correct its rights, then repeat the change."
