"""Taking an organisation out of the tree: only one on which nothing hangs any more, so nobody's words go with it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from haihe.city import gate, roles
from haihe.city.domain.trail import note
from haihe.city.errors import NotPermitted, StillInUse
from haihe.city.models import Organisation, Person, RoleGrant


def hanging_on(organisation: Organisation) -> list[tuple[str, int]]:
    """What belongs to it, as (kind in the reader's words, how many), the most first; roles of people do not count."""
    counts: dict[str, int] = {}
    links: list[Any] = Organisation._meta.get_fields(include_hidden=True)
    for link in links:
        if link.one_to_many and link.auto_created and link.related_model is not RoleGrant:
            rows = link.related_model._base_manager.filter(**{link.field.name: organisation}).count()
            given = link.related_model._meta.verbose_name
            name = _("other records") if isinstance(given, str) else str(given)  # a name that nobody gave is English
            counts[name] = counts.get(name, 0) + rows
    return sorted(((name, rows) for name, rows in counts.items() if rows), key=lambda pair: -pair[1])


def remove(organisation: Organisation, *, by: Person | None = None) -> None:
    """Take it out of the tree; roles in it end.

    Raises NotPermitted, and StillInUse, which names what is left there: work in review as much as what is public.
    """
    around = (organisation, organisation.parent)
    if by is not None and not all(gate.may(by, roles.MANAGE_PEOPLE, one) for one in around):
        raise NotPermitted(thing=organisation.name)
    with transaction.atomic():
        left = hanging_on(Organisation.objects.select_for_update().get(pk=organisation.pk))
        if left:
            what = _(", ").join(f"{name} {rows}" for name, rows in left[:8])
            raise StillInUse(_("Still there: %(what)s.") % {"what": what}, thing=organisation.name)
        people = sorted(RoleGrant.objects.filter(organisation=organisation).values_list("person__uuid", flat=True))
        ended = [str(one) for one in people]
        note("organisation.removed", by=by, thing=organisation, organisation=organisation, people=ended)
        organisation.delete()
    gate.forget()
