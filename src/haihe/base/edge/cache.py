"""Pages in memory: bounded in bytes, and never older than the files.

Exactness: `hot` holds only what was checked against the disk since the counter of changes last moved. The counter is
read before the disk, and writers advance it after the disk, so a page that changed is always looked at again. Once a
second everything is looked at again anyway (a stat each), which finds changes made without the counter and keeps the
order of use.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from haihe.base.edge import negotiate

Headers = list[tuple[str, str]]
OVERHEAD = 3_000  # bytes one page costs beside its bodies
SPELLINGS = 16  # of Accept-Encoding remembered for one page; browsers send a handful
ETAG_SUFFIX = {"identity": "", "gzip": "-gz", "br": "-br"}
KEPT_IN_304 = {"cache-control", "content-location", "etag", "expires", "vary"}
Signature = tuple[int, int, int]


def signature(file: str) -> Signature | None:
    """What changes when a file is replaced: inode, time and size; None where there is none."""
    try:
        found = os.stat(file)
    except (OSError, ValueError):
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


@dataclass(slots=True)
class Form:
    """One form of a page, ready to send."""

    etag: str
    headers: Headers
    unchanged: Headers  # those of a 304
    body: bytes


class Page:
    """One address, ready to send in every form it has."""

    __slots__ = ("any_query", "by_accept", "forms", "modified", "seen", "size", "status", "watched")

    def __init__(
        self,
        *,
        status: int,
        headers: Headers,
        etag: str,
        modified: int,
        forms: Mapping[str, bytes],
        any_query: bool,
        watched: str,
        seen: Signature | None,
    ) -> None:
        self.status, self.modified, self.any_query = status, modified, any_query
        self.watched, self.seen = watched, seen
        self.forms = {coding: _form(coding, body, headers, etag, forms) for coding, body in forms.items()}
        self.by_accept: dict[str | None, Form] = {}
        self.size = OVERHEAD + sum(map(len, forms.values()))

    def form_for(self, accept: str | None) -> Form:
        form = self.by_accept.get(accept)
        if form is None:
            form = self.forms[negotiate.coding_for(accept, self.forms)]
            if len(self.by_accept) < SPELLINGS and len(accept or "") < 200:
                self.by_accept[accept] = form
        return form

    def still_true(self) -> bool:
        return signature(self.watched) == self.seen


def _form(coding: str, body: bytes, headers: Headers, etag: str, forms: Mapping[str, bytes]) -> Form:
    tag = f'"{etag}{ETAG_SUFFIX[coding]}"'
    own = [*headers, ("etag", tag)]
    if len(forms) > 1:
        own.append(("vary", "Accept-Encoding"))
    unchanged = [pair for pair in own if pair[0] in KEPT_IN_304]
    if coding != "identity":
        own.append(("content-encoding", coding))
    return Form(tag, own, unchanged, body)


class Cache:
    """Pages by address. `limit` bounds bodies and overhead together, in bytes; a page above an eighth of it is served
    but not kept."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self.hot: dict[str, Page] = {}
        self.pages: OrderedDict[str, Page] = OrderedDict()

    def cool(self) -> None:
        """Trust nothing until it is checked again."""
        self.hot.clear()

    def checked(self, path: str) -> Page | None:
        """The page, if memory has it and its file is still the same; hot from now on."""
        page = self.pages.get(path)
        if page is None:
            return None
        if not page.still_true():
            self.drop(path)
            return None
        self.pages.move_to_end(path)
        self.hot[path] = page
        return page

    def keep(self, path: str, page: Page) -> None:
        self.drop(path)
        if page.size > self.limit // 8:
            return
        self.pages[path] = self.hot[path] = page
        self.size += page.size
        while self.size > self.limit:
            self.drop(next(iter(self.pages)))

    def drop(self, path: str) -> None:
        self.hot.pop(path, None)
        page = self.pages.pop(path, None)
        if page is not None:
            self.size -= page.size
