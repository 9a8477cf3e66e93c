"""Proofreading a draft: its words and pictures as the engine takes them, and its findings with what stands around."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from haihe.newsroom.domain.contents import body_of
from haihe.newsroom.domain.house import level_that_blocks, levels_of, settings_of
from haihe.newsroom.domain.linking import links_of
from haihe.newsroom.domain.proofreading.document import Document, from_json
from haihe.newsroom.domain.proofreading.engine import Report, proofread
from haihe.newsroom.domain.proofreading.findings import Finding
from haihe.newsroom.domain.reprinting import reprinted

if TYPE_CHECKING:
    from haihe.newsroom.models import Manuscript

_AROUND = 18  # characters shown on each side of a finding


@dataclass(frozen=True)
class Placed:
    """A finding in its surroundings, which end at the ends of its line; blocks: it keeps the text from going out."""

    finding: Finding
    before: str
    after: str
    blocks: bool = False


def proofread_draft(manuscript: Manuscript) -> tuple[Report, list[Placed]]:
    """The report on title, subtitle, summary, body, pictures, links and sources of a manuscript as it stands in memory,
    with the lists of its organisation."""
    document = document_of(manuscript)
    report = proofread(document, settings_of(manuscript.organisation))
    levels = levels_of(manuscript.organisation_id)
    return report, [_placed(finding, document.whole, levels) for finding in report.findings]


def document_of(manuscript: Manuscript) -> Document:
    return from_json(json_of(manuscript))


def json_of(manuscript: Manuscript) -> str:
    """What the engine reads of a manuscript."""
    heads = [{"type": "text", "text": text} for text in (manuscript.subtitle, manuscript.summary) if text.strip()]
    lead = manuscript.lead_picture
    pictures = [{"type": "picture", "alt": lead.description, "credit": lead.credit}] if lead else []
    body = body_of(manuscript, for_text=True)
    blocks = [*heads, *pictures, *(part for block in body for part in _parts(block))]
    links, sources = links_of(manuscript, body), reprinted(manuscript)
    return json.dumps({"title": manuscript.title, "blocks": blocks, "links": links, "sources": sources})


def _parts(block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    match block["type"]:
        case "gallery":
            yield from ({"type": "picture", **picture} for picture in block["pictures"])
        case "table":
            rows = [block["caption"], *("\t".join(row) for row in [block["header"], *block["rows"]])]
            yield {"type": "table", "text": "\n".join(row for row in rows if row.strip())}
        case "embed":
            return
        case _:
            yield block


def _placed(finding: Finding, text: str, levels: frozenset[str]) -> Placed:
    begin = max(finding.start - _AROUND, text.rfind("\n", 0, finding.start) + 1)
    newline = text.find("\n", finding.end)
    end = min(finding.end + _AROUND, newline if newline >= 0 else len(text))
    blocks = bool(level_that_blocks(finding, levels))
    return Placed(finding, text[begin : finding.start], text[finding.end : end], blocks)
