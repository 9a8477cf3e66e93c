"""Marking: which pages are behind, in the transaction that leaves them behind."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from haihe.base.edge import tree
from haihe.base.web.languages import FURTHER_PREFIXES, PREFIXES, public_path, split_path
from haihe.releases.baking.domain.paths import forms_of
from haihe.releases.baking.domain.place import baked_root, tell_readers
from haihe.releases.baking.models import BakedPage, Clock, KeyTick, LastKeys
from haihe.releases.models import Publication

Priority = BakedPage.Priority
_by_worker: ContextVar[bool] = ContextVar("baked_by_the_worker", default=False)


@contextmanager
def left_to_the_worker() -> Iterator[None]:
    """For a deed of many commits: none of them bakes, which would bake home and fronts again for each; the worker does.

    What is withdrawn meanwhile is out of the baked tree with its commit: Django answers until its page is baked again.
    """
    token = _by_worker.set(True)
    try:
        yield
    finally:
        _by_worker.reset(token)


def mark(keys: Iterable[str]) -> int:
    """Mark every page that depends on one of the keys; returns how many. Baked after the commit."""
    wanted = sorted(set(keys))
    if not wanted:
        return 0
    with transaction.atomic():
        tick = advance()
        KeyTick.objects.bulk_create(
            [KeyTick(key=key, tick=tick) for key in wanted],
            update_conflicts=True,
            unique_fields=["key"],
            update_fields=["tick"],
        )
        dependants = BakedPage.objects.filter(dependencies__key__in=wanted)
        count = _behind(BakedPage.objects.filter(pk__in=dependants.values("pk")), tick)
        bake_after_commit()
    return count


def mark_rights(keys: Iterable[str]) -> int:
    """Mark what depends on one of the keys, and take its files away with the commit: until a page is baked again
    Django answers for it, so that nothing old is served for a moment longer."""
    wanted = sorted(set(keys))
    paths = list(BakedPage.objects.filter(dependencies__key__in=wanted).values_list("path", flat=True).distinct())
    if not paths:
        return 0
    with transaction.atomic():
        transaction.on_commit(partial(_take_away, paths))
        return mark(wanted)


def _take_away(paths: Iterable[str]) -> None:
    root = baked_root()
    for path in paths:
        tree.remove(root, path)
    tell_readers()


def ensure(
    path: str, *, publication: Publication | None = None, priority: int = Priority.REST, again: bool = False
) -> BakedPage | None:
    """Have an address baked: a new one is noted, one whose files are gone (or any, with `again`) is marked.

    Returns the page where something is to be done. Raises tree.UnsafePath.
    """
    meta = tree.meta_file(baked_root(), path)
    page = BakedPage.objects.filter(path=path).first()
    if page is not None and not again and (page.dirty_since or os.path.exists(meta)):
        return None
    with transaction.atomic():
        tick = advance()
        page, _ = BakedPage.objects.get_or_create(path=path, defaults={"language": split_path(path)[0]})
        BakedPage.objects.filter(pk=page.pk).update(
            publication=publication or page.publication, priority=min(priority, page.priority)
        )
        _behind(BakedPage.objects.filter(pk=page.pk), tick)
        bake_after_commit()
    return page


def mark_publication(publication: Publication) -> None:
    """A publication changed: its own page in every language, and all that shows it, now or until now."""
    keys = keys_of(publication)
    with transaction.atomic():
        last, _ = LastKeys.objects.select_for_update().get_or_create(publication=publication)
        before, last.keys = last.keys, keys
        last.save()
        if _by_worker.get() and not publication.is_public:
            own = BakedPage.objects.filter(publication=publication).values_list("path", flat=True)
            transaction.on_commit(partial(_take_away, list(own)))
        mark([*keys, *before])
        if publication.path and tree.bakeable(publication.path):
            for language in PREFIXES:
                path = public_path(publication.path, language)
                ensure(path, publication=publication, priority=Priority.OWN, again=True)
            _mark_forms(publication)


def _mark_forms(publication: Publication) -> None:
    """What stands below the publication's own address (a news item, a card) and was asked for before is its own page
    too: it is gone as fast, whatever its view says. What rooms want made ahead follows in its turn."""
    for prefix in {*PREFIXES.values(), *FURTHER_PREFIXES}:
        below = prefix + publication.path
        end = below[:-1] + chr(ord("/") + 1)  # a range, which the index answers; LIKE would read the whole table
        for path in BakedPage.objects.filter(path__gte=below, path__lt=end).values_list("path", flat=True):
            if path != below or prefix in FURTHER_PREFIXES:
                ensure(path, publication=publication, priority=Priority.OWN, again=True)
    for path in forms_of(publication):
        ensure(path, publication=publication)


def keys_of(publication: Publication) -> list[str]:
    """The keys a publication stands under."""
    keys = [f"publication:{publication.pk}", f"organisation:{publication.organisation.slug}"]
    keys += [
        f"kind:{publication.kind}",
        "releases",
        f"month:{timezone.localtime(publication.first_published_at):%Y-%m}",
    ]
    if publication.section:
        keys.append(f"section:{publication.section.slug}")
    keys += [f"topic:{slug}" for slug in publication.topics.values_list("slug", flat=True)]
    return sorted(keys)


def mark_again(pages: Sequence[int] | None = None) -> int:
    """Bake these pages (by id), or all, again; returns how many."""
    chosen = BakedPage.objects.all() if pages is None else BakedPage.objects.filter(pk__in=pages)
    with transaction.atomic():
        count = _behind(chosen, advance())
        bake_after_commit()
    return count


def advance() -> int:
    """Move the clock; returns the new tick. Call inside a transaction."""
    if not Clock.objects.filter(pk=1).update(tick=F("tick") + 1):
        Clock.objects.get_or_create(pk=1)
        Clock.objects.filter(pk=1).update(tick=F("tick") + 1)
    return Clock.objects.values_list("tick", flat=True).get(pk=1)


def _behind(pages: QuerySet[BakedPage], tick: int) -> int:
    return pages.update(dirty_since=Coalesce("dirty_since", timezone.now()), dirty_tick=tick, retry_at=None)


def bake_after_commit() -> None:
    """Once per transaction: a task that will bake in any case, and what is urgent right after the commit."""
    from haihe.releases.baking.domain.baking import bake_urgent
    from haihe.releases.baking.tasks import bake_waiting

    if any(entry[1] in (bake_urgent, _left) for entry in connection.run_on_commit):
        return
    bake_waiting.enqueue_once(key="bake")
    transaction.on_commit(_left if _by_worker.get() else bake_urgent, robust=True)


def _left() -> None:
    """Stands where `bake_urgent` would: the task was lined up already."""
