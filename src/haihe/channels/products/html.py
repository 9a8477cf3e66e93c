"""The story as a piece of HTML, for places that have a page of their own around it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from haihe.channels.domain.story import Story, story_of
from haihe.channels.domain.xhtml import Writer, plain
from haihe.releases.models import Release


class Html:
    name: ClassVar[str] = "html"
    label: ClassVar[Any] = _("HTML fragment")
    media_type: ClassVar[str] = "text/html; charset=utf-8"
    suffix: ClassVar[str] = ".html"

    def render(self, release: Release) -> bytes:
        return fragment(story_of(release)).encode()


def fragment(story: Story) -> str:
    """Label, dateline, picture, text, sources and the way back; without the title."""
    writer = Writer(lambda picture: picture.address)
    parts = [f"<p>【{plain(story.label.text)}】</p>"] if story.label else []
    parts += [f"<p>{plain(line)}</p>" for line in (story.subtitle, story.dateline) if line]
    parts += [writer.figure(story.lead)] if story.lead else []
    parts.append(writer.blocks(story.blocks))
    source = "来源：" if story.chinese else "Source: "
    parts += [f"<p>{source}{plain(' '.join(filter(None, one)))}</p>" for one in story.sources if any(one)]
    parts.append(f'<p><a href="{plain(story.url)}">{plain(story.url)}</a></p>')
    return "\n".join(filter(None, parts))
