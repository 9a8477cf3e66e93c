"""Doctor names real faults, each seeded in a home of its own, and says what to do."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from haihe.base import doctor
from haihe.base.doctor import Finding
from haihe.base.errors import HaiheError
from haihe.base.tests.ports import free_port
from haihe.house.messages import compile_messages
from haihe.house.tests.conftest import HAIHE, plain_environment

Findings = dict[str, list[tuple[str, str, str]]]


def _doctor(home: Path, **settings: str) -> tuple[int, Findings]:
    """Runs doctor on a home; its status, and its findings by check: (level, text, advice)."""
    environment = plain_environment(**{"HAIHE_HOME": str(home), "HAIHE_BIND": f"127.0.0.1:{free_port()}", **settings})
    done = subprocess.run([*HAIHE, "doctor", "--json"], env=environment, capture_output=True, text=True)
    assert done.stdout, done.stderr
    told = json.loads(done.stdout)
    found: Findings = {}
    for one in told["findings"]:
        found.setdefault(one["check"], []).append((one["level"], one["text"], one["advice"]))
    assert told["wrong"] == sum(level == "wrong" for all_of in found.values() for level, _text, _advice in all_of)
    return done.returncode, found


@pytest.fixture
def examine(home: Path) -> Callable[..., tuple[int, Findings]]:
    return partial(_doctor, home)


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


ROWS = """
import datetime
from django.utils import timezone
from haihe.archive import deposit
from haihe.base.audit import record
from haihe.base.tasks.models import Job, Worker
from haihe.city.models import Organisation
now = timezone.now()
then = now - datetime.timedelta(hours=1)
Worker.objects.create(name="old", crew="quick", machine="elsewhere", pid=1, beat_at=then, started_at=then)
Job.objects.create(
    task_path="a.b", lane="collect", arguments={"args": [], "kwargs": {}}, state="dead", run_after=now,
    enqueued_at=now, finished_at=now, attempts=5, max_attempts=5, error="no route",
)
root = Organisation.objects.first() or Organisation.objects.create(name="X", slug="x", path="/1/")
for text in (b"first", b"second", b"third"):
    deposit(text, organisation=root, source_kind="upload")
for number in range(3):
    record("test.thing", thing=str(number))
"""


@pytest.fixture(scope="module")
def many(prepared_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Findings:
    """What doctor finds in one home with many faults that do not hide each other, looked at once."""
    home = tmp_path_factory.mktemp("many") / "home"
    shutil.copytree(prepared_once, home, symlinks=True)
    _django(home, ROWS)
    _forge_the_audit_trail(home)
    _damage_two_blobs(home)
    _sql(home, "UPDATE city_person SET is_superuser = 0")
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    parts = [{"name": "worker", "pid": gone.pid, "deaths": 4, "last_exit": 1}]
    (home / "run").mkdir(exist_ok=True)
    (home / "run" / "up.json").write_text(json.dumps({"pid": os.getpid(), "bind": "x", "parts": parts}))
    (home / "search").mkdir(exist_ok=True)
    for file in filter(Path.is_file, (home / "search").rglob("*")):
        file.write_bytes(b"not an index")
    (home / "static").rename(home / "elsewhere")
    (home / "secret_key").chmod(0o644)
    later = time.time() + 86_400
    os.utime(home / "prepared.json", (later, later))
    _status, found = _doctor(
        home, HAIHE_DISK_FLOOR_MB="999999999", HAIHE_DEBUG="true", HAIHE_PUBLIC_URL="http://news.example.org"
    )
    shutil.rmtree(home)
    return found


def _forge_the_audit_trail(home: Path) -> None:
    with sqlite3.connect(home / "haihe.sqlite3") as database:
        triggers = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'audit_%'")
        for (name,) in triggers.fetchall():
            database.execute(f"DROP TRIGGER {name}")
        assert database.execute("UPDATE audit_entry SET action = 'forged' WHERE number = 2").rowcount == 1
    database.close()


def _damage_two_blobs(home: Path) -> None:
    files = sorted(file for file in (home / "archive").rglob("*") if file.is_file())
    first, second = (next(file for file in files if file.read_bytes() == text) for text in (b"first", b"second"))
    first.unlink()
    second.chmod(0o600)
    second.write_bytes(b"forged")


@pytest.mark.parametrize(
    ("check", "words", "advice"),
    [
        ("house.disk", "disk_floor_mb = 999999999", ""),
        ("house.secret", "other accounts", "chmod 600 "),
        ("house.settings", "debug", "debug = false"),
        ("house.settings", "is not https", ""),
        ("house.settings", "no mail leaves", ""),
        ("house.processes", "worker does not run (last exit: 1)", ""),
        ("tasks.workers", "worker old gave no sign of life", ""),
        ("tasks.queue", "lane collect: 1 jobs failed for good", ""),
        ("archive.blobs", "2 of the 3 newest blobs are not as deposited", ""),
        ("house.built", "static is empty", "haihe prepare"),
        ("house.clock", "the last write of prepared.json", ""),
        ("house.administrator", "no administrator", "haihe prepare"),
    ],
)
def test_doctor_names_each_of_many_faults_and_what_to_do(many: Findings, check: str, words: str, advice: str) -> None:
    assert advice in _complaint(many, check, words)[1]


@pytest.mark.parametrize("check", ["audit.chain", "audit.triggers", "search.index"])
def test_doctor_sees_what_was_tampered_with(many: Findings, check: str) -> None:
    assert [one for one in many[check] if one[0] in ("wrong", "warning")]


def test_doctor_names_an_address_that_is_taken(examine) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        bind = f"127.0.0.1:{other.getsockname()[1]}"
        _status, found = examine(HAIHE_BIND=bind)
    assert bind in _complaint(found, "house.address", "cannot be listened on")[0]


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
