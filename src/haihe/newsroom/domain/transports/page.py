"""A web page that lists articles: its links are taken by a rule, and what they lead to is fetched.

options   selector, pattern, leave_out: see newsroom.domain.listpages.Rule
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from haihe.newsroom.domain.asking import ask, document_of
from haihe.newsroom.domain.listpages import Rule, listed
from haihe.newsroom.domain.readers import Document, Feed
from haihe.newsroom.domain.transports import Delivery, Errand, transport


@transport
class PageTransport:
    name: ClassVar[str] = "page"
    visited: ClassVar[bool] = True
    single: ClassVar[bool] = True

    def bring(self, errand: Errand) -> Iterator[Delivery]:
        fetched, passed = ask(errand.address, errand.validators, accept="text/html, application/xhtml+xml, */*;q=0.5")
        notes = tuple(f"sent on by the page {one}" for one in passed)
        yield Delivery(None if fetched.not_modified else document_of(fetched), fetched, notes=notes)

    def read(self, document: Document, errand: Errand) -> Feed:
        return listed(document, Rule.of(errand.options))
