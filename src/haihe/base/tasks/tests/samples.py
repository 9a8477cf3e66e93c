"""Tasks of the tests: they leave a line in a file, so that another process can see that and how often they ran."""

from __future__ import annotations

import os
import signal
import time
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from haihe.base.errors import HaiheError
from haihe.base.tasks import others_wait, report_progress, task


class Broken(HaiheError):
    """It is broken."""


class BrokenForGood(HaiheError):
    """It is broken for good."""

    permanent = True
    hint = "Give up."


def write(line: str) -> None:
    with open(Path(settings.HOME) / "ran.txt", "a") as file:
        file.write(f"{line}\n")


@task(lane="collect")
def note(line: str) -> str:
    write(line)
    return line


@task(lane="heavy")
def visit() -> None:
    write("visitor")


@task(lane="heavy", priority=-10)
def stroll(steps: int, visited_at: int) -> None:
    """Gives way between steps; somebody comes at one of them."""
    for left in range(steps, 0, -1):
        write(f"{left} to go")
        if left == visited_at:
            visit.enqueue()
        if left > 1 and others_wait():
            stroll.enqueue(left - 1, visited_at)
            return


@task(lane="bake")
def note_time(line: str) -> None:
    write(f"{line} {time.time()}")


@task(lane="collect", attempts=3)
def fail(word: str = "") -> None:
    write("fail")
    raise Broken(f"no luck with {word}", thing="a thing")


@task(lane="deliver", attempts=3)
def fail_for_good() -> None:
    raise BrokenForGood(thing="a thing")


@task(lane="collect")
def held(line: str) -> None:
    """Leaves `<line> begins`, waits until the test says go (a file), then leaves `<line> ends`."""
    write(f"{line} begins")
    while not (Path(settings.HOME) / "go").exists():
        time.sleep(0.02)
    write(f"{line} ends")


@task(lane="collect")
def slow(line: str, seconds: float) -> None:
    """Leaves `<line> begins` and `<line> ends`."""
    write(f"{line} begins")
    time.sleep(seconds)
    write(f"{line} ends")


@task(lane="heavy")
def kill_self(marker: str) -> None:
    """Dies by SIGKILL, as when memory runs out, the first time; leaves a line the second time."""
    file = Path(settings.HOME) / marker
    if not file.exists():
        file.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    write(f"{marker} {os.getpid()}")


@task(lane="heavy", memory_mb=64, attempts=1)
def eat_memory() -> None:
    write(f"ate {len(bytearray(512 * 2**20))}")


@task(lane="heavy", time_limit=timedelta(seconds=1), attempts=1)
def heavy_for_ever() -> None:
    time.sleep(600)


@task(lane="heavy")
def heavy_slow(line: str, seconds: float) -> None:
    slow(line, seconds)


@task(lane="collect", time_limit=timedelta(seconds=1), attempts=1)
def hang() -> None:
    time.sleep(600)


@task(lane="collect")
def count_far(total: int, seconds: float) -> None:
    for done in range(total):
        report_progress(done + 1, total, f"step {done + 1}")
        time.sleep(seconds)
    write("counted")


@task(lane="default", once_per_call=True)
def refresh(pk: int) -> None:
    write(f"refreshed {pk}")


@task(lane="collect")
def spin(seconds: float) -> None:
    """Keeps the processor and the interpreter busy."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        sum(range(1000))
