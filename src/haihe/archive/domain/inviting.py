"""Signed addresses: staff let somebody without an account see one Master until a moment. Each request is still decided
by its rights, so that a withdrawal holds for whoever was invited, too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext_lazy

from haihe import city
from haihe.archive.domain import granting, making
from haihe.archive.domain.derive.recipes import recipes_for
from haihe.archive.domain.rights.deciding import PersonFacts, decide
from haihe.archive.domain.rights.policies import Action
from haihe.archive.domain.rights.signing import signed
from haihe.archive.models import Master
from haihe.base import audit
from haihe.base.errors import HaiheError

if TYPE_CHECKING:
    from haihe.city.models import Person

LONGEST = timedelta(days=90)
PICTURE = "/iiif/3/{identifier}/full/max/0/default.jpg"


class InvitationTooLong(HaiheError):
    """A signed address lasts from a moment to come, for at most ninety days."""

    permanent = True
    hint = gettext_lazy("Choose a moment within the next ninety days; the address can be made again then.")


class NobodyInvited(HaiheError):
    """The rights of this Master show it to nobody who holds a signed address."""

    permanent = True
    hint = gettext_lazy("Look at its rights: it is withdrawn, under an embargo, or for staff only.")


class NothingToShow(HaiheError):
    """Nothing is made of this kind of file that could be shown."""

    permanent = True
    hint = gettext_lazy("Pictures, sound, film and PDF can be shown by an address; other files can be exported.")


@dataclass(frozen=True, slots=True)
class Invitation:
    """till: aware, whole seconds. addresses: what is seen (`picture`, or a recipe without its number) → its path."""

    till: datetime
    addresses: dict[str, str]


def invite(master: Master, *, till: datetime, by: Person) -> Invitation:
    """Sign addresses of one Master that are good until `till`; they are not kept, only that they were made.

    Raises PermissionDenied, InvitationTooLong, NothingToShow, NobodyInvited.
    """
    if not city.may(by, "withdraw", master.organisation_id):
        raise PermissionDenied("a Master is shown to others by those who may withdraw in its organisation")
    now, till = timezone.now(), till.replace(microsecond=0)
    if not now < till <= now + LONGEST:
        raise InvitationTooLong(thing=till.isoformat())
    shown = making.shown(master)
    if shown is None:
        raise NothingToShow(thing=master)
    guest = PersonFacts(invited_till=till)
    decision = decide(granting.policy_of(master), granting.facts_of(master), guest, now, Action.DISPLAY)
    if not decision.allowed:
        raise NobodyInvited(thing=master)
    identifier = signed(str(master.pk), till, settings.SECRET_KEY)
    addresses = {one.name.rpartition("-")[0]: making.address_of(identifier, one) for one in recipes_for(shown.kind)}
    audit.record(
        "archive.invite", by=by, thing=master, organisation=master.organisation, detail={"till": till.isoformat()}
    )
    return Invitation(till, addresses or {making.PICTURE: PICTURE.format(identifier=identifier)})
