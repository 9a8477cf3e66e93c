"""A web page as a row of lines, and the part of it that holds the running text. Linear in the size of the page.

Every block of a page becomes a line with its length, the share of it that is link, and its sentence marks. Lines of
running text count for a part of the page, lists of links and crumbs of navigation against it; the article is the
element whose lines add up to the most (the subtree of the largest sum). No names of classes are asked, except for the
few words that mark comments, recommendations and footers everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCKS_NAMES = """
address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer form
header hr html li main nav ol p pre section table tbody td tfoot th thead tr ul br option
"""
_BLOCKS = HEADINGS | frozenset(_BLOCKS_NAMES.split())
_SKIPPED_NAMES = """
script style noscript template iframe object embed svg math canvas select button textarea input head title meta link
audio video map area
"""
_SKIPPED = frozenset(_SKIPPED_NAMES.split())
_SENTENCE = re.compile(r"[\u3002\uff01\uff1f\uff1b\uff0c\u3001\uff1a\u201c\u201d]|[.!?;,:](?=\s|$)")
_BESIDE = re.compile(
    r"comment|pinglun|recommend|tuijian|related|relate-|xiangguan|copyright|footer|sidebar|side-bar|hotnews|hot-news|"
    r"hot_news|ranklist|rank-list|paihang|share|fenxiang|breadcrumb|crumb|pagination|toolbar|login|subscribe|newsletter|"
    r"advert|guanggao|qrcode|erweima|menu|dropdown|popup|modal|tooltip",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
# What no XML tree may hold, as characters and as references to them.
CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]"
    r"|&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|x0*(?:[0-8bcef]|1[0-9a-f]));",
    re.IGNORECASE,
)
_WIDTHLESS = re.compile("[\u200b\u2060\ufeff]")
_SHORT = 12
_STUFFED = 600
_MOST_BESIDE = 0.4  # share of the running text from which something called a sidebar is the article after all


@dataclass
class Line:
    """One block of text.

    tag      "p", "h2", "li", "quote", "cell"
    links    characters of it that are link
    within   elements around it that are called a footer, a sidebar, a share bar … or are hidden
    beside   whether one of them really is
    """

    text: str
    tag: str
    links: int
    element: Any
    within: tuple[Any, ...] = ()
    beside: bool = False

    @cached_property
    def value(self) -> float:
        """What it says for the element it stands in being the article; negative against it."""
        return -len(self.text) - 10.0 if self.beside else self.running

    @cached_property
    def running(self) -> float:
        """How much it looks like running text, wherever it stands."""
        length = len(self.text)
        own = length - self.links
        marks = len(_SENTENCE.findall(self.text))
        if self.links > 0.5 * length:
            return -0.5 * length - 8.0
        if own > _STUFFED and marks < own / 150:
            return -50.0  # rows of search words, or data
        if marks and own >= _SHORT:
            return own + 3.0 * marks
        if own >= 3 * _SHORT:
            return 0.6 * own
        if self.tag in ("h2", "h3", "h4") or self.tag == "p":
            return 1.0
        return -3.0


def tree_of(text: str, *, elements_of_html: bool = False) -> Any:
    """The page as an lxml tree, whatever its shape; None where nothing is in it.

    elements_of_html   with lxml.html's elements, which trafilatura asks for and which are slower to walk
    """
    from lxml import etree, html

    parser = (html.HTMLParser if elements_of_html else etree.HTMLParser)(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=False, collect_ids=False, no_network=True
    )
    try:
        return etree.fromstring(CONTROL.sub("", text).encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def hidden(element: Any) -> bool:
    """Whether the page itself keeps it from being seen."""
    style = element.get("style")
    return (bool(style) and bool(_HIDDEN.search(style))) or element.get("hidden") is not None


def lines_of(root: Any) -> list[Line]:
    """The lines of a page in their order, acting parts left out."""
    lines = list(_lines(root))
    total = sum(max(0.0, line.running) for line in lines)
    held: dict[Any, float] = {}
    for line in lines:
        for element in line.within:
            held[element] = held.get(element, 0.0) + max(0.0, line.running)
    for line in lines:
        line.beside = any(held[element] <= _MOST_BESIDE * total for element in line.within)
    return lines


def _lines(root: Any) -> Iterator[Line]:
    from lxml import etree

    block, links = root, 0
    pieces: list[str] = []
    skipped = link = 0
    within: list[Any] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            skipped += tag in _SKIPPED
            if tag in _BLOCKS:
                yield from _flushed(pieces, links, block, within)
                block, pieces, links = element, [], 0
            if _called_beside(element, tag):
                within.append(element)
            link += tag == "a"
            said = element.text
        else:
            if tag in _BLOCKS:
                yield from _flushed(pieces, links, block, within)
                parent = element.getparent()
                block, pieces, links = (parent if parent is not None else root), [], 0
            link -= tag == "a"
            skipped -= tag in _SKIPPED
            if within and within[-1] is element:
                within.pop()
            said = element.tail
        if said and not skipped:
            pieces.append(_WIDTHLESS.sub("", said))
            links += len("".join(said.split())) if link else 0
    yield from _flushed(pieces, links, block, within)


def _called_beside(element: Any, tag: str) -> bool:
    if tag in ("html", "body"):
        return False
    if tag in ("aside", "nav", "footer", "form", "header") or hidden(element):
        return True
    return any(_says_beside(named) for name in ("class", "id") if (named := element.get(name)))


@lru_cache(maxsize=4096)
def _says_beside(named: str) -> bool:
    return bool(_BESIDE.search(named))


def _flushed(pieces: list[str], links: int, block: Any, within: list[Any]) -> Iterator[Line]:
    text = " ".join("".join(pieces).split()) if pieces else ""
    if text:
        yield Line(text, _tag_of(block), links, block, tuple(within))


def _tag_of(block: Any) -> str:
    for _up in range(4):
        if block is None:
            break
        if block.tag in HEADINGS or block.tag in ("li", "figcaption"):
            return str(block.tag)
        if block.tag in ("td", "th"):
            return "cell"
        if block.tag == "blockquote":
            return "quote"
        if block.tag == "p":
            return "p"
        block = block.getparent()
    return "div"


def best_part(lines: list[Line]) -> list[Line]:
    """The lines of the element that adds up to the most; empty where nothing counts for any."""
    best = best_element(lines)
    if best is None:
        return []
    inside = set(best.iter())
    return [line for line in lines if line.element in inside]


def best_element(lines: list[Line]) -> Any:
    """The element whose lines add up to the most, the innermost of equals; None where nothing counts for any."""
    sums: dict[Any, float] = {}
    for line in lines:
        sums[line.element] = sums.get(line.element, 0.0) + line.value
    if not sums:
        return None
    depths: dict[Any, int] = {}
    order = list(next(iter(sums)).getroottree().getroot().iter())
    for element in order:
        depths[element] = depths.get(element.getparent(), 0) + 1
    for element in reversed(order):  # children before their parents
        parent = element.getparent()
        if element in sums and parent is not None:
            sums[parent] = sums.get(parent, 0.0) + sums[element]
    best = max(sums, key=lambda element: (sums[element], depths[element]))
    return best if sums[best] > 0 else None
