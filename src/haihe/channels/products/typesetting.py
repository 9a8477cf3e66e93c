"""Typst, the typesetter: a template of ours and data; nothing of a release is ever read as its markup."""

from __future__ import annotations

import functools
import json
import re
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from haihe.base.web import fonts
from haihe.channels.domain.markup import Block, Figure, Heading, Listing, Paragraph, Quote, Rule, Runs, Table
from haihe.channels.domain.pictures import jpeg
from haihe.channels.domain.story import Story
from haihe.channels.domain.xhtml import FORBIDDEN
from haihe.releases.delivery.errors import NoProduct

EMOJI = re.compile(
    "(?:[\U0001f000-\U0001faff\u2600-\u2604\u2607-\u263f\u2641\u2643-\u27bf\u2b00-\u2bff]"
    "[\u200d\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]*)+"
)
TEMPLATES = Path(__file__).parent / "templates"
PPI = 144.0


def typeset(
    template: str,
    data: Mapping[str, Any],
    files: Iterable[tuple[str, bytes]] = (),
    *,
    form: Literal["pdf", "png"] = "pdf",
    made_at: int = 0,
) -> bytes:
    """One document, or the first page as a picture. data: what the template reads as story.json; files: pictures by
    name; made_at: seconds of 1970.

    Raises NoProduct where the typesetter refuses, FontMissing.
    """
    return _set(template, data, files, form, {"timestamp": made_at} if form == "pdf" else {"ppi": PPI})[0]


def typeset_pages(
    template: str, data: Mapping[str, Any], files: Iterable[tuple[str, bytes]] = (), *, ppi: float = PPI
) -> list[bytes]:
    """Every page as a PNG. Raises NoProduct, FontMissing."""
    return _set(template, data, files, "png", {"ppi": ppi})


def _set(
    template: str, data: Mapping[str, Any], files: Iterable[tuple[str, bytes]], form: str, more: dict[str, Any]
) -> list[bytes]:
    import typst

    faces = _faces(fonts.path("serif").parent)
    with tempfile.TemporaryDirectory(prefix="haihe-typst-") as name:
        folder = Path(name)
        (folder / "main.typ").write_bytes((TEMPLATES / template).read_bytes())
        (folder / "story.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        for file, content in files:
            (folder / file).write_bytes(content)
        options: dict[str, Any] = {"root": name, "font_paths": faces, **more}
        problem: Exception | None = None
        compiled: Any = typst.compile
        # A sign that no face of ours has costs the standard's seal, not the document.
        tries: Any = (["ua-1"], []) if form == "pdf" else ([],)
        for standards in tries:
            try:
                made = compiled(str(folder / "main.typ"), format=form, pdf_standards=standards, **options)
            except (typst.TypstError, RuntimeError) as error:
                problem = error
            else:
                return [bytes(page) for page in made] if isinstance(made, list) else [bytes(made)]
    raise NoProduct(str(problem)[:500], thing=template) from problem


@functools.cache
def _faces(folder: Path) -> Any:
    """The shipped faces, read once in a process's life: reading them costs as much as setting a page."""
    import typst

    return typst.Fonts(include_system_fonts=False, font_paths=[str(folder)])


def sound(text: str) -> str:
    """The text as our faces can show it: an emoji becomes one empty box, whatever it is joined of."""
    return EMOJI.sub("□", FORBIDDEN.sub("", text))


def data_of(
    story: Story, *, width: int = 1600, body: bool = True, shape: float = 0.0
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """What a template reads, and its pictures by file name.

    body    False: no more than what stands above the text
    shape   width by height that the pictures are cut to, around their middle; 0: whole
    """
    files: dict[str, bytes] = {}
    names: dict[str, str] = {}
    for picture in story.pictures if body else [story.lead] if story.lead else []:
        if picture.master not in names and (image := jpeg(picture, story.label, width=width, shape=shape)):
            names[picture.master] = f"p{len(files)}.jpg"
            files[names[picture.master]] = image[0]
    lead = _block(Figure(story.lead), names) if story.lead else None
    made = {
        "title": sound(story.title),
        "subtitle": sound(story.subtitle),
        "dateline": sound(story.dateline),
        "summary": sound(story.summary),
        "credit": [sound(name) for name in story.credit],
        "keywords": [sound(name) for name in (story.section, *story.topics) if name],
        "organisation": sound(story.organisation),
        "section": sound(story.section),
        "lang": story.language.split("-")[0],
        "date": [story.published.year, story.published.month, story.published.day],
        "day": story.day,
        "url": story.url,
        "label": sound(story.label.text) if story.label else "",
        "lead": lead,
        "blocks": [found for block in story.blocks if body and (found := _block(block, names))],
        "sources": [sound(" ".join(filter(None, source))) for source in story.sources],
        "source_word": "来源：" if story.chinese else "Source: ",
    }
    return made, files


def _block(block: Block, names: Mapping[str, str]) -> dict[str, Any] | None:
    match block:
        case Heading():
            return {"type": "heading", "level": block.level, "runs": _runs(block.runs)}
        case Paragraph():
            return {"type": "paragraph", "runs": _runs(block.runs)}
        case Listing():
            return {"type": "list", "ordered": block.ordered, "items": [_runs(item) for item in block.items]}
        case Quote():
            return {"type": "quote", "paragraphs": [_runs(one) for one in block.paragraphs], "by": sound(block.by)}
        case Table():
            width = max([len(block.header), *map(len, block.rows)], default=0)
            rows = [[sound(str(cell)) for cell in row] + [""] * (width - len(row)) for row in block.rows]
            header = [sound(str(cell)) for cell in block.header]
            header += [""] * (width - len(header)) if header else []
            return (
                {"type": "table", "width": width, "header": header, "rows": rows, "caption": sound(block.caption)}
                if width
                else None
            )
        case Figure():
            name = names.get(block.picture.master, "")
            alt = sound(block.picture.alt) or sound(block.picture.caption)
            return {"type": "figure", "file": name, "alt": alt or " ", "line": sound(block.picture.line)}
        case Rule():
            return {"type": "rule"}


def _runs(runs: Runs) -> list[dict[str, Any]]:
    return [
        {"text": sound(run.text), "bold": run.bold, "italic": run.italic, "href": run.href, "raised": run.raised}
        for run in runs
    ]
