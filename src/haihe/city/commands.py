"""Whom and what commands name by their arguments."""

from __future__ import annotations

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from haihe.city.models import Organisation, Person


def organisation_named(slug: str) -> Organisation:
    """Raises CommandError, which names those that there are."""
    try:
        return Organisation.objects.get(slug=slug)
    except Organisation.DoesNotExist:
        known = ", ".join(Organisation.objects.values_list("slug", flat=True)[:30])
        words = _("There is no organisation %(slug)s. There are: %(known)s.")
        raise CommandError(words % {"slug": slug, "known": known or _("none yet")}) from None


def person_named(account: str | None) -> Person | None:
    """None where no account is named. Raises CommandError."""
    if not account:
        return None
    try:
        return Person.objects.get(username=account)
    except Person.DoesNotExist:
        raise CommandError(_("There is no account %(name)s.") % {"name": account}) from None
