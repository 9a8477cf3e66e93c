"""Migrations of the rooms leave jobs of Wagtail's behind; these tests begin with an empty queue."""

from __future__ import annotations

import pytest

from haihe.base.tasks.models import Job


@pytest.fixture(autouse=True)
def _empty_queue(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db")
        Job.objects.all().delete()
