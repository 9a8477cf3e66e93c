"""How an item's text is read from its Master: the reader's own way, or another that staff chose."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from haihe.archive import read as read_master
from haihe.base.errors import HaiheError
from haihe.newsroom.domain.arrival import quality_of
from haihe.newsroom.domain.arriving import QUALITY
from haihe.newsroom.domain.readers import Document, Entry, FeedUnreadable, read
from haihe.newsroom.domain.readers.article.text import as_html
from haihe.newsroom.domain.readers.article.ways import WAYS, blocks_by
from haihe.newsroom.domain.readers.document import is_web_page
from haihe.newsroom.domain.sanitising import as_text, for_display

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from haihe.newsroom.models import Item

MUCH_TEXT = 20  # characters from which two equal texts are the same text and not chance
LABELS: dict[str, str | Promise] = {
    "": _("as its reader reads it"),
    "balanced": _("trafilatura, balanced"),
    "precision": _("trafilatura, rather too little"),
    "recall": _("trafilatura, rather too much"),
    "whole": _("everything on the page"),
    "content": _("the entry's content"),
    "summary": _("the entry's summary"),
}


class NoSuchReading(HaiheError):
    """The item cannot be read in this way."""

    permanent = True
    hint = _("Choose one of the readings that its page offers.")


@dataclass(frozen=True)
class Reading:
    """One way to read an item; `body` is sanitised HTML, `quality` 0 to 100."""

    name: str
    label: str
    body: str
    text: str
    quality: int
    chosen: bool


def document_of(item: Item) -> Document:
    """The delivery that an item came in, as its reader saw it. Raises what reading a Master raises."""
    master = item.master
    return Document(read_master(master), address=master.source_uri, media_type=master.media_type)


def readings(item: Item) -> list[Reading]:
    """Every way to read an item, the reader's own first; those that give nothing or the same are left out."""
    found: list[Reading] = []
    document = document_of(item)
    for name in ("", *_ways(item, document)):
        try:
            body = _body(item, document, name)
        except HaiheError:
            continue
        text = as_text(body)
        if text and not any(one.text == text and one.name != item.reading for one in found):
            chosen = name == item.reading
            found.append(Reading(name, str(LABELS[name]), body, text, quality_of(text, body).score, chosen))
    return found


def read_as_chosen(item: Item) -> None:
    """Set the text of an item in memory from its Master as `item.reading` says; what cannot be read stays as it is."""
    try:
        body = _body(item, document_of(item), item.reading)
    except HaiheError:
        return
    text = as_text(body)
    if not text:
        return
    item.body, item.text = body, text
    item.text_sha256 = text_sha256(item.title, text)
    if QUALITY not in item.touched:
        item.quality = quality_of(text, body).score


def text_sha256(title: str, text: str) -> str:
    """What makes two items of one organisation duplicates; empty where they are too short to tell."""
    if len(title) + len(text) < MUCH_TEXT:
        return ""
    said = f"{title}\x1f{''.join(text.split())}"
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()


def is_page(item: Item) -> bool:
    """Whether the item was read from a web page of its own."""
    try:
        return is_web_page(document_of(item))
    except HaiheError:
        return False


def _ways(item: Item, document: Document) -> tuple[str, ...]:
    return tuple(WAYS) if is_web_page(document) else ("content", "summary")


def _body(item: Item, document: Document, name: str) -> str:
    """Raises NoSuchReading, FeedUnreadable."""
    if name in WAYS:
        return for_display(as_html(blocks_by(name, document.text)), base=item.link)
    entry = entry_of(item, document)
    base = entry.base or entry.link or item.link
    match name:
        case "":
            return for_display(entry.content or entry.summary, entry.content_type, base=base)
        case "content":
            return for_display(entry.content, entry.content_type, base=base)
        case "summary":
            return for_display(entry.summary, entry.summary_type, base=base)
    raise NoSuchReading(thing=name)


def entry_of(item: Item, document: Document) -> Entry:
    """The entry that an item came from. Raises FeedUnreadable."""
    try:
        feed = read(document, using=item.source.reader)
    except FeedUnreadable:  # a linked page of a feed that has its own reader
        feed = read(document)
    for entry in feed.entries:
        if entry.locator == item.locator:
            return entry
    raise FeedUnreadable("The delivery does not hold the entry any more.", thing=item.locator)
