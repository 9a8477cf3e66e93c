"""A feed, or whatever else a reader knows, behind an http or https address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from haihe.newsroom.domain.asking import ask, document_of
from haihe.newsroom.domain.readers import accept
from haihe.newsroom.domain.transports import ByReader, Delivery, Errand, transport


@transport
class AddressTransport(ByReader):
    name: ClassVar[str] = "address"
    single: ClassVar[bool] = True

    def bring(self, errand: Errand) -> Iterator[Delivery]:
        fetched, passed = ask(errand.address, errand.validators, accept=accept())
        notes = tuple(f"sent on by the page {one}" for one in passed)
        yield Delivery(None if fetched.not_modified else document_of(fetched), fetched, notes=notes)
