"""Asking a host for one document: robots.txt first, and on from pages that only send their readers elsewhere.

Knows no Django.
"""

from __future__ import annotations

import re

from haihe.base.outbound import Fetched, HostBusy, TooManyRedirects, Validators, check_robots, fetch, seconds_of
from haihe.newsroom.domain.readers import Document
from haihe.newsroom.domain.readers.document import is_web_page, sent_on

MOST_STEPS = 3
_LITTLE_TEXT = 300  # characters; a page with more says something itself, and is read
_UNSEEN = re.compile(r"<(script|style|noscript|title)\b.*?</\1\s*>|<!--.*?-->|<[^>]*>", re.IGNORECASE | re.DOTALL)


def ask(address: str, validators: Validators, *, accept: str) -> tuple[Fetched, tuple[str, ...]]:
    """The answer to a GET, and the pages on the way that sent on by a meta element or by script.

    Raises OutboundError, RobotsRefused and RefusedByServer among them.
    """
    passed: list[str] = []
    while True:
        check_robots(address)
        fetched = fetch(address, validators=validators, accept=accept)
        if fetched.status in (429, 503):
            pause = seconds_of(fetched.header("Retry-After"))
            said = f"The server answered {fetched.status} {fetched.reason}".rstrip() + "."
            raise HostBusy(said, thing=fetched.final_url, retry_after=pause, status=fetched.status)
        fetched.raise_for_status()
        onward = "" if fetched.not_modified else onwards(document_of(fetched))
        if not onward or onward == fetched.final_url:
            return fetched, tuple(passed)
        if onward in passed or len(passed) == MOST_STEPS:
            raise TooManyRedirects("The page sends on in a circle, or too often.", thing=fetched.final_url)
        passed.append(fetched.final_url)
        address, validators = onward, Validators()


def onwards(document: Document) -> str:
    """Where a page that is little else sends its readers; empty for every other document."""
    if len(document.data) > 200_000 or document.kind or not is_web_page(document):
        return ""
    target = sent_on(document)
    if not target.startswith(("http://", "https://")):
        return ""
    return target if len("".join(_UNSEEN.sub("", document.text).split())) < _LITTLE_TEXT else ""


def document_of(fetched: Fetched) -> Document:
    return Document(
        fetched.body, fetched.final_url, fetched.media_type, fetched.charset, fetched.header("Content-Language")
    )
