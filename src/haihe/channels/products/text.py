"""Plain text and Markdown."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from haihe.channels.domain.markup import Block, Figure, Heading, Listing, Paragraph, Quote, Rule, Runs, Table
from haihe.channels.domain.story import Story, story_of
from haihe.releases.models import Release

# What CommonMark may read as markup inside a line.
MEANT = re.compile(r"([\\`*_\[\]<>#|~&!])")
LINE_START = re.compile(r"^(\s*)([-+=]|\d+[.)])(?=\s|$)", re.M)


class PlainText:
    """UTF-8, a paragraph a line; the AI label first, the address last."""

    name: ClassVar[str] = "text"
    label: ClassVar[Any] = _("Plain text")
    media_type: ClassVar[str] = "text/plain; charset=utf-8"
    suffix: ClassVar[str] = ".txt"

    def render(self, release: Release) -> bytes:
        story = story_of(release)
        head = [story.title, story.subtitle, story.dateline, f"【{story.label.text}】" if story.label else ""]
        parts = ["\n".join(filter(None, head)), story.summary, *(block.words() for block in story.blocks)]
        parts += [*_sources(story), story.url]
        return ("\n\n".join(filter(None, parts)) + "\n").encode()


class Markdown:
    """CommonMark with pipe tables; every sign of the text that could be read as markup is escaped."""

    name: ClassVar[str] = "markdown"
    label: ClassVar[Any] = "Markdown"
    media_type: ClassVar[str] = "text/markdown; charset=utf-8"
    suffix: ClassVar[str] = ".md"

    def render(self, release: Release) -> bytes:
        story = story_of(release)
        parts = [f"# {_escaped(story.title)}", _escaped(story.subtitle), _escaped(story.dateline)]
        parts += [f"> {_escaped(story.label.text)}" if story.label else "", _escaped(story.summary)]
        parts += [_markdown(Figure(story.lead)) if story.lead else "", *(_markdown(one) for one in story.blocks)]
        parts += [_escaped(line) for line in _sources(story)]
        parts.append(f"<{story.url}>")
        return ("\n\n".join(filter(None, parts)) + "\n").encode()


def _sources(story: Story) -> list[str]:
    lead = "来源：" if story.chinese else "Source: "
    return [lead + " ".join(filter(None, source)) for source in story.sources if any(source)]


def _markdown(block: Block) -> str:
    match block:
        case Heading():
            return "#" * block.level + " " + _runs(block.runs)
        case Paragraph():
            return _runs(block.runs)
        case Listing():
            marks = (f"{n}." if block.ordered else "-" for n in range(1, len(block.items) + 1))
            return "\n".join(f"{mark} {_runs(item)}" for mark, item in zip(marks, block.items, strict=True))
        case Quote():
            said = [*map(_runs, block.paragraphs), *([f"——{_escaped(block.by)}"] if block.by else [])]
            return "\n>\n".join("> " + line.replace("\n", "\n> ") for line in said)
        case Table():
            return _table(block)
        case Figure():
            picture = block.picture
            return f"![{_escaped(picture.alt)}]({_address(picture.address)})\n\n{_escaped(picture.line)}".rstrip()
        case Rule():
            return "---"


def _runs(runs: Runs) -> str:
    found = []
    for run in runs:
        if run.text == "\n":
            found.append("\\\n")
            continue
        inner, text = run.text.strip(), _escaped(run.text.strip())
        if inner and (run.bold or run.italic):
            mark = "**" if run.bold else "*"
            text = f"{mark}{text}{mark}"
        if inner and run.href:
            text = f"[{text}]({_address(run.href)})"
        before, after = run.text[: len(run.text) - len(run.text.lstrip())], run.text[len(run.text.rstrip()) :]
        found.append(f"{before}{text}{after}" if inner else run.text)
    return "".join(found).strip()


def _table(table: Table) -> str:
    width = max([len(table.header), *map(len, table.rows)], default=0)
    if not width:
        return ""

    def row(cells: list[str]) -> str:
        whole = [*cells, *[""] * (width - len(cells))]
        return "| " + " | ".join(_escaped(" ".join(str(cell).split())) for cell in whole) + " |"

    lines = [row(table.header), "| " + " | ".join(["---"] * width) + " |", *map(row, table.rows)]
    return "\n".join(lines) + (f"\n\n{_escaped(table.caption)}" if table.caption else "")


def _escaped(text: str) -> str:
    return LINE_START.sub(lambda found: f"{found[1]}{found[2][:-1]}\\{found[2][-1]}", MEANT.sub(r"\\\1", text))


def _address(url: str) -> str:
    return "<" + re.sub(r"[<>\s\\]", lambda sign: f"%{ord(sign[0]):02X}", url) + ">"
