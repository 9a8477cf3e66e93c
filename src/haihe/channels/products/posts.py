"""Short posts, one for each network, within its limits: title, what fits of the summary, tags, label, address."""

from __future__ import annotations

from typing import Any

from haihe.channels.domain.limits import NETWORKS, Network, cut, tag
from haihe.channels.domain.story import Story, story_of
from haihe.releases.models import Release

NAMES = {"weibo": "微博", "mastodon": "Mastodon", "x": "X", "bluesky": "Bluesky", "threads": "Threads"}


class Post:
    media_type = "text/plain; charset=utf-8"
    suffix = ".txt"

    def __init__(self, network: Network) -> None:
        self.network = network
        self.name: str = f"post-{network.name}"
        self.label: Any = NAMES[network.name]

    def render(self, release: Release) -> bytes:
        return written(story_of(release), self.network).encode()


def written(story: Story, network: Network) -> str:
    """The post. The address always stands whole; the AI label too; what gives way is tags, summary, then the title."""
    label = f"【{story.label.text}】" if story.label else ""

    def whole(title: str, summary: str = "", tags: str = "") -> str:
        return "\n".join(filter(None, ["".join(filter(None, [label, title])), summary, tags]))

    def fits(text: str) -> bool:
        return network.fits(text, story.url)

    title = cut(story.title, lambda words: fits(whole(words)))
    found = whole(title)
    tags = " ".join(filter(None, (tag(word, network) for word in story.topics[:3])))
    tags = tags if tags and fits(whole(title, "", tags)) else ""
    if title == story.title:
        summary = cut(story.summary, lambda words: fits(whole(title, words, tags)))
        found = whole(title, summary if len(summary) > 8 else "", tags)
    return f"{found}\n{story.url}"


POSTS = tuple(Post(network) for network in NETWORKS.values())
