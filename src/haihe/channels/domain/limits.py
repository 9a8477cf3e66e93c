"""What networks take, as each counts it, and texts cut to it.

Sources: Weibo open platform, statuses/share: text ≤ 140 Han characters, two Latin letters count
as one; Mastodon instance API: 500 characters, a link counts 23; twitter-text v3: 280 units, CJK counts two, a link 23;
AT Protocol app.bsky.feed.post: 300 graphemes and 3,000 bytes; Threads API: 500 characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))  # twitter-text v3: ranges that count one
LINK = 23  # characters a link takes, whatever its length


def graphemes(text: str) -> list[str]:
    """The text as people count it: combining signs, variation selectors and joined emoji belong to what they follow."""
    found: list[str] = []
    for sign in text:
        joins = found and (
            unicodedata.combining(sign)
            or unicodedata.category(sign) in ("Mn", "Me", "Mc")
            or sign in "\u200d\ufe0e\ufe0f\u20e3"
            or "\U0001f3fb" <= sign <= "\U0001f3ff"
            or found[-1].endswith("\u200d")
            or (_flag(sign) and len(found[-1]) == 1 and _flag(found[-1]))
        )
        if joins:
            found[-1] += sign
        else:
            found.append(sign)
    return found


def _flag(sign: str) -> bool:
    return "\U0001f1e6" <= sign <= "\U0001f1ff"


def points(text: str) -> int:
    return len(text)


def half_points(text: str) -> int:
    """Weibo: a Han character one, two Latin ones one; rounded up."""
    return -(-sum(2 if ord(sign) > 127 else 1 for sign in text) // 2)


def weighted(text: str) -> int:
    """twitter-text v3 without links: light signs one, every other two, an emoji two."""
    return sum(
        1 if len(one) == 1 and any(low <= ord(one) <= high for low, high in LIGHT) else 2 for one in graphemes(text)
    )


@dataclass(frozen=True)
class Network:
    """One network's post: what it holds at most and how it counts.

    link      units that an address takes; None: as many as it has characters
    tag_ends  True: a tag is written #like this#
    """

    name: str
    most: int
    count: Callable[[str], int]
    link: int | None = LINK
    tag_ends: bool = False
    most_bytes: int = 0

    def units(self, text: str, url: str) -> int:
        own = self.count(url) if self.link is None else self.link
        return self.count(text) + (own + self.count("\n") if url else 0)

    def fits(self, text: str, url: str) -> bool:
        whole = f"{text}\n{url}" if url else text
        return self.units(text, url) <= self.most and not (self.most_bytes and len(whole.encode()) > self.most_bytes)


NETWORKS = {
    network.name: network
    for network in (
        Network("weibo", 140, half_points, link=None, tag_ends=True),
        Network("mastodon", 500, points),
        Network("x", 280, weighted),
        Network("bluesky", 300, lambda text: len(graphemes(text)), link=None, most_bytes=3000),
        Network("threads", 500, points, link=None),
    )
}


def cut(text: str, fits: Callable[[str], bool]) -> str:
    """The text, or its longest beginning that fits with an ellipsis; never within what people see as one sign."""
    if fits(text):
        return text
    signs = graphemes(text)
    low, high = 0, len(signs)
    while low < high:
        middle = (low + high + 1) // 2
        if fits("".join(signs[:middle]).rstrip() + "…"):
            low = middle
        else:
            high = middle - 1
    kept = "".join(signs[:low]).rstrip(" ,，、；;：:（(《“‘")
    return kept + "…" if kept else ""


def tag(word: str, network: Network) -> str:
    """A topic as a tag of that network; "" where nothing is left of it."""
    plain = re.sub(r"[^\w]", "", word)
    return "" if not plain else f"#{plain}#" if network.tag_ends else f"#{plain}"
