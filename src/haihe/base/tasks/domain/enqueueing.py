"""Putting jobs into the queue, as part of the caller's transaction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django_tasks.base import Task
from django_tasks.signals import task_enqueued
from django_tasks.utils import normalize_json

from haihe.base.tasks import wake
from haihe.base.tasks.domain.patience import patiently
from haihe.base.tasks.lanes import lanes
from haihe.base.tasks.models import Job
from haihe.base.tasks.registry import LaneTask


def enqueue(task: Task[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any], *, key: str | None = None) -> Job:
    """Add a job; a rollback of the caller takes it back, the commit wakes the worker.

    key    while a job of this task with the same key waits, that one is returned and no second one is made

    Raises TypeError where an argument is not JSON.
    """
    arguments = normalize_json({"args": args, "kwargs": kwargs})
    if key is None and isinstance(task, LaneTask) and task.once_per_call:
        text = json.dumps(arguments, sort_keys=True, ensure_ascii=False)
        key = text if len(text) <= 200 else hashlib.sha256(text.encode()).hexdigest()
    job = patiently(partial(_add, task, arguments, key))
    transaction.on_commit(partial(wake.send, task.queue_name))
    task_enqueued.send(type(task.get_backend()), task_result=job.task_result)
    return job


def _add(task: Task[..., Any], arguments: dict[str, Any], key: str | None) -> Job:
    now = timezone.now()
    own = task.attempts if isinstance(task, LaneTask) else 0
    job = Job(
        task_path=task.module_path,
        lane=task.queue_name,
        arguments=arguments,
        key=key,
        priority=task.priority,
        enqueued_at=now,
        run_after=task.run_after or now,
        max_attempts=own or lanes()[task.queue_name].attempts,
    )
    if key is None:
        job.save(force_insert=True)
        return job
    while True:
        try:
            with transaction.atomic():
                # The row lock keeps a worker on PostgreSQL from starting the waiting job before the caller commits:
                # it would not see what the caller has written. On SQLite the caller's transaction locks out the claim.
                waiting = (
                    Job.objects.select_for_update()
                    .filter(task_path=job.task_path, key=key, state=Job.State.WAITING)
                    .first()
                )
                if waiting is None:
                    job.save(force_insert=True)
                    return job
                if waiting.attempts == 0 and job.run_after < waiting.run_after:
                    waiting.run_after = job.run_after
                    waiting.save(update_fields=["run_after"])
                return waiting
        except IntegrityError:
            # Another transaction added the same key between our look and our insert.
            if not Job.objects.filter(task_path=job.task_path, key=key, state=Job.State.WAITING).exists():
                continue
