"""Reads the demonstration's stories: a TOML head between `+++` lines, then a little Markdown.

## heading            a blank line parts paragraphs            1. numbered line
> quotation           | a | table |, its second row dashes     ![scene](caption)
> —— who said it      **bold**              %[scene](caption), then lines of captions: second words
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from html import escape
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Story:
    """One story as written; `body` is a list of ("text", html), ("quote", {…}), ("table", rows), ("picture", {…}),
    ("event", {…}).
    """

    key: str
    title: str
    summary: str
    section: str
    organisation: str
    byline: list[str]
    hours: float  # before now that it was published
    body: list[tuple[str, Any]]
    topics: list[str] = field(default_factory=list)
    picture: str = ""
    caption: str = ""
    note: str = ""  # the reporter's notes, which become the Master it rests on
    item: str = ""  # or the entry of the demonstration feed it was made from
    ai: str = ""  # which part a machine made
    language: str = "zh-hans"
    translates: str = ""  # the key of the story that it says in another language


def stories() -> list[Story]:
    """Every story of the demonstration, newest last."""
    found = [read(file.name.removesuffix(".md"), file.read_text(encoding="utf-8")) for file in _files()]
    return sorted(found, key=lambda story: -story.hours)


def read(key: str, text: str) -> Story:
    """One story from its file's text."""
    _, head, body = text.split("+++\n", 2)
    return Story(key=key, body=blocks(body), **tomllib.loads(head))


def blocks(markdown: str) -> list[tuple[str, Any]]:
    """The body as blocks; running text that follows on is one block."""
    out: list[tuple[str, Any]] = []
    for part in re.split(r"\n\s*\n", markdown.strip()):
        kind, value = _block(part.strip())
        if kind == "text" and out and out[-1][0] == "text":
            out[-1] = ("text", out[-1][1] + value)
        else:
            out.append((kind, value))
    return out


def _block(part: str) -> tuple[str, Any]:
    lines = part.splitlines()
    if part.startswith("## "):
        return "text", f"<h2>{_inline(part[3:])}</h2>"
    if part.startswith("> "):
        words = [line[2:] for line in lines]
        who = words.pop().removeprefix("—— ") if words[-1].startswith("—— ") else ""
        return "quote", {"text": "\n".join(words), "attribution": who}
    if part.startswith("|"):
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
        return "table", [rows[0], *rows[2:]]
    if shown := re.fullmatch(r"!\[(\w+)\]\((.*)\)", part):
        return "picture", {"scene": shown[1], "caption": shown[2]}
    if shown := re.fullmatch(r"%\[(\w+)\]\((.*)\)", lines[0]):
        said = [line.split(" ", 1) for line in lines[1:]]
        captions = [(int(second), words) for second, words in said]
        return "video", {"scene": shown[1], "caption": shown[2], "captions": captions}
    if shown := re.fullmatch(r"@\[(.+)\]\((.*)\)", lines[0]):
        more = dict(line.split(" ", 1) for line in lines[1:])  # days from today, from, to; organiser, price
        return "event", {"name": shown[1], "place": shown[2], **more}
    if part.startswith("1. "):
        return "text", "<ol>" + "".join(f"<li>{_inline(line.split('. ', 1)[1])}</li>" for line in lines) + "</ol>"
    return "text", f"<p>{_inline(' '.join(lines))}</p>"


def _inline(text: str) -> str:
    return re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", escape(text, quote=False))


def _files() -> list[Any]:
    return sorted(
        (f for f in files(__package__).joinpath("stories").iterdir() if f.name.endswith(".md")), key=lambda f: f.name
    )
