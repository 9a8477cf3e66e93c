"""Push: a program hands entries in with the source's key. The key is shown once; only its hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from haihe.newsroom.domain import collecting
from haihe.newsroom.domain.transports.push import pushed
from haihe.newsroom.models import Fetch, PushKey, Source

GRACE = timedelta(days=1)  # how long an older key goes on working
LARGEST = 32 << 20


@transaction.atomic
def make_key(source: Source) -> str:
    """A new key in clear, to be shown this once; the one before works for another day, all older ones no more."""
    now = timezone.now()
    keys = PushKey.objects.filter(source=source)
    keys.filter(until__isnull=False).delete()
    keys.filter(until__isnull=True).update(until=now + GRACE)
    key = "haihe_" + secrets.token_urlsafe(32)
    PushKey.objects.create(source=source, sha256=_hash(key), ends_with=key[-4:], made_at=now)
    return key


def revoke_keys(source: Source) -> int:
    """Let no key of a source work any more; returns how many there were."""
    return PushKey.objects.filter(source=source).delete()[0]


def source_of(key: str, number: int) -> Source | None:
    """The source that a key belongs to, if it is this one and takes pushes now."""
    works = Q(until__isnull=True) | Q(until__gt=timezone.now())
    held = PushKey.objects.filter(works, sha256=_hash(key), source=number, source__transport="push").first()
    if held is None:
        return None
    PushKey.objects.filter(pk=held.pk).update(used_at=timezone.now())
    return Source.objects.select_related("organisation").filter(pk=number, active=True).first()


def take_pushed(source: Source, body: bytes, *, media_type: str, charset: str) -> Fetch:
    """Take in the body of one request: a feed, an article, ninjs, NewsML-G2, a Word file, a mail …"""
    return collecting.take_delivery(source, pushed(body, media_type=media_type, charset=charset))


def _hash(key: str) -> str:
    # 256 random bits need no slow hash: nobody guesses them.
    return hashlib.sha256(key.encode()).hexdigest()
