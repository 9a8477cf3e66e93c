"""The running text of a web page: trafilatura's reading, and for Chinese pages one made for them.

Pages in Chinese carry tables for layout, rows of hot topics and sentences without spaces, which extraction tuned on
Western pages takes for text; there the maximum-sum part of the page is taken (see blocks). Elsewhere trafilatura reads
the page after what the page itself hides was taken out. Either way the title in front, the lines about source and
tools around the text, and the lists of further reading behind it are left off.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from html import escape
from typing import Any

from haihe.newsroom.domain.readers.article.blocks import CONTROL, HEADINGS, Line, best_part, hidden, tree_of
from haihe.newsroom.domain.readers.article.trimming import trimmed

_HAN = re.compile(r"[\u3400-\u9fff]")
_MOST_LINES, _MOST_TAGS = 20_000, 80_000  # above them trafilatura takes minutes; our own reading is linear
_MISSED, _TRUSTED, _TELLING = 0.5, 0.25, 10
Block = tuple[str, str]  # tag and text


def article_blocks(page: str, title: str, lines: Sequence[Line]) -> list[Block]:
    """Tag and text of each block of the article, tags being p, h2…h6, li, blockquote, pre, figcaption and tr.

    title    as the page's metadata says, to be left off where the text begins with it
    lines    of the same page
    """
    theirs = _trafilatura(page, lines)
    blocks = _agreed(_own(lines), theirs, lines) if _chinese(lines) or not theirs else _without_links(theirs, lines)
    return trimmed(blocks or _all(lines), title)


def as_html(blocks: Sequence[Block]) -> str:
    """The blocks as simple HTML; list items together in one list, rows in one table."""
    parts: list[str] = []
    around = ""
    for tag, text in blocks:
        wanted = {"li": "ul", "tr": "table"}.get(tag, "")
        if wanted != around:
            parts.append((f"</{around}>" if around else "") + (f"<{wanted}>" if wanted else ""))
            around = wanted
        said = escape(text, quote=False)
        if tag == "tr":
            said = "".join(f"<td>{cell}</td>" for cell in said.split("\t"))
        parts.append(f"<{tag}>" + (said if tag == "pre" else said.replace("\n", "<br>")) + f"</{tag}>")
    return "".join(parts) + (f"</{around}>" if around else "")


def as_text(blocks: Sequence[Block]) -> str:
    """The blocks one a line, cells of a row apart by a space."""
    return "\n".join(text.replace("\t", " ") for _, text in blocks)


def _chinese(lines: Sequence[Line]) -> bool:
    """By the lines that could be running text, wherever on the page they stand."""
    running = [line.text for line in lines if line.value > 10] or [line.text for line in lines]
    text = "".join(running)
    return len(_HAN.findall(text)) * 3 > len(text)


def _agreed(ours: list[Block], theirs: list[Block], lines: Sequence[Line]) -> list[Block]:
    """Our reading between the first and the last block that both have; theirs where ours misses most of it."""
    if not theirs:
        return ours
    their_text = "".join(_squeezed(text) for _, text in theirs)
    our_text = "".join(_squeezed(text) for _, text in ours)
    shared = [at for at, (_, text) in enumerate(ours) if _squeezed(text) in their_text]
    both = sum(len(_squeezed(ours[at][1])) for at in shared)
    running = sum(len(_squeezed(line.text)) for line in lines if line.value > 10 and _squeezed(line.text) in their_text)
    if both < _MISSED * running:
        return _without_links(theirs, lines)
    telling = [at for at in shared if len(ours[at][1]) >= _TELLING]
    if not telling or both < _TRUSTED * len(our_text):
        return ours
    return ours[shared[0] : telling[-1] + 1]


def _without_links(blocks: list[Block], lines: Sequence[Line]) -> list[Block]:
    """The blocks but for paragraphs that are one link: pointers to other articles."""
    links = {_squeezed(line.text) for line in lines if line.links >= 0.9 * len(_squeezed(line.text))}
    kept = [block for block in blocks if block[0] != "p" or _squeezed(block[1]) not in links]
    return kept if 2 * sum(len(text) for _, text in kept) > sum(len(text) for _, text in blocks) else blocks


def _own(lines: Sequence[Line]) -> list[Block]:
    blocks: list[Block] = []
    for line in best_part(list(lines)):
        if line.beside or line.running <= -50 or (line.links > 0.5 * len(line.text) and line.tag != "quote"):
            continue
        tag = {"div": "p", "cell": "p", "quote": "blockquote", "h1": "h2"}.get(line.tag, line.tag)
        blocks.append((tag, line.text))
    return blocks


def _all(lines: Sequence[Line]) -> list[Block]:
    """What a page of few words says, where nothing on it is running text."""
    return [("p", line.text) for line in lines if not line.beside and line.links <= 0.5 * len(line.text)]


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _trafilatura(page: str, lines: Sequence[Line]) -> list[Block]:
    if len(lines) > _MOST_LINES or page.count("<") > _MOST_TAGS:
        return []
    tree = tree_of(page, elements_of_html=True)
    if tree is None:
        return []
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    _take_out_hidden(tree)
    try:
        found = trafilatura.bare_extraction(tree, include_comments=False, with_metadata=False)
    except Exception:  # a page that breaks it is read by our own way
        return []
    body = getattr(found, "body", None)
    return blocks_of(body) if body is not None else []


def _take_out_hidden(tree: Any) -> None:
    """Remove what the page hides, unless that is where most of its text is."""
    styled = tree.xpath("//*[@hidden or contains(@style, 'none') or contains(@style, 'hidden')]")
    away = [element for element in styled if hidden(element) and element.tag not in ("html", "body")]
    held = sum(len(text) for element in away for text in element.itertext())
    if not away or held > 0.6 * sum(len(text) for text in tree.itertext()):
        return
    for element in away:
        parent = element.getparent()
        if parent is None:
            continue
        before = element.getprevious()
        if element.tail and before is not None:
            before.tail = CONTROL.sub("", (before.tail or "") + element.tail)
        elif element.tail:
            parent.text = CONTROL.sub("", (parent.text or "") + element.tail)
        parent.remove(element)


_TAGS = {"head": "h2", "quote": "blockquote", "code": "pre", "item": "li"}


def blocks_of(body: Any) -> list[Block]:
    """trafilatura's tree of p, head, list and item, quote, table as blocks."""
    blocks: list[Block] = []
    for element in body.iterchildren():
        _collect(element, blocks, 0)
    return blocks


def _collect(element: Any, blocks: list[Block], depth: int) -> None:
    tag = element.tag if isinstance(element.tag, str) else ""
    if tag == "table":
        for row in element.iter("row"):
            cells = [_words(cell) for cell in row.iter("cell")]
            if any(cells):
                blocks.append(("tr", "\t".join(cells)))
    elif tag in ("list", "div", "quote", "item") and len(element) and depth < 30 and _holds_blocks(element):
        if (element.text or "").strip():
            blocks.append((_TAGS.get(tag, "p"), " ".join(element.text.split())))
        for child in element.iterchildren():
            _collect(child, blocks, depth + 1)
    else:
        rend = element.get("rend") or ""
        name = rend if tag == "head" and rend in HEADINGS and rend != "h1" else _TAGS.get(tag, "p")
        text = "".join(element.itertext()).strip("\n") if name == "pre" else _words(element)
        if text:
            blocks.append((name, text))
    tail = " ".join((element.tail or "").split())
    if tail:
        blocks.append(("p", tail))


def _holds_blocks(element: Any) -> bool:
    return any(child.tag in ("p", "head", "list", "item", "quote", "table", "div", "code") for child in element)


def _words(element: Any) -> str:
    """Text of an inline tree on one line; a line break stays one."""
    parts = (" ".join(part.split()) for part in "".join(_in_order(element)).split("\x00"))
    return "\n".join(part for part in parts if part)


def _in_order(element: Any) -> list[str]:
    from lxml import etree

    pieces: list[str] = []
    for event, node in etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            pieces.append("\x00" if node.tag == "lb" else node.text or "")
        elif node is not element:
            pieces.append(node.tail or "")
    return pieces
