"""NewsML-G2 (iptc.org/std/nar): items, packages and messages, with their text in XHTML or NITF.

What is read: newsItem, packageItem, conceptItem, knowledgeItem, planningItem and catalogItem, each by itself or in a
newsMessage, which gives one entry an item; and the pieces contentSet, contentMeta and groupSet, which agencies and the
standard's own examples send without the item around them. `published` is itemMeta/versionCreated: when this version
was made; `embargoed` says when it may go out.
"""

from __future__ import annotations

from html import escape
from typing import Any, ClassVar

from haihe.newsroom.domain.readers import reader
from haihe.newsroom.domain.readers.dates import parse_date
from haihe.newsroom.domain.readers.document import Document, refuse
from haihe.newsroom.domain.readers.identity import derived_id
from haihe.newsroom.domain.readers.nitf import body_html, running, said_by_nitf
from haihe.newsroom.domain.readers.shapes import Enclosure, Entry, Feed, Picture
from haihe.newsroom.domain.readers.xmltree import LANG, child, children, first, local, texts, tree, within, words

_ITEMS = ("newsItem", "packageItem", "conceptItem", "knowledgeItem", "planningItem", "catalogItem")
_PIECES = ("contentSet", "contentMeta", "groupSet")
_ROOTS = frozenset(name.lower() for name in (*_ITEMS, *_PIECES, "newsMessage"))
_MOST_ITEMS = 5000
_XHTML_LEFT_OUT = ("script", "style", "head", "iframe", "object", "embed", "form")


@reader
class NewsmlReader:
    name: ClassVar[str] = "newsml"
    accepts: ClassVar[tuple[str, ...]] = (
        "application/vnd.iptc.g2.newsmessage+xml;q=0.9",
        "application/vnd.iptc.g2.newsitem+xml;q=0.9",
    )

    def recognises(self, document: Document) -> bool:
        return document.root in _ROOTS

    def read(self, document: Document) -> Feed:
        """Every item of the document as one entry."""
        root, problems = tree(document)
        name = local(root)
        if name == "newsMessage":
            sets = children(root, "itemSet")
            items = [one for each in sets for one in children(each, *_ITEMS)]
        elif name in (*_ITEMS, *_PIECES):
            items = [root]
        else:
            raise refuse(document)
        if len(items) > _MOST_ITEMS:
            problems = (*problems, f"{len(items) - _MOST_ITEMS} items beyond the first {_MOST_ITEMS} were left out")
        entries = tuple(_Item(item, root, document).entry(number) for number, item in enumerate(items[:_MOST_ITEMS], 1))
        version = first(one.get("standardversion") for one in items)
        return Feed(
            title=entries[0].title if len(entries) == 1 else texts(root, "sender"),
            language=entries[0].language if entries else document.language,
            format=f"newsml-g2 {version}".strip(),
            encoding=document.decoded.encoding,
            entries=entries,
            problems=problems,
        )


class _Item:
    """One item; `meta` is its contentMeta or, for a piece, the piece itself."""

    def __init__(self, element: Any, root: Any, document: Document) -> None:
        self.element, self.document = element, document
        self.item_meta = child(element, "itemMeta")
        self.meta = element if local(element) == "contentMeta" else child(element, "contentMeta")
        self.concept = child(element, "concept")
        content = element if local(element) == "contentSet" else child(element, "contentSet")
        self.inline = children(content, "inlineXML", "inlineData") if content is not None else []
        self.remote = children(content, "remoteContent") if content is not None else []
        self.nitf = next((one for inline in self.inline for one in within(inline, "nitf")), None)
        self.said = said_by_nitf(self.nitf) if self.nitf is not None else {}
        self.sent = texts(root, "sent") if local(root) == "newsMessage" else ""
        self.language = self._language()

    def entry(self, number: int) -> Entry:
        title, content, content_type = self._title(), *self._content()
        raw = self._moment("versionCreated") or self._moment("contentModified", "contentCreated") or self.sent
        guid = self.element.get("guid") or ""
        authors = self._authors()
        starts, ends = self._event()
        summary = self._described("summary", "abstract", "caption") or self.said.get("abstract", "")
        return Entry(
            id=guid or derived_id(title, raw, content),
            title=title,
            link=guid if guid.startswith(("http://", "https://")) else "",
            author=", ".join(authors),
            authors=authors,
            published=parse_date(raw, language=self.language),
            published_raw=raw,
            published_day=raw[:10],
            updated=parse_date(self._moment("versionCreated"), language=self.language),
            created=parse_date(self._moment("firstCreated") or self._moment("contentCreated"), language=self.language),
            embargoed=parse_date(self._moment("embargoed"), language=self.language),
            starts=parse_date(starts, language=self.language),
            ends=parse_date(ends, language=self.language),
            summary=summary or self._described(),
            summary_type="text/plain",
            content=content,
            content_type=content_type,
            language=self.language,
            base=self.document.address,
            enclosures=tuple(_enclosure(one) for one in self.remote if one.get("href")),
            categories=self._categories(),
            credit=self._credit(),
            rights=texts(self.element, "copyrightNotice") or texts(self.element, "usageTerms"),
            place=self._place(),
            kind=self._kind(),
            pictures=self._pictures(),
            locator=f"entry[{number}]",
        )

    def _language(self) -> str:
        tag = next((one.get("tag") for one in self._of(self.meta, "language") if one.get("tag")), None)
        return first((self.element.get(LANG), tag, self.document.language))

    def _of(self, parent: Any, *names: str) -> list[Any]:
        return children(parent, *names) if parent is not None else []

    def _mine(self, elements: list[Any]) -> str:
        """The words of the first element in the item's language, else of the first; empty ones do not count."""
        spoken = [(one.get(LANG) or "", words(one)) for one in elements if words(one)]
        mine = [said for language, said in spoken if language[:2].lower() == self.language[:2].lower()]
        return mine[0] if mine else spoken[0][1] if spoken else ""

    def _moment(self, *names: str) -> str:
        for parent in (self.item_meta, self.meta):
            for name in names:
                for one in self._of(parent, name):
                    if words(one):
                        return words(one)
        return ""

    def _title(self) -> str:
        return (
            self._mine(self._of(self.meta, "headline"))
            or self.said.get("title", "")
            or self._mine(self._of(self.concept, "name"))
            or self._mine(self._of(self.item_meta, "title"))
            or self._mine(self._of(self.meta, "slugline"))
            or self._inside_title()
        )

    def _inside_title(self) -> str:
        """The first name or title among what the item holds: events, referred items, coverages, schemes."""
        inside = within(self.element, "headline", "title", "name")
        held = [one for one in inside if one.getparent() is not None and local(one.getparent()) in _HOLDERS]
        return self._mine(held)

    def _content(self) -> tuple[str, str]:
        if self.nitf is not None:
            html = body_html(self.nitf)
            if html.strip():
                return html, "text/html"
        for inline in self.inline:
            html = "".join(_xhtml(one, 0) for one in within(inline, "body")[:1] or list(inline))
            if html.strip() and local(inline) == "inlineXML":
                return html, "text/html"
            if words(inline) and local(inline) == "inlineData":
                return words(inline), "text/plain"
        said = self._concepts() or self._group() or self._coverages()
        if said:
            return said, "text/html"
        described = [one for one in self._of(self.meta, "description") if words(one)]
        if described:
            return "".join(
                f"<p>{escape(words(one), quote=False)}</p>" for one in self._in_my_language(described)
            ), "text/html"
        own = (self.element.text or "").strip() if not len(self.element) else ""
        return own, "text/plain"

    def _in_my_language(self, elements: list[Any]) -> list[Any]:
        mine = [one for one in elements if (one.get(LANG) or self.language)[:2].lower() == self.language[:2].lower()]
        return mine or elements

    def _concepts(self) -> str:
        """Names and definitions of the concepts of a concept or knowledge item."""
        found = within(self.element, "concept") if local(self.element) in ("conceptItem", "knowledgeItem") else []
        return "".join(self._named(one) for one in found[:2000])

    def _named(self, concept: Any) -> str:
        name = self._mine(children(concept, "name"))
        said = [words(one) for one in self._in_my_language(children(concept, "definition", "note"))]
        where = next((self._mine(children(one, "name")) for one in within(concept, "location")), "")
        lines = [line for line in (*said, where) if line]
        heading = f"<h3>{escape(name, quote=False)}</h3>" if name and concept is not self.concept else ""
        return heading + "".join(f"<p>{escape(line, quote=False)}</p>" for line in lines)

    def _group(self) -> str:
        """The titles of what a package refers to, in the order of its groups, with their summaries."""
        items = within(self.element, "itemRef")
        lines = []
        for one in items[:2000]:
            title = self._mine(children(one, "headline")) or self._mine(children(one, "title"))
            said = self._mine(children(one, "description"))
            name = title or one.get("residref") or one.get("href") or ""
            if name:
                lines.append(
                    f"<li>{escape(name, quote=False)}" + (f": {escape(said, quote=False)}" if said else "") + "</li>"
                )
        return f"<ul>{''.join(lines)}</ul>" if lines else ""

    def _coverages(self) -> str:
        """What a planning item plans, one line a coverage."""
        lines = []
        for one in within(self.element, "planning", "deliveredItemRef")[:2000]:
            said = [self._mine(children(one, name)) for name in ("headline", "title", "edNote")]
            line = ": ".join(part for part in said if part)
            if line:
                lines.append(f"<li>{escape(line, quote=False)}</li>")
        return f"<ul>{''.join(lines)}</ul>" if lines else ""

    def _described(self, *roles: str) -> str:
        for one in self._of(self.meta, "description"):
            role = (one.get("role") or "").rpartition(":")[2].lower()
            if (not roles or role in roles) and words(one):
                return words(one)
        return ""

    def _authors(self) -> tuple[str, ...]:
        names = [self._mine(children(one, "name")) for one in self._of(self.meta, "creator")]
        by = self._mine(self._of(self.meta, "by")) or self.said.get("byline", "")
        found = [name for name in names if name] or ([by] if by else [])
        return tuple(dict.fromkeys(found))

    def _credit(self) -> str:
        """The credit line; else provider, information source, copyright holder or creator by name, else by code."""
        line = self._mine(self._of(self.meta, "creditline"))
        rights = within(self.element, "copyrightHolder")
        candidates = [
            *self._of(self.item_meta, "provider"), *self._of(self.meta, "infoSource"), *rights,
            *self._of(self.meta, "creator"),
        ]  # fmt: skip
        named = next((name for one in candidates if (name := self._mine(children(one, "name")))), "")
        coded = next(
            (
                code
                for one in candidates
                if (code := one.get("literal") or (one.get("qcode") or "").partition(":")[2] or one.get("uri"))
            ),
            "",
        )
        return line or named or self.said.get("credit", "") or (coded or "")

    def _categories(self) -> tuple[str, ...]:
        names = [self._mine(children(one, "name")) for one in self._of(self.meta, "subject")]
        names += [words(one) for one in self._of(self.meta, "keyword")]
        return tuple(dict.fromkeys(name for name in names if name))

    def _place(self) -> str:
        located = self._of(self.meta, "located")
        said = next((self._mine(children(one, "name")) for one in located), "")
        return self._mine(self._of(self.meta, "dateline")) or said or self.said.get("place", "")

    def _kind(self) -> str:
        code = next((one.get("qcode") or "" for one in self._of(self.item_meta, "itemClass")), "").partition(":")[2]
        concept = next((one.get("qcode") or "" for one in self._of(self.concept, "type")), "").partition(":")[2]
        return concept or code

    def _event(self) -> tuple[str, str]:
        dates = next(iter(within(self.element, "dates")), None)
        return (texts(dates, "start"), texts(dates, "end")) if dates is not None else ("", "")

    def _pictures(self) -> tuple[Picture, ...]:
        caption = self._described("caption") or self._described()
        credit = self._credit()
        shown = [one for one in self.remote if (one.get("contenttype") or "").startswith("image/") and one.get("href")]
        shown.sort(key=lambda one: -_number(one.get("width")))
        best = [
            Picture(_address(one), caption, credit, _number(one.get("width")), _number(one.get("height")))
            for one in shown[:1]
        ]
        icons = [one for one in within(self.element, "icon") if one.get("href")][:20]
        return tuple(
            best
            or [
                Picture(_address(one), "", credit, _number(one.get("width")), _number(one.get("height")))
                for one in icons
            ]
        )


_HOLDERS = ("event", "itemRef", "planning", "deliveredItemRef", "concept", "scheme")


def _enclosure(one: Any) -> Enclosure:
    return Enclosure(_address(one), one.get("contenttype") or "", _number(one.get("size")), one.get("rendition") or "")


def _address(one: Any) -> str:
    return (one.get("href") or "").strip()


def _number(value: str | None) -> int:
    text = (value or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _xhtml(element: Any, depth: int) -> str:
    """An XHTML tree as HTML without its namespaces; what other XML there is becomes paragraphs of its text."""
    name = local(element).lower()
    if not name or name in _XHTML_LEFT_OUT or depth > 60:
        return ""
    inner = running(element.text, name)
    inner += "".join(_xhtml(one, depth + 1) + running(one.tail, name) for one in element)
    if name in ("body", "html"):
        return inner
    if name not in _HTML_TAGS:
        return f"<p>{inner}</p>" if not len(element) and inner.strip() else inner
    if name in ("br", "hr"):
        return f"<{name}>"
    kept = "".join(f' {key}="{escape(value)}"' for key in ("href", "src", "alt") if (value := element.get(key)))
    return f"<{name}{kept}>" if name == "img" else f"<{name}{kept}>{inner}</{name}>"


_HTML_TAGS_NAMES = """
a abbr b blockquote br caption cite code dd div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img li ol p pre q
section small span strong sub sup table tbody td tfoot th thead tr u ul
"""
_HTML_TAGS = frozenset(_HTML_TAGS_NAMES.split())
