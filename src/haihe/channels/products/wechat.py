"""The article of a WeChat Official Account: HTML with inline styles, and the fields of its draft, within their limits.

Source: WeChat Official Accounts Platform, 新增草稿 (draft_add). Scripts, style sheets and outside pictures are dropped
there, so nothing of them is written; pictures are named by our own address until the channel has uploaded them.
"""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from haihe.channels.domain.limits import cut, graphemes
from haihe.channels.domain.story import Story, story_of
from haihe.channels.domain.xhtml import Writer, plain
from haihe.releases.delivery.errors import NoProduct
from haihe.releases.delivery.protocols import Look, Wording
from haihe.releases.models import Release

TITLE, AUTHOR, DIGEST, CONTENT, BYTES = 32, 16, 128, 20_000, 1_000_000
STYLES = {
    "p": "margin:0 0 1.1em;line-height:1.85;font-size:16px;color:#222;text-align:justify",
    "h2": "margin:1.6em 0 .8em;padding-left:.6em;border-left:4px solid #0b5567;font-size:18px;line-height:1.4",
    "h3": "margin:1.3em 0 .6em;font-size:17px;line-height:1.4",
    "h4": "margin:1.2em 0 .5em;font-size:16px;line-height:1.4",
    "ul": "margin:0 0 1.1em;padding-left:1.4em;font-size:16px;line-height:1.85",
    "ol": "margin:0 0 1.1em;padding-left:1.4em;font-size:16px;line-height:1.85",
    "blockquote": "margin:0 0 1.2em;padding:.8em 1em;background:#f3f5f5;border-left:3px solid #9fb5ba",
    "figure": "margin:0 0 1.2em;text-align:center",
    "img": "max-width:100%;height:auto",
    "figcaption": "margin-top:.4em;font-size:13px;color:#777",
    "table": "width:100%;border-collapse:collapse;margin:0 0 1.2em;font-size:14px",
    "th": "border:1px solid #ccc;padding:6px;background:#f3f5f5",
    "td": "border:1px solid #ccc;padding:6px",
    "hr": "border:0;border-top:1px solid #ddd;margin:1.6em 0",
}


class WeChatArticle:
    name: ClassVar[str] = "wechat"
    label: ClassVar[Any] = gettext_lazy("WeChat article")
    media_type: ClassVar[str] = "application/json"
    suffix: ClassVar[str] = ".json"
    adapts: ClassVar[tuple[str, ...]] = ("title", "summary", "focus")

    def render(self, release: Release) -> bytes:
        """JSON {title, author, digest, content, content_source_url, pictures, cover}. Raises NoProduct."""
        return json.dumps(article(story_of(release)), ensure_ascii=False, sort_keys=True).encode()

    def propose(self, release: Release) -> Wording:
        draft = article(story_of(release))
        return Wording(draft["title"], draft["digest"])

    def look(self, made: bytes) -> Look:
        draft = json.loads(made)
        head = f'<h1 style="font-size:22px;line-height:1.4">{plain(draft["title"])}</h1>'
        author = f'<p style="color:#888;font-size:14px">{plain(draft["author"])}</p>'
        return Look("html", head + author + draft["content"], len(draft["content"]), CONTENT, tuple(faults(draft)))


def article(story: Story) -> dict[str, Any]:
    """The draft's fields. Raises NoProduct where the text is longer than an article may be."""
    author = cut(
        "、".join(story.credit) if len("、".join(story.credit)) <= AUTHOR else story.organisation, _within(AUTHOR)
    )
    found: dict[str, Any] = {
        "title": cut(story.title, _within(TITLE)),
        "author": author,
        "digest": cut(story.summary or " ".join(story.text.split()), _within(DIGEST)),
        "content": content(story),
        "content_source_url": story.url,
        "pictures": list(dict.fromkeys(picture.address for picture in story.pictures)),
        "cover": story.lead.address if story.lead else "",
    }
    if problems := faults(found):
        raise NoProduct(" ".join(problems), thing=story.title[:40])
    return found


def content(story: Story) -> str:
    writer = Writer(lambda picture: picture.address, STYLES, links=False)
    quiet = "margin:0 0 1.2em;font-size:14px;color:#777;line-height:1.6"
    parts = (
        [f'<p style="{quiet};border:1px solid #bbb;padding:4px 8px">{plain(story.label.text)}</p>']
        if story.label
        else []
    )
    parts += [f'<p style="{quiet}">{plain(line)}</p>' for line in (story.subtitle, story.dateline) if line]
    parts += [writer.figure(story.lead)] if story.lead else []
    parts += [writer.block(block) for block in story.blocks]
    parts += [f'<p style="{quiet}">来源：{plain(name)}</p>' for name, _url in story.sources if name]
    return f"<section>{''.join(filter(None, parts))}</section>"


def faults(draft: dict[str, Any]) -> list[str]:
    """What of a draft the platform would refuse; checked before anything is sent."""
    sizes = (("title", TITLE), ("author", AUTHOR), ("digest", DIGEST))
    found = [
        _("%(field)s has %(count)d characters; %(most)d are allowed.")
        % {"field": field, "count": len(draft[field]), "most": most}
        for field, most in sizes
        if len(draft[field]) > most
    ]
    length, size = len(draft["content"]), len(draft["content"].encode())
    if length >= CONTENT or size >= BYTES:
        said = _("The article has %(count)d characters with its markup; fewer than %(most)d are allowed.")
        found.append(said % {"count": length, "most": CONTENT})
    if not draft["title"]:
        found.append(_("An article needs a title."))
    return found


def _within(most: int) -> Any:
    return lambda words: len(words) <= most and len(graphemes(words)) <= most
