"""IPTC NewsML-G2 2.35, Power conformance: a news item with its text as XHTML.

Source: NewsML-G2_2.35-spec-All-Power.xsd; newscodes at https://cv.iptc.org/newscodes/
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from haihe.channels.domain.story import Story, story_of
from haihe.channels.domain.xhtml import Writer, plain
from haihe.releases.models import Release

XHTML = "http://www.w3.org/1999/xhtml"
CATALOG = "http://www.iptc.org/std/catalog/catalog.IPTC-G2-Standards_39.xml"


class NewsML:
    name: ClassVar[str] = "newsml-g2"
    label: ClassVar[Any] = "NewsML-G2"
    media_type: ClassVar[str] = "application/vnd.iptc.g2.newsitem+xml"
    suffix: ClassVar[str] = ".xml"

    def render(self, release: Release) -> bytes:
        return _item(story_of(release)).encode()


def _item(story: Story) -> str:
    lang = story.language
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" '
        f'guid="{story.guid}" version="{story.version}" standard="NewsML-G2" standardversion="2.35" '
        f'conformance="power" xml:lang="{lang}"><catalogRef href="{CATALOG}"/>'
        f"<rightsInfo><copyrightHolder><name>{plain(story.organisation)}</name></copyrightHolder></rightsInfo>"
        f'<itemMeta><itemClass qcode="ninat:text"/><provider><name>{plain(story.organisation)}</name></provider>'
        f"<versionCreated>{_moment(story.changed)}</versionCreated>"
        f"<firstCreated>{_moment(story.published)}</firstCreated>"
        f'<pubStatus qcode="stat:usable"/><title>{plain(story.title)}</title>{_notes(story)}'
        f'<link rel="irel:seeAlso" href="{plain(story.url)}"/></itemMeta>'
        f"<contentMeta>{_meta(story)}</contentMeta><contentSet>{_body(story)}</contentSet></newsItem>"
    )


def _notes(story: Story) -> str:
    return f"<edNote>{plain(story.label.text)}</edNote>" if story.label else ""


def _meta(story: Story) -> str:
    parts = [f"<contentCreated>{_moment(story.published)}</contentCreated>"]
    if story.label:
        source = story.label.source_type
        parts.append(
            f'<digitalSourceType uri="{plain(source)}"><name>{plain(story.label.text)}</name></digitalSourceType>'
        )
    parts += [f"<creator><name>{plain(name)}</name></creator>" for name in story.credit]
    parts += [f"<infoSource><name>{plain(name)}</name></infoSource>" for name, _url in story.sources if name]
    if story.label:
        parts.append(f'<altId type="aigc:label">{plain(story.label.aigc)}</altId>')
    parts.append(f'<language tag="{story.language}"/>')
    parts += [f"<subject><name>{plain(name)}</name></subject>" for name in (story.section, *story.topics) if name]
    parts.append(f"<headline>{plain(story.title)}</headline>")
    parts += [f'<headline role="hldrole:sub">{plain(story.subtitle)}</headline>'] if story.subtitle else []
    parts += [f"<by>{plain(', '.join(story.credit))}</by>"] if story.credit else []
    parts += [f"<description>{plain(story.summary)}</description>"] if story.summary else []
    return "".join(parts)


def _body(story: Story) -> str:
    writer = Writer(lambda picture: picture.address)
    label = f"<p>【{plain(story.label.text)}】</p>" if story.label else ""
    lead = writer.figure(story.lead) if story.lead else ""
    return (
        f'<inlineXML contenttype="application/xhtml+xml" xml:lang="{story.language}" wordcount="{len(story.text)}">'
        f'<html xmlns="{XHTML}"><head><title>{plain(story.title)}</title></head><body>'
        f"{label}{lead}{writer.blocks(story.blocks)}</body></html></inlineXML>"
    )


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="seconds")
