"""What is owed: a row for each release and outlet, written in the transaction that makes the release."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from haihe.base.tasks import wake as bell
from haihe.releases.delivery.models import Delivery, Outlet, Variant
from haihe.releases.delivery.protocols import GATHERED, channels, usual_product
from haihe.releases.models import Publication, Release

State, Action = Delivery.State, Release.Action
NAMESPACE = uuid.UUID("6a0f5a0e-5d0b-5a86-9a34-6f6f2a1f7d11")
# Is there, is on its way, or may have arrived.
ARRIVED = Q(state__in=(State.OWED, State.SENDING, State.SENT, State.BY_HAND)) | Q(doubtful=True)
ENDS = (Action.WITHDRAW, Action.ERASE)


def owe(release: Release, publication: Publication) -> int:
    """Rows for every outlet that takes this release; versions not yet tried are overtaken. Returns how many.

    A withdrawal goes to every outlet that has, or is about to have, an earlier version, also to those that would not
    take the publication today.
    """
    now = timezone.now()
    outlets = list(_that_have(publication) if release.action in ENDS else takers(release, publication))
    _overtake(publication, release, now)
    rows = [row(outlet.pk, release, publication, now) for outlet in outlets if _needed(outlet, release, publication)]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    if release.action == Action.ERASE:
        _forget_words(publication)
    if rows:
        wake()
    return len(rows)


def row(
    outlet: int, release: Release, publication: Publication, now: datetime, recipient: str = "", again: int = 0
) -> Delivery:
    """A row that is owed now."""
    return Delivery(
        outlet_id=outlet,
        publication=publication,
        release=release,
        version=release.number,
        recipient=recipient,
        again=again,
        key=key_of(outlet, release, recipient, again),
        next_at=now,
        owed_at=now,
    )


def key_of(outlet: int, release: Release, recipient: str = "", again: int = 0) -> uuid.UUID:
    """The same for ever for one outlet, release, recipient and time of telling: what a receiver knows a delivery by."""
    return uuid.uuid5(NAMESPACE, f"{outlet} {release.pk} {recipient}" + (f" {again}" if again else ""))


def wake() -> None:
    """Have the dispatcher look, once this transaction is committed."""
    transaction.on_commit(ring)


def ring() -> None:
    """Have the dispatcher of this machine look at once; elsewhere it does within a second."""
    bell.send("deliver")


def takers(release: Release, publication: Publication) -> Iterable[Outlet]:
    """Active outlets that take this release, by organisation, kind, language and section."""
    above = [int(part) for part in publication.organisation.path.strip("/").split("/") if part.isdigit()]
    near = Outlet.objects.filter(active=True, organisation__in=[*above, publication.organisation_id])
    for outlet in near.prefetch_related("sections"):
        own = outlet.organisation_id == publication.organisation_id
        sections = {section.pk for section in outlet.sections.all()}
        channel = channels().get(outlet.channel)
        if (
            (own or outlet.below)
            and (not outlet.kinds or publication.kind in outlet.kinds)
            and (not outlet.languages or publication.language in outlet.languages)
            and (not sections or publication.section_id in sections)
            and (channel is None or usual_product(channel, publication.kind, outlet.settings, outlet.product))
        ):
            yield outlet


def again(outlet: Outlet, publications: QuerySet[Publication]) -> int:
    """Owe an outlet the present release of what it takes and never had: a new outlet's first issue."""
    now, rows = timezone.now(), []
    for publication in publications.filter(state=Publication.State.PUBLISHED).select_related("current", "organisation"):
        release = publication.current
        if release is not None and outlet in takers(release, publication):
            rows.append(row(outlet.pk, release, publication, now))
    before = Delivery.objects.aggregate(last=Max("pk"))["last"] or 0
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    wake()
    return Delivery.objects.filter(pk__gt=before, outlet=outlet).count()


def _that_have(publication: Publication) -> Iterable[Outlet]:
    rows = Delivery.objects.filter(ARRIVED, publication=publication, recipient="")
    return Outlet.objects.filter(pk__in=rows.values("outlet")).distinct()


def _needed(outlet: Outlet, release: Release, publication: Publication) -> bool:
    """A correction of what an outlet never got is sent as news; a withdrawal of it is not sent at all."""
    if release.action not in ENDS:
        return True
    earlier = Delivery.objects.filter(outlet=outlet, publication=publication, version__lt=release.number)
    return earlier.filter(ARRIVED).exists()


def _overtake(publication: Publication, release: Release, now: datetime) -> None:
    """What was never tried needs not go any more; what was tried may have arrived and keeps its place in line."""
    waiting = Delivery.objects.filter(publication=publication, version__lt=release.number, state=State.OWED, attempts=0)
    waiting.exclude(recipient__startswith=GATHERED).update(state=State.OVERTAKEN, settled_at=now)


def _forget_words(publication: Publication) -> None:
    """A legal erasure also takes what receivers answered, for they may have answered with the text; what people had
    channels say; and the files that were made."""
    from haihe.releases.delivery.domain import making

    whose = {"subject_label": publication.subject_label, "subject_id": publication.subject_id}
    Variant.objects.filter(**whose).delete()
    transaction.on_commit(partial(making.forget, publication))
    Delivery.objects.filter(publication=publication).update(said="", history=[])
