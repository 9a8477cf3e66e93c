"""oEmbed 1.0, the other side: what staff may quote from elsewhere by its address.

Only hosts that the operator names are asked, and of their answer only words are kept: no frame, no script, no picture,
so a page of ours still asks nobody else for anything.
Source: https://oembed.com/
"""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, cast
from urllib.parse import urljoin, urlsplit

from django.utils.translation import gettext_lazy
from lxml import etree
from lxml import html as lxml_html

from haihe.base.errors import HaiheError
from haihe.base.outbound import Client, Fetched, Limits, OutboundError

LIMITS = Limits(connect=5.0, read=8.0, total=12.0, body=1024 * 1024, redirects=3, wait=5.0)
LONGEST = 300  # characters of any word of theirs
DISCOVERY = "//link[contains(concat(' ', @rel, ' '), ' alternate ') and @type='application/json+oembed']/@href"


class NotEmbeddable(HaiheError):
    """An address of which nothing can be shown."""

    permanent = True
    hint: ClassVar[Any] = gettext_lazy(
        "Paste a plain link instead, or have the operator add the host to `embed_hosts`."
    )


@dataclass(frozen=True)
class Quoted:
    """What a host says of one address, as plain text; `url` is the address itself."""

    url: str
    title: str
    author: str
    provider: str
    kind: str

    @property
    def html(self) -> str:
        """A quotation with a link that tells readers where it goes."""
        e = html.escape
        host = urlsplit(self.url).hostname or ""
        by = " · ".join(dict.fromkeys(part for part in (self.author, self.provider, host) if part))
        return (
            f'<blockquote class="embed" cite="{e(self.url)}"><p><a href="{e(self.url)}" rel="noopener nofollow">'
            f"{e(self.title or self.url)}</a></p><footer>{e(by)}</footer></blockquote>"
        )


def may_ask(url: str, hosts: Sequence[str]) -> bool:
    """Whether an address is of a host the operator named, or below one."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower().rstrip(".")
    except ValueError:
        return False
    named = [one.lower().strip().rstrip(".") for one in hosts]
    below = not host.replace(".", "").isdecimal()  # nothing lies below an IP address
    return parts.scheme in ("http", "https") and any(
        host == one or (below and host.endswith(f".{one}")) for one in named if one
    )


def look_up(url: str, *, hosts: Sequence[str], client: Client) -> Quoted:
    """Ask an address's page for its oEmbed document, and that for what it says.

    hosts    those the operator allows; every address on the way must be of one

    Raises NotEmbeddable.
    """
    page = _get(url, hosts, client, "text/html")
    document = _discovered(page)
    answer = _get(document, hosts, client, "application/json")
    try:
        said = json.loads(answer.body)
    except ValueError as error:
        raise NotEmbeddable("the host's oEmbed document is not JSON", thing=document) from error
    if not isinstance(said, dict) or said.get("type") not in ("rich", "video", "photo", "link"):
        raise NotEmbeddable("the host's answer is no oEmbed document", thing=document)
    return Quoted(
        url=url,
        title=_words(said.get("title")),
        author=_words(said.get("author_name")),
        provider=_words(said.get("provider_name")),
        kind=said["type"],
    )


def _get(url: str, hosts: Sequence[str], client: Client, accept: str) -> Fetched:
    if not may_ask(url, hosts):
        raise NotEmbeddable("the operator has not allowed this host", thing=url)
    try:
        answer = client.fetch(url, limits=LIMITS, accept=accept)
    except OutboundError as error:
        raise NotEmbeddable(str(error), thing=url) from error
    if not may_ask(answer.final_url, hosts):
        raise NotEmbeddable("the host sends on to one that the operator has not allowed", thing=answer.final_url)
    if answer.status != 200:
        raise NotEmbeddable(f"the host answered {answer.status}", thing=url)
    return answer


def _discovered(page: Fetched) -> str:
    try:
        found = cast("list[str]", lxml_html.document_fromstring(page.body).xpath(DISCOVERY))
    except (etree.LxmlError, ValueError) as error:
        raise NotEmbeddable("the page cannot be read", thing=page.final_url) from error
    if not found:
        raise NotEmbeddable("the page offers nothing to embed", thing=page.final_url)
    return urljoin(page.final_url, found[0])


def _words(value: Any) -> str:
    text = "".join(one for one in str(value or "") if one.isprintable() or one.isspace())
    return " ".join(text.split())[:LONGEST]
