"""Sitemaps and news sitemaps (sitemaps.org), sitemap indexes, and lists of addresses as text.

The entries only point to pages, or for an index to more sitemaps: `holds` is "addresses". Nothing is fetched here, so
that maps that name each other cannot run away; each address is given once and a map's own not at all.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar
from urllib.parse import urljoin, urlsplit

from haihe.newsroom.domain.readers import reader
from haihe.newsroom.domain.readers.dates import parse_date
from haihe.newsroom.domain.readers.document import Document, refuse
from haihe.newsroom.domain.readers.shapes import Entry, Feed, Picture
from haihe.newsroom.domain.readers.xmltree import children, local, tree, within, words

_MOST = 50_000  # as sitemaps.org allows
_LINE = re.compile(r"^https?://\S{1,2000}$")


@reader
class SitemapReader:
    name: ClassVar[str] = "sitemap"
    accepts: ClassVar[tuple[str, ...]] = ()

    def recognises(self, document: Document) -> bool:
        return document.root in ("urlset", "sitemapindex") or _is_list(document)

    def read(self, document: Document) -> Feed:
        """Every address once, in its order, at most 50,000."""
        if _is_list(document):
            return _listed(document)
        root, problems = tree(document)
        name = local(root).lower()
        if name not in ("urlset", "sitemapindex"):
            raise refuse(document)
        wanted = "url" if name == "urlset" else "sitemap"
        entries, notes = _entries(children(root, wanted), document, wanted)
        news = any(local(one) == "news" for each in root[:50] for one in each)
        return Feed(
            title=next((words(one) for each in root[:1] for one in within(each, "name")), ""),
            language=next((words(one) for each in root[:1] for one in within(each, "language")), document.language),
            format="sitemap index" if name == "sitemapindex" else "news sitemap" if news else "sitemap",
            encoding=document.decoded.encoding,
            entries=entries,
            problems=(*problems, *notes),
            holds="addresses",
        )


def _entries(elements: list[Any], document: Document, wanted: str) -> tuple[tuple[Entry, ...], list[str]]:
    found: dict[str, Entry] = {}
    twice = 0
    for element in elements[: 2 * _MOST]:
        said = {local(one): words(one) for one in element if local(one) != "image"}
        for one in children(element, "news"):
            said |= {f"news:{local(part)}": words(part) for part in within(one, *_NEWS)}
        address = _whole(said.get("loc", ""), document.address)
        if not address or address == document.address:
            continue
        if address in found:
            twice += 1
            continue
        if len(found) >= _MOST:
            break
        found[address] = _entry(element, said, address, len(found) + 1, wanted)
    notes = [f"{twice} addresses stand there more than once"] if twice else []
    if len(elements) > _MOST:
        notes.append(f"{len(elements)} addresses, of which the first {_MOST} were read")
    return tuple(found.values()), notes


_NEWS = ("title", "publication_date", "language", "name", "keywords")


def _entry(element: Any, said: dict[str, str], address: str, number: int, wanted: str) -> Entry:
    language = said.get("news:language", "")
    raw = said.get("news:publication_date", "")
    changed = said.get("lastmod", "")
    images = [
        (_first(one, "loc"), _first(one, "caption") or _first(one, "title")) for one in children(element, "image")[:50]
    ]
    return Entry(
        id=address,
        title=said.get("news:title", ""),
        link=address,
        published=parse_date(raw, language=language),
        published_raw=raw,
        published_day=raw[:10] if len(raw) >= 10 else "",
        updated=parse_date(changed, language=language),
        language=language,
        categories=tuple(word for part in said.get("news:keywords", "").split(",") if (word := part.strip())),
        credit=said.get("news:name", ""),
        kind="sitemap" if wanted == "sitemap" else "address",
        pictures=tuple(Picture(url, caption) for url, caption in images if url),
        locator=f"entry[{number}]",
    )


def _first(element: Any, name: str) -> str:
    return next((words(one) for one in element if local(one) == name), "")


def _whole(address: str, base: str) -> str:
    try:
        whole = urljoin(base, address) if address else ""
        parts = urlsplit(whole)
        return whole if parts.scheme in ("http", "https") and parts.hostname and len(whole) <= 2048 else ""
    except ValueError:
        return ""


def _is_list(document: Document) -> bool:
    """Whether it is text of one address a line."""
    if document.kind or not document.opening.startswith(("http://", "https://")):
        return False
    lines = [line.strip() for line in document.text[:4000].splitlines()[:20]]
    return all(_LINE.match(line) for line in lines[:-1] if line) and bool(_LINE.match(lines[0]))


def _listed(document: Document) -> Feed:
    lines = (line.strip() for line in document.text.splitlines())
    addresses = list(dict.fromkeys(line for line in lines if _LINE.match(line) and line != document.address))
    kept = addresses[:_MOST]
    notes = (f"{len(addresses)} addresses, of which the first {_MOST} were read",) if len(addresses) > _MOST else ()
    return Feed(
        format="sitemap text",
        encoding=document.decoded.encoding,
        entries=tuple(
            Entry(id=one, link=one, kind="address", locator=f"entry[{number}]") for number, one in enumerate(kept, 1)
        ),
        problems=(*document.decoded.problems, *notes),
        holds="addresses",
    )
