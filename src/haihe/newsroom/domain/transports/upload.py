"""Files that staff hand in; a zip archive is taken apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from haihe.newsroom.domain.transports import ByReader, Delivery, Errand, NothingToBring, transport
from haihe.newsroom.domain.unpacking import documents_in


@transport
class UploadTransport(ByReader):
    name: ClassVar[str] = "upload"
    visited: ClassVar[bool] = False

    def bring(self, errand: Errand) -> Iterator[Delivery]:
        raise NothingToBring(thing=errand.address or None)


def handed_in(data: bytes, filename: str) -> Iterator[Delivery]:
    """What one file holds: itself, or the files of a zip archive."""
    for name, document, refused in documents_in(data, filename):
        yield Delivery(document, filename=name, kind="file", refused=refused)
