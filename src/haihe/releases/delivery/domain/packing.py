"""From a row to the parcel that a channel brings: what is to be done there, and with which bytes."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from haihe.base.errors import HaiheError
from haihe.base.web.languages import absolute, public_path
from haihe.releases.content import is_notice
from haihe.releases.delivery.domain.sealing import account
from haihe.releases.delivery.errors import NoProduct, UnknownChannel
from haihe.releases.delivery.models import Delivery
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
    usual_product,
)
from haihe.releases.domain.showing import shown
from haihe.releases.models import Release

KEPT = 64  # products in memory: one release goes to many outlets at the same time
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


class Packer:
    """Makes parcels; keeps the last products, so that ten outlets of one form have it made once."""

    def __init__(self) -> None:
        self._made: OrderedDict[tuple[str, str], Rendered | HaiheError] = OrderedDict()

    def pack(self, row: Delivery) -> tuple[Channel, Account, Parcel]:
        """Raises HaiheError: ByHand, NoProduct, UnknownChannel, SecretUnreadable, and what the product raises."""
        channel = channels().get(row.outlet.channel)
        if channel is None:
            raise UnknownChannel(thing=row.outlet.channel)
        if row.doubtful and channel.once_with(row.outlet.settings) is Once.NEVER:
            raise InDoubt(thing=row.outlet.name)
        release, publication = row.release, row.publication
        before = _before(row)
        way = _way(channel, release, had=before is not None)
        rendered = None
        if not is_notice(release.content):
            rendered = self._product(row, channel)
        held = account(row.outlet)
        parcel = Parcel(
            key=str(row.key),
            way=way,
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
            previous=before.remote_id if before else "",
            recipient=row.recipient,
            doubtful=row.doubtful,
            rendered=rendered,
            content=shown(release.content),
        )
        with override(publication.language):
            return channel, held, _with(parcel, channel.prepare(parcel, held))

    def _product(self, row: Delivery, channel: Channel) -> Rendered:
        name = usual_product(channel, row.publication.kind, row.outlet.settings, row.outlet.product)
        if not name:
            raise NoProduct(thing=row.outlet.product or row.publication.kind)
        key = (str(row.release_id), name)
        if key not in self._made:
            self._made[key] = _made(name, row.release)
            while len(self._made) > KEPT:
                self._made.popitem(last=False)
        found = self._made[key]
        if isinstance(found, HaiheError):
            raise found
        return found


def _made(name: str, release: Release) -> Rendered | HaiheError:
    product = every_product()[name]
    try:
        with override(release.publication.language):
            body = product.render(release)
    except HaiheError as error:
        return error
    except Exception as error:  # one story that a product cannot take stops no other
        return NoProduct(f"{type(error).__name__}: {error}"[:500], thing=name)
    return Rendered(name, product.media_type, product.suffix, body)


def _before(row: Delivery) -> Delivery | None:
    """The newest version that is there."""
    there = Delivery.objects.filter(
        outlet=row.outlet_id,
        publication=row.publication_id,
        recipient=row.recipient,
        version__lt=row.version,
        state=Delivery.State.SENT,
    )
    newest = there.order_by("-version").first()
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
