"""Real processes, really killed."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from haihe.base.search import store

PATIENCE = 60.0


class City:
    """A home, and processes that live in it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environ = {**os.environ, "HAIHE_HOME": str(home)}
        self.environ["DJANGO_SETTINGS_MODULE"] = "haihe.base.search.tests.alone"
        self.started: list[subprocess.Popen[str]] = []

    def start(self, *words: str, **options: object) -> subprocess.Popen[str]:
        process = subprocess.Popen(  # type: ignore[call-overload]
            [sys.executable, "-m", "haihe.base.search.tests.city", *words],
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )
        self.started.append(process)
        return process

    def do(self, *words: str) -> str:
        process = self.start(*words)
        out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, err
        return out.strip()

    def pending(self) -> int:
        return int(self.do("pending"))

    def wait_until_indexed(self) -> None:
        until(lambda: self.pending() == 0)

    def end(self) -> None:
        for process in self.started:
            if process.poll() is None:
                process.kill()
            process.communicate()


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    made = City(tmp_path)
    made.do("prepare")
    yield made
    made.end()


def until(holds: Callable[[], bool], look_every: float = 0.1) -> None:
    ends = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < ends, "waited too long"
        time.sleep(look_every)


def test_indexer_killed_again_and_again_leaves_every_entry_once(city: City) -> None:
    chance = random.Random(20261123)
    bell = city.home / "search" / store.WAKE
    count, interrupted, longest = 0, 0, 1.0
    while interrupted < 3:
        assert longest > 0.01, "every run was through before it was killed: nothing was tested"
        city.do("bulk", str(count), str(count + 2000))
        count += 2000
        bell.unlink(missing_ok=True)
        indexer = city.start("indexer")
        until(bell.exists, look_every=0.01)  # it hangs its bell up, and begins
        time.sleep(chance.uniform(longest / 5, longest))
        indexer.send_signal(signal.SIGKILL)
        indexer.communicate()
        if city.pending():
            interrupted += 1
        else:  # a fast machine: the next is killed sooner
            longest /= 2
    city.do("notices", str(count), str(count + 20))
    indexer = city.start("indexer")
    city.wait_until_indexed()
    until(lambda: city.do("found", "灯光") == f"{count + 20} {count + 20}")
    assert city.do("found", "通知17号") == "1 1"
    indexer.send_signal(signal.SIGTERM)
    _, err = indexer.communicate(timeout=PATIENCE)
    assert (indexer.returncode, "Traceback" in err) == (0, False)


def test_second_indexer_refuses_politely_and_takes_over_when_the_first_is_killed(city: City) -> None:
    first = city.start("indexer")
    city.do("notices", "0", "3")
    city.wait_until_indexed()
    second = city.start("indexer")
    _, err = second.communicate(timeout=PATIENCE)
    assert second.returncode != 0
    assert f"process {first.pid}" in err
    assert city.do("found", "通知") == "3 3"
    first.send_signal(signal.SIGKILL)
    first.communicate()
    city.start("indexer")
    city.do("notices", "3", "5")
    until(lambda: city.do("found", "通知") == "5 5")


def test_rebuild_killed_in_the_middle_leaves_the_old_index_serving(city: City) -> None:
    city.do("bulk", "0", "3000")
    city.do("reindex")
    before = (city.home / "search" / "current").read_text()
    rebuild = city.start("reindex")
    until(lambda: len([p for p in (city.home / "search").iterdir() if p.is_dir() and p.name != before]) > 0)
    rebuild.send_signal(signal.SIGKILL)
    rebuild.communicate()
    assert (city.home / "search" / "current").read_text() == before
    assert city.do("found", "灯光") == "3000 3000"
    city.do("reindex")
    assert (city.home / "search" / "current").read_text() != before
    assert city.do("found", "灯光") == "3000 3000"


def test_rebuild_beside_a_running_indexer_loses_nothing(city: City) -> None:
    city.start("indexer")
    city.do("bulk", "0", "2000")
    until(lambda: city.do("found", "灯光") == "2000 2000")  # by then the indexer's own first build is over
    rebuild = city.start("reindex")
    city.do("notices", "2000", "2150")
    assert rebuild.wait(PATIENCE) == 0
    city.do("notices", "2150", "2160")
    until(lambda: city.do("found", "灯光") == "2160 2160")
    assert city.pending() == 0


def test_indexer_on_a_full_disk_goes_on_when_there_is_room(city: City) -> None:
    def little_room() -> None:  # no file may grow beyond this: a full disk, for one process alone
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    city.do("reindex")
    city.do("bulk", "0", "4000")
    cramped = city.start("indexer", preexec_fn=little_room)
    time.sleep(8)
    assert cramped.poll() is None
    assert city.pending() > 0
    cramped.send_signal(signal.SIGTERM)
    _, err = cramped.communicate(timeout=PATIENCE)
    assert "trying again" in err
    city.start("indexer")
    city.wait_until_indexed()
    assert city.do("found", "灯光") == "4000 4000"
