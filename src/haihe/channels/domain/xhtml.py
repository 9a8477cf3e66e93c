"""Blocks as well-formed XHTML: for e-books, news items, mail and articles of networks."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape

from haihe.channels.domain.markup import (
    Block,
    Figure,
    Heading,
    Listing,
    Paragraph,
    Picture,
    Quote,
    Rule,
    Run,
    Runs,
    Table,
)

# What XML 1.0 forbids.
FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
Styles = Mapping[str, str]
Drawn = Callable[[Picture], str]  # address of a picture; "" leaves it out


def plain(text: str) -> str:
    """`text` without characters that XML cannot hold, escaped."""
    return escape(FORBIDDEN.sub("", text))


class Writer:
    """Writes blocks.

    styles    tag → value of its style attribute, for places that know no style sheet
    address   where a picture stands
    links     False: only the words of links
    """

    def __init__(self, address: Drawn, styles: Styles | None = None, *, links: bool = True) -> None:
        self._address, self._styles, self._links = address, styles or {}, links

    def blocks(self, blocks: list[Block]) -> str:
        return "\n".join(filter(None, (self.block(one) for one in blocks)))

    def block(self, block: Block) -> str:
        match block:
            case Heading():
                return self.tag(f"h{block.level}", self.runs(block.runs))
            case Paragraph():
                return self.tag("p", self.runs(block.runs))
            case Listing():
                items = "".join(self.tag("li", self.runs(item)) for item in block.items)
                return self.tag("ol" if block.ordered else "ul", items)
            case Quote():
                by = self.tag("p", plain(f"——{block.by}")) if block.by else ""
                return self.tag("blockquote", "".join(self.tag("p", self.runs(one)) for one in block.paragraphs) + by)
            case Table():
                return self._table(block)
            case Figure():
                return self.figure(block.picture)
            case Rule():
                return f"<hr{self._style('hr')}/>"

    def figure(self, picture: Picture) -> str:
        address = self._address(picture)
        if not address:
            return ""
        image = f'<img src="{plain(address)}" alt="{plain(picture.alt)}"{self._style("img")}/>'
        caption = self.tag("figcaption", plain(picture.line)) if picture.line else ""
        return self.tag("figure", image + caption)

    def runs(self, runs: Runs) -> str:
        return "".join(self._run(run) for run in runs).strip()

    def tag(self, name: str, inner: str) -> str:
        return f"<{name}{self._style(name)}>{inner}</{name}>"

    def _run(self, run: Run) -> str:
        if run.text == "\n":
            return "<br/>"
        text = plain(run.text)
        for name, wanted in (("strong", run.bold), ("em", run.italic), (run.raised, bool(run.raised))):
            text = self.tag(name, text) if wanted else text
        return f'<a href="{plain(run.href)}"{self._style("a")}>{text}</a>' if run.href and self._links else text

    def _table(self, table: Table) -> str:
        def row(cells: list[str], tag: str) -> str:
            return self.tag("tr", "".join(self.tag(tag, plain(str(cell))) for cell in cells))

        caption = self.tag("caption", plain(table.caption)) if table.caption else ""
        head = self.tag("thead", row(table.header, "th")) if table.header else ""
        body = self.tag("tbody", "".join(row(one, "td") for one in table.rows)) if table.rows else ""
        return self.tag("table", caption + head + body) if head or body else ""

    def _style(self, name: str) -> str:
        style = self._styles.get(name, "")
        return f' style="{escape(style)}"' if style else ""
