"""Tokens for programs: signed, short enough to paste, void when their person's password or activity changes."""

from __future__ import annotations

from datetime import timedelta

from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from haihe.city.models import Person

SALT = "haihe.newsroom.tokens"
LASTS = timedelta(days=90)


def issue(person: Person) -> str:
    """A token that acts as `person` for 90 days."""
    return signing.dumps({"person": str(person.uuid), "stamp": _stamp(person)}, salt=SALT)


def person_of(token: str) -> Person | None:
    """Whose token it is; None for one that is forged, old, or void."""
    try:
        found = signing.loads(token, salt=SALT, max_age=LASTS)
        person = Person.objects.filter(uuid=found["person"], is_active=True).first()
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        return None
    return person if person and constant_time_compare(_stamp(person), found["stamp"]) else None


def _stamp(person: Person) -> str:
    return salted_hmac(SALT, person.password, algorithm="sha256").hexdigest()[:24]
