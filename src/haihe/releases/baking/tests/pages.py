"""What the tests of baking do with pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction

from haihe.releases.baking.domain import baking, marking
from haihe.releases.baking.models import BakedPage
from haihe.releases.models import Publication
from haihe.releases.signals import published
from haihe.releases.signals import send as send_signal

Text = Callable[[str], str | None]


def publish(publication: Publication, signal: Any = published) -> None:
    """Save it and tell the rooms above, as a release does."""
    with transaction.atomic():
        publication.save()
        send_signal(signal, release=None, publication=publication)


def have_baked(*addresses: str) -> None:
    for address in addresses:
        marking.ensure(address, again=True)
    baking.bake()


def states() -> dict[str, bool]:
    return {page.path: page.dirty_since is not None for page in BakedPage.objects.all()}
