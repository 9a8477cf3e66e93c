"""JSON as it comes from outside: broken off, nested without end, strings of every kind."""

from __future__ import annotations

import json
import re
from typing import Any

from haihe.newsroom.domain.readers.document import Document
from haihe.newsroom.domain.readers.shapes import FeedUnreadable

_NINJS_KEYS = re.compile(
    r"\"(?:versioncreated|firstcreated|contentcreated|pubstatus|representationtype|headlines?|descriptions?|description_[a-z]+|"
    r"bodies|body_[a-z0-9]+|bylines?|by|renditions|associations|altids|trustindicators?|digitalsourcetype|rightsinfo|"
    r"genres?|urgency|eventdetails|plannedcoverage|infosources?|usageterms|mimetype|slugline|copyrightholder|copyrightnotice|"
    r"profile|located|title|type|standard|\$standard|language|subjects?|places?|people|person)\"\s*:",
    re.IGNORECASE,
)


def is_ninjs(document: Document) -> bool:
    """By the names that only ninjs has beside "uri", in the first part; a JSON Feed has "items" and a version."""
    if not document.opening.startswith(("{", "[")):
        return False
    head = document.text[:20_000]
    if "ninjs-schema" in head or "jsonfeed.org" in head[:2000]:
        return "ninjs-schema" in head
    return '"uri"' in head and '"items"' not in head[:2000] and bool(_NINJS_KEYS.search(head))


def parsed(document: Document) -> tuple[Any, list[str]]:
    """The value and what was wrong with it. Raises FeedUnreadable, where nothing at all can be made of it."""
    text = document.text.strip("\ufeff \t\r\n\x00")
    try:
        root = json.loads(text, strict=False, parse_int=number_of)
    except RecursionError as error:
        raise FeedUnreadable("The JSON is nested too deeply.", thing=document.address or None) from error
    except ValueError as error:
        root = _as_far_as_it_goes(text)
        if root is None:
            raise FeedUnreadable(f"The JSON is broken: {error}.", thing=document.address or None) from error
        return root, ["the document breaks off; read as far as it goes"]
    return root, []


def _as_far_as_it_goes(text: str) -> dict[str, Any] | None:
    """Head and whole items of a JSON Feed that breaks off in the middle of its items."""
    decoder = json.JSONDecoder(strict=False, parse_int=number_of)
    start = text.find('"items"')
    opening = text.find("[", start)
    if start < 0 or opening < 0:
        return None
    try:
        head = json.loads(text[:start].rstrip().rstrip(",") + "}", strict=False)
    except (ValueError, RecursionError):
        return None
    items: list[Any] = []
    at = opening + 1
    while True:
        while at < len(text) and text[at] in " \t\r\n,":
            at += 1
        try:
            item, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return {**head, "items": items}
        items.append(item)


def number_of(digits: str) -> int | str:
    """An integer, or its digits where it is longer than any that means something."""
    return int(digits) if len(digits) < 20 else digits


def text_of(value: Any) -> str:
    """Strings as they are; numbers, which some feeds give as ids, as text; anything else is nothing."""
    if isinstance(value, str):
        return value.strip().encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return ""


def list_of(value: Any) -> list[Any]:
    """A list, or an empty one."""
    return value if isinstance(value, list) else []
