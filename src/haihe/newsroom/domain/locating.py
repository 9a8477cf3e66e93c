"""Finding an entry again in the bytes it was read from, for `haihe trace`."""

from __future__ import annotations

from django.utils.translation import gettext as _

from haihe.archive.models import Master
from haihe.newsroom.domain.readers import Document, FeedUnreadable, read

PREFIX = "entry["


def place(locator: str, entry_id: str) -> str:
    """A citation's locator: where the entry stands in its document, and its own id, "entry[3]#guid"."""
    return f"{locator}#{entry_id}" if locator else entry_id


def problem(data: bytes, locator: str, master: Master) -> str:
    """Why the entry is not where `locator` says, read with the readers that intake uses; empty where it is."""
    position, _hash, entry_id = locator.partition("#")
    try:
        feed = read(Document(data, address=master.source_uri, media_type=master.media_type))
    except FeedUnreadable as error:
        return error.message
    standing = {entry.locator: entry.id for entry in feed.entries}
    if position not in standing:
        return _("the document has no %(place)s") % {"place": position}
    if entry_id and standing[position] != entry_id:
        return _("%(place)s is another entry: %(found)s") % {"place": position, "found": standing[position]}
    return ""
