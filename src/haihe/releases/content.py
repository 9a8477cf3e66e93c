"""The canonical content of a Release, as docs/release.md and docs/release.schema.json describe it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any, Literal, NotRequired, TypedDict

SCHEMA = "haihe/release/1"


class Picture(TypedDict):
    master: str  # id of the Master
    alt: str
    caption: str
    credit: str
    width: int  # pixels
    height: int
    renditions: list[dict[str, Any]]  # {src, width, height}, widest last


class Source(TypedDict):
    name: str
    url: str
    obtained: str  # ISO 8601, UTC


class Translates(TypedDict):
    """Which Release this is a translation of."""

    release: str
    path: str
    language: str


class Content(TypedDict):
    schema: str
    kind: str
    title: str
    subtitle: str
    summary: str
    language: str
    byline: list[str]
    organisation: dict[str, str]  # {slug, name, name_en}
    section: dict[str, str] | None  # {slug, name, name_en}
    topics: list[dict[str, str]]  # {slug, name, name_en}
    lead_picture: Picture | None
    body: list[dict[str, Any]]
    original_title: str
    sources: list[Source]
    ai: dict[str, Any]
    translates: NotRequired[Translates]


def notice(kind: str, state: Literal["withdrawn", "erased"], erasure: str = "") -> dict[str, str]:
    """What stands in a Release instead of content: a withdrawal, or the tombstone of an erasure."""
    found = {"schema": SCHEMA, "kind": kind, "state": state}
    return {**found, "erasure": erasure} if state == "erased" else found


def is_notice(content: dict[str, Any]) -> bool:
    """True where `content` is a withdrawal or a tombstone."""
    return "state" in content


def only_grew(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """True where `after` says all that `before` says, word for word, and has live entries more: growth corrects
    nothing."""
    said = before.get("body", [])
    kept = [block for block in after["body"] if block["type"] != "entry" or block in said]
    return {**before, "body": kept} == {**after, "body": said} and len(after["body"]) > len(said)


def pictures(content: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every picture of a content, posters of videos among them, the leading one first."""
    if content.get("lead_picture"):
        yield content["lead_picture"]
    for block in content.get("body", []):
        if block["type"] == "picture":
            yield block
        elif block["type"] == "gallery":
            yield from block["pictures"]
        elif block["type"] == "video":
            yield block["poster"]


def films(content: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every video of a content, and after each its captions; `master` names the bytes."""
    for block in content.get("body", []):
        if block["type"] == "video":
            yield block
            yield from block["captions"]


def embeds(content: dict[str, Any]) -> list[str]:
    """Ids of the Releases that a content embeds, in order."""
    return [block["release"] for block in content.get("body", []) if block["type"] == "embed"]


def plain_text(content: dict[str, Any]) -> str:
    """The words of the body without markup, one line per block: for search and for counting."""
    lines: list[str] = []
    for block in content.get("body", []):
        match block["type"]:
            case "text":
                lines.append(_without_tags(block["html"]))
            case "entry":
                lines.append("\n".join(filter(None, [block["title"], _without_tags(block["html"])])))
            case "quote":
                lines.append(" ".join(filter(None, [block["text"], block["attribution"]])))
            case "picture":
                lines.append(block["caption"])
            case "video":
                lines.extend([block["caption"], block["transcript"]])
            case "event":
                lines.append(" ".join(filter(None, [block["name"], block["place"], block["organiser"]])))
            case "gallery":
                lines.extend(picture["caption"] for picture in block["pictures"])
            case "table":
                lines.extend(" ".join(row) for row in [block["header"], *block["rows"]])
                lines.append(block["caption"])
    return "\n".join(line for line in lines if line)


BLOCK_END = re.compile(r"</(p|h[1-6]|li|blockquote|tr|div)>|<br\s*/?>", re.I)
TAG = re.compile(r"<[^>]*>")


def _without_tags(html: str) -> str:
    text = unescape(TAG.sub("", BLOCK_END.sub("\n", html)))
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())
