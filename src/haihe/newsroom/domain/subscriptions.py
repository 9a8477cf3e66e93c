"""Many sources at once: lists of feeds in OPML 2.0 (opml.org), in and out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from django.db import transaction
from lxml import etree

from haihe.base.outbound import public_url
from haihe.city.models import Organisation
from haihe.newsroom.domain.readers import Document, FeedUnreadable, read
from haihe.newsroom.domain.readers.shapes import Entry
from haihe.newsroom.models import Source

LONGEST_ADDRESS = 2000


@dataclass(frozen=True)
class TakenOver:
    """What a list brought.

    added     the new sources, not visited yet
    known     addresses that the organisation collects from already
    refused   addresses that no source can have
    """

    added: list[Source] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def take_over(data: bytes, organisation: Organisation) -> TakenOver:
    """Every feed of an OPML list as a source of the organisation; those it has stay as they are.

    Raises FeedUnreadable where the file is no list of feeds.
    """
    listed = read(Document(data), using="auto")
    if not listed.format.startswith("opml"):
        raise FeedUnreadable("This is no list of feeds in OPML.")
    result = TakenOver()
    with transaction.atomic():
        there = set(Source.objects.filter(organisation=organisation).values_list("address", flat=True))
        for entry in listed.entries:
            address = entry.link.strip()
            if len(address) > LONGEST_ADDRESS:
                result.refused.append(address[:200])
            elif address in there:
                result.known.append(public_url(address))
            else:
                there.add(address)
                result.added.append(_source(entry, address, organisation))
        Source.objects.bulk_create(result.added)
    return result


def _source(entry: Entry, address: str, organisation: Organisation) -> Source:
    name = " ".join((entry.title or "").split())[:200] or public_url(address)[:200]
    return Source(organisation=organisation, name=name, transport="address", address=address)


def as_opml(sources: Iterable[Source], title: str) -> bytes:
    """The feeds among sources, in an outline for each organisation; without names and passwords in their addresses."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = _plain(title)
    body = etree.SubElement(root, "body")
    for organisation, group in groupby(_with_address(sources), key=lambda source: source.organisation):
        outline = etree.SubElement(body, "outline", text=_plain(organisation.name))
        for source in group:
            name = _plain(source.name)
            etree.SubElement(outline, "outline", type="rss", text=name, title=name, xmlUrl=public_url(source.address))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _with_address(sources: Iterable[Source]) -> Iterator[Source]:
    chosen = [source for source in sources if source.address and source.transport == "address"]
    yield from sorted(chosen, key=lambda source: (source.organisation.name, source.organisation_id, source.name))


def _plain(text: str) -> str:
    """Without what XML cannot hold."""
    return "".join(sign for sign in text if sign >= " " and sign not in "\ufffe\uffff")
