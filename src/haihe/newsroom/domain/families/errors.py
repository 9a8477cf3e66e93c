"""What can go wrong with a whole file or state; what goes wrong with one line is said and stops nothing."""

from __future__ import annotations

from haihe.base.errors import HaiheError


class FamiliesFileUnreadable(HaiheError):
    """The file of texts cannot be read."""

    permanent = True
    hint = 'It needs one JSON object a line, with "id" and "text".'


class FamiliesStateUnreadable(HaiheError):
    """The saved index is damaged or of another version."""

    permanent = True
    hint = "Delete it and add the items again: an index can always be made anew from its texts."


class ItemKnown(HaiheError):
    """An item of this id is in the index already."""

    permanent = True
    hint = "Give every item an id of its own; what is in the index stays as it is."
