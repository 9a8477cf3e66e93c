"""Real worker processes: crashes, two at once, wake-up, heavy children, shutdown."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from haihe.base.tasks.tests.homes import Home, descendants, wait_until

pytestmark = pytest.mark.django_db  # makes the database that each home starts with


@pytest.fixture
def home(home: Home) -> Home:
    """With an empty queue, and a Django that starts in a fifth of the time."""
    home.settings = "haihe.base.tasks.tests.alone"
    with closing(sqlite3.connect(home.path / "haihe.sqlite3", isolation_level=None)) as database:
        database.execute("DELETE FROM tasks_job")
    return home


def crew_pid(home: Home, crew: str) -> int:
    return int(wait_until(lambda: home.rows("SELECT pid FROM tasks_worker WHERE crew = ?", crew))[0][0])


def test_worker_starts_a_task_as_soon_as_it_is_committed(home: Home) -> None:
    home.worker("--crews", "quick")
    crew_pid(home, "quick")
    home.run("""
import time
from django.db import transaction
for number in range(20):
    with transaction.atomic():
        samples.note_time.enqueue(line=str(number))
        before = time.time()
    samples.write(f"committed {number} {before}")
    time.sleep(0.05)
""")
    wait_until(lambda: home.states() == {"done": 20})
    lines = [line.split() for line in home.lines()]
    committed = {line[1]: float(line[2]) for line in lines if line[0] == "committed"}
    started = {line[0]: float(line[1]) for line in lines if line[0] != "committed"}
    waits = sorted(started[number] - committed[number] for number in committed)
    # Without the wake-up the median would be half a second: the fallback polls once a second.
    assert waits[10] < 0.25


def test_worker_sees_jobs_also_without_the_wake_up(home: Home) -> None:
    home.worker("--crews", "quick")
    crew_pid(home, "quick")
    home.run(
        "samples.wake_nobody = __import__('haihe.base.tasks.wake', fromlist=['x']); "
        "samples.wake_nobody.send = lambda lane: None; samples.note_time.enqueue('x')"
    )
    wait_until(lambda: home.states() == {"done": 1}, 5)


def test_task_of_a_killed_crew_runs_again_and_finishes_once(home: Home) -> None:
    home.worker("--crews", "slow")
    home.run("samples.held.enqueue('a')")
    wait_until(lambda: home.lines() == ["a begins"])
    os.kill(crew_pid(home, "slow"), signal.SIGKILL)
    wait_until(lambda: home.lines() == ["a begins"] * 2)
    home.go()
    wait_until(lambda: home.states() == {"done": 1})
    assert home.lines() == ["a begins", "a begins", "a ends"]
    assert home.rows("SELECT attempts, max_attempts FROM tasks_job WHERE task_path LIKE '%held'") == [(2, 6)]


def test_task_whose_module_cannot_be_loaded_is_set_aside_and_the_lane_goes_on(home: Home) -> None:
    home.run("samples.note.enqueue('before'); samples.note.enqueue('after')")
    with closing(sqlite3.connect(home.path / "haihe.sqlite3", isolation_level=None)) as database:
        broken = "UPDATE tasks_job SET task_path = 'wagtail.tasks.samples' WHERE id = (SELECT min(id) FROM tasks_job)"
        database.execute(broken)  # without Wagtail's models its module raises RuntimeError
    home.worker("--crews", "slow")
    wait_until(lambda: home.states() == {"dead": 1, "done": 1})
    assert home.log().count("it starts again") == 0


def test_task_of_a_killed_worker_runs_again_in_the_next_one(home: Home) -> None:
    first = home.worker("--crews", "slow")
    home.run("samples.held.enqueue('a')")
    wait_until(lambda: home.lines() == ["a begins"])
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    second = home.worker("--crews", "slow")
    home.go()
    wait_until(lambda: home.states() == {"done": 1})
    assert home.lines() == ["a begins", "a begins", "a ends"]
    assert second.poll() is None


def test_crew_finishes_its_task_and_ends_when_its_supervisor_is_killed(home: Home) -> None:
    worker = home.worker("--crews", "slow")
    crew = crew_pid(home, "slow")
    home.run("samples.held.enqueue('a')")
    wait_until(lambda: home.lines() == ["a begins"])
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    home.go()
    wait_until(lambda: not Path(f"/proc/{crew}").exists() or "Z" in Path(f"/proc/{crew}/stat").read_text().split()[2])
    assert home.lines() == ["a begins", "a ends"]
    assert home.states() == {"done": 1}


def test_two_workers_run_each_of_500_tasks_exactly_once(home: Home) -> None:
    home.worker("--crews", "slow")
    home.worker("--crews", "slow")
    home.run("for number in range(500): samples.note.enqueue(line=str(number))")
    wait_until(lambda: home.states() == {"done": 500}, 60)
    assert sorted(home.lines(), key=int) == [str(number) for number in range(500)]
    assert home.rows("SELECT DISTINCT attempts FROM tasks_job WHERE task_path LIKE '%note'") == [(1,)]


def test_two_workers_fire_periodic_work_once(home: Home) -> None:
    home.worker("--crews", "slow")
    home.worker("--crews", "slow")
    time.sleep(2.5)
    prunings = (
        "SELECT count(*), sum(attempts) FROM tasks_job WHERE task_path = 'haihe.base.tasks.tasks.prune_finished_jobs'"
    )
    wait_until(lambda: home.rows(prunings) == [(1, 1)])


def test_terminated_worker_lets_tasks_finish_and_leaves_no_trace(home: Home) -> None:
    worker = home.worker("--crews", "slow,quick")
    crew_pid(home, "quick")
    home.run("samples.held.enqueue('a'); samples.held.enqueue('b')")
    wait_until(lambda: len(home.lines()) == 2)
    worker.send_signal(signal.SIGTERM)
    home.go()
    assert worker.wait(15) == 0
    assert sorted(home.lines()) == ["a begins", "a ends", "b begins", "b ends"]
    assert (home.states(), home.rows("SELECT * FROM tasks_worker")) == ({"done": 2}, [])
    assert list((home.path / "wake").iterdir()) == []


def test_terminated_worker_gives_back_what_does_not_finish_in_time(home: Home) -> None:
    worker = home.worker("--crews", "slow", "--grace", "0.5")
    home.run("samples.slow.enqueue('a', 60)")
    wait_until(lambda: home.lines() == ["a begins"])
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(15) == 0
    sql = "SELECT state, attempts, max_attempts, worker_id FROM tasks_job WHERE task_path LIKE '%slow'"
    assert home.rows(sql) == [("waiting", 1, 6, None)]


def test_heavy_task_runs_in_a_child_whose_death_is_only_its_own(home: Home) -> None:
    worker = home.worker("--crews", "heavy,slow")
    home.run("samples.kill_self.enqueue('m'); samples.note.enqueue('beside')")
    wait_until(lambda: home.states() == {"done": 2})
    [(history,)] = home.rows("SELECT history FROM tasks_job WHERE task_path LIKE '%kill_self'")
    assert "signal 9 (SIGKILL)" in history
    assert worker.poll() is None
    [pid] = [line.split()[1] for line in home.lines() if line.startswith("m ")]
    assert int(pid) != worker.pid
    wait_until(lambda: int(pid) not in descendants(worker.pid))  # it settles its job a moment before it ends


def test_heavy_task_that_eats_memory_fails_alone(home: Home) -> None:
    worker = home.worker("--crews", "heavy")
    home.run("samples.eat_memory.enqueue()")
    wait_until(lambda: home.states() == {"dead": 1})
    assert home.rows("SELECT error_class FROM tasks_job WHERE task_path LIKE '%eat_memory'") == [
        ("builtins.MemoryError",)
    ]
    assert (worker.poll(), home.lines()) == (None, [])


@pytest.mark.parametrize("name", ["heavy_for_ever", pytest.param("hang", marks=pytest.mark.full)])
def test_task_past_its_time_limit_is_stopped_and_the_lane_goes_on(home: Home, name: str) -> None:
    home.worker("--crews", "heavy,slow")
    home.run(f"samples.{name}.enqueue()")
    sql = "SELECT state, error_class FROM tasks_job WHERE task_path LIKE ?"
    wait_until(lambda: home.rows(sql, f"%{name}") == [("dead", "haihe.base.tasks.errors.Overran")])
    home.run("samples.note.enqueue('after'); samples.kill_self.enqueue('m')")
    wait_until(lambda: home.states() == {"dead": 1, "done": 2})


def test_progress_is_seen_while_a_task_runs_and_cancelling_ends_it(home: Home) -> None:
    home.worker("--crews", "slow")
    home.run("samples.count_far.enqueue(500, 0.05)")
    sql = "SELECT progress_done, progress_total, progress_text FROM tasks_job WHERE task_path LIKE '%count_far'"
    [(done, total, text)] = wait_until(lambda: [row for row in home.rows(sql) if row[0] > 1])
    assert (total, text) == (500, f"step {done}")
    home.run(
        "from haihe.base.tasks.domain.staff import cancel; from haihe.base.tasks.models import Job;"
        "cancel(Job.objects.get(task_path__endswith='count_far'))"
    )
    wait_until(lambda: home.states() == {"cancelled": 1})
    assert home.lines() == []


def test_cancelling_a_heavy_task_ends_its_child(home: Home) -> None:
    home.worker("--crews", "heavy")
    home.run("samples.heavy_slow.enqueue('h', 600)")
    wait_until(lambda: home.lines() == ["h begins"])
    home.run(
        "from haihe.base.tasks.domain.staff import cancel; from haihe.base.tasks.models import Job;"
        "cancel(Job.objects.get(task_path__endswith='heavy_slow'))"
    )
    wait_until(lambda: home.states() == {"cancelled": 1})
    assert home.lines() == ["h begins"]


def test_worker_outlives_a_database_that_is_locked_for_long(home: Home) -> None:
    worker = home.worker("--crews", "slow,quick")
    crew_pid(home, "quick")
    home.run("for number in range(20): samples.note.enqueue(str(number))")
    with sqlite3.connect(home.path / "haihe.sqlite3", isolation_level=None, timeout=20) as locker:
        locker.execute("BEGIN IMMEDIATE")
        time.sleep(3)
        locker.execute("ROLLBACK")
    home.run("samples.note_time.enqueue('after')")
    wait_until(lambda: home.states() == {"done": 21})
    assert len(home.lines()) == 21
    assert worker.poll() is None


SERVICES = """
import django; django.setup()
import os
from pathlib import Path
from haihe.base.tasks import registry
from haihe.base.tasks.worker.supervisor import Supervisor
registry.discover()
registry._services.clear()  # only the one below runs here
home = Path(os.environ["HAIHE_HOME"])

@registry.service("cook", wanted=(home / "order").exists)
def cook(stop):
    with (home / "ran.txt").open("a") as file:
        print(os.getpid(), (home / "order").read_text(), file=file)
    if (home / "order").read_text() == "burn":
        (home / "order").write_text("again")
        os._exit(9)
    (home / "order").unlink()

Supervisor([], grace=1).run()
"""


def test_service_runs_only_while_it_is_wanted_and_again_after_a_fall(home):
    process = home.start("-c", SERVICES)
    wait_until(lambda: home.rows("SELECT id FROM tasks_worker WHERE crew = 'supervisor'"))
    time.sleep(1.5)
    assert (home.lines(), descendants(process.pid)) == ([], [])

    for meal, lines in (("soup", 1), ("tea", 2), ("burn", 4)):
        (home.path / "new").write_text(meal)
        (home.path / "new").replace(home.path / "order")
        wait_until(lambda: not (home.path / "order").exists())
        wait_until(lambda: not descendants(process.pid))
        assert len(home.lines()) == lines
    assert [line.split()[1] for line in home.lines()] == ["soup", "tea", "burn", "again"]
    assert len({line.split()[0] for line in home.lines()}) == 4
    assert home.log().count("service cook ended (exit code 9); it starts again") == 1
