"""`haihe prepare`: once does everything, twice changes nothing, a first run cut short is taken up again."""

from __future__ import annotations

import gzip
import json
import re
import sqlite3
from pathlib import Path

import pytest


def _people(home: Path) -> list[tuple[str, str]]:
    with sqlite3.connect(home / "haihe.sqlite3") as database:
        return database.execute("SELECT username, password FROM city_person WHERE is_superuser").fetchall()


def _reviews(home: Path) -> list[tuple[str, int]]:
    with sqlite3.connect(home / "haihe.sqlite3") as database:
        return database.execute(
            "SELECT w.name, w.active FROM wagtailcore_workflow w"
            " JOIN wagtailcore_workflowcontenttype c ON c.workflow_id = w.id"
        ).fetchall()


def test_prepare_shows_a_password_once_and_it_works(prepared_once: Path, home: Path, haihe) -> None:
    first = (prepared_once / "prepare.log").read_text()
    assert len(re.findall(r"password +(\S{12,})", first)) == 1
    people = _people(home)
    again = haihe("prepare")
    assert again.returncode == 0
    assert re.findall(r"^ +(password|administrator)", again.stdout, re.MULTILINE) == []
    assert _people(home) == people
    password = re.findall(r"password +(\S+)", first)[0]
    code = (
        "from django.contrib.auth import authenticate as a;"
        f"print(a(username='admin', password={password!r}), a(username='admin', password='admin'))"
    )
    assert haihe("shell", "--no-imports", "-c", code).stdout.split() == ["admin", "None"]


def test_prepare_twice_changes_nothing(home: Path, haihe) -> None:
    before = {file: file.stat().st_mtime_ns for file in (home / "static").rglob("*") if file.is_file()}
    assert len(before) > 100
    ledger = (home / "prepared.json").read_text()
    done = haihe("prepare")
    assert done.stdout.splitlines()[1:] == [
        "messages      unchanged",
        "database      up to date",
        "static files  up to date",
    ]
    assert {file: file.stat().st_mtime_ns for file in (home / "static").rglob("*") if file.is_file()} == before
    assert (home / "prepared.json").read_text() == ledger
    assert _reviews(home) == [("\u53d1\u5e03\u524d\u5ba1\u6838", 1)] * 3  # of manuscripts, tours and exhibitions


def test_prepare_collects_static_files_that_were_lost(home: Path, haihe) -> None:
    count = len(list((home / "static").rglob("*")))
    (home / "static").rename(home / "elsewhere")
    assert haihe("prepare").returncode == 0
    assert len(list((home / "static").rglob("*"))) == count
    sheet = home / "static" / "wagtailadmin" / "css" / "core.css"
    assert gzip.decompress(sheet.with_name("core.css.gz").read_bytes()) == sheet.read_bytes()


@pytest.mark.full
def test_prepare_takes_up_a_first_run_that_was_cut_short(home: Path, haihe) -> None:
    ledger = json.loads((home / "prepared.json").read_text())
    assert ledger["demo"] == "not wanted"
    (home / "prepared.json").write_text(json.dumps({**ledger, "demo": "wanted"}))
    with sqlite3.connect(home / "haihe.sqlite3") as database:
        database.execute("UPDATE city_person SET is_superuser = 0")
        database.execute("DELETE FROM wagtailcore_workflowcontenttype")
    done = haihe("prepare")
    assert done.returncode == 0, done.stderr
    assert json.loads((home / "prepared.json").read_text())["demo"] == "built"
    assert "building the demonstration city" in done.stdout
    assert [name for name, _password in _people(home)] == ["admin-2"]
    assert "admin-2" in done.stdout
    assert _reviews(home) == []  # staff took the founded review away; it stays away


@pytest.mark.full  # every migration; `make run` in a clean copy does the same with the demonstration
def test_prepare_of_an_empty_folder_without_the_demonstration(haihe, tmp_path: Path) -> None:
    done = haihe("prepare", "--no-demo")
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "home" / "prepared.json").read_text())["demo"] == "not wanted"
    assert len(re.findall(r"password +(\S{12,})", done.stdout)) == 1
    assert [name for name, _password in _people(tmp_path / "home")] == ["admin"]
