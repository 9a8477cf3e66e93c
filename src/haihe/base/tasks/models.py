"""Jobs, the workers that hold them, and the last slot of all periodic work."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from django_tasks.base import Task, TaskError, TaskResult, TaskResultStatus

from haihe.base.tasks.errors import UnknownTask
from haihe.base.tasks.registry import LaneTask


class Worker(models.Model):
    """One live process that runs jobs; gone workers have no row.

    machine, pid, born   name the process beyond doubt, so that one of the same machine can be seen to be gone
    beats                counts up; a watcher measures its stillness by a clock of its own, never by ours
    """

    name = models.CharField(max_length=100)
    crew = models.CharField(max_length=16)
    machine = models.CharField(max_length=200)
    pid = models.PositiveIntegerField()
    born = models.CharField(max_length=32)
    beats = models.PositiveBigIntegerField(default=0)
    beat_at = models.DateTimeField()
    started_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


class Job(models.Model):
    """One enqueued call.

    A run holds the lease when `worker` and `attempts` are as it found them: whoever lost the lease can settle nothing.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        DEAD = "dead", _("failed for good")
        CANCELLED = "cancelled", _("cancelled")
        DISCARDED = "discarded", _("discarded")

    task_path = models.CharField(_("task"), max_length=200)
    lane = models.CharField(_("lane"), max_length=16)
    arguments = models.JSONField(_("arguments"), encoder=DjangoJSONEncoder)  # {"args": [...], "kwargs": {...}}
    key = models.CharField(max_length=200, null=True, blank=True)
    priority = models.SmallIntegerField(default=0)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    enqueued_at = models.DateTimeField(_("enqueued"))
    run_after = models.DateTimeField(_("not before"))
    started_at = models.DateTimeField(_("started"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    max_attempts = models.PositiveSmallIntegerField()
    worker = models.ForeignKey(Worker, models.SET_NULL, null=True, related_name="jobs")
    cancel_requested = models.BooleanField(default=False)
    progress_done = models.PositiveBigIntegerField(default=0)
    progress_total = models.PositiveBigIntegerField(default=0)
    progress_text = models.CharField(max_length=200, blank=True)
    return_value = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    error = models.TextField(_("error"), blank=True)
    error_class = models.CharField(max_length=200, blank=True)
    traceback = models.TextField(blank=True)
    history = models.JSONField(default=list)  # attempts that did not end well: {attempt, at, worker, error}

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("background job")
        verbose_name_plural = _("background jobs")
        default_permissions = ("view", "change")
        indexes = [
            models.Index(
                "lane", F("priority").desc(), "run_after", "id", name="job_next", condition=Q(state="waiting")
            ),
            models.Index(fields=["state", "-id"], name="job_by_state"),
            models.Index(fields=["worker"], name="job_held", condition=Q(state="running")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["task_path", "key"], condition=Q(state="waiting", key__isnull=False), name="job_waits_once"
            ),
            models.CheckConstraint(
                condition=Q(state="running") | Q(worker__isnull=True), name="job_held_only_while_running"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task_path} #{self.pk}"

    @property
    def short_name(self) -> str:
        return self.task_path.rsplit(".", 1)[-1]

    @property
    def task(self) -> Task[..., Any]:
        """The task this job calls. Raises UnknownTask."""
        try:
            found = import_string(self.task_path)
        except Exception as error:  # a module that cannot be loaded must end its job, not the worker
            raise UnknownTask(thing=self.task_path) from error
        if not isinstance(found, Task):
            raise UnknownTask(thing=self.task_path)
        return found

    @property
    def title(self) -> str:
        try:
            return str(getattr(self.task, "title", "") or self.short_name)
        except UnknownTask:
            return self.short_name

    @property
    def time_limit(self) -> timedelta | None:
        found = self.task
        return found.time_limit if isinstance(found, LaneTask) else None

    @property
    def task_result(self) -> TaskResult[Any]:
        """As django-tasks shows it to any caller."""
        failed = self.state in {self.State.DEAD, self.State.CANCELLED, self.State.DISCARDED}
        status = {self.State.WAITING: "READY", self.State.RUNNING: "RUNNING", self.State.DONE: "SUCCESSFUL"}
        workers = [str(entry["worker"]) for entry in self.history]
        result: TaskResult[Any] = TaskResult(
            task=self.task.using(priority=self.priority, queue_name=self.lane),
            id=str(self.pk),
            status=TaskResultStatus[status.get(self.State(self.state), "FAILED")],
            enqueued_at=self.enqueued_at,
            started_at=self.started_at,
            finished_at=self.finished_at,
            last_attempted_at=self.started_at,
            args=self.arguments["args"],
            kwargs=self.arguments["kwargs"],
            backend="default",
            errors=[TaskError(exception_class_path=self.error_class, traceback=self.traceback)] if failed else [],
            worker_ids=[*workers, *[""] * (self.attempts - len(workers))],
        )
        object.__setattr__(result, "_return_value", self.return_value)
        return result


class Schedule(models.Model):
    """The last slot of one periodic task that was fired; changed only by compare-and-set."""

    name = models.CharField(max_length=200, primary_key=True)
    slot = models.BigIntegerField()
    fired_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
