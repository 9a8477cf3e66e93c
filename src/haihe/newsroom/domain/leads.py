"""Lead pictures: brought safely, kept as evidence, and made small."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from haihe.archive import deposit_collected, read
from haihe.base.errors import HaiheError
from haihe.base.outbound import HostBusy, Limits, check_robots, fetch
from haihe.newsroom.domain.arrival.thumbnails import thumbnail
from haihe.newsroom.domain.arriving import LEAD
from haihe.newsroom.domain.readers import Document
from haihe.newsroom.domain.readers.parts import part_of
from haihe.newsroom.models import Item, LeadPicture

if TYPE_CHECKING:
    from collections.abc import Callable

    from haihe.archive.models import Master

MOST_BYTES = 24 * 1024 * 1024
LIMITS = Limits(connect=5, read=8, total=20, body=MOST_BYTES, wait=5)
ACCEPT = "image/avif,image/webp,image/jpeg,image/png,image/gif;q=0.8,image/*;q=0.5"
TRIED = 3  # pictures of one item that are tried until one can be shown
AT_ONCE = 50
PATIENCE = timedelta(days=2)  # with a host that is always busy


def line_up() -> None:
    """Have the worker bring what waits; in the transaction that made it wait."""
    from haihe.newsroom.tasks import bring_lead_pictures

    bring_lead_pictures.enqueue_once(key="lead-pictures")


def bring_pending(*, seconds: float, stopped: Callable[[], bool] = lambda: False) -> bool:
    """Bring pictures of the items that wait, the newest first, for so long; returns whether some still wait.

    Each item is settled by itself, so that being killed costs one picture that is brought again. A host that is busy
    is asked again with the next call.
    """
    end = time.monotonic() + seconds
    later: set[Any] = set()
    while time.monotonic() < end and not stopped():
        waiting = Item.objects.filter(lead_pending=True).exclude(pk__in=later).select_related("organisation", "master")
        some = list(waiting.order_by("-arrived_at")[:AT_ONCE])
        if not some:
            break
        for item in some:
            if time.monotonic() > end or stopped():
                break
            if not settle(item):
                later.add(item.pk)
    return Item.objects.filter(lead_pending=True).exists()


def settle(item: Item) -> bool:
    """Give an item the first of its pictures that can be had; False where its host was busy."""
    lead: LeadPicture | None = None
    for said in item.illustrations[:TRIED]:
        try:
            picture = bring(item, said["url"])
        except HostBusy:
            if item.arrived_at > timezone.now() - PATIENCE:
                return False
            break
        if not picture.problem:
            lead = picture
            break
    with transaction.atomic():
        row = Item.objects.select_for_update().get(pk=item.pk)
        if row.illustrations != item.illustrations:  # a new version came meanwhile: it waits by itself
            return True
        row.lead_pending = False
        changed = ["lead_pending"]
        if LEAD not in row.touched:
            row.lead = lead
            changed.append("lead")
        row.save(update_fields=changed)
    return True


def bring(item: Item, url: str) -> LeadPicture:
    """One picture of an item, with its derivative or the problem; what was brought already is not brought again.

    Raises HostBusy.
    """
    known = LeadPicture.objects.filter(item=item, url=url).first()
    if known and known.file and (Path(settings.HOME) / known.file).is_file():
        return known
    said: dict[str, str] = next((one for one in item.illustrations if one["url"] == url), {})
    picture = known or LeadPicture(item=item, url=url)
    picture.caption, picture.credit = said.get("caption", "")[:500], said.get("credit", "")[:200]
    picture.problem = picture.problem_code = ""
    picture.made_at = timezone.now()
    try:
        data, picture.master = _bytes_of(item, url)
        made = thumbnail(data)
        picture.width, picture.height, picture.file = made.width, made.height, _keep(made.webp)
    except HostBusy:
        raise
    except HaiheError as error:
        picture.problem, picture.problem_code = error.message, type(error).__name__
    picture.save()
    return picture


def file_of(picture: LeadPicture) -> Path:
    """Where the derivative lies; private, served through the gate."""
    return Path(settings.HOME) / picture.file


def _bytes_of(item: Item, url: str) -> tuple[bytes, Master]:
    if url.startswith("part:"):
        document = Document(read(item.master), address=item.master.source_uri, media_type=item.master.media_type)
        return part_of(document, url.removeprefix("part:"), most=MOST_BYTES), item.master
    check_robots(url)
    fetched = fetch(url, limits=LIMITS, accept=ACCEPT)
    fetched.raise_for_status()
    rights = item.master.rights
    return fetched.body, deposit_collected(
        fetched, organisation=item.organisation, source_kind="picture", rights=rights
    )


def _keep(webp: bytes) -> str:
    """Write a derivative under the name of its content; whole or not there. It can be made anew from its Master."""
    sha256 = hashlib.sha256(webp).hexdigest()
    name = f"derivatives/leads/{sha256[:2]}/{sha256[:32]}.webp"
    final = Path(settings.HOME) / name
    if not final.is_file():
        final.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=final.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(webp)
        Path(part).replace(final)
    return name
