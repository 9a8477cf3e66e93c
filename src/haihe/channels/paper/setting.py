"""An edition as pictures of its pages, as PDF, and as an EPUB issue; set once for what its stories say now."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import asdict
from datetime import UTC
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from haihe.base.web.languages import html_lang
from haihe.channels.domain.books import About, Part, book
from haihe.channels.domain.story import Story
from haihe.channels.models import Edition
from haihe.channels.paper import composing, editions
from haihe.channels.paper.editions import Place, Sheet
from haihe.channels.products.typesetting import data_of, sound, typeset, typeset_pages
from haihe.releases.delivery.domain.writing import write_whole
from haihe.releases.models import Publication

VERSION = 1  # one more with every change of what an edition looks like
WEEKDAYS = "一二三四五六日"
WITHDRAWN = "本文已撤回。"
PPI = 110.0


def page(edition: Edition, number: int) -> bytes:
    """PNG of one page. Raises IndexError, NoProduct."""
    return _file(edition, f"page-{number}.png").read_bytes()


def pdf(edition: Edition) -> bytes:
    """All pages, for the printer."""
    return _file(edition, "edition.pdf").read_bytes()


def epub(edition: Edition) -> bytes:
    """The issue as an e-book: its pages are its parts."""
    return _file(edition, "edition.epub").read_bytes()


def forget(publication: Publication) -> None:
    """Take away the files of editions in which it stands; whoever asks next has them set anew."""
    for edition in Edition.objects.filter(until__gte=publication.first_published_at).iterator():
        if any(area["key"] == str(publication.pk) for page in edition.pages for area in page["areas"]):
            shutil.rmtree(_folder(edition), ignore_errors=True)


def _folder(edition: Edition) -> Path:
    return Path(settings.HOME) / "papers" / str(edition.outlet_id) / str(edition.day)


def fingerprint(edition: Edition, sheets: list[Sheet]) -> str:
    """Names everything an edition is set from: a story that was corrected, or a right that ended, gives another."""
    said = [[sheet.name, [[asdict(place.area), _said(place.story)] for place in sheet.places]] for sheet in sheets]
    own = [VERSION, edition.outlet.name, edition.outlet.settings, edition.number, str(edition.day), said]
    return hashlib.sha256(json.dumps(own, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()[:24]


def _said(story: Story | None) -> Any:
    return asdict(story) if story else None


def _file(edition: Edition, name: str) -> Path:
    sheets = editions.sheets(edition)
    if name.startswith("page-") and not 1 <= int(name[5:-4]) <= len(sheets):
        raise IndexError(name)
    above = _folder(edition)
    folder = above / fingerprint(edition, sheets)
    if not (folder / name).exists():
        _set(edition, sheets, folder, name)
        for old in above.iterdir():
            if old != folder:
                shutil.rmtree(old, ignore_errors=True)
    return folder / name


def _set(edition: Edition, sheets: list[Sheet], folder: Path, name: str) -> None:
    """Set what is asked for: all pictures together, the PDF, or the e-book, whose cover is the first page."""
    if name.endswith(".epub"):
        cover = folder / "page-1.png"
        if not cover.exists():
            _set(edition, sheets, folder, cover.name)
        write_whole(folder / name, _book(edition, sheets, cover.read_bytes()))
        return
    data, files = _data(edition, sheets)
    if name.endswith(".pdf"):
        made_at = int(edition.until.astimezone(UTC).timestamp())
        write_whole(folder / name, typeset("paper.typ", data, files.items(), made_at=made_at))
        return
    for number, picture in enumerate(typeset_pages("paper.typ", data, files.items(), ppi=PPI), 1):
        write_whole(folder / f"page-{number}.png", picture)


def _book(edition: Edition, sheets: list[Sheet], cover: bytes) -> bytes:
    stories = [place.story for sheet in sheets for place in sheet.places if place.story]
    organisation = edition.outlet.organisation
    about = About(
        identifier=f"urn:haihe:paper:{organisation.slug}:{edition.outlet_id}:{edition.day}",
        title=f"{edition.outlet.name} {edition.day.isoformat()}",
        language=html_lang("zh-hans"),
        published=timezone.localtime(edition.until),
        changed=max([edition.until, *(story.changed for story in stories)]),
        creators=[organisation.name],
        publisher=organisation.name,
        description=str(edition.outlet.settings.get("line") or ""),
        subjects=list(dict.fromkeys(sheet.name for sheet in sheets)),
        cover=cover,
    )
    parts = [
        Part(f"{_ordinal(sheet.number)} {sheet.name}", [place.story for place in sheet.places if place.story])
        for sheet in sheets
    ]
    return book(about, [part for part in parts if part.stories])


def _data(edition: Edition, sheets: list[Sheet]) -> tuple[dict[str, Any], dict[str, bytes]]:
    files: dict[str, bytes] = {}
    pages = [
        {
            "number": sheet.number,
            "ordinal": _ordinal(sheet.number),
            "name": sound(sheet.name),
            "areas": [_area(place, f"{sheet.number}-{n}", files) for n, place in enumerate(sheet.places)],
        }
        for sheet in sheets
    ]
    day = edition.day
    data = {
        "paper": sound(edition.outlet.name),
        "line": sound(str(edition.outlet.settings.get("line") or edition.outlet.organisation.name)),
        "day": f"{day.year}年{day.month}月{day.day}日　星期{WEEKDAYS[day.weekday()]}",
        "date": [day.year, day.month, day.day],
        "number": f"第{edition.number}期　今日{len(sheets)}版",
        "size": [composing.WIDTH, composing.HEIGHT, composing.MARGIN, composing.HEADS[True], composing.HEADS[False]],
        "pages": pages,
    }
    return data, files


def _area(place: Place, name: str, files: dict[str, bytes]) -> dict[str, Any]:
    box = asdict(place.area)
    if place.story is None:
        return {**box, "story": None, "withdrawn": WITHDRAWN}
    said, pictures = data_of(place.story, width=1200)
    renamed = {old: f"a{name}-{old}" for old in pictures}
    files |= {renamed[old]: data for old, data in pictures.items()}
    if said["lead"] and said["lead"]["file"]:
        said["lead"]["file"] = renamed[said["lead"]["file"]]
    said["paragraphs"] = [line for block in place.story.blocks for line in _lines(block)]
    return {**box, "story": {**said, "blocks": []}}


def _lines(block: Any) -> list[str]:
    from haihe.channels.domain.markup import Figure, Table

    return [] if isinstance(block, Figure | Table) else [sound(line) for line in block.words().splitlines() if line]


def _ordinal(number: int) -> str:
    return f"第{number:02d}版"
