"""A feed behind an http or https address."""

from __future__ import annotations

from typing import ClassVar

from haihe.base.outbound import Validators, check_robots, fetch
from haihe.newsroom.domain.readers import Document, accept
from haihe.newsroom.domain.transports import Delivery, transport


@transport
class AddressTransport:
    name: ClassVar[str] = "address"
    visited: ClassVar[bool] = True

    def bring(self, address: str, validators: Validators) -> Delivery:
        check_robots(address)
        fetched = fetch(address, validators=validators, accept=accept())
        fetched.raise_for_status()
        if fetched.not_modified:
            return Delivery(None, fetched)
        document = Document(
            fetched.body, fetched.final_url, fetched.media_type, fetched.charset, fetched.header("Content-Language")
        )
        return Delivery(document, fetched)
