"""The chain: recording, triggers, every kind of tampering, erasure, concurrency, the command."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import translation

from haihe.base.audit import immutability, record, verify
from haihe.base.audit.domain.recording import TwoPersonsNeeded, erase_detail
from haihe.base.audit.domain.verifying import export, note_head
from haihe.base.audit.domain.verifying import verify as verify_with
from haihe.base.audit.models import Detail, Entry, Head

pytestmark = pytest.mark.django_db
HEADS = Path(settings.HOME) / "audit" / "heads.jsonl"


@pytest.fixture(autouse=True)
def _no_noted_heads() -> Iterator[None]:
    HEADS.unlink(missing_ok=True)
    yield
    HEADS.unlink(missing_ok=True)


@pytest.fixture
def person() -> Any:
    return get_user_model().objects.create(username="王小明")


@pytest.fixture
def chain(person: Any) -> list[Entry]:
    """Six entries of every shape."""
    return [
        record("release.published", by=person, thing=person, organisation=3, detail={"title": "春到海河", "n": 1.5}),
        record("sweep.ran"),
        record("mail.sent", thing="someone@example.org", detail={"to": ["someone@example.org"]}),
        record("role.granted", by=person, thing=person, organisation=4, detail={"role": "editor"}),
        record("role.removed", by=person, thing=person, organisation=4, detail={"role": "editor"}),
        record("sweep.ran"),
    ]


def sql(statement: str, *values: Any) -> None:
    """Change the database behind Haihe's back."""
    immutability.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
    immutability.install(connection)


def numbers() -> list[int]:
    return sorted({problem.number for problem in verify().problems})


def test_record_makes_a_sound_chain_that_holds_no_personal_text(chain: list[Entry]) -> None:
    verdict = verify()
    assert (verdict.sound, verdict.entries, verdict.head) == (True, 6, f"6:{chain[5].hash}")
    with connection.cursor() as cursor:
        rows = cursor.execute("SELECT * FROM audit_entry").fetchall()
    text = json.dumps(rows, default=str, ensure_ascii=False)
    assert [word for word in ("王小明", "春到海河", "someone@example.org") if word in text] == []
    assert "someone@example.org" in Detail.objects.get(pk=3).body


def test_record_is_taken_back_with_the_deed(chain: list[Entry]) -> None:
    def deed() -> None:
        with transaction.atomic():
            record("deed.done")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        deed()
    assert Entry.objects.count() == 6
    assert record("deed.done").number == 7
    assert verify().sound


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET action = 'x' WHERE number = 2",
        "DELETE FROM audit_entry WHERE number = 6",
        "UPDATE audit_detail SET body = '{}' WHERE entry_id = 2",
        "UPDATE audit_detail SET entry_id = 7, body = '', salt = '' WHERE entry_id = 2",
        "DELETE FROM audit_detail WHERE entry_id = 2",
        "UPDATE audit_head SET number = 5",
        "DELETE FROM audit_head",
    ],
)
def test_database_refuses_to_change_the_trail(chain: list[Entry], statement: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert verify().sound


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", "2020-01-01 00:00:00"),
        ("action", "role.refused"),
        ("actor_id", 999),
        ("actor_id", None),
        ("organisation_id", 5),
        ("thing_label", "city.place"),
        ("thing_id", "999"),
        ("detail_sha256", "0" * 64),
        ("previous_hash", "0" * 64),
        ("hash", "0" * 64),
    ],
)
def test_verify_finds_a_change_of_each_field(chain: list[Entry], column: str, value: Any) -> None:
    sql(f"UPDATE audit_entry SET {column} = %s WHERE number = 4", value)  # noqa: S608
    assert 4 in numbers()


@pytest.mark.parametrize(("column", "value"), [("body", '{"by":"x"}'), ("salt", "0" * 32)])
def test_verify_finds_a_changed_detail(chain: list[Entry], column: str, value: str) -> None:
    sql(f"UPDATE audit_detail SET {column} = %s WHERE entry_id = 4", value)  # noqa: S608
    assert numbers() == [4]


def test_verify_finds_a_detail_that_was_emptied_or_taken_in_secret(chain: list[Entry]) -> None:
    sql("UPDATE audit_detail SET body = '', salt = '' WHERE entry_id = 1")
    sql("DELETE FROM audit_detail WHERE entry_id = 2")
    assert numbers() == [1, 2]


def test_verify_finds_a_removed_entry(chain: list[Entry]) -> None:
    sql("DELETE FROM audit_detail WHERE entry_id = 3")
    sql("DELETE FROM audit_entry WHERE number = 3")
    assert numbers() == [4]


def test_verify_finds_a_removed_beginning(chain: list[Entry]) -> None:
    sql("DELETE FROM audit_detail WHERE entry_id <= 2")
    sql("DELETE FROM audit_entry WHERE number <= 2")
    assert numbers() == [3]


def test_verify_finds_a_removed_end(chain: list[Entry]) -> None:
    sql("DELETE FROM audit_detail WHERE entry_id >= 5")
    sql("DELETE FROM audit_entry WHERE number >= 5")
    assert numbers() == [4]


@translation.override("en")
def test_verify_finds_an_end_removed_with_its_head_by_the_head_noted_outside(chain: list[Entry]) -> None:
    assert note_head() == f"6:{chain[5].hash}"
    assert note_head() == ""
    sql("DELETE FROM audit_detail WHERE entry_id >= 5")
    sql("DELETE FROM audit_entry WHERE number >= 5")
    sql("UPDATE audit_head SET number = 4, hash = %s", chain[3].hash)
    assert [(p.number, p.what) for p in verify().problems] == [(6, "was noted earlier and is missing")]


def test_verify_finds_a_chain_written_anew_by_a_head_kept_elsewhere(chain: list[Entry]) -> None:
    kept = {6: chain[5].hash}
    sql("DELETE FROM audit_detail")
    sql("DELETE FROM audit_entry")
    sql("DELETE FROM audit_head")
    for _ in range(6):
        record("nothing.happened")
    assert verify().sound
    assert [problem.number for problem in verify_with(kept).problems] == [6]


def test_verify_finds_reordered_entries(chain: list[Entry]) -> None:
    sql("UPDATE audit_entry SET action = 'role.removed' WHERE number = 4")
    sql("UPDATE audit_entry SET action = 'role.granted' WHERE number = 5")
    assert numbers() == [4, 5]


def test_verify_finds_an_entry_put_in(chain: list[Entry]) -> None:
    columns = "at, action, actor_id, organisation_id, thing_label, thing_id, detail_sha256, previous_hash"
    copied = f"SELECT 7, 'x', {columns} FROM audit_entry WHERE number = 6"  # noqa: S608
    sql(f"INSERT INTO audit_entry (number, hash, {columns}) {copied}")
    assert numbers() == [7]


def test_erased_detail_keeps_the_chain_and_is_told_of(chain: list[Entry], person: Any) -> None:
    other = get_user_model().objects.create(username="李")
    with pytest.raises(TwoPersonsNeeded):
        erase_detail(chain[2], by=person, confirmed_by=person, why="court order 5")
    assert Detail.objects.get(pk=3).body
    erase_detail(chain[2], by=person, confirmed_by=other, why="court order 5")
    assert (Detail.objects.get(pk=3).body, Detail.objects.get(pk=3).salt) == ("", "")
    verdict = verify()
    assert (verdict.sound, verdict.entries, verdict.erased) == (True, 7, 1)
    lines = [json.loads(line) for line in export()]
    assert [line["number"] for line in lines] == [1, 2, 3, 4, 5, 6, 7]
    assert (lines[2]["told"], lines[0]["told"]["detail"]) == (None, {"title": "春到海河", "n": 1.5})
    assert [json.loads(line)["number"] for line in export(6)] == [6, 7]


def test_verify_of_an_empty_trail_is_sound() -> None:
    assert (verify().sound, verify().entries) == (True, 0)


def test_wagtail_log_stands_in_the_trail(person: Any) -> None:
    from wagtail.log_actions import log
    from wagtail.models import Site

    site = Site.objects.create(hostname="t.example", root_page_id=1, site_name="城")
    log(instance=site, action="wagtail.edit", user=person, data={"a": 1})
    entry = Entry.objects.latest("number")
    assert (entry.action, entry.actor_id, entry.thing_label, entry.thing_id) == (
        "wagtail.edit", person.pk, "wagtailcore.site", str(site.pk)
    )  # fmt: skip
    assert verify().sound


def test_command_verify_exits_1_when_broken(chain: list[Entry]) -> None:
    out = StringIO()
    call_command("audit", "verify", "--json", stdout=out)
    assert (json.loads(out.getvalue())["sound"], json.loads(out.getvalue())["entries"]) == (True, 6)
    with pytest.raises(SystemExit) as wrong:
        call_command("audit", "verify", "--expect", "nonsense", stdout=StringIO(), stderr=StringIO())
    assert wrong.value.code == 2
    sql("UPDATE audit_entry SET action = 'x' WHERE number = 2")
    out = StringIO()
    with pytest.raises(SystemExit) as broken:
        call_command("audit", "verify", "--json", stdout=out)
    assert (broken.value.code, json.loads(out.getvalue())["problems"][0]["number"]) == (1, 2)


def test_triggers_are_missed_when_one_is_gone() -> None:
    assert immutability.missing(connection) == []
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER audit_entry_no_update")
    assert immutability.missing(connection) == ["audit_entry_no_update"]
    immutability.install(connection)


WRITER = """
import django, sys; django.setup()
from django.db import transaction
from haihe.base.audit import record
import pathlib, time
meeting = pathlib.Path(sys.argv[2])
(meeting / sys.argv[1]).touch()
while len(list(meeting.iterdir())) < 2:
    time.sleep(0.005)
for number in range(150):
    with transaction.atomic():
        record("writer.wrote", thing=sys.argv[1], detail={"n": number})
    time.sleep(0.003)  # SQLite gives the lock to whoever asks again first; the other gets its turn here
"""


def test_two_processes_at_once_make_one_chain(home: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    meeting = tmp_path_factory.mktemp("meeting")  # where each waits for the other before it writes
    writers = [home.start("-c", WRITER, name, str(meeting)) for name in ("one", "two")]
    assert [writer.wait(120) for writer in writers] == [0, 0]
    found = home.output("audit", "verify", "--json")
    assert (found["sound"], found["entries"]) == (True, 300)
    order = [json.loads(body)["thing"] for (body,) in home.rows("SELECT body FROM audit_detail ORDER BY entry_id")]
    assert sorted(order) == ["one"] * 150 + ["two"] * 150
    assert sum(before != after for before, after in itertools.pairwise(order)) > 1


def test_head_stands_at_the_last_entry(chain: list[Entry]) -> None:
    assert list(Head.objects.values_list("pk", "number", "hash")) == [(1, 6, chain[5].hash)]


def test_command_is_found_by_haihe(home: Any) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "haihe", "audit", "verify"],
        env=home.environ,
        capture_output=True,
        timeout=600,
        check=False,
    )
    assert run.returncode == 0, run.stderr
