"""What can go wrong with background work itself."""

from __future__ import annotations

from haihe.base.errors import HaiheError


class UnknownLane(HaiheError):
    """A task names a lane that Haihe does not have."""

    permanent = True
    hint = "Use bake, deliver, collect, default or heavy."


class UnknownTask(HaiheError):
    """The queue holds a task that the installed code does not have."""

    permanent = True
    hint = "It was renamed or removed: discard it, or install the version that has it and replay it."


class Overran(HaiheError):
    """The task ran longer than its lane allows and was stopped."""

    hint = "Give it a larger time_limit, or make it do less in one run."


class ChildDied(HaiheError):
    """The process of a heavy task ended before the task did."""

    hint = "Signal 9 mostly means that memory ran out: give it less to do at once, or the machine more memory."


class WorkerDied(HaiheError):
    """The worker was lost in the middle of the task."""

    hint = "If it happens again with this task only, the task brings the worker down: look at what it works on."


class NotPossible(HaiheError):
    """The task is in a state in which this cannot be done."""

    permanent = True
    hint = "Reload the page: someone else, or the worker, was faster."
