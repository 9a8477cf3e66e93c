"""A release as an object of ActivityStreams 2.0: a short note with its address, or the whole article."""

from __future__ import annotations

import json
import re
from html import escape
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from haihe.base.web.languages import absolute
from haihe.channels.domain.markup import Picture
from haihe.channels.domain.story import Story, story_of
from haihe.channels.products.html import Html
from haihe.releases.delivery.protocols import Look, Wording
from haihe.releases.models import Release

MOST_PICTURES = 4  # Mastodon shows no more
MEDIA_TYPES = {".webp": "image/webp", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png"}
NOT_IN_TAG = re.compile(r"[^\w]+")


def object_address(publication: str) -> str:
    """Whole address of a publication as an object; the same for every version. It stands in urls.py too: a product
    that asked for it there would load every page of the city first."""
    return absolute(f"/object/{publication}/")


class ActivityNote:
    """Title, summary, tags and address; pictures with their descriptions. The AI label stands in the text."""

    name: ClassVar[str] = "activity-note"
    label: ClassVar[Any] = _("Note for the fediverse")
    media_type: ClassVar[str] = "application/activity+json"
    suffix: ClassVar[str] = ".json"
    kind: ClassVar[str] = "Note"
    adapts: ClassVar[tuple[str, ...]] = ("title", "summary", "topics")

    def render(self, release: Release) -> bytes:
        made = json.dumps(object_of(release, self.name), ensure_ascii=False, sort_keys=True)
        return made.replace("<", "\\u003c").encode()  # no markup, wherever somebody puts these bytes

    def propose(self, release: Release) -> Wording:
        story = story_of(release)
        return Wording(story.title, story.summary, tuple(story.topics))

    def look(self, made: bytes) -> Look:
        said = json.loads(made)
        head = f"<h1>{escape(said['name'])}</h1>" if "name" in said else ""
        pictures = "".join(f'<img src="{escape(one["url"])}" width="100%">' for one in said["attachment"])
        return Look("html", head + said["content"] + pictures)


class ActivityArticle(ActivityNote):
    """The whole text."""

    name: ClassVar[str] = "activity-article"
    label: ClassVar[Any] = _("Article for the fediverse")
    kind: ClassVar[str] = "Article"


def object_of(release: Release, form: str) -> dict[str, Any]:
    """The object without its actor. Raises NoProduct.

    form   "activity-note" or "activity-article"
    """
    story = story_of(release)
    whole = form == ActivityArticle.name
    tags = [tag for one in story.topics if (tag := NOT_IN_TAG.sub("", one))]
    content = Html().render(release).decode() if whole else _note(story, tags)
    changed = story.changed if release.number > 1 else story.published
    found: dict[str, Any] = {
        "id": object_address(str(release.publication_id)),
        "type": "Article" if whole else "Note",
        "url": story.url,
        "content": content,
        "contentMap": {story.language: content},
        "published": story.published.isoformat(timespec="seconds"),
        "updated": changed.isoformat(timespec="seconds"),
        "sensitive": False,
        "tag": [{"type": "Hashtag", "name": f"#{tag}", "href": story.url} for tag in tags],
        "attachment": [_attached(one) for one in list(story.pictures)[:MOST_PICTURES]],
    }  # fmt: skip
    if whole:
        found |= {"name": story.title, "summary": escape(story.summary)}  # a summary is HTML, a name is not
    return found


def _note(story: Story, tags: list[str]) -> str:
    lines = [f"<strong>{escape(story.title)}</strong>", escape(story.summary)]
    lines += [escape(f"【{story.label.text}】") if story.label else ""]
    lines += [f'<a href="{escape(story.url)}">{escape(story.url)}</a>']
    lines += [" ".join(f'<a href="{escape(story.url)}" rel="tag">#<span>{escape(tag)}</span></a>' for tag in tags)]
    return "".join(f"<p>{line}</p>" for line in lines if line)


def _attached(picture: Picture) -> dict[str, str]:
    address = absolute(picture.address)
    ending = "." + address.rpartition(".")[2].lower()
    said = " ".join(filter(None, (picture.alt or picture.caption, picture.credit)))
    media_type = MEDIA_TYPES.get(ending, "image/webp")
    return {"type": "Image", "mediaType": media_type, "url": address, "name": said}
