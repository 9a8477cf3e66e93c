"""A release as neutral blocks, read once; every document format is written from these."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import override

from haihe.base.web.languages import absolute, html_lang, public_path
from haihe.channels.domain.markup import Block, Figure, Paragraph, Picture, Quote, Run, Table, read
from haihe.releases.ai_labels import ai_meta, ai_text, digital_source_type
from haihe.releases.content import is_notice
from haihe.releases.delivery.errors import NoProduct
from haihe.releases.domain.showing import shown
from haihe.releases.models import Release


@dataclass(frozen=True)
class Label:
    """The AI label: words for people, JSON after GB 45438-2025 and an IPTC code for machines.

    pictures   pictures are among what was made; else a photograph says nothing of the kind
    """

    text: str
    aigc: str
    source_type: str
    pictures: bool = False


@dataclass(frozen=True)
class Story:
    """Everything a document says.

    guid        urn:uuid of the publication, the same for every version
    credit      who wrote it, else who published it
    published   of the first release; changed: of this one; both aware, in the city's time zone
    label       None where no part was made by AI
    """

    guid: str
    version: int
    kind: str
    title: str
    subtitle: str
    summary: str
    language: str
    credit: list[str]
    organisation: str
    section: str
    topics: list[str]
    url: str
    published: dt.datetime
    changed: dt.datetime
    lead: Picture | None
    blocks: list[Block] = field(default_factory=list)
    sources: list[tuple[str, str]] = field(default_factory=list)
    original_title: str = ""
    label: Label | None = None

    @property
    def day(self) -> str:
        return (
            f"{self.published.year}年{self.published.month}月{self.published.day}日"
            if self.chinese
            else (f"{self.published.day} {self.published:%B} {self.published.year}")
        )

    @property
    def chinese(self) -> bool:
        return self.language.startswith("zh")

    @property
    def dateline(self) -> str:
        """Who, where it was published, when: the line below a title."""
        names = ("、" if self.chinese else ", ").join(self.credit)
        whose = self.organisation if self.organisation not in self.credit else ""
        return "　".join(part for part in (whose, names, self.day) if part)

    @property
    def tags(self) -> dict[str, str]:
        """What a file of sound or film says of whose it is."""
        return {
            "title": self.title,
            "artist": "、".join(self.credit),
            "album": self.organisation,
            "date": self.published.date().isoformat(),
        }

    @property
    def pictures(self) -> Iterator[Picture]:
        """Every picture, the leading one first."""
        if self.lead:
            yield self.lead
        for block in self.blocks:
            if isinstance(block, Figure):
                yield block.picture

    @property
    def text(self) -> str:
        """The words of the body, a paragraph a line."""
        return "\n".join(line for block in self.blocks if (line := block.words()))


def story_of(release: Release) -> Story:
    """Raises NoProduct for a release that shows nothing (a withdrawal, an erasure)."""
    content = shown(release.content)
    if is_notice(content):
        raise NoProduct(thing=str(release))
    publication = release.publication
    organisation = _name(content.get("organisation"), content["language"])
    return Story(
        guid=f"urn:uuid:{publication.pk}",
        version=release.number,
        kind=content["kind"],
        title=content["title"],
        subtitle=content.get("subtitle", ""),
        summary=content.get("summary", ""),
        language=html_lang(content["language"]),
        credit=content.get("byline") or ([organisation] if organisation else []),
        organisation=organisation,
        section=_name(content.get("section"), content["language"]),
        topics=[_name(topic, content["language"]) for topic in content.get("topics", [])],
        url=absolute(public_path(publication.path, publication.language)),
        published=timezone.localtime(publication.first_published_at),
        changed=timezone.localtime(release.made_at),
        lead=picture_of(content.get("lead_picture")),
        blocks=list(_blocks(content.get("body", []))),
        sources=[(one.get("name", ""), one.get("url", "")) for one in content.get("sources", [])],
        original_title=content.get("original_title", ""),
        label=label_of(content),
    )


def label_of(content: Mapping[str, Any]) -> Label | None:
    """What a content says of AI, in its own language."""
    ai = content.get("ai") or {}
    if not ai:
        return None
    with override(content["language"]):
        return Label(ai_text(ai), ai_meta(ai), digital_source_type(ai), "pictures" in ai.get("parts", ()))


def picture_of(picture: dict[str, Any] | None) -> Picture | None:
    renditions = (picture or {}).get("renditions") or []
    if not picture or not renditions:
        return None
    return Picture(
        master=picture["master"],
        alt=picture.get("alt", ""),
        caption=picture.get("caption", ""),
        credit=picture.get("credit", ""),
        sources=tuple((one["src"], one["width"], one.get("height") or 0) for one in renditions),
        focus=tuple(picture.get("focus") or (0.5, 0.5)),
    )


def _blocks(body: list[dict[str, Any]]) -> Iterator[Block]:
    for block in body:
        match block["type"]:
            case "text":
                yield from read(block["html"])
            case "entry":
                at = dt.datetime.fromisoformat(block["at"])
                when = timezone.localtime(at).strftime("%m-%d %H:%M")
                yield Paragraph([Run(f"{when}　{block['title']}".rstrip("　"), bold=True)])
                yield from read(block["html"])
            case "picture":
                if found := picture_of(block):
                    yield Figure(found)
            case "video":
                if found := picture_of({**block["poster"], "caption": block["caption"], "credit": block["credit"]}):
                    yield Figure(found)
                yield from (Paragraph([Run(line)]) for line in block["transcript"].splitlines() if line.strip())
            case "gallery":
                yield from (Figure(found) for one in block["pictures"] if (found := picture_of(one)))
            case "quote":
                yield Quote([[Run(block["text"])]], block.get("attribution", ""))
            case "table":
                yield Table(block.get("header", []), block.get("rows", []), block.get("caption", ""))
            case "event":
                when = timezone.localtime(dt.datetime.fromisoformat(block["starts"])).strftime("%Y-%m-%d %H:%M")
                yield Paragraph([Run(block["name"], bold=True)])
                yield Paragraph([Run("　".join(filter(None, [when, block["place"], block["price"]])))])
            case "embed":
                yield Paragraph([Run(absolute(block["path"]), href=absolute(block["path"]))])


def _name(thing: dict[str, str] | None, language: str) -> str:
    thing = thing or {}
    english = thing.get("name_en", "") if language == "en" else ""
    return english or thing.get("name", "")
