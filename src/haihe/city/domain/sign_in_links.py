"""Links with which somebody sets the first password of an account, or a new one."""

from __future__ import annotations

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.urls import reverse

from haihe.city.domain.people import may_change_account
from haihe.city.domain.trail import note
from haihe.city.errors import NotPermitted
from haihe.city.models import Person


def sign_in_link(person: Person, *, by: Person) -> str:
    """Path under which `person` sets a password, good until it is used or some days have passed.

    It opens the account, so only who manages all of the person's organisations may have it. Raises NotPermitted.
    """
    if not may_change_account(by, person):
        raise NotPermitted(thing=person.get_username())
    note("person.sign_in_link", by=by, thing=person, organisation=None)
    key = default_token_generator.make_token(person)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(person), "key": key})
