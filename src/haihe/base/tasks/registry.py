"""What rooms write on their functions: @task, @periodic, @service."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, ParamSpec, TypeVar

from django.utils.module_loading import autodiscover_modules
from django_tasks.base import Task, TaskResult

from haihe.base.tasks.errors import UnknownLane
from haihe.base.tasks.lanes import NAMES

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneTask(Task[P, T], Generic[P, T]):
    """A task of django-tasks with the rules that our worker keeps.

    title           what staff read; the function's name where empty
    attempts        tries before it is a dead letter; 0: as its lane says
    time_limit      longest run; None: as its lane says
    memory_mb       heavy lane only: the child's data limit in MiB; None: no limit of its own
    gone_is_done    an object that no longer exists ends the task well: there is nothing left to do
    once_per_call   while a row with the same arguments waits, enqueueing adds no second one
    """

    title: Any = ""
    attempts: int = 0
    time_limit: timedelta | None = None
    memory_mb: int | None = None
    gone_is_done: bool = False
    once_per_call: bool = False

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        return self.func(*args, **kwargs)

    def enqueue_once(self, *args: Any, key: str, **kwargs: Any) -> TaskResult[T]:
        """Like enqueue, but while a row of this task with the same key still waits no second one is made.

        A row that is already running does not count: what it has read may be older than this call.
        """
        from haihe.base.tasks.domain.enqueueing import enqueue

        return enqueue(self, args, kwargs, key=key).task_result


@dataclass(frozen=True)
class Periodic:
    """A task and its rhythm. Slots are counted from 1970-01-01 UTC plus `offset`."""

    task: LaneTask[[], Any]
    every: timedelta
    offset: timedelta

    @property
    def name(self) -> str:
        return self.task.module_path


@dataclass(frozen=True)
class Service:
    """A function that runs in a process of its own beside the worker; started again when it ends.

    wanted  whether there is work for it: it is started only then. None: always
    """

    name: str
    run: Callable[[threading.Event], None]
    wanted: Callable[[], bool] | None = None


_periodic: dict[str, Periodic] = {}
_services: dict[str, Service] = {}
_before_fork: list[Callable[[], object]] = []


def task(
    *,
    lane: str = "default",
    attempts: int = 0,
    priority: int = 0,
    title: Any = "",
    time_limit: timedelta | None = None,
    memory_mb: int | None = None,
    gone_is_done: bool = False,
    once_per_call: bool = False,
) -> Callable[[Callable[P, T]], LaneTask[P, T]]:
    """Make a function of a module a task; see LaneTask. It may run more than once after a crash: make it idempotent.

    lane        bake, deliver (both reserved: never delayed by the others), collect, default, heavy (child process)
    priority    -100 to 100, higher first within its lane

    Arguments must be JSON. An error that is a HaiheError with `permanent` makes a dead letter at once; an error with a
    number `retry_after` (seconds) is tried again after that time; every other one after exponential backoff.
    Raises UnknownLane.
    """
    if lane not in NAMES:
        raise UnknownLane(thing=lane)

    def wrap(function: Callable[P, T]) -> LaneTask[P, T]:
        return LaneTask(
            func=function,
            queue_name=lane,
            priority=priority,
            title=title,
            attempts=attempts,
            time_limit=time_limit,
            memory_mb=memory_mb,
            gone_is_done=gone_is_done,
            once_per_call=once_per_call,
        )

    return wrap


def periodic(*, every: timedelta, offset: timedelta = timedelta(0)) -> Callable[[LaneTask[[], T]], LaneTask[[], T]]:
    """Enqueue a task without arguments once in every slot of time, however many workers there are.

    Slots missed while no worker ran give one run, not many. Stands above @task.
    """
    if every < timedelta(seconds=1):
        raise ValueError("every: at least one second")

    def register(marked: LaneTask[[], T]) -> LaneTask[[], T]:
        _periodic[marked.module_path] = Periodic(marked, every, offset)
        return marked

    return register


def service(
    name: str, *, wanted: Callable[[], bool] | None = None
) -> Callable[[Callable[[threading.Event], None]], Callable[[threading.Event], None]]:
    """Run a function in a child process of the worker, until its argument, an Event, is set.

    With `wanted`, asked about every second, the process is started when there is work for it, and may return when there
    has been none for a while, which gives its memory back. With two workers there are two: what must be alone takes its
    own lock. Put it in `<app>/tasks.py`.
    """

    def register(run: Callable[[threading.Event], None]) -> Callable[[threading.Event], None]:
        _services[name] = Service(name, run, wanted)
        return run

    return register


def before_fork(prepare: Callable[[], object]) -> Callable[[], object]:
    """Have a worker call a function once, before it forks its processes: what it loads is there once, for all of them.

    For large things that stay as they are and are no Python objects (a dictionary, a model). Put it in `tasks.py`.
    """
    if prepare not in _before_fork:
        _before_fork.append(prepare)
    return prepare


def prepare_to_fork() -> None:
    for prepare in _before_fork:
        prepare()


def discover() -> None:
    """Import `tasks` of every installed app, so that all that is registered is known."""
    autodiscover_modules("tasks")


def periodic_tasks() -> list[Periodic]:
    """All periodic work of the installed rooms, by name."""
    discover()
    return [_periodic[name] for name in sorted(_periodic)]


def services() -> list[Service]:
    """All services of the installed rooms, by name."""
    discover()
    return [_services[name] for name in sorted(_services)]
