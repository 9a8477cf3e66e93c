"""Our queue as a backend of django-tasks: every @task, Wagtail's own too, becomes a Job in a lane."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskResult
from django_tasks.exceptions import TaskResultDoesNotExist

from haihe.base.tasks.lanes import NAMES
from haihe.base.tasks.registry import LaneTask

# Tasks of libraries bring no rules of their own. These bring an index up to date from what the database holds: a row
# that is gone needs nothing, and one waiting run serves any number of changes.
_LIBRARY_RULES: dict[str, dict[str, Any]] = {
    "wagtail.tasks.update_reference_index_task": {"gone_is_done": True, "once_per_call": True, "priority": -10},
    "modelsearch.tasks.insert_or_update_object_task": {"gone_is_done": True, "once_per_call": True},
    "wagtail.images.tasks.set_image_focal_point_task": {"gone_is_done": True, "once_per_call": True},
}


class LaneBackend(BaseTaskBackend):
    """`TASKS = {"default": {"BACKEND": "haihe.base.tasks.backend.LaneBackend"}}`"""

    supports_defer = True
    supports_async_task = True
    supports_get_result = True
    supports_priority = True

    def __init__(self, alias: str, params: dict[str, Any]) -> None:
        super().__init__(alias, params)
        self.queues = set(NAMES)

    @staticmethod
    def task_class(**fields: Any) -> LaneTask[..., Any]:  # type: ignore[override]
        function = fields["func"]
        rules = _LIBRARY_RULES.get(f"{function.__module__}.{function.__qualname__}", {})
        return LaneTask(**{**fields, **rules})

    def enqueue(self, task: Task[..., Any], args: Any, kwargs: Any) -> TaskResult[Any]:
        from haihe.base.tasks.domain.enqueueing import enqueue

        self.validate_task(task)
        return enqueue(task, args, kwargs).task_result

    def get_result(self, result_id: str) -> TaskResult[Any]:
        from haihe.base.tasks.models import Job

        try:
            return Job.objects.get(pk=result_id).task_result
        except (Job.DoesNotExist, ValidationError, ValueError) as error:
            raise TaskResultDoesNotExist(result_id) from error
