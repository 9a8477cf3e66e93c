"""A text with its parts: what the checks look at.

Three forms are read: plain text; Markdown, of which code, addresses and markup are blanked out so that offsets stay
those of the file; and JSON:

    {"title": "…", "blocks": [{"type": "text", "text": "…"}, {"type": "picture", "alt": "…", "credit": "…"},
                             {"type": "link", "url": "…", "status": 404}],
     "sources": [{"name": "…", "permission": false}]}

Of JSON the text is the title and every block's words ("text", or "html" without its tags), each on lines of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from haihe.newsroom.domain.proofreading.errors import TextUnreadable

MOST_BLOCKS = 20_000
_TAG = re.compile(r"<[^<>]{0,2000}>")
_CODE = re.compile(r"^(```|~~~).*?^\1[^\n]*$", re.M | re.S)
_INLINE_CODE = re.compile(r"`[^`\n]{1,500}`")
_PICTURE = re.compile(r"!\[(?P<alt>[^\]\n]{0,500})\]\((?P<url>[^()\s]{0,2000})(?:\s+\"(?P<title>[^\"\n]{0,500})\")?\)")
_LINK = re.compile(r"(?<!!)\[(?P<text>[^\]\n]{0,500})\](?P<target>\((?P<url>[^()\n]{0,2000})\))")
_ADDRESS = re.compile(r"(?:https?://|www\.)[!-~]{1,2000}|[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,4}", re.A)


@dataclass(frozen=True)
class Block:
    """One part: kind "text", "picture", "link", …; facts as they were handed in; text[start:end] are its words."""

    kind: str
    start: int
    end: int
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Document:
    """text: what is looked at, with what is no prose blanked out; whole: the same length, as it was handed in."""

    text: str
    whole: str
    blocks: tuple[Block, ...]
    sources: tuple[Mapping[str, Any], ...] = ()

    def of_kind(self, *kinds: str) -> Iterator[Block]:
        return (block for block in self.blocks if block.kind in kinds)

    def block_at(self, place: int) -> int:
        """Index of the last block that begins at or before `place`."""
        low, high = 0, len(self.blocks)
        while low + 1 < high:
            middle = (low + high) // 2
            low, high = (middle, high) if self.blocks[middle].start <= place else (low, middle)
        return low


def plain(text: str) -> Document:
    """A document of running text."""
    return Document(_without(text, _ADDRESS), text, (Block("text", 0, len(text)),))


def markdown(text: str) -> Document:
    """A document of Markdown; its pictures and links become blocks behind the text's own."""
    blocks = [Block("text", 0, len(text))]
    for match in _PICTURE.finditer(text):
        facts = {"alt": match["alt"], "caption": match["title"] or "", "url": match["url"]}
        blocks.append(Block("picture", match.start(), match.end(), facts))
    for match in _LINK.finditer(text):
        blocks.append(Block("link", match.start(), match.end(), {"url": match["url"], "text": match["text"]}))
    prose = _without(text, _CODE)
    prose = _without(prose, _INLINE_CODE)
    prose = _PICTURE.sub(lambda match: _blank(match.group()), prose)
    prose = _LINK.sub(lambda match: "\u00a0" + match["text"] + "\u00a0" + _blank(match["target"]), prose)
    prose = re.sub(r"[*_#>|]", "\u00a0", _without(prose, _ADDRESS))
    return Document(prose, text, (blocks[0], *sorted(blocks[1:], key=lambda block: block.start)))


def from_json(text: str) -> Document:
    """A document handed in as JSON. Raises TextUnreadable."""
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise TextUnreadable(f"The JSON cannot be read: {error}.") from error
    listed = given.get("blocks") if isinstance(given, dict) else None
    if not isinstance(given, dict) or not isinstance(listed, list):
        raise TextUnreadable("The JSON is no document: it has no list of blocks.")
    if len(listed) > MOST_BLOCKS:
        raise TextUnreadable(f"The document has more than {MOST_BLOCKS:,} blocks.")
    parts = [{"type": "title", "text": given.get("title")}] if given.get("title") else []
    parts += [block for block in listed if isinstance(block, dict)]
    parts += [{"type": "link", **link} for link in _tables(given.get("links"))]
    pieces: list[str] = []
    blocks: list[Block] = []
    start = 0
    for part in parts:
        words = _words(part)
        blocks.append(Block(str(part.get("type") or "text"), start, start + len(words), part))
        if words:
            pieces.append(words)
            start += len(words) + 1
    whole = "\n".join(pieces)
    return Document(
        _without(whole, _ADDRESS), whole, tuple(blocks) or (Block("text", 0, 0),), _tables(given.get("sources"))
    )


def _tables(value: object) -> tuple[Mapping[str, Any], ...]:
    return tuple(one for one in value if isinstance(one, dict)) if isinstance(value, list) else ()


def _words(part: Mapping[str, Any]) -> str:
    """What a reader sees of a block."""
    if isinstance(part.get("html"), str):
        return unescape(_TAG.sub(" ", part["html"])).replace("\x00", " ")
    seen = (part.get(name) for name in ("text", "caption", "attribution"))
    return "\n".join(one for one in seen if isinstance(one, str) and one)


def _without(text: str, pattern: re.Pattern[str]) -> str:
    return pattern.sub(lambda match: _blank(match.group()), text)


def _blank(words: str) -> str:
    """Spaces that no check takes for a writer's."""
    return "".join("\n" if character == "\n" else "\u00a0" for character in words)
