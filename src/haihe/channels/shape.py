"""What channels share: the quiet parts of the protocol."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from haihe.releases.delivery.protocols import Account, Can, Field, Once, Parcel


class PlainChannel:
    """A channel whose outlet is its only receiver and that needs nothing from the database."""

    takes: ClassVar[tuple[str, ...]] = ()
    can: ClassVar[frozenset[Can]] = frozenset(Can)
    once: ClassVar[Once] = Once.KEY
    at_once: ClassVar[int] = 8
    recipients_apart: ClassVar[bool] = False
    fields: ClassVar[tuple[Field, ...]] = ()

    def prepare(self, parcel: Parcel, account: Account) -> Any:
        return None

    def recipients(self, outlet: int, parcel: Parcel) -> Sequence[str] | None:
        return None

    def usual(self, settings: Mapping[str, Any]) -> Sequence[str]:
        return self.takes or ("ninjs", "release")

    def public_page(self, outlet: int) -> str:
        return ""

    def desk_page(self, outlet: int) -> str:
        return ""

    def once_with(self, settings: Mapping[str, Any]) -> Once:
        return self.once

    def check(self, account: Account) -> None:
        return None
