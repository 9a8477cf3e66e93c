"""What a product and a channel are, and which there are.

A product is a pure function of a Release; a channel brings one product of one Release to one place and says what was
answered there. The two multiply: every channel takes any product that it names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

if TYPE_CHECKING:
    from haihe.releases.models import Release

EVERY_KIND = "*"
GATHERED = "+"  # a recipient that begins so gets more than the release of its row: no newer version overtakes it


class Product(Protocol):
    """One form of a release.

    name         "ninjs", "docx"; unique
    label        what staff read
    media_type   of the bytes
    suffix       of a file that holds them, with its dot
    """

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> Any: ...
    @property
    def media_type(self) -> str: ...
    @property
    def suffix(self) -> str: ...

    def render(self, release: Release) -> bytes:
        """Pure: same release, same bytes. Raises HaiheError where the release cannot take this form."""
        ...


class Can(StrEnum):
    """What a channel can do with what it brought earlier."""

    REPLACE = "replace"
    DELETE = "delete"
    NOTE = "note"  # say in a new message that something was corrected or withdrawn


class Way(StrEnum):
    """What is done to the place: put there, put in its place, taken away, or only told."""

    PUT = "put"
    REPLACE = "replace"
    DELETE = "delete"
    NOTE = "note"


@dataclass(frozen=True)
class Field:
    """One line of an outlet's form. kind: "text", "url", "number", "choice", "lines", "secret"."""

    name: str
    label: Any
    kind: str = "text"
    required: bool = True
    help: Any = ""
    initial: Any = ""
    choices: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Account:
    """An outlet as its channel sees it. `secrets` never leave the process."""

    outlet: int
    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Rendered:
    """One product of one release."""

    product: str
    media_type: str
    suffix: str
    body: bytes


@dataclass(frozen=True)
class Parcel:
    """One delivery.

    key          names (outlet, release, recipient, again) for ever: who has seen it has this delivery already
    way          what is to happen at the receiver
    version      of the publication, 1 for its first release
    url          public address of the publication
    note         what was corrected; for staff only where the release withdraws, and then empty here
    previous     what the receiver called the version before (Receipt.remote_id), "" where it has none
    recipient    one of `Channel.recipients`, "" where the channel has none
    again        how often rights of its pictures and films had changed since it first went: the words are the same
    owed_at      when it fell due
    doubtful     an earlier try may have arrived
    rendered     None where nothing is shown any more
    content      canonical content of the release
    """

    key: str
    way: Way
    release: str
    publication: str
    version: int
    kind: str
    title: str
    url: str
    language: str
    made_at: str
    first_published_at: str
    note: str = ""
    previous: str = ""
    recipient: str = ""
    again: int = 0
    owed_at: str = ""
    doubtful: bool = False
    rendered: Rendered | None = None
    content: Mapping[str, Any] = field(default_factory=dict, repr=False)
    more: Any = None  # what `Channel.prepare` read


@dataclass(frozen=True)
class Receipt:
    """What a receiver answered.

    remote_id    what the receiver calls it, needed to replace or delete it
    remote_url   where people see it there
    status       of the answer, 0 where the protocol has none
    answer       in the receiver's words, at most a few hundred characters
    """

    remote_id: str = ""
    remote_url: str = ""
    status: int = 0
    answer: str = ""


class Once(StrEnum):
    """How a receiver that had it already does not get it twice."""

    KEY = "key"  # the receiver knows the parcel's key
    NAME = "name"  # the same place is written again with the same bytes
    LOOK = "look"  # the channel looks there before it sends again
    NEVER = "never"  # it cannot: what is in doubt is decided by staff


class Channel(Protocol):
    """One kind of place. Registered once; `deliver` runs in a thread of its own and touches no database.

    takes     names of the products it can bring; empty: every one
    can       what it can do with what is there
    once      how it keeps from delivering twice
    at_once   deliveries to one outlet at the same time
    recipients_apart   each recipient is a receiver of its own: one that fails lets no other wait
    fields    settings of an outlet
    """

    name: ClassVar[str]
    label: ClassVar[Any]
    explains: ClassVar[Any]
    takes: ClassVar[tuple[str, ...]]
    can: ClassVar[frozenset[Can]]
    once: ClassVar[Once]
    at_once: ClassVar[int]
    recipients_apart: ClassVar[bool]
    fields: ClassVar[tuple[Field, ...]]

    def deliver(self, parcel: Parcel, account: Account) -> Receipt:
        """Bring it. Raises HaiheError: `permanent` ends the delivery, `retry_after` (seconds) is kept to."""
        ...

    def prepare(self, parcel: Parcel, account: Account) -> Any:
        """Read from the database what `deliver` needs; it comes back as `parcel.more`."""
        ...

    def recipients(self, outlet: int, parcel: Parcel) -> Sequence[str] | None:
        """Keys of those an outlet delivers this to one by one; None: the outlet is itself the receiver."""
        ...

    def check(self, account: Account) -> None:
        """Raises HaiheError where the settings cannot work; asked when staff save them."""
        ...

    def usual(self, settings: Mapping[str, Any]) -> Sequence[str]:
        """Names of the products that an outlet with these settings brings where staff chose none, the best first."""
        ...

    def public_page(self, outlet: int) -> str:
        """Path of the page where the public meets an outlet; "" where there is none."""
        ...

    def desk_page(self, outlet: int) -> str:
        """Path of a page in the admin where staff do what only this channel has; "" where there is none."""
        ...

    def once_with(self, settings: Mapping[str, Any]) -> Once:
        """`once`, for an outlet with these settings."""
        ...


@dataclass(frozen=True)
class Wording:
    """What an outlet says of a release. focus: the middle of its picture, 0 to 1 from left and top."""

    title: str
    summary: str = ""
    topics: tuple[str, ...] = ()
    focus: tuple[float, float] | None = None


@dataclass(frozen=True)
class Look:
    """A product as its network shows it. kind: "text", "html", "picture" (a data: address).

    units    of the network, of `most` that it takes; 0: it does not count
    faults   what the network would refuse
    """

    kind: str
    body: str
    units: int = 0
    most: int = 0
    faults: tuple[str, ...] = ()


class Adapting(Product, Protocol):
    """A product whose words people may adapt for one outlet. adapts: fields of Wording."""

    @property
    def adapts(self) -> tuple[str, ...]: ...

    def propose(self, release: Release) -> Wording:
        """Within the network's limits. Raises HaiheError."""
        ...

    def look(self, made: bytes) -> Look: ...


def is_slow(product: Product) -> bool:
    """Whether a product (`slow = True`) takes longer than others can wait: it is made in the background and kept."""
    return bool(getattr(product, "slow", False))


_products: dict[str, Product] = {}
_by_kind: dict[str, list[str]] = {}
_channels: dict[str, Channel] = {}


def register_products(kind: str, *products: Product) -> None:
    """Say that releases of a kind ("story", or "*" for every kind) can be made into these."""
    for product in products:
        known = _products.setdefault(product.name, product)
        if type(known) is not type(product):
            raise ValueError(f"two products named {product.name!r}")
        names = _by_kind.setdefault(kind, [])
        if product.name not in names:
            names.append(product.name)


def products_of(kind: str = EVERY_KIND) -> dict[str, Product]:
    """Products of a kind of release by name, sorted; "*": those that every kind has."""
    names = {*_by_kind.get(EVERY_KIND, ()), *_by_kind.get(kind, ())}
    return {name: _products[name] for name in sorted(names)}


def every_product() -> dict[str, Product]:
    return dict(sorted(_products.items()))


def register_channel(channel: Channel) -> None:
    known = _channels.setdefault(channel.name, channel)
    if type(known) is not type(channel):
        raise ValueError(f"two channels named {channel.name!r}")


def channels() -> dict[str, Channel]:
    """Every channel by name, sorted."""
    return dict(sorted(_channels.items()))


def usual_product(channel: Channel, kind: str, settings: Mapping[str, Any], wanted: str = "") -> str:
    """Name of the product that an outlet brings of a kind: the wanted one, else the channel's usual one; "": none."""
    there = products_of(kind)
    allowed: Iterable[str] = (*channel.usual(settings), *(channel.takes or there))
    if wanted:
        return wanted if wanted in there and (not channel.takes or wanted in channel.takes) else ""
    return next((name for name in allowed if name in there), "")
