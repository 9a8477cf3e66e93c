"""A web page as it came, made inert: nothing runs, nothing is asked of anybody, nothing is sent. Knows no Django."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree, html

# Beside the sandbox of the frame: whatever is overlooked below can neither run nor load.
POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'self'"
)
_AWAY = (
    "script", "iframe", "frame", "frameset", "object", "embed", "applet", "base", "link", "meta", "noscript",
    "template", "audio", "video", "source", "track", "portal", "dialog",
)  # fmt: skip
_LOADING_NAMES = """
src srcset href action formaction background poster data ping manifest codebase cite longdesc usemap
lowsrc dynsrc archive classid profile xlink:href target http-equiv autofocus
"""
_LOADING = frozenset(_LOADING_NAMES.split())
_FETCHING = re.compile(r"@import[^;]*;?|(?:url|image|image-set|src|element|cross-fade|attr)\s*\(", re.IGNORECASE)
_ESCAPED = re.compile(r"\\")  # an escape in CSS can hide "url("
_LONGEST = 4_000_000


def inert(page: str) -> str:
    """The page as HTML that only shows: text, structure, its own inline style; pictures are left as their words.

    page    decoded; more than 4 million characters are cut off
    """
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        tree = html.document_fromstring(page[:_LONGEST].encode("utf-8", "replace") or b"<p></p>", parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return "<!doctype html><meta charset=utf-8>"
    for element in list(tree.iter()):
        if not isinstance(element.tag, str):
            continue
        name = element.tag.rpartition("}")[2].lower()
        if name in _AWAY or ":" in name or name == "use":
            _take_out(element)
        elif name == "style":
            element.text = _harmless(element.text or "")
        _strip(element)
    made = html.tostring(tree, encoding="unicode", method="html")
    return f'<!doctype html><meta charset="utf-8">{made}'


def _strip(element: Any) -> None:
    for key, value in list(element.attrib.items()):
        name = key.lower()
        if name == "src" and element.tag == "img" and value.strip().lower().startswith("data:image/"):
            continue
        if name.startswith(("on", "data-", "{")) or name in _LOADING or ":" in name:
            del element.attrib[key]
        elif name == "style":
            element.set(key, _harmless(value))


def _harmless(style: str) -> str:
    return _FETCHING.sub("none(", _ESCAPED.sub("", style)).replace("<", "")


def _take_out(element: Any) -> None:
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)
