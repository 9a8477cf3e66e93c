"""How far a running task is, told by the task and written by the worker beside it.

The task's own thread only notes it in memory: a task may hold a transaction, in which a write would neither be seen
nor be free. The worker's ticking thread writes the notes once a second and brings back a wish to cancel.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field

from haihe.base.errors import HaiheError


class Cancelled(HaiheError):
    """A person cancelled this task."""

    permanent = True


@dataclass
class Run:
    """One attempt at one job, as this process sees it. `(worker, attempt)` is the lease: only its holder may settle."""

    job: int
    worker: int | None
    attempt: int
    progress: tuple[int, int, str] | None = None
    cancelled: bool = False
    notes_written: tuple[int, int, str] | None = field(default=None, repr=False)


current_run: ContextVar[Run | None] = ContextVar("current_run", default=None)


def report_progress(done: int, total: int, text: str = "") -> None:
    """Tell staff how far the running task is.

    done, total   any unit of the task's own; total 0: not known
    text          one line for staff, at most 200 characters

    Raises Cancelled when a person asked to cancel: let it pass, after tidying up. Outside a task it does nothing.
    """
    run = current_run.get()
    if run is None:
        return
    run.progress = (max(0, int(done)), max(0, int(total)), text[:200])
    if run.cancelled:
        raise Cancelled(thing=f"job {run.job}")
