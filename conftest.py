"""What every test shares: the data folder, the database as migrations leave it, and one real browser.

Their home is made by `haihe.base.tests.own_home`, before the settings are read."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ground import chromium
from haihe.base.tests import migrated

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

os.environ["LC_ALL"] = "C.UTF-8"  # what is said without Django is English in tests, whoever runs them


def data_folder_path() -> Path:
    beside = Path(__file__).resolve().parent.parent / "shared" / "data"
    return Path(os.environ.get("HAIHE_TEST_DATA") or beside)


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The folder of real public data; its absence is the only reason to skip a test that asks for it."""
    folder = data_folder_path()
    if not folder.is_dir():
        pytest.skip(f"no data folder ({folder}); HAIHE_TEST_DATA names it")
    return folder


_pristine = sqlite3.connect(":memory:", check_same_thread=False)


def pytest_sessionstart(session: pytest.Session) -> None:
    """While the processes of a run find their tests, the database they will all ask for is made beside them."""
    among_many = getattr(session.config.option, "numprocesses", None) and not hasattr(session.config, "workerinput")
    if among_many and not migrated.file().exists():
        subprocess.Popen([sys.executable, "-m", migrated.__name__])


@pytest.fixture(scope="session")
def laid(django_db_modify_db_settings: None) -> Iterator[None]:
    """Puts the migrated database where the tests' own is about to be made: migrating it finds nothing left to do."""
    from django.db import connection

    if connection.vendor != "sqlite":
        yield
        return
    name = connection.settings_dict["TEST"]["NAME"] = "file:tests?mode=memory&cache=shared"
    with closing(sqlite3.connect(name, uri=True)) as memory:  # it is there for as long as somebody holds it
        with closing(sqlite3.connect(migrated.made())) as file:
            file.backup(memory)
        yield


@pytest.fixture(scope="session")
def django_db_setup(laid: None, django_db_setup: None, django_db_blocker: Any) -> None:
    """The database as migrations leave it, kept for `pytest_runtest_teardown`."""
    from django.db import connection

    with django_db_blocker.unblock():
        if connection.vendor == "sqlite":
            connection.ensure_connection()
            connection.connection.backup(_pristine)


@pytest.fixture(scope="session")
def begun() -> Callable[[Path], Path]:
    """Lays the database of a city that has just begun into a folder."""

    def begun(home: Path) -> Path:
        home.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(migrated.made(), home / "haihe.sqlite3")
        return home

    return begun


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Any:
    """So that no test depends on which ran before it, what a test leaves outside its transaction is taken away.

    The language of the last page that was asked for. Caches: they know rows by numbers that come again, and Wagtail's
    renditions by files in the folder of another test. The index of the search, in which rows that were rolled back
    would stand for ever and crowd out those of later tests. A test with real transactions ends in a flush, which also
    takes what migrations made (Wagtail's root page, the portal, its site): it is put back.
    """
    from django.core.cache import caches
    from django.utils import translation

    result = yield
    translation.deactivate()
    for one in caches.all(initialized_only=True):
        one.clear()
    shutil.rmtree(Path(os.environ["HAIHE_HOME"]) / "search", ignore_errors=True)
    if "transactional_db" in getattr(item, "fixturenames", ()) or _is_transactional(item):
        _put_back(item.config)
    return result


def _is_transactional(item: pytest.Item) -> bool:
    mark = item.get_closest_marker("django_db")
    return bool(mark and (mark.kwargs.get("transaction") or (mark.args and mark.args[0])))


def _put_back(config: pytest.Config) -> None:
    from django.db import connection
    from pytest_django.plugin import blocking_manager_key

    with config.stash[blocking_manager_key].unblock():
        if connection.vendor != "sqlite" or not _schema(_pristine):
            return
        connection.ensure_connection()
        database = connection.connection
        # Tables that the tests of one part make for themselves stay, empty as the flush left them.
        own = [sql for name, sql in _schema(database).items() if name not in _schema(_pristine)]
        _pristine.backup(database)
        for sql in own:
            database.execute(sql)


def _schema(database: sqlite3.Connection) -> dict[str, str]:
    """Name → SQL of tables, then indexes and triggers; without SQLite's own, which ANALYZE leaves behind."""
    statement = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type <> 'table'"
    return {name: sql for name, sql in database.execute(statement) if not name.startswith("sqlite_")}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """With the data folder present, a skip in a test that asked for it is a failure."""
    report = yield
    if report.skipped and "data_folder" in getattr(item, "fixturenames", ()) and data_folder_path().is_dir():
        report.outcome = "failed"
        report.longrepr = f"skipped although the data folder is there: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One real Chromium for the session (playwright, synchronous); open a context of your own in it."""
    from playwright.sync_api import sync_playwright

    path = chromium.find()
    if path is None:
        pytest.fail("no Chromium: install it (apt-get install chromium) or name it in HAIHE_CHROMIUM")
    # Playwright's loop runs in this thread; Django would refuse the database beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield running
        running.close()
