"""From a row to the parcel that a channel brings: what is to be done there, and with which bytes."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from haihe.base.errors import HaiheError
from haihe.base.web.languages import absolute, public_path
from haihe.releases.content import is_notice
from haihe.releases.delivery.domain import adapting, making
from haihe.releases.delivery.domain.sealing import account
from haihe.releases.delivery.errors import NoProduct, UnknownChannel
from haihe.releases.delivery.models import Delivery, Outlet, sooner
from haihe.releases.delivery.protocols import (
    Account,
    Can,
    Channel,
    Once,
    Parcel,
    Rendered,
    Way,
    channels,
    every_product,
    is_slow,
    usual_product,
)
from haihe.releases.domain.showing import shown, withheld
from haihe.releases.models import Release

KEPT_FOR = 2.0  # seconds: one release goes to many outlets at the same time
ENDS = (Release.Action.WITHDRAW, Release.Action.ERASE)


class ByHand(HaiheError):
    """The channel cannot do this with what is there; a person has to."""

    permanent = True
    says = _("The channel cannot do this with what is there; a person has to.")
    hint = _("Do it there, then say here that it is done.")


class InDoubt(ByHand):
    """It may have arrived, and the channel cannot find out."""

    says = _("It may have arrived, and the channel cannot find out.")
    hint = _("Look there: send again where it is missing, say that it is done where it is there.")


@dataclass(frozen=True)
class _Shelf:
    """What is the same for every outlet of one release."""

    read_at: float
    release: Release
    base: Parcel
    withheld: dict[str, int]
    made: dict[str, Rendered | HaiheError]


class Packer:
    """Makes parcels. Keeps what was read and made for a moment, so that ten outlets of one form have it made once, and
    a right that is taken back holds for what goes out after it."""

    def __init__(self) -> None:
        self._shelves: dict[uuid.UUID, _Shelf] = {}
        self._accounts: dict[int, tuple[Outlet, Account]] = {}

    def look_ahead(self, rows: Sequence[Delivery]) -> None:
        """Read the releases of these rows in one question."""
        old = time.monotonic() - KEPT_FOR
        self._shelves = {key: shelf for key, shelf in self._shelves.items() if shelf.read_at > old}
        unknown = {row.release_id for row in rows} - self._shelves.keys()
        whole = Release.objects.select_related("publication__organisation")
        for release in whole.in_bulk(unknown).values() if unknown else ():
            self._shelves[release.pk] = _Shelf(time.monotonic(), release, _base(release), withheld(release.content), {})
        for row in rows:
            row.release = self._shelves[row.release_id].release
            row.publication = row.release.publication

    def pack(self, row: Delivery) -> tuple[Channel, Account, Parcel]:
        """The parcel of a row that was looked at ahead.

        Raises HaiheError: ByHand, NoProduct, UnknownChannel, SecretUnreadable, and what the product raises.
        """
        channel = channels().get(row.outlet.channel)
        if channel is None:
            raise UnknownChannel(thing=row.outlet.channel)
        if row.doubtful and channel.once_with(row.outlet.settings) is Once.NEVER:
            raise InDoubt(thing=row.outlet.name)
        before, shelf = _before(row), self._shelves[row.release_id]
        row.withheld = shelf.withheld
        made, own = (None, shelf.release) if is_notice(shelf.release.content) else self._product(row, channel, shelf)
        parcel = replace(
            shelf.base if own is shelf.release else _in_own_words(shelf.base, own),
            key=str(row.key),
            way=_way(channel, shelf.release, had=before is not None),
            previous=before.remote_id if before else "",
            recipient=row.recipient,
            again=row.again,
            owed_at=row.owed_at.isoformat(timespec="seconds"),
            doubtful=row.doubtful,
            rendered=made,
        )
        held = self._account(row.outlet)
        with override(shelf.base.language):
            return channel, held, _with(parcel, channel.prepare(parcel, held))

    def _account(self, outlet: Outlet) -> Account:
        known = self._accounts.get(outlet.pk)
        if known is None or known[0] is not outlet:
            known = self._accounts[outlet.pk] = (outlet, account(outlet))
        return known[1]

    @staticmethod
    def _product(row: Delivery, channel: Channel, shelf: _Shelf) -> tuple[Rendered, Release]:
        """What the outlet brings, and the release in its words; the release itself where it has none of its own."""
        name = usual_product(channel, shelf.base.kind, row.outlet.settings, row.outlet.product)
        if not name:
            raise NoProduct(thing=row.outlet.product or shelf.base.kind)
        own = adapting.adapted(shelf.release, row.outlet, every_product()[name])
        place = name if own is shelf.release else f"{name} {row.outlet_id}"
        if place not in shelf.made:
            shelf.made[place] = _made(name, own, row.outlet_id if own is not shelf.release else 0)
        found = shelf.made[place]
        if isinstance(found, HaiheError):
            raise found
        return found, own


def _base(release: Release) -> Parcel:
    """A parcel without what is an outlet's own."""
    publication = release.publication
    return Parcel(
        key="",
        way=Way.PUT,
        release=str(release.pk),
        publication=str(publication.pk),
        version=release.number,
        kind=publication.kind,
        title=publication.title,
        url=absolute(public_path(publication.path, publication.language)),
        language=publication.language,
        made_at=release.made_at.isoformat(timespec="seconds"),
        first_published_at=publication.first_published_at.isoformat(timespec="seconds"),
        note="" if release.action in ENDS else release.note,
        content=shown(release.content),
    )


def _in_own_words(base: Parcel, own: Release) -> Parcel:
    content = shown(own.content)
    return replace(base, title=content.get("title", base.title), content=content)


def _made(name: str, release: Release, outlet: int) -> Rendered | HaiheError:
    product = every_product()[name]
    try:
        with override(release.publication.language):
            body = making.kept(product, release, outlet) if is_slow(product) else product.render(release)
    except HaiheError as error:
        return error
    except Exception as error:  # one story that a product cannot take stops no other
        return NoProduct(f"{type(error).__name__}: {error}"[:500], thing=name)
    return Rendered(name, product.media_type, product.suffix, body)


def _before(row: Delivery) -> Delivery | None:
    """What is there of it: the newest version, as it was told last."""
    if row.version == 1 and not row.again:
        return None
    there = Delivery.objects.filter(
        outlet=row.outlet_id,
        publication=row.publication_id,
        recipient=row.recipient,
        state=Delivery.State.SENT,
    )
    newest = there.filter(sooner(row.version, row.again)).order_by("-version", "-again").first()
    return None if newest is None or newest.way == Way.DELETE else newest


def _way(channel: Channel, release: Release, *, had: bool) -> Way:
    if release.action in ENDS:
        return _first(channel, (Can.DELETE, Way.DELETE), (Can.NOTE, Way.NOTE))
    if not had:
        return Way.PUT
    return _first(channel, (Can.REPLACE, Way.REPLACE), (Can.NOTE, Way.NOTE))


def _first(channel: Channel, *ways: tuple[Can, Way]) -> Way:
    for can, way in ways:
        if can in channel.can:
            return way
    raise ByHand(thing=channel.name)


def _with(parcel: Parcel, more: Any) -> Parcel:
    return replace(parcel, more=more) if more is not None else parcel
