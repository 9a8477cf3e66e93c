from __future__ import annotations

import pytest
from django.db import connection
from django.utils import timezone

from haihe.base.tasks.models import Schedule
from haihe.base.tasks.tasks import count_tables


@pytest.mark.django_db
def test_database_learns_how_large_its_tables_are() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL counts by itself")
    Schedule.objects.create(name="a", slot=0, fired_at=timezone.now())
    count_tables.func()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'tasks_schedule'")
        assert cursor.fetchone()[0] > 0
