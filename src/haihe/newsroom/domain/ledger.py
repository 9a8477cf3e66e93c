"""The crawl ledger: what was asked when, what came; and reading any of it again from its Master."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from haihe.archive import read as read_master
from haihe.archive.domain.reading import exchange_of
from haihe.base.errors import HaiheError
from haihe.newsroom.domain import receiving
from haihe.newsroom.domain.collecting import errand_for, way_of
from haihe.newsroom.domain.readers import Document, Feed
from haihe.newsroom.domain.transports import Delivery
from haihe.newsroom.models import Fetch, Item, LinkedPage


class NothingKept(HaiheError):
    """This fetch brought nothing that was kept, so there is nothing to read again."""

    permanent = True
    hint = "Collect the source again: what its host has now is asked for anew."


@dataclass(frozen=True)
class Exchange:
    """The answer as it was kept: status and headers of the response (empty for a file), and its bytes by hash."""

    status: int
    headers: list[tuple[str, str]]


def exchange(fetch: Fetch) -> Exchange | None:
    """What the archive holds of the answer beside its bytes; None where no response was kept. Raises BlobDamaged."""
    if fetch.master is None or fetch.master.segment is None or fetch.master.offset is None:
        return None
    record = exchange_of(fetch.master)
    return Exchange(record.status, record.headers)


def document_of(fetch: Fetch) -> Document:
    """The document as it came. Raises NothingKept, BlobDamaged, BlobMissing."""
    if fetch.master is None:
        raise NothingKept(thing=fetch.pk)
    master, kept = fetch.master, exchange(fetch)
    said = {name.lower(): value for name, value in kept.headers} if kept else {}
    charset = said.get("content-type", "").lower().partition("charset=")[2].split(";")[0].strip(" \"'")
    return Document(
        read_master(master), master.source_uri, master.media_type, charset, said.get("content-language", "")
    )


def replay(fetch: Fetch) -> Fetch:
    """Read once more what a fetch brought, by today's readers and rules, and take in what is missing.

    An entry of which something newer came since stays as it is. Run twice, the second time changes nothing.
    Raises NothingKept, BlobDamaged, BlobMissing.
    """
    origin = fetch
    while origin.replay_of is not None:
        origin = origin.replay_of
    document = document_of(origin)
    delivery = Delivery(document, filename=origin.master.filename if origin.master else "")
    page = None
    if origin.kind == Fetch.Kind.PAGE:
        page = LinkedPage.objects.filter(source=origin.source, address=origin.address).first()
    return receiving.read_again(origin.source, origin, delivery, page=page, newer=_newer_than(origin))


def _newer_than(origin: Fetch) -> Callable[[list[str]], set[str]]:
    """Says of entries' ids which have something newer than this fetch; by the order of the ledger, not by any clock."""

    def newer(ids: list[str]) -> set[str]:
        items = Item.objects.filter(source=origin.source, entry_id__in=ids).exclude(master=origin.master)
        masters = dict(items.values_list("entry_id", "master"))
        later = Fetch.objects.filter(source=origin.source, pk__gt=origin.pk, master__in=set(masters.values()))
        brought = set(later.exclude(kind=Fetch.Kind.REPLAY).values_list("master", flat=True))
        return {entry_id for entry_id, master in masters.items() if master in brought}

    return newer


def reading_of(fetch: Fetch) -> Feed:
    """What a fetch holds, by today's readers; nothing is kept. Raises NothingKept, FeedUnreadable."""
    return way_of(fetch.source.transport).read(document_of(fetch), errand_for(fetch.source))


def take_entry(page: LinkedPage) -> None:
    """Take in an entry as its source says it, without the page it names."""
    if page.named_by is None or page.named_by.master is None:
        return
    origin = page.named_by
    delivery = Delivery(document_of(origin), filename=page.named_by.master.filename)
    receiving.read_again(origin.source, origin, delivery, only=page, newer=_newer_than(origin))
