"""Putting a rendered page in its place."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import brotli
from django.db import transaction
from django.utils import timezone

from haihe.base.edge import tree
from haihe.releases.baking.domain.fingerprint import fingerprint
from haihe.releases.baking.domain.paths import is_dense
from haihe.releases.baking.domain.rendering import Rendered
from haihe.releases.baking.models import BakedPage, Clock, Dependency, KeyTick

BROTLI_QUALITY = 6  # 9 saves 3 % more bytes and takes three times as long, while a reader waits for the news
BROTLI_BEST = 11  # forty milliseconds for fifty kilobytes: for pages whose first answer must be small
SMALLEST = 200  # bytes below which compressing saves nothing
FRONT_KEYS = ("releases", "front", "section:", "topic:", "organisation:", "kind:", "month:")


def newest_tick() -> int:
    """The clock now; what is read afterwards is at least as new."""
    return Clock.objects.filter(pk=1).values_list("tick", flat=True).first() or 0


def draft_of(root: Path, rendered: Rendered) -> tree.Draft:
    """The page's files, written but not yet in place. Raises UnsafePath, OSError."""
    body = rendered.body
    forms = {"identity": body}
    if len(body) >= SMALLEST:
        forms["gzip"] = gzip.compress(body, 9, mtime=0)
        forms["br"] = brotli.compress(body, quality=BROTLI_BEST if is_dense(rendered.path) else BROTLI_QUALITY)
    modified = int(timezone.now().timestamp())
    try:
        before = tree.read_meta(root, rendered.path)
    except tree.Unsettled:
        before = None
    if before is not None and before.etag == rendered.etag and before.status == rendered.status:
        modified = before.modified
    page = tree.Stored(
        path=rendered.path,
        status=rendered.status,
        headers=rendered.headers,
        etag=rendered.etag,
        modified=modified,
        any_query=rendered.any_query,
        forms={coding: hashlib.sha256(data).hexdigest() for coding, data in forms.items()},
    )
    return tree.Draft(root, page, forms)


def put(page: BakedPage, rendered: Rendered, draft: tree.Draft, tick: int) -> bool:
    """Replace the page's files and note what they are made from; False where a newer baking came before, or
    where the rights of something it shows changed meanwhile.

    The page is clean afterwards, unless something it depends on was marked after `tick`, when its rendering began.
    """
    try:
        with transaction.atomic():
            row = BakedPage.objects.select_for_update().filter(pk=page.pk).first()
            if row is None or row.baked_tick > tick:
                draft.discard()
                return False
            late = KeyTick.objects.filter(key__in=rendered.keys, tick__gt=tick).order_by("-tick").first()
            if late is not None and _rights_changed(rendered.keys, tick):
                draft.discard()  # what it shows may be forbidden by now: it is baked once more before it is served
                BakedPage.objects.filter(pk=row.pk).update(claimed_until=None)
                return False
            _fill(row, rendered, tick, late)
            row.save()
            _replace_dependencies(row, rendered.keys)
            draft.commit()
    except BaseException:
        draft.discard()
        raise
    return True


def _rights_changed(keys: frozenset[str], tick: int) -> bool:
    masters = [key for key in keys if key.startswith("master:")]
    return KeyTick.objects.filter(key__in=masters, tick__gt=tick).exists()


def _fill(row: BakedPage, rendered: Rendered, tick: int, late: KeyTick | None) -> None:
    now = timezone.now()
    if row.etag != rendered.etag or row.status != rendered.status:
        row.changed_at = now
    row.status, row.etag, row.size = rendered.status, rendered.etag, len(rendered.body)
    row.media_type = dict(rendered.headers)["content-type"][:120]
    row.baked_at, row.baked_tick, row.fingerprint = now, tick, fingerprint()
    row.problem, row.failures, row.retry_at, row.claimed_until = "", 0, None, None
    if late is not None:
        row.dirty_tick = max(row.dirty_tick, late.tick)
    if row.dirty_tick > tick:
        row.dirty_since = row.dirty_since or now
    else:
        row.dirty_since = None
        row.priority = _rank(row, rendered.keys)


def _rank(row: BakedPage, keys: frozenset[str]) -> int:
    """How urgent the page is the next time one of its keys is marked; its own release makes it more so."""
    if row.publication_id is None and any(key.startswith(FRONT_KEYS) for key in keys):
        return BakedPage.Priority.FRONT
    return BakedPage.Priority.REST


def _replace_dependencies(row: BakedPage, keys: frozenset[str]) -> None:
    before = set(row.dependencies.values_list("key", flat=True))
    if before - keys:
        row.dependencies.filter(key__in=before - keys).delete()
    Dependency.objects.bulk_create([Dependency(page=row, key=key) for key in sorted(keys - before)])
