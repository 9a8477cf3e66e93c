"""Running text of a release (a small set of HTML, sanitised when it was made) as blocks of runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import nh3

from haihe.base.web.languages import absolute
from haihe.releases.markup import SCHEMES, TAGS


@dataclass(frozen=True)
class Run:
    """A stretch of text in one dress; `href` whole. A run of "\\n" is a line break."""

    text: str
    bold: bool = False
    italic: bool = False
    href: str = ""
    raised: str = ""  # "sub", "sup"


Runs = list[Run]


def words_of(runs: Runs) -> str:
    return "".join(run.text for run in runs).strip()


@dataclass(frozen=True)
class Picture:
    """sources: (address, width, height), narrowest first; height 0 where unknown. focus: its middle, 0 to 1."""

    master: str
    alt: str
    caption: str
    credit: str
    sources: tuple[tuple[str, int, int], ...]
    focus: tuple[float, float] = (0.5, 0.5)

    @property
    def line(self) -> str:
        """Caption and credit, as they stand below it."""
        return " ".join(filter(None, [self.caption, f"（{self.credit}）" if self.credit else ""]))

    @property
    def address(self) -> str:
        """Whole address of the rendition nearest to 1,000 pixels."""
        return absolute(min(self.sources, key=lambda one: abs(one[1] - 1000))[0])


@dataclass(frozen=True)
class Heading:
    level: int  # 2, 3, 4
    runs: Runs

    def words(self) -> str:
        return words_of(self.runs)


@dataclass(frozen=True)
class Paragraph:
    runs: Runs

    def words(self) -> str:
        return words_of(self.runs)


@dataclass(frozen=True)
class Listing:
    """A list; nested ones are flattened into their parent's items."""

    ordered: bool
    items: list[Runs]

    def words(self) -> str:
        return "\n".join(filter(None, map(words_of, self.items)))


@dataclass(frozen=True)
class Quote:
    paragraphs: list[Runs]
    by: str = ""

    def words(self) -> str:
        return "\n".join(filter(None, [*map(words_of, self.paragraphs), self.by]))


@dataclass(frozen=True)
class Table:
    header: list[str]
    rows: list[list[str]]
    caption: str = ""

    def words(self) -> str:
        lines = [" ".join(row) for row in [self.header, *self.rows] if row]
        return "\n".join([*lines, *([self.caption] if self.caption else [])])


@dataclass(frozen=True)
class Figure:
    picture: Picture

    def words(self) -> str:
        return self.picture.line


@dataclass(frozen=True)
class Rule:
    def words(self) -> str:
        return ""


Block = Heading | Paragraph | Listing | Quote | Table | Figure | Rule
BLOCKS = {"p", "h2", "h3", "h4", "ul", "ol", "blockquote", "hr"}


@dataclass
class _Dress:
    bold: bool = False
    italic: bool = False
    href: str = ""
    raised: str = ""

    def with_tag(self, tag: str, node: Any) -> _Dress:
        href = node.get("href", "") if tag == "a" else ""
        return _Dress(
            self.bold or tag in ("b", "strong"),
            self.italic or tag in ("i", "em"),
            absolute(href) if href else self.href,
            tag if tag in ("sub", "sup") else self.raised,
        )


@dataclass
class _Reader:
    found: list[Block] = field(default_factory=list)
    loose: Runs = field(default_factory=list)  # text that stands in no paragraph

    def block(self, node: Any) -> None:
        self._text(node.text, _Dress())
        for child in node:
            if child.tag in BLOCKS:
                self._flush()
                self.found.extend(_block(child))
            else:
                self.loose.extend(_runs_of(child, _Dress()))
            self._text(child.tail, _Dress())
        self._flush()

    def _text(self, text: str | None, dress: _Dress) -> None:
        if text and text.strip():
            self.loose.append(_run(text, dress))

    def _flush(self) -> None:
        if words_of(self.loose):
            self.found.append(Paragraph(self.loose))
        self.loose = []


def read(html: str) -> list[Block]:
    """The blocks of a piece of running text; whatever is not in the small set is dropped, its words stay."""
    from lxml import html as lxml_html

    safe = nh3.clean(html, tags=TAGS, attributes={"a": {"href"}}, url_schemes=SCHEMES, link_rel=None)
    if not safe.strip():
        return []
    reader = _Reader()
    reader.block(lxml_html.fragment_fromstring(safe, create_parent="div"))
    return reader.found


def _block(node: Any) -> Iterator[Block]:
    match node.tag:
        case "h2" | "h3" | "h4":
            if words_of(runs := _runs(node, _Dress())):
                yield Heading(int(node.tag[1]), runs)
        case "ul" | "ol":
            items = [runs for item in node.iter("li") if words_of(runs := _runs(item, _Dress(), skip=("ul", "ol")))]
            if items:
                yield Listing(node.tag == "ol", items)
        case "blockquote":
            inner = [child for child in node if child.tag in BLOCKS]
            parts = [_runs(child, _Dress()) for child in inner] or [_runs(node, _Dress())]
            if kept := [part for part in parts if words_of(part)]:
                yield Quote(kept)
        case "hr":
            yield Rule()
        case _:
            if words_of(runs := _runs(node, _Dress())):
                yield Paragraph(runs)


def _runs(node: Any, dress: _Dress, skip: tuple[str, ...] = ()) -> Runs:
    found: Runs = [_run(node.text, dress)] if node.text else []
    for child in node:
        if child.tag not in skip:
            found.extend(_runs_of(child, dress, skip))
        if child.tail:
            found.append(_run(child.tail, dress))
    return found


def _runs_of(node: Any, dress: _Dress, skip: tuple[str, ...] = ()) -> Runs:
    return [Run("\n")] if node.tag == "br" else _runs(node, dress.with_tag(node.tag, node), skip)


def _run(text: str, dress: _Dress) -> Run:
    return Run(" ".join(text.split("\n")), dress.bold, dress.italic, dress.href, dress.raised)
