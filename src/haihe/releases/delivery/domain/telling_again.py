"""A picture is withdrawn after its story went out: whoever has the story, and can replace it, is sent it once more."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from haihe.releases.delivery.domain.owing import ARRIVED, row, wake
from haihe.releases.delivery.models import Delivery
from haihe.releases.delivery.protocols import Can, channels
from haihe.releases.domain.showing import stories_with, withheld
from haihe.releases.models import Publication


def tell_again(masters: Iterable[str]) -> int:
    """Owe again what went out with other pictures than rights now let be shown; in the transaction that changed them.

    A channel that can neither replace nor be asked by hand (a mail, a notification) is left alone: the words stand, and
    its pictures are read from here. Returns how many rows.
    """
    rows = [one for publication in _public(masters) for one in _owed_again(publication)]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    if rows:
        wake()
    return len(rows)


def _public(masters: Iterable[str]) -> Iterable[Publication]:
    found = stories_with(masters).filter(state=Publication.State.PUBLISHED)
    return found.select_related("current", "organisation").iterator(chunk_size=200)


def _owed_again(publication: Publication) -> Iterable[Delivery]:
    release = publication.current
    assert release is not None
    there = Delivery.objects.filter(ARRIVED, release=release, recipient="", outlet__active=True).order_by("again")
    last = {one.outlet_id: one for one in there.select_related("outlet")}
    kept_back, now = withheld(release.content), timezone.now()
    for outlet, one in last.items():
        untried = one.state == Delivery.State.OWED and not one.attempts  # it goes as things are then
        channel = channels().get(one.outlet.channel)
        only_notes = channel is not None and Can.NOTE in channel.can and Can.REPLACE not in channel.can
        if not untried and not only_notes and one.withheld != kept_back:
            yield row(outlet, release, publication, now, again=one.again + 1)
