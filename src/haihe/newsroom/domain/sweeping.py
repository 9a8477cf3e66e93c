"""Sweeps: many questions under way at once, few of them to one host, and what comes taken in batches.

Threads do nothing but wait for hosts; reading, the disk and the database stay in the one thread that called. So a
sweep of a thousand quiet sources is a handful of transactions, and a host that answers a byte a second keeps two
threads, not the sweep.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from django.utils import timezone

from haihe.base.errors import HaiheError
from haihe.base.outbound import HostBusy, HostUnreachable, TooSlow
from haihe.newsroom.domain import collecting, frontier, health, ledger, receiving
from haihe.newsroom.domain.asking import ask, document_of
from haihe.newsroom.domain.health import Outcome
from haihe.newsroom.domain.readers import FeedUnreadable, accept
from haihe.newsroom.domain.receiving import Arrival
from haihe.newsroom.domain.transports import Delivery, transports
from haihe.newsroom.models import Fetch, LinkedPage, Source

logger = logging.getLogger(__name__)

THREADS = 24
AT_ONE_HOST = 2
BATCH = 32  # answers taken in together
_PATIENCE = 2  # questions that a host leaves without an answer before the rest of a sweep is put off
_PUT_OFF = 600.0  # seconds


@dataclass
class Question:
    """One request to be made; `bring` runs in a thread and touches no database."""

    host: str
    bring: Callable[[], Delivery]
    source: Source
    page: LinkedPage | None = None


@dataclass
class Answer:
    question: Question
    asked_at: datetime
    delivery: Delivery | None = None
    error: HaiheError | None = None


@dataclass
class _Host:
    waiting: deque[Question] = field(default_factory=deque)
    silent: int = 0


def sweep(sources: Sequence[Source], *, told: Callable[[Fetch], object] | None = None) -> int:
    """Visit many sources; those whose visit is more than one request, one after the other.

    told      called with the row of each visit, once it is written
    returns   number of sources visited
    """
    single = [source for source in sources if is_single(source)]
    questions = [_about(source) for source in single]
    for answers in gather(questions):
        for outcome in _visited(answers):
            if told:
                told(outcome.row)
    for source in sources:
        if not is_single(source):
            row = collecting.visit(source)
            if told:
                told(row)
    return len(sources)


def is_single(source: Source) -> bool:
    """Whether a visit of the source is one request, so that many can be under way together."""
    way = transports().get(source.transport)
    return bool(way and way.single)


def follow(
    pages: Sequence[LinkedPage], *, told: Callable[[LinkedPage, Fetch], object] | None = None, seconds: float = 300.0
) -> int:
    """Fetch linked pages and take them in; those whose turn does not come in `seconds` stay waiting."""
    count = 0
    for answers in gather([_leading_to(page) for page in pages], seconds=seconds):
        for page, row in _followed(answers):
            count += 1
            if told:
                told(page, row)
    return count


def gather(questions: Sequence[Question], *, seconds: float = 420.0) -> Iterator[list[Answer]]:
    """Answers in the batches in which they come; what was not asked after `seconds` has no answer."""
    hosts: dict[str, _Host] = {}
    for question in questions:
        hosts.setdefault(question.host, _Host()).waiting.append(question)
    turns: queue.SimpleQueue[_Host | None] = queue.SimpleQueue()
    for host in hosts.values():
        for _ in range(min(AT_ONE_HOST, len(host.waiting))):
            turns.put(host)
    answers: queue.Queue[Answer | None] = queue.Queue(maxsize=4 * BATCH)  # threads wait while what came is taken in
    end = time.monotonic() + seconds
    stopped = threading.Event()
    count = min(THREADS, len(questions))
    for number in range(count):
        threading.Thread(target=_ask, args=(turns, answers, end, stopped), name=f"sweep-{number}", daemon=True).start()
    for _ in range(count):
        turns.put(None)
    try:
        yield from _batches(answers, count)
    finally:
        stopped.set()
        with suppress(queue.Empty):  # nobody waits for room any more
            while True:
                answers.get_nowait()


def _ask(
    turns: queue.SimpleQueue[_Host | None], answers: queue.Queue[Answer | None], end: float, stopped: threading.Event
) -> None:
    """Take turns at hosts until there is none. A host with more to be asked goes on in the same thread."""
    while (host := turns.get()) is not None:
        while host.waiting and not stopped.is_set() and time.monotonic() < end:
            try:
                question = host.waiting.popleft()
            except IndexError:  # the other thread at this host took the last one
                break
            answers.put(_answer(question, host))
    answers.put(None)


def _answer(question: Question, host: _Host) -> Answer:
    answer = Answer(question, timezone.now())
    if host.silent >= _PATIENCE:
        answer.error = HostBusy("The host leaves others of its addresses without an answer.", retry_after=_PUT_OFF)
        return answer
    try:
        answer.delivery = question.bring()
    except (TooSlow, HostUnreachable) as error:
        host.silent += 1
        answer.error = error
    except HaiheError as error:
        answer.error = error
    except Exception as error:
        answer.error = FeedUnreadable(f"Collecting it failed: {type(error).__name__}.")
        answer.error.__cause__ = error
    return answer


def _batches(answers: queue.Queue[Answer | None], threads: int) -> Iterator[list[Answer]]:
    while threads:
        batch: list[Answer] = []
        with suppress(queue.Empty):
            while len(batch) < BATCH:
                answer = answers.get(timeout=0.02) if batch else answers.get()
                if answer is None:
                    threads -= 1
                    if not threads:
                        break
                else:
                    batch.append(answer)
        if batch:
            yield batch


def _about(source: Source) -> Question:
    def bring() -> Delivery:
        return next(iter(transports()[source.transport].bring(errand)))

    try:
        errand = collecting.errand_for(source)
    except HaiheError as error:
        told = error
        return Question("", lambda: Delivery(None, refused=told), source)
    return Question(host_of(source.address), bring, source)


def _leading_to(page: LinkedPage) -> Question:
    def bring() -> Delivery:
        fetched, passed = ask(page.address, collecting.NOTHING_KNOWN, accept=accept())
        notes = tuple(f"sent on by the page {one}" for one in passed)
        return Delivery(document_of(fetched), fetched, kind="page", address=page.address, notes=notes)

    return Question(host_of(page.address), bring, page.source, page)


def _visited(answers: Sequence[Answer]) -> list[Outcome]:
    outcomes = [Outcome(answer.question.source, answer.asked_at) for answer in answers]
    arrivals = []
    for outcome, answer in zip(outcomes, answers, strict=True):
        if answer.delivery is None:
            outcome.error = answer.error
        else:
            arrivals.append((outcome, Arrival(outcome.source, answer.delivery, answer.asked_at)))

    def settle() -> None:
        for outcome, arrival in arrivals:
            outcome.came(arrival, [arrival.row] if arrival.row else [])
        health.settle(outcomes)

    receiving.receive([arrival for _, arrival in arrivals], then=settle)
    return outcomes


def _followed(answers: Sequence[Answer]) -> list[tuple[LinkedPage, Fetch]]:
    arrivals, done = [], []
    for answer in answers:
        page = answer.question.page
        assert page is not None
        delivery = answer.delivery or Delivery(None, kind="page", address=page.address, refused=answer.error)
        arrivals.append(Arrival(page.source, delivery, answer.asked_at, page=page))

    def settle() -> None:
        for arrival in arrivals:
            assert arrival.page is not None
            assert arrival.row is not None
            if arrival.error is None:
                frontier.taken(arrival.page, arrival.row)
            else:
                frontier.failed(arrival.page, arrival.error, arrival.row)
                _fall_back(arrival)
            done.append((arrival.page, arrival.row))

    receiving.receive(arrivals, then=settle)
    return done


def _fall_back(arrival: Arrival) -> None:
    """A page that cannot be read for good: what its source says of it itself is taken in instead."""
    page = arrival.page
    assert page is not None
    if page.state == LinkedPage.State.FAILED and page.source.transport not in ("sitemap", "page"):
        try:
            ledger.take_entry(page)
        except HaiheError as error:  # its bytes are gone: the others of the batch are not held up by that
            logger.warning("entry %s of source %s cannot be read again: %s", page.key, page.source_id, error)


def parted(sources: Sequence[Source], most: int) -> Iterator[list[Source]]:
    """Sources in parts of about so many, those of one host together, so that one sweep knows how the host does."""
    by_host: dict[str, list[Source]] = {}
    for source in sources:
        by_host.setdefault(host_of(source.address), []).append(source)
    part: list[Source] = []
    for group in by_host.values():
        part += group
        if len(part) >= most:
            yield part
            part = []
    if part:
        yield part


def host_of(address: str) -> str:
    try:
        return urlsplit(address).netloc.rpartition("@")[2].lower()
    except ValueError:
        return address
