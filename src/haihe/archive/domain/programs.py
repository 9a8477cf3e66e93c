"""Access keys by which programs deposit over the S3 protocol, and what such a deposit becomes here."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import PurePosixPath

from django.conf import settings
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from haihe.archive.domain import drafting
from haihe.archive.domain.faults import MayNotDeposit
from haihe.archive.domain.s3 import keys
from haihe.archive.models import Upload
from haihe.city import gate
from haihe.city.models import Organisation, Person

LASTS = timedelta(days=90)


def issue(person: Person) -> tuple[str, str]:
    """An access key and its secret, with which a program deposits as `person` for 90 days."""
    until = int(time.time() + LASTS.total_seconds())
    text = keys.access_key(person.uuid.hex, until, _stamp(person))
    return text, keys.secret_of(text, settings.SECRET_KEY)


def person_of(text: str) -> Person | None:
    """Whose access key it is; None for one that has ended, or is void since its person's password changed."""
    key = keys.read(text)
    if key is None:
        return None
    person = Person.objects.filter(uuid=key.person, is_active=True).first()
    return person if person is not None and constant_time_compare(_stamp(person), key.stamp) else None


def buckets(person: Person) -> list[str]:
    """Slugs of the organisations for which a person may deposit: each is a bucket."""
    may = gate.organisations_for(person, "create")
    return list(Organisation.objects.filter(pk__in=may).order_by("slug").values_list("slug", flat=True))


def take(person: Person, bucket: str, key: str, *, length: int, media_type: str) -> tuple[Upload, str]:
    """Announce what arrived as a deposit of one file; returns its upload, and the word that says all of it is here.

    Raises MayNotDeposit, TooLarge, PathNotKept, UploadRefused, StoreFailing.
    """
    organisation = Organisation.objects.filter(slug=bucket).first()
    if organisation is None or not gate.may(person, "create", organisation):
        raise MayNotDeposit(thing=bucket)
    with transaction.atomic():
        draft = drafting.begin(organisation, by=person, title=PurePosixPath(key).name, single=True)
        row = drafting.add_upload(draft, path=key, length=length, media_type=media_type)
    return row, drafting.secret_of(row)


def _stamp(person: Person) -> str:
    return salted_hmac("haihe.archive.programs", person.password, algorithm="sha256").hexdigest()[:12]
