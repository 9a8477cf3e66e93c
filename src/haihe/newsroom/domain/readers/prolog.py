"""What stands before the first element: rebuilt by us, so that no doctype reaches a parser as it came.

External identifiers and parameter entities are dropped. General entities stay where their value is plain text and
all their uses together add little: a bomb, quadratic or exponential, is defused before any parser sees it.
"""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

from haihe.newsroom.domain.readers.document import first_element
from haihe.newsroom.domain.readers.shapes import FeedUnreadable

_ENTITY = re.compile(r"""<!ENTITY\s+([A-Za-z_][\w.-]{0,60})\s+(?:"([^"<%]*)"|'([^'<%]*)')\s*>""")
_CHARACTER = re.compile(r"&#(?:[0-9]{1,7}|x[0-9A-Fa-f]{1,6});$")
_LONGEST_VALUE = 256
_MOST_ENTITIES = 300
_MOST_ADDED = 1 << 20  # characters
# What XML 1.0 allows no document to contain; one of them would stop a strict parser.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_ILLEGAL_REFERENCE = re.compile(r"&#(?:x([0-9A-Fa-f]+)|([0-9]+));")
# The standard library's SAX driver looks each attribute up by running through all of them.
_CROWDED_TAG = re.compile(r"""<[^\s<>/!?]+(?:\s+[^\s=<>"']+\s*=\s*(?:"[^"<]*"|'[^'<]*')){100}""")


def harmless(text: str) -> tuple[str, list[str]]:
    """The document with a prolog of our own, as text that declares UTF-8, and what had to be taken out.

    Raises FeedUnreadable for a tag with a hundred attributes, which no feed has.
    """
    if _CROWDED_TAG.search(text):
        raise FeedUnreadable("One of its tags has a hundred attributes or more.")
    problems: list[str] = []
    text, removed = _ILLEGAL.subn("", text)
    if removed:
        problems.append(f"{removed} control characters")
    found = first_element(text)
    start = found[0] if found else len(text)
    head, body = text[:start], text[start:]
    body = _without_illegal_references(body, problems)
    doctype = _doctype(head, body, problems)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{doctype}{body}', problems


def _without_illegal_references(body: str, problems: list[str]) -> str:
    wrong = 0

    def legal(match: re.Match[str]) -> str:
        nonlocal wrong
        digits = match.group(1) or match.group(2)
        code = int(digits, 16 if match.group(1) else 10) if len(digits) < 9 else 0
        if code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000:
            return match.group()
        wrong += 1
        return ""

    if "&#" in body:
        body = _ILLEGAL_REFERENCE.sub(legal, body)
    if wrong:
        problems.append(f"{wrong} references to characters that do not exist")
    return body


def _doctype(head: str, body: str, problems: list[str]) -> str:
    at = head.upper().find("<!DOCTYPE")
    if at < 0:
        return ""
    subset = head[at:]
    name = "rss-0.91-netscape" if "netscape" in subset[:400].lower() else "feed"
    kept: list[str] = []
    added = 0
    for match in _ENTITY.finditer(subset):
        value = match.group(2) if match.group(2) is not None else match.group(3)
        plain = "&" not in value or _CHARACTER.match(value)
        added += len(value) * body.count(f"&{match.group(1)};")
        if plain and len(value) <= _LONGEST_VALUE and len(kept) < _MOST_ENTITIES and added <= _MOST_ADDED:
            safe = value if "&" in value else escape(value, {'"': "&#34;"})
            kept.append(f'<!ENTITY {match.group(1)} "{safe}">')
    declared = subset.count("<!ENTITY")
    if declared > len(kept):
        problems.append(f"{declared - len(kept)} entity declarations ignored")
    if not kept:
        return f"<!DOCTYPE {name}>\n" if name != "feed" else ""
    return f"<!DOCTYPE {name} [\n" + "\n".join(kept) + "\n]>\n"
