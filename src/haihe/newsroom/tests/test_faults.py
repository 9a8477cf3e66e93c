"""Killed in the middle, and two at once: everything or nothing, and the chain whole."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

PRELUDE = """
import os, sys, signal, threading
import django
django.setup()
from django.core.management import call_command
from django.db import connection, connections
from haihe.newsroom.tests.newsdesk import Newsdesk, revise
from haihe.newsroom.models import Manuscript
from haihe.releases import signals
from haihe.releases.domain import publish, correct, verify
from haihe.releases.models import Publication, Release
"""


def run(home: Path, script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PRELUDE + textwrap.dedent(script)],
        env={**os.environ, "HAIHE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "haihe.house.settings", **environment},
        capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def home(begun: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with a database of its own and one manuscript that is not public."""
    folder = begun(tmp_path_factory.mktemp("faults"))
    made = run(folder, "d = Newsdesk(); d.manuscript(); d.person('publisher')")
    assert made.returncode == 0, made.stderr
    return folder


PUBLISH = """
from haihe.city.models import Person
publisher = Person.objects.get(username="desk-publisher")
"""


def state(home: Path) -> tuple[int, int, int]:
    """(releases, publications, live manuscripts) as another process finds them."""
    with sqlite3.connect(home / "haihe.sqlite3") as database:
        return tuple(
            database.execute(sql).fetchone()[0]
            for sql in (
                "SELECT count(*) FROM releases_release",
                "SELECT count(*) FROM releases_publication",
                "SELECT count(*) FROM newsroom_manuscript WHERE live",
            )
        )


def test_killed_before_the_commit_leaves_nothing_and_the_next_publish_everything(home: Path) -> None:
    killed = run(
        home,
        PUBLISH
        + """
def die(**_):
    os.kill(os.getpid(), signal.SIGKILL)
signals.published.connect(die)
publish(Manuscript.objects.get(), publisher)
""",
    )
    assert killed.returncode == -signal.SIGKILL
    assert state(home) == (0, 0, 0)
    again = run(home, PUBLISH + "publish(Manuscript.objects.get(), publisher)\n")
    assert again.returncode == 0, again.stderr
    assert state(home) == (1, 1, 1)


def test_two_corrections_at_once_take_numbers_in_a_row(home: Path) -> None:
    if state(home)[0] == 0:
        assert run(home, PUBLISH + "publish(Manuscript.objects.get(), publisher)\n").returncode == 0
    before = state(home)[0]
    done = run(
        home,
        PUBLISH
        + """
start = threading.Barrier(2)
failures = []
def work(word):
    try:
        person = Person.objects.get(pk=publisher.pk)
        draft = Manuscript.objects.get()
        draft.title = word
        revision = draft.save_revision(user=person, clean=False)
        start.wait(30)
        Manuscript.objects.get().publish(revision, user=person, note=word)
    except Exception as error:
        failures.append(repr(error))
    finally:
        connections.close_all()
threads = [threading.Thread(target=work, args=(word,)) for word in ("甲", "乙")]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
assert failures == [], failures
publication = Publication.objects.get()
print(verify(publication), list(publication.releases.order_by("number").values_list("number", flat=True)))
""",
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == f"[] {list(range(1, before + 3))}"


@pytest.mark.full  # a database of its own
def test_killed_between_the_last_approval_and_the_release_leaves_the_approval_open(tmp_path: Path) -> None:
    """Six decisions; the process dies after the sixth is signed and before the Release is committed."""
    begun = """
from haihe.newsroom.tests.test_threefold import Desk
from wagtail.models import TaskState
call_command('migrate', verbosity=0)
desk = Desk()
manuscript = desk.manuscript()
desk.hand_in(manuscript)
for who in ("e", "p", "h", "e", "c"):
    desk.decide(manuscript, who)
"""
    last = """
from haihe.newsroom.tests.test_threefold import Desk
from haihe.city.models import Person
from wagtail.models import TaskState
desk = Desk.__new__(Desk)
desk.people = {"c": Person.objects.get(username="c")}
manuscript = Manuscript.objects.get()
"""
    made = run(tmp_path, begun)
    assert made.returncode == 0, made.stderr
    die = "signals.published.connect(lambda **_: os.kill(os.getpid(), signal.SIGKILL), weak=False)\n"
    killed = run(tmp_path, last + die + "desk.decide(manuscript, 'c')\n")
    assert killed.returncode == -signal.SIGKILL
    assert state(tmp_path) == (0, 0, 0)
    told = run(
        tmp_path, last + "print(desk.open_step(manuscript), TaskState.objects.filter(status='approved').count())"
    )
    assert told.stdout.split() == ["review3", "5"]
    again = run(tmp_path, last + "desk.decide(manuscript, 'c')\n")
    assert again.returncode == 0, again.stderr
    assert state(tmp_path) == (1, 1, 1)
