"""Baking: the pages that are behind, the most urgent first, safe with any number of bakers.

A page is claimed by one baker, rendered without a transaction, and put in place in a short one, which checks that no
newer baking came before and that nothing the page depends on was marked since it began; else it stays behind and is
baked once more.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from haihe.base.edge import tree
from haihe.base.errors import HaiheError
from haihe.base.once import keeping, once
from haihe.releases.baking.domain.fingerprint import fingerprint
from haihe.releases.baking.domain.gone import gone_page
from haihe.releases.baking.domain.place import baked_root, tell_readers
from haihe.releases.baking.domain.rendering import Rendered, render
from haihe.releases.baking.domain.storing import draft_of, newest_tick, put
from haihe.releases.baking.models import BakedPage, Clock
from haihe.releases.models import Publication

log = logging.getLogger(__name__)

CLAIM = timedelta(seconds=20)  # a killed baker holds its page no longer; two bakers of one page do no harm
AT_ONCE = 16  # pages with old templates that are claimed together; what is marked goes before the next ones
PROMPT = 0.8  # seconds a publishing process bakes after its commit; what is left is the worker's
REMEMBERED = 2000  # things that pages have in common; the page of a story in another language comes right after it
BACKOFF = (10, 60, 300, 1800, 3600)  # seconds between tries at a page that fails


@dataclass
class Tally:
    """What one round of baking did; `left`: pages still behind."""

    baked: int = 0
    taken_away: int = 0
    failed: int = 0
    left: int = 0


def bake_urgent() -> None:
    """Own pages, fronts and feeds, here and now, for at most PROMPT seconds. Runs right after the commit; the task
    enqueued with the commit does what is left, should this process die or run out of time."""
    bake(seconds=PROMPT, up_to=BakedPage.Priority.FRONT)


def bake(
    *,
    seconds: float | None = None,
    up_to: int = BakedPage.Priority.REST,
    progress: Callable[[int, int], Any] | None = None,
) -> Tally:
    """Bake what is behind until nothing is, or the time is up. `progress` is told (done, total)."""
    end = None if seconds is None else time.monotonic() + seconds
    tally = Tally()
    total = waiting(up_to) if progress else 0
    memory = Memory()
    claimed: list[BakedPage] = []
    while end is None or time.monotonic() < end:
        claimed = claimed or claim(up_to)
        if not claimed:
            break
        bake_page(claimed.pop(0), tally, memory)
        if progress:
            done = tally.baked + tally.taken_away + tally.failed
            progress(done, max(total, done))
    let_go(claimed)
    tally.left = waiting(up_to)
    return tally


def behind(up_to: int = BakedPage.Priority.REST) -> QuerySet[BakedPage]:
    """Pages that were marked and that a baker may take now, the most urgent first."""
    marked = BakedPage.objects.filter(_free(), dirty_since__isnull=False, priority__lte=up_to)
    return marked.order_by("priority", "dirty_since")


def outdated() -> list[QuerySet[BakedPage]]:
    """Pages made with other templates than this process has, which a baker may take now, fronts first; as two ranges
    that an index answers in order, where "not equal" would read every page for each that is baked."""
    own = fingerprint()
    if _current_fingerprint() != own:
        return []
    unmarked = BakedPage.objects.filter(_free(), dirty_since=None)
    ranges = (unmarked.filter(fingerprint__lt=own), unmarked.filter(fingerprint__gt=own))
    return [one.order_by("fingerprint", "priority") for one in ranges]


def _free() -> Q:
    now = timezone.now()
    return (Q(retry_at=None) | Q(retry_at__lte=now)) & (Q(claimed_until=None) | Q(claimed_until__lte=now))


def _outdated(up_to: int) -> list[QuerySet[BakedPage]]:
    return outdated() if up_to >= BakedPage.Priority.REST else []


def waiting(up_to: int = BakedPage.Priority.REST) -> int:
    """How many pages a baker would find."""
    return sum(pages.order_by().count() for pages in (behind(up_to), *_outdated(up_to)))


def claim(up_to: int = BakedPage.Priority.REST) -> list[BakedPage]:
    """The most urgent page that nobody is baking, or AT_ONCE of those made with other templates; ours for CLAIM."""
    for pages, count in ((behind(up_to), 1), *((one, AT_ONCE) for one in _outdated(up_to))):
        while found := list(pages[:count]):
            until = timezone.now() + CLAIM
            mine = [page for page in found if pages.order_by().filter(pk=page.pk).update(claimed_until=until)]
            if mine:
                return mine
    return []


def let_go(pages: list[BakedPage]) -> None:
    """What was claimed and not begun is anybody's again."""
    if pages:
        BakedPage.objects.filter(pk__in=[page.pk for page in pages]).update(claimed_until=None)


class Memory:
    """What the pages of one round have in common. It holds while the clock stands: whatever changes moves it, and
    what is read after the clock was is at least as new."""

    def __init__(self) -> None:
        self.tick, self.kept = -1, dict[Hashable, Any]()

    def at(self, tick: int) -> dict[Hashable, Any]:
        if tick != self.tick or len(self.kept) > REMEMBERED:
            self.tick, self.kept = tick, {}
        return self.kept


def bake_page(page: BakedPage, tally: Tally | None = None, memory: Memory | None = None) -> None:
    """Bake one page. A page that fails keeps its files and shows the problem; a withdrawn one never keeps them."""
    tally = tally if tally is not None else Tally()
    tick = newest_tick()
    try:
        with keeping((memory or Memory()).at(tick)):
            rendered = _rendered(page)
        if rendered is None:
            _take_away(page, tick)
            tally.taken_away += 1
            return
        put(page, rendered, draft_of(baked_root(), rendered), tick)
        tell_readers()
        tally.baked += 1
    except Exception as error:
        _note_problem(page, error)
        tally.failed += 1


def _rendered(page: BakedPage) -> Rendered | None:
    """The page as it stands now; the page of something withdrawn or erased is a 410, whatever its view says."""
    hidden = _state_of(page.publication_id) in (Publication.State.WITHDRAWN, Publication.State.ERASED)
    try:
        rendered = render(page.path)
    except Exception:
        if not hidden:
            raise
        log.exception("the page of a withdrawn publication failed; the plain one stands for it: %s", page.path)
        rendered = None
    if hidden and (rendered is None or rendered.status != 410):
        return gone_page(page.path, keys=rendered.keys if rendered else frozenset())
    return rendered


def _state_of(publication: UUID | None) -> str | None:
    if publication is None:
        return None
    states = Publication.objects.filter(pk=publication).values_list("state", flat=True)
    return once(("state", publication), lambda: states.order_by().first())


def _take_away(page: BakedPage, tick: int) -> None:
    """There is no such page any more: its files go, and with them the row, unless it was marked meanwhile."""
    with transaction.atomic():
        deleted, _ = BakedPage.objects.filter(pk=page.pk, dirty_tick__lte=tick, baked_tick__lte=tick).delete()
        if not deleted:
            BakedPage.objects.filter(pk=page.pk).update(claimed_until=None)
            return
        tree.remove(baked_root(), page.path)
    tell_readers()


def _note_problem(page: BakedPage, error: Exception) -> None:
    wait = BACKOFF[min(page.failures, len(BACKOFF) - 1)]
    text = str(error) if isinstance(error, HaiheError) else f"{type(error).__name__}: {error}"
    if not isinstance(error, HaiheError):
        log.error("%s could not be baked", page.path, exc_info=error)
    BakedPage.objects.filter(pk=page.pk).update(
        problem=text[:4000],
        failures=page.failures + 1,
        retry_at=timezone.now() + timedelta(seconds=wait),
        claimed_until=None,
    )


def _current_fingerprint() -> str:
    return Clock.objects.filter(pk=1).values_list("fingerprint", flat=True).first() or ""


def notice_new_templates() -> bool:
    """Where this process has other templates, code or settings than the pages were baked with, have all of them baked
    again, in the background, behind everything urgent. Returns whether that is so."""
    Clock.objects.get_or_create(pk=1)
    return bool(Clock.objects.filter(pk=1).exclude(fingerprint=fingerprint()).update(fingerprint=fingerprint()))


def take_away_orphans() -> int:
    """Files that no row knows go, and what killed bakers left half written; returns how many pages that were."""
    tree.sweep(baked_root())
    known = set(BakedPage.objects.values_list("path", flat=True))
    orphans = [path for path in tree.addresses(baked_root()) if path not in known]
    count = 0
    for path in orphans:
        if not BakedPage.objects.filter(path=path).exists() and tree.remove(baked_root(), path):
            count += 1
    if count:
        tell_readers()
    return count


def check_files() -> list[str]:
    """Addresses whose files are missing or damaged (a power cut, a hand in the folder); they are marked."""
    from haihe.releases.baking.domain.marking import mark_again

    broken = {}
    for page in BakedPage.objects.filter(dirty_since=None).exclude(etag=""):
        try:
            found = tree.read(baked_root(), page.path)
        except HaiheError:
            found = None
        if found is None or found[0].etag != page.etag or set(found[1]) != set(found[0].forms):
            broken[page.pk] = page.path
    if broken:
        mark_again(list(broken))
    return sorted(broken.values())
