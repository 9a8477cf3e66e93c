"""Short posts, one for each network, within its limits: title, what fits of the summary, tags, label, address."""

from __future__ import annotations

from typing import Any

from haihe.channels.domain.limits import NETWORKS, Network, cut, tag
from haihe.channels.domain.story import Story, story_of
from haihe.releases.delivery.protocols import Look, Wording
from haihe.releases.models import Release

NAMES = {"weibo": "微博", "mastodon": "Mastodon", "x": "X", "bluesky": "Bluesky", "threads": "Threads"}


class Post:
    media_type = "text/plain; charset=utf-8"
    suffix = ".txt"
    adapts = ("title", "summary", "topics")

    def __init__(self, network: Network) -> None:
        self.network = network
        self.name: str = f"post-{network.name}"
        self.label: Any = NAMES[network.name]

    def render(self, release: Release) -> bytes:
        return written(story_of(release), self.network).encode()

    def propose(self, release: Release) -> Wording:
        title, summary, tags, _url = fitted(story_of(release), self.network)
        return Wording(title, summary, tuple(tags))

    def look(self, made: bytes) -> Look:
        text, _sign, url = made.decode().rpartition("\n")
        return Look("text", made.decode(), self.network.units(text, url), self.network.most)


def written(story: Story, network: Network) -> str:
    """The post. The address always stands whole; the AI label too; what gives way is tags, summary, then the title."""
    title, summary, words, url = fitted(story, network)
    tags = " ".join(tag(word, network) for word in words)
    return "\n".join(filter(None, [f"{_label(story)}{title}", summary, tags, url]))


def _label(story: Story) -> str:
    return f"【{story.label.text}】" if story.label else ""


def fitted(story: Story, network: Network) -> tuple[str, str, list[str], str]:
    """Title, summary, topics and address of a post, as much of them as fits."""
    label = _label(story)

    def whole(title: str, summary: str = "", tags: str = "") -> str:
        return "\n".join(filter(None, ["".join(filter(None, [label, title])), summary, tags]))

    def fits(text: str) -> bool:
        return network.fits(text, story.url)

    title = cut(story.title, lambda words: fits(whole(words)))
    topics = [word for word in story.topics[:3] if tag(word, network)]
    tags = " ".join(tag(word, network) for word in topics)
    if tags and not fits(whole(title, "", tags)):
        topics, tags = [], ""
    summary = cut(story.summary, lambda words: fits(whole(title, words, tags))) if title == story.title else ""
    return title, summary if len(summary) > 8 else "", topics, story.url


POSTS = tuple(Post(network) for network in NETWORKS.values())
