"""An exhibition as the canonical content of a Release, and what it cites."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING, Any

from haihe.releases.content import SCHEMA, Content
from haihe.releases.pictures import line, named, picture_of, sound
from haihe.releases.publishable import Cites

if TYPE_CHECKING:
    from haihe.venues.models import Exhibition

Told = dict[str, Any]


def content_of(exhibition: Exhibition) -> Content:
    """The canonical content, as docs/release.md describes it; the same exhibition gives the same content."""
    lead = exhibition.lead_picture
    return Content(
        schema=SCHEMA,
        kind=exhibition.kind,
        title=line(exhibition.title),
        subtitle="",
        summary=sound(exhibition.summary).strip(),
        language=exhibition.language,
        byline=[],
        organisation=named(exhibition.organisation),
        section=named(exhibition.section) if exhibition.section else None,
        topics=[],
        lead_picture=picture_of(lead) if lead else None,
        body=list(_body(exhibition)),
        original_title="",
        sources=[],
        ai={},
        exhibition=_hall(exhibition),  # type: ignore[typeddict-unknown-key]  # of this kind only
    )


def citations_of(exhibition: Exhibition) -> list[Cites]:
    """Every Master that the exhibition shows, each once."""
    shown = [value["picture"] for kind, value in _listed(exhibition) if kind == "artefact"]
    found = {
        picture.master_id: Cites(master=picture.master, role="picture")
        for picture in (exhibition.lead_picture, *shown)
        if picture and picture.master_id
    }
    return list(found.values())


def _listed(exhibition: Exhibition) -> Iterator[tuple[str, Any]]:
    """("room" or "artefact", its values); an artefact whose picture is gone is none."""
    for block in exhibition.exhibits:
        if block.block_type == "room" or block.value["picture"] is not None:
            yield block.block_type, block.value


def keyed(exhibition: Exhibition) -> Iterator[tuple[str, str, Any]]:
    """(key, "room" or "artefact", values): the key stays with its entry wherever it is moved in the list."""
    for block in exhibition.exhibits:
        yield f"{block.block_type[0]}-{str(block.id).replace('-', '')[:10]}", block.block_type, block.value


def _hall(exhibition: Exhibition) -> Told:
    """What the list says, room by room; what stands before the first heading is a room without one."""
    rooms: list[Told] = []
    words: dict[str, str] = {}
    for key, kind, value in keyed(exhibition):
        if kind == "room":
            rooms.append({**_said(value, "title", "text"), "id": key, "walls": value["walls"], "works": []})
        elif value["picture"] is not None and value["picture"].master_id:
            if not rooms:
                rooms.append({"id": "r-first", "title": "", "text": "", "walls": "paper", "works": []})
            master = str(value["picture"].master_id)
            work = {**_said(value, "title", "about", "text"), "id": key, "master": master, "width": value["width"] or 0}
            rooms[-1]["works"].append(work)
        else:
            continue
        english = {f"{key}/{name}": _plain(value, f"{name}_en") for name in ("title", "about", "text", "alt")}
        words |= {name: text for name, text in english.items() if text}
    return {
        "rooms": rooms,
        "words": {"en": words} if words else {},
        "venue": named(exhibition.venue) if exhibition.venue else None,
        "title_en": line(exhibition.title_en),
        "summary_en": sound(exhibition.summary_en).strip(),
    }


def _said(value: Any, *names: str) -> dict[str, str]:
    return {name: _plain(value, name) for name in names}


def _plain(value: Any, name: str) -> str:
    said = value.get(name) or ""
    return sound(said).replace("\r\n", "\n").strip() if name.startswith("text") else line(said)


def _body(exhibition: Exhibition) -> Iterator[dict[str, Any]]:
    """The exhibition as words and pictures: what feeds, search, print and readers without the hall get."""
    for kind, value in _listed(exhibition):
        if kind == "room":
            yield {"type": "text", "html": f"<h2>{_inline(value, 'title')}</h2>{_paragraphs(value)}"}
            continue
        if not value["picture"].master_id:
            continue
        caption = " · ".join(filter(None, [_plain(value, "title"), _plain(value, "about")]))
        yield {"type": "picture", **picture_of(value["picture"], caption=caption, alt=value["alt"] or "")}
        told = _paragraphs(value)
        if told:
            yield {"type": "text", "html": told}


def _inline(value: Any, name: str) -> str:
    return escape(_plain(value, name), quote=False)


def _paragraphs(value: Any) -> str:
    parts = [" ".join(part.split()) for part in _plain(value, "text").split("\n\n") if part.strip()]
    return "".join(f"<p>{escape(part, quote=False)}</p>" for part in parts)
