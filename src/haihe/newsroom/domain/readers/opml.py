"""OPML 1 and 2 (opml.org): a list of feeds. The entries point to feeds and hold nothing: `holds` is "addresses"."""

from __future__ import annotations

from typing import Any, ClassVar

from haihe.newsroom.domain.readers import reader
from haihe.newsroom.domain.readers.document import Document, refuse
from haihe.newsroom.domain.readers.shapes import Entry, Feed
from haihe.newsroom.domain.readers.xmltree import LANG, local, texts, tree, within

_MOST = 20_000


@reader
class OpmlReader:
    name: ClassVar[str] = "opml"
    accepts: ClassVar[tuple[str, ...]] = ("text/x-opml;q=0.5",)

    def recognises(self, document: Document) -> bool:
        return document.root == "opml"

    def read(self, document: Document) -> Feed:
        """Each feed once: link is its address, categories the outlines around it. Raises FeedUnreadable for none."""
        root, problems = tree(document)
        found: dict[str, Entry] = {}
        for outline in within(root, "outline") if local(root).lower() == "opml" else []:
            said = {key.lower(): value.strip() for key, value in outline.attrib.items()}
            address = said.get("xmlurl", "")
            if address.lower().startswith(("http://", "https://")) and len(found) < _MOST and address not in found:
                found[address] = _entry(outline, said, address, len(found) + 1)
        if not found:
            raise refuse(document)
        return Feed(
            title=texts(root, "title"),
            format=f"opml {root.get('version') or ''}".strip(),
            encoding=document.decoded.encoding,
            entries=tuple(found.values()),
            problems=problems,
            holds="addresses",
        )


def _entry(outline: Any, said: dict[str, str], address: str, number: int) -> Entry:
    around = [one.get("title") or one.get("text") or "" for one in outline.iterancestors() if local(one) == "outline"]
    return Entry(
        id=address,
        title=said.get("title") or said.get("text", ""),
        link=address,
        base=said.get("htmlurl", ""),
        summary=said.get("description", ""),
        summary_type="text/plain",
        language=said.get("language", "") or outline.get(LANG) or "",
        categories=tuple(name for name in reversed(around) if name),
        kind="feed",
        locator=f"entry[{number}]",
    )
