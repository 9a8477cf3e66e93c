"""What is attached to a mail in intake: listed by its name, saved as it came, taken in as an item of its own.

Many a manuscript arrives as a Word file under two lines of greeting. Nothing attached is opened by itself: staff take
in what they want, and it goes the way of every file that is handed in, with its own Master and row of the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from haihe.base.errors import HaiheError
from haihe.newsroom.domain import receiving
from haihe.newsroom.domain.readers.parts import part_of
from haihe.newsroom.domain.receiving import Arrival
from haihe.newsroom.domain.rereading import document_of, entry_of
from haihe.newsroom.domain.transports.upload import handed_in

if TYPE_CHECKING:
    from haihe.city.models import Person
    from haihe.newsroom.models import Fetch, Item

_READABLE = {
    ".docx", ".zip", ".eml", ".htm", ".html", ".xml", ".json", ".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp",
}  # fmt: skip


class NotAttached(HaiheError):
    """The mail has no such attachment."""

    permanent = True
    hint = _("Open the item again: it lists what is attached.")


@dataclass(frozen=True)
class Attached:
    """One file of a mail.

    part      where it lies in the mail, "1.2"
    length    bytes
    readable  whether its name says that a reader may know it
    """

    part: str
    name: str
    length: int
    readable: bool


def attached_to(item: Item) -> list[Attached]:
    """The files of the mail that an item came in; none where it came otherwise, or cannot be read any more."""
    if not _is_mail(item):
        return []
    try:
        found = entry_of(item, document_of(item)).enclosures
    except HaiheError:
        return []
    return [
        Attached(
            one.url.removeprefix("part:"), one.name, one.length, PurePosixPath(one.name.lower()).suffix in _READABLE
        )
        for one in found
        if one.url.startswith("part:")
    ]


def bytes_of(item: Item, part: str) -> tuple[Attached, bytes]:
    """One attachment and its bytes, as they came. Raises NotAttached, FeedUnreadable."""
    for one in attached_to(item):
        if one.part == part:
            return one, part_of(document_of(item), part)
    raise NotAttached(thing=part)


def take_in(item: Item, part: str, *, by: Person | None) -> list[Fetch]:
    """Make an attachment an item of its own, or each file of an attached zip archive; returns the ledger's rows.

    The health of the mailbox is not touched: it did bring the mail. Raises NotAttached, FeedUnreadable.
    """
    one, data = bytes_of(item, part)
    now = timezone.now()
    return receiving.receive(
        [Arrival(item.source, replace(each, kind="mail"), now, by=by) for each in handed_in(data, one.name)]
    )


def _is_mail(item: Item) -> bool:
    master = item.master
    named = master.filename.lower().endswith(".eml")
    return named or master.source_kind == "mail" or master.media_type == "message/rfc822"
