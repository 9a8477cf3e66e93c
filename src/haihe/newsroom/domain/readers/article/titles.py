"""The title of an article among what its page calls itself: without the names of the site and its sections."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from haihe.newsroom.domain.readers.article.blocks import Line
from haihe.newsroom.domain.readers.article.metadata import Said

_SEPARATOR = re.compile(
    r"\s+[|\uff5c\u2013\u2014\u00b7\u2022\u00bb>:-]+\s+|\s*[|\uff5c_]\s*|\s*-{2,}\s*|\s+-\s*|(?<=[\u3400-\u9fff])\s*[-\u2014\u2013]{1,2}\s*(?=[\u3400-\u9fff])"
)
_WORDS = re.compile(r"[\W_]+")
_LONGEST = 300


def title_of(said: Said, tree: Any, lines: Sequence[Line]) -> str:
    """The heading of the page where a declared title confirms it, else the declared title without the site's name."""
    whole = tree.findtext(".//title") or ""
    declared = [_plain(text) for text in [*said.titles, whole] if _plain(text)]
    sites = {_key(name) for name in said.sources}
    headings = [line.text for line in lines if line.tag == "h1" or line.element.tag == "h1"] + [
        line.text for line in lines if line.tag == "h2"
    ][:5]
    for text in declared:
        key = _key(text)
        for heading in headings:
            said_there = _key(heading)
            same = said_there in key or key in said_there
            if same and len(said_there) >= 4 and said_there not in sites and len(said_there) * 2 >= len(key):
                return _plain(heading)[:_LONGEST]
    if declared:
        return _without_site(declared[0], sites)[:_LONGEST]
    return _plain(headings[0])[:_LONGEST] if headings else ""


def _without_site(title: str, sites: set[str]) -> str:
    """Cut what follows the last separators, where it is the site's name or much shorter than what is before it."""
    parts = [part for part in _SEPARATOR.split(title) if part and part.strip()]
    if len(parts) < 2:
        return title
    keys = [_key(part) for part in parts]
    named = [
        at
        for at, key in enumerate(keys)
        if key and any(key == site or (len(site) > 3 and site in key) for site in sites)
    ]
    if named and named[0] > 0:
        return title[: title.find(parts[named[0]], len(parts[0]))].rstrip(" |\uff5c\u2013\u2014\u00b7\u2022\u00bb>:-_")
    longest = max(parts, key=len)
    if len(longest) > 0.5 * len(title):
        return longest.strip()
    return title


def _plain(text: str) -> str:
    return " ".join(text.split())


def _key(text: str) -> str:
    return _WORDS.sub("", text).lower()
