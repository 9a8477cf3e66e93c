"""How tries ended, written many at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from haihe.base.bulk import update
from haihe.base.errors import HaiheError
from haihe.base.tasks.domain.backoff import delay
from haihe.releases.delivery.domain.claiming import ATTEMPTS
from haihe.releases.delivery.domain.packing import ByHand
from haihe.releases.delivery.models import Delivery, Outlet
from haihe.releases.delivery.protocols import Once, Receipt, channels

State = Delivery.State
HISTORY_KEPT = 10
PATIENCE = 4  # failures in a row before an outlet rests
SAID = 600  # characters of an answer that are kept


@dataclass(frozen=True)
class Outcome:
    """How one try ended.

    way        what was done
    error      what went wrong; None where it arrived
    receiver   the error is the receiver's or the network's, not this row's alone
    expanded   recipients it was divided among
    """

    row: Delivery
    way: str = ""
    receipt: Receipt | None = None
    error: BaseException | None = None
    milliseconds: int = 0
    receiver: bool = False
    expanded: int = 0


FIELDS = ("state", "way", "next_at", "doubtful", "settled_at", "remote_id", "remote_url", "status", "said", "problem",
          "history", "attempts", "withheld")  # fmt: skip


def settle(outcomes: Sequence[Outcome]) -> bool:
    """Write how these tries ended. A row that staff stopped meanwhile stays stopped unless it arrived.

    Returns whether an outlet that was awake now rests.
    """
    now = timezone.now()
    with transaction.atomic():
        rows = [_settled(outcome, now) for outcome in outcomes]
        stopped = set(
            Delivery.objects.filter(pk__in=[row.pk for row in rows], state=State.STOPPED).values_list("pk", flat=True)
        )
        for row in rows:
            if row.pk in stopped and row.state == State.OWED:
                row.state = State.STOPPED
        update(rows, FIELDS)
        return _rest(outcomes, now)


def _settled(outcome: Outcome, now: datetime) -> Delivery:
    row, error = outcome.row, outcome.error
    row.way = outcome.way or row.way
    status, said = _words(outcome)
    tried = {"at": now.isoformat(timespec="seconds"), "ms": outcome.milliseconds, "ok": error is None}
    row.history = [*row.history, {**tried, "status": status, "said": said}][-HISTORY_KEPT:]
    row.status, row.said = status, said
    row.problem = "" if error is None else type(error).__name__
    if error is None:
        receipt = outcome.receipt or Receipt()
        row.state, row.settled_at, row.doubtful = State.SENT, now, False
        row.remote_id, row.remote_url = receipt.remote_id[:500], receipt.remote_url[:1000]
    elif isinstance(error, ByHand):
        row.state, row.settled_at = State.BY_HAND, now
    else:
        _failed(row, error, now)
    return row


def _failed(row: Delivery, error: BaseException, now: datetime) -> None:
    channel = channels().get(row.outlet.channel)
    # What timed out, or broke after it was sent, may have arrived.
    row.doubtful = row.doubtful or getattr(error, "doubtful", not _surely_not(error))
    if isinstance(error, HaiheError) and error.permanent:
        row.state, row.settled_at = State.FAILED, now
    elif row.doubtful and channel is not None and channel.once_with(row.outlet.settings) is Once.NEVER:
        row.state, row.settled_at = State.BY_HAND, now
    elif row.attempts >= ATTEMPTS:
        row.state, row.settled_at = State.FAILED, now
    else:
        asked = getattr(error, "retry_after", None)
        row.state = State.OWED
        refused = sum(not one["ok"] for one in row.history)  # tries that died with their sender are not the receiver's
        row.next_at = now + timedelta(seconds=delay(min(row.attempts, refused), asked=asked))


def _surely_not(error: BaseException) -> bool:
    """Whether the receiver cannot have it: it said no, or was never reached."""
    return bool(getattr(error, "status", 0)) or type(error).__name__ in (
        "AddressRefused", "AddressUnreadable", "HostBusy", "TlsFailed", "NotAccepted", "NoProduct", "WrongSettings",
        "UnknownChannel", "SecretUnreadable",
    )  # fmt: skip


def _words(outcome: Outcome) -> tuple[int, str]:
    error, receipt = outcome.error, outcome.receipt
    if error is None:
        return (receipt.status, receipt.answer[:SAID]) if receipt else (0, "")
    if isinstance(error, HaiheError):
        answer = getattr(error, "answer", "")
        parts = [error.message, f"“{answer[:SAID]}”" if answer else ""]
        return int(getattr(error, "status", 0) or 0), " ".join(filter(None, parts))[: SAID * 2]
    return 0, f"{type(error).__name__}: {error}"[:SAID]


def _rest(outcomes: Sequence[Outcome], now: datetime) -> bool:
    """An outlet whose receiver fails again and again, or asks for it, is left alone for a while."""
    rests = False
    for pk, outlet in Outlet.objects.in_bulk({outcome.row.outlet_id for outcome in outcomes}).items():
        before = (outlet.failures, outlet.rests_until)
        for outcome in (one for one in outcomes if one.row.outlet_id == pk):
            _count(outlet, outcome, now)
        if before != (outlet.failures, outlet.rests_until):
            outlet.save(update_fields=["failures", "rests_until"])
            rests = rests or before[1] != outlet.rests_until
    return rests


def _count(outlet: Outlet, outcome: Outcome, now: datetime) -> None:
    if outcome.error is None:
        outlet.failures = 0
        return
    if not outcome.receiver:
        return
    outlet.failures += 1
    asked = getattr(outcome.error, "retry_after", None)
    if asked or outlet.failures >= PATIENCE:
        wait = asked if asked else delay(outlet.failures - PATIENCE + 1)
        until = now + timedelta(seconds=min(wait, 24 * 3600))
        outlet.rests_until = max(filter(None, (outlet.rests_until, until)))
