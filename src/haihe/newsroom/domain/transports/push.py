"""What programs hand in over HTTP with the source's key (see newsroom.domain.pushing)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from haihe.newsroom.domain.readers import Document
from haihe.newsroom.domain.transports import ByReader, Delivery, Errand, NothingToBring, transport


@transport
class PushTransport(ByReader):
    name: ClassVar[str] = "push"
    visited: ClassVar[bool] = False

    def bring(self, errand: Errand) -> Iterator[Delivery]:
        raise NothingToBring(
            "This source is not visited: a program hands its entries in.", thing=errand.address or None
        )


def pushed(data: bytes, *, media_type: str, charset: str, address: str = "", kind: str = "push") -> Delivery:
    """The delivery of one request's body."""
    return Delivery(Document(data, address, media_type, charset), kind=kind, address=address)
