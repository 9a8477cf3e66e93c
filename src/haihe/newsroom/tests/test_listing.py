"""The list of intake is found by walking one index, whatever the database has counted of its tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from haihe.city.domain.organisations import found
from haihe.city.domain.people import grant
from haihe.city.models import Person
from haihe.newsroom.domain import listing

COUNTED = [  # a million items, as `count_tables` leaves them: beginning of an index's name, its figures
    ("items_pending", "375 25"),
    ("newsroom_item_arrived_at", "1167270 1"),
    ("newsroom_item_content_sha256", "864800 1"),
    ("newsroom_item_master_id", "569664 84"),
    ("newsroom_it_family", "1043868 1001 1"),
    ("newsroom_it_organis_1db972", "1084596 1001 1"),
    ("newsroom_it_organis", "1236984 1001 1001"),
    ("sqlite_autoindex_newsroom_item_1", "514188 1"),
    ("sqlite_autoindex_newsroom_item_2", "1182216 501 1"),
    ("newsroom_item", "1043072 1001"),
]


@pytest.mark.django_db
@pytest.mark.parametrize("wanted", [{"state": "new"}, {"state": "new", "doubles": True}, {"language": "zh-hans"}])
def test_counted_tables_do_not_make_it_read_and_sort_all(
    begun: Callable[[Path], Path], tmp_path: Path, wanted: dict[str, Any]
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("how SQLite chooses")
    person = Person.objects.create_user("editor")
    for number in range(listing.FEW + 1):
        grant(person, "editor", found(f"Office {number}", slug=f"office-{number}"))
    with CaptureQueriesContext(connection) as asked:
        assert listing.newest(person, wanted) == []
    with closing(sqlite3.connect(begun(tmp_path) / "haihe.sqlite3")) as database:
        database.execute("ANALYZE")
        indexes = database.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'newsroom_item'")
        for (name,) in indexes.fetchall():
            counted = next((figures for begin, figures in COUNTED if name.startswith(begin)), None)
            if counted:
                database.execute("INSERT INTO sqlite_stat1 VALUES ('newsroom_item', ?, ?)", [name, counted])
        database.commit()
        database.execute("ANALYZE sqlite_schema")
        plan = [row[3] for row in database.execute("EXPLAIN QUERY PLAN " + asked.captured_queries[-1]["sql"])]
    assert "INDEX newsroom_item_arrived_at" in plan[0], plan
