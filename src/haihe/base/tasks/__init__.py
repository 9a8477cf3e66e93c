"""base.tasks: background work that survives crashes.

Takes functions marked @task, in lanes of their own; gives enqueue in the caller's transaction, retries with backoff,
leases, dead letters that staff see and replay, periodic work, progress and cancelling.
"""

from __future__ import annotations

from collections.abc import Iterable

from haihe.base.tasks.progress import Cancelled, report_progress
from haihe.base.tasks.registry import LaneTask, before_fork, periodic, periodic_tasks, service, task

__all__ = [
    "Cancelled",
    "LaneTask",
    "before_fork",
    "others_wait",
    "periodic",
    "periodic_tasks",
    "report_progress",
    "run_pending",
    "service",
    "task",
]


def others_wait() -> bool:
    """Whether work that goes before the running task waits in its lane.

    For long work that can be taken up where it stopped: it ends, and enqueues itself again behind them. Outside a task
    nobody waits.
    """
    from haihe.base.tasks.domain.claiming import others_wait as waiting

    return waiting()


def run_pending(lanes: Iterable[str] | None = None) -> int:
    """Run what is due now, in this process, until nothing is due; returns how many runs that took.

    For tests and for `haihe worker --once`. Periodic work is not fired; a failing task is recorded and logged, as in
    the worker.
    """
    from haihe.base.tasks.domain.running import run_pending as run

    return run(lanes)
