"""Doctor names real faults, each seeded in a home of its own, and says what to do."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from haihe.base import doctor
from haihe.base.doctor import Finding
from haihe.base.errors import HaiheError
from haihe.house.messages import compile_messages
from haihe.house.tests.conftest import HAIHE, free_port, plain_environment

Findings = dict[str, list[tuple[str, str, str]]]


@pytest.fixture
def examine(home: Path) -> Callable[..., tuple[int, Findings]]:
    """Runs doctor on `home` and gives status and findings by check: (level, text, advice)."""

    def run(**settings: str) -> tuple[int, Findings]:
        environment = plain_environment(
            **{"HAIHE_HOME": str(home), "HAIHE_BIND": f"127.0.0.1:{free_port()}", **settings}
        )
        done = subprocess.run([*HAIHE, "doctor", "--json"], env=environment, capture_output=True, text=True)
        assert done.stdout, done.stderr
        told = json.loads(done.stdout)
        found: Findings = {}
        for one in told["findings"]:
            found.setdefault(one["check"], []).append((one["level"], one["text"], one["advice"]))
        assert told["wrong"] == sum(level == "wrong" for all_of in found.values() for level, _text, _advice in all_of)
        return done.returncode, found

    return run


@pytest.fixture(scope="module", autouse=True)
def compiled_messages() -> None:
    compile_messages()


def _complaint(found: Findings, check: str, words: str) -> tuple[str, str]:
    """The one complaint of the check that has these words; with what to do. Fails where there is none or more."""
    there = [one for one in found.get(check, []) if one[0] in ("wrong", "warning") and words in one[1]]
    assert len(there) == 1, found.get(check, sorted(found))
    return there[0][1], there[0][2]


def _django(home: Path, code: str) -> None:
    before = "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'haihe.house.settings'; django.setup();"
    subprocess.run([sys.executable, "-c", before + code], env=plain_environment(HAIHE_HOME=str(home)), check=True)


def _sql(home: Path, *statements: str) -> None:
    with sqlite3.connect(home / "haihe.sqlite3") as database:
        for statement in statements:
            database.execute(statement)
    database.close()


def test_doctor_of_a_sound_home_complains_of_nothing_in_the_house(examine) -> None:
    _status, found = examine()
    house = {check: all_of for check, all_of in found.items() if check.startswith(("house.", "audit.", "archive."))}
    assert {"house.home", "house.disk", "house.database", "house.settings", "house.registered"} <= set(house)
    complaints = [one[1] for all_of in house.values() for one in all_of if one[0] in ("wrong", "warning")]
    assert complaints == []


def test_doctor_names_an_unknown_key(home: Path, examine) -> None:
    (home / "haihe.toml").write_text('publik_url = "https://a.example"')
    status, found = examine()
    assert status == 1
    text, advice = _complaint(found, "house.settings", "unknown key 'publik_url'; did you mean 'public_url'?")
    assert text.startswith(f"{home}/haihe.toml")
    assert "docs/settings.md" in advice


def test_doctor_names_a_home_that_cannot_be_written(examine) -> None:
    status, found = examine(HAIHE_HOME="/proc/haihe")
    assert status == 1
    assert "/proc/haihe" in _complaint(found, "house.home", "cannot be written")[0]


def test_doctor_names_a_disk_that_is_nearly_full(examine) -> None:
    _status, found = examine(HAIHE_DISK_FLOOR_MB="999999999")
    assert "disk_floor_mb = 999999999" in _complaint(found, "house.disk", "are free")[0]


def test_doctor_names_a_secret_that_others_can_read(home: Path, examine) -> None:
    (home / "secret_key").chmod(0o644)
    _status, found = examine()
    assert _complaint(found, "house.secret", "other accounts")[1] == f"chmod 600 {home}/secret_key"


def test_doctor_names_an_address_that_is_taken(examine) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        bind = f"127.0.0.1:{other.getsockname()[1]}"
        _status, found = examine(HAIHE_BIND=bind)
    assert bind in _complaint(found, "house.address", "cannot be listened on")[0]


def test_doctor_names_debug_in_public(examine) -> None:
    _status, found = examine(HAIHE_DEBUG="true", HAIHE_PUBLIC_URL="http://news.example.org")
    assert "debug = false" in _complaint(found, "house.settings", "debug")[1]
    assert _complaint(found, "house.settings", "is not https")
    assert _complaint(found, "house.settings", "no mail leaves")


def test_doctor_names_a_damaged_database(home: Path, examine) -> None:
    (home / "haihe.sqlite3").write_bytes(b"this was a database once\n" * 400)
    status, found = examine()
    assert status == 1
    assert "backup" in _complaint(found, "house.database", "does not answer: file is not a database")[1]


def test_doctor_names_a_database_server_that_cannot_be_reached(examine) -> None:
    address = f"postgres://u:hunter2@127.0.0.1:{free_port()}/haihe"
    _status, found = examine(HAIHE_DATABASE_URL=address)
    assert "hunter2" not in str(found)
    assert _complaint(found, "house.database", "does not answer")


def test_doctor_names_pending_migrations(home: Path, examine) -> None:
    _sql(home, "DELETE FROM django_migrations WHERE app = 'sites' AND name LIKE '0002%'")
    _status, found = examine()
    text, advice = _complaint(found, "house.database", "migrations are pending")
    assert text.startswith("1 migrations are pending, sites.0002")
    assert "haihe prepare" in advice


def test_doctor_names_a_part_that_does_not_run(home: Path, examine) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    parts = [{"name": "worker", "pid": gone.pid, "deaths": 4, "last_exit": 1}]
    (home / "run").mkdir(exist_ok=True)
    (home / "run" / "up.json").write_text(json.dumps({"pid": os.getpid(), "bind": "x", "parts": parts}))
    _status, found = examine()
    assert _complaint(found, "house.processes", "worker does not run (last exit: 1)")


def test_doctor_names_a_worker_without_a_sign_of_life(home: Path, examine) -> None:
    code = (
        "from haihe.base.tasks.models import Worker; from django.utils import timezone; import datetime;"
        "then = timezone.now() - datetime.timedelta(hours=1);"
        "Worker.objects.create(name='old', crew='quick', machine='elsewhere', pid=1, beat_at=then, started_at=then)"
    )
    _django(home, code)
    _status, found = examine()
    assert _complaint(found, "tasks.workers", "worker old gave no sign of life")


def test_doctor_names_dead_letters(home: Path, examine) -> None:
    code = (
        "from haihe.base.tasks.models import Job; from django.utils import timezone; now = timezone.now();"
        "Job.objects.create(task_path='a.b', lane='collect', arguments={'args': [], 'kwargs': {}}, state='dead',"
        "run_after=now, enqueued_at=now, finished_at=now, attempts=5, max_attempts=5, error='no route')"
    )
    _django(home, code)
    _status, found = examine()
    assert "lane collect: 1 jobs failed for good" in _complaint(found, "tasks.queue", "failed for good")[0]


def test_doctor_names_a_broken_audit_trail(home: Path, examine) -> None:
    _django(home, "from haihe.base.audit import record; [record('test.thing', thing=str(n)) for n in range(3)]")
    with sqlite3.connect(home / "haihe.sqlite3") as database:
        triggers = database.execute("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        tables = {row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert "audit_entry" in tables
        for name, table in triggers:
            if table.startswith("audit_"):
                database.execute(f"DROP TRIGGER {name}")
        database.execute("UPDATE audit_entry SET action = 'forged' WHERE number = 2")
    _status, found = examine()
    assert [one for one in found["audit.chain"] if one[0] == "wrong"]
    assert [one for one in found["audit.triggers"] if one[0] == "wrong"]


def test_doctor_names_a_blob_that_is_gone_and_one_that_changed(home: Path, examine) -> None:
    code = (
        "from haihe.city.models import Organisation; from haihe.archive import deposit;"
        "root = Organisation.objects.first() or Organisation.objects.create(name='X', slug='x', path='/1/');"
        "[deposit(text, organisation=root, source_kind='upload') for text in (b'first', b'second', b'third')]"
    )
    _django(home, code)
    files = sorted(file for file in home.rglob("*") if file.is_file() and file.read_bytes() in (b"first", b"second"))
    assert len(files) == 2
    files[0].unlink()
    files[1].chmod(0o600)
    files[1].write_bytes(b"forged")
    _status, found = examine()
    assert _complaint(found, "archive.blobs", "2 of the 3 newest blobs are not as deposited")


def test_doctor_names_a_search_index_that_is_damaged(home: Path, examine) -> None:
    folder = home / "search"
    folder.mkdir(exist_ok=True)
    for file in folder.rglob("*"):
        if file.is_file():
            file.write_bytes(b"not an index")
    _status, found = examine()
    assert [one for one in found["search.index"] if one[0] in ("wrong", "warning")]


def test_doctor_names_missing_static_files(home: Path, examine) -> None:
    (home / "static").rename(home / "elsewhere")
    _status, found = examine()
    assert "haihe prepare" in _complaint(found, "house.built", "static is empty")[1]


def test_doctor_names_a_clock_that_was_set_back(home: Path, examine) -> None:
    later = time.time() + 86_400
    os.utime(home / "prepared.json", (later, later))
    _status, found = examine()
    assert "the last write of prepared.json" in _complaint(found, "house.clock", "the clock stands before")[0]


def test_doctor_names_a_city_without_administrator(home: Path, examine) -> None:
    _sql(home, "UPDATE city_person SET is_superuser = 0")
    _status, found = examine()
    assert "haihe prepare" in _complaint(found, "house.administrator", "no administrator")[1]


def test_doctor_names_what_is_not_built(tmp_path: Path, monkeypatch) -> None:
    from haihe.house.checks import home as checks

    monkeypatch.setattr(checks, "BUILT", tmp_path / "manifest.json")
    monkeypatch.setattr(checks, "FONTS", tmp_path)
    (tmp_path / "sans.ttf").touch()
    found = {finding.text.split(":")[0] for finding in checks.everything_is_built()}
    assert "the front end is not built" in found
    assert "fonts are missing (sans-bold.ttf, serif.ttf, serif-bold.ttf)" in found


def test_doctor_names_messages_that_are_not_compiled(tmp_path: Path, monkeypatch) -> None:
    from haihe.house.checks import home as checks

    po = checks.SOURCE / "room" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    monkeypatch.setattr(checks.messages, "stale", lambda: [po])
    complaints = [finding.text for finding in checks.everything_is_built() if "catalogues" in finding.text]
    relative = "room/locale/zh_Hans/LC_MESSAGES/django.po"
    assert complaints == [f"1 message catalogues are not compiled ({relative} first): pages show English"]


def test_doctor_shows_no_secret_of_the_settings(home: Path, examine) -> None:
    (home / "haihe.toml").write_text('secret_key = "hunter2hunter2"\nsmtp_url = "smtp://u:hunter2@mail.example.org"\n')
    (home / "haihe.toml").chmod(0o640)
    _status, found = examine()
    assert "hunter2" not in str(found)
    assert stat.S_IMODE((home / "haihe.toml").stat().st_mode) == 0o640
    assert _complaint(found, "house.secret", "other accounts")[1] == f"chmod 600 {home}/haihe.toml"


def test_a_check_that_fails_is_a_finding_and_stops_no_other(monkeypatch) -> None:
    class Lost(HaiheError):
        """It is lost."""

        hint = "Look again."

    def breaks() -> list[Finding]:
        raise KeyError("x")

    def refuses() -> list[Finding]:
        raise Lost(thing="a")

    monkeypatch.setattr(doctor, "_checks", {})
    doctor.check("a.breaks")(breaks)
    doctor.check("b.refuses")(refuses)
    doctor.check("c.sound")(lambda: [doctor.good("fine")])
    assert list(doctor.findings()) == [
        Finding("wrong", "the check failed: KeyError: 'x'", "", "a.breaks"),
        Finding("wrong", "a: It is lost.", "Look again.", "b.refuses"),
        Finding("good", "fine", "", "c.sound"),
    ]
