"""Tasks of the benchmark: a page that is baked, a sweep that keeps the collect lane busy, and one that does nothing."""

from __future__ import annotations

import time

from django.utils import timezone
from django_tasks import task as plain_task

from haihe.base.tasks import task
from haihe.base.tasks.models import Schedule


@task(lane="bake")
def bake() -> float:
    return time.time()


@task(lane="collect")
def visit(number: int) -> None:
    """As a visit to a source: waiting for the network, reading a feed, some short transactions."""
    for turn in range(5):
        time.sleep(0.02)
        end = time.thread_time() + 0.01
        while time.thread_time() < end:
            sum(range(200))
        name = f"bench {number} {turn}"
        Schedule.objects.update_or_create(name=name, defaults={"slot": turn, "fired_at": timezone.now()})


@task(lane="collect")
def nothing() -> None:
    """Nothing."""


@plain_task(backend="peer")
def nothing_there() -> None:
    """Nothing, by django-tasks-db."""
