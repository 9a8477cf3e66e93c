"""Killed, cut off from power, out of space: after one repair nothing is broken, lost or left behind."""

from __future__ import annotations

import errno
import hashlib
import os
import random
import resource
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from haihe.archive.domain.ocfl.changes import Changes
from haihe.archive.domain.ocfl.errors import NotStored
from haihe.archive.domain.ocfl.store import Store
from haihe.archive.domain.ocfl.validating import validate
from haihe.archive.tests.ocfl_disks import CountingDisk, DyingDisk, FailingDisk, QuickDisk, RecordingDisk
from haihe.archive.tests.ocfl_made import WHO, judge_accepts_root

Acknowledged = dict[str, dict[str, bytes]]  # "id version" → its files


def bytes_of(key: str) -> dict[str, bytes]:
    """What the version of that name holds: one large file, one small, one that all have."""
    seed = hashlib.sha256(key.encode()).digest()
    return {"large": seed * 700, "sub/small": seed, "same": b"same"}


def deposit(
    store: Store, number: int, acknowledge: Callable[[str], object] = lambda key: None, *, journal: bool = False
) -> None:
    """One batch: two new objects, and versions of two of the batch before."""
    keys = [f"urn:t:{number}-{one} v1" for one in range(2)]
    with store.batch(journal=journal) as batch:
        for key in keys:
            batch.create(key.split()[0], bytes_of(key), WHO)
        if number:
            for one in range(2):
                key = f"urn:t:{number - 1}-{one} v2"
                batch.add_version(key.split()[0], Changes(put=bytes_of(key), delete=["same"] * one), WHO)
                keys.append(key)
    assert len(batch.receipts) == len(keys)
    for key in keys:
        acknowledge(key)
    batch.settle()


def check(store: Store, acknowledged: set[str], *, judge: bool = True) -> None:
    """Everything valid, everything acknowledged there, nothing left behind."""
    report = validate(store.root)
    assert report.valid is True, report.errors[:3]
    assert os.listdir(store.staging) == []
    if judge:
        assert judge_accepts_root(store.root)
    for key in acknowledged:
        identifier, version = key.split()
        held = {path: Path(file).read_bytes() for path, file in store.files(identifier, version).items()}
        expected = bytes_of(key)
        assert {path: held[path] for path in held} == {path: expected[path] for path in held}
        assert held.keys() >= {"large", "sub/small"}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: thousands of crashes are tried, and none of them needs a real disk."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(prefix="haihe-ocfl-", dir=memory) as folder:
        yield Path(folder)


def in_child(work: Callable[[Callable[[str], None]], None], kill_after: tuple[int, float] | None = None) -> set[str]:
    """Run in a forked process, perhaps killed so many seconds after so many acknowledgements; returns all of them."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(reading)
            work(lambda key: os.write(writing, f"{key}\n".encode()))
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as lines:
        acknowledged = set()
        if kill_after is not None:
            acknowledged |= {lines.readline().strip() for _one in range(kill_after[0])}
            time.sleep(kill_after[1])
            os.kill(child, signal.SIGKILL)
        acknowledged |= set(lines.read().splitlines())
    _child, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return acknowledged


@pytest.mark.parametrize("journal", [False, True])
@pytest.mark.parametrize("every", [7, pytest.param(1, marks=pytest.mark.full)])
def test_killed_before_any_one_operation(home: Path, every: int, journal: bool) -> None:
    start = Store(home / "start" / "root", disk=QuickDisk())
    deposit(start, 0)
    counting = CountingDisk()
    shutil.copytree(home / "start", home / "counted")
    deposit(Store(home / "counted" / "root", disk=counting), 1, journal=journal)
    assert counting.count > 40
    for number in range(1, counting.count + 1, every):
        copy = shutil.copytree(home / "start", home / f"at{number}")

        def work(acknowledge: Callable[[str], None], copy: Path = copy, number: int = number) -> None:
            deposit(Store(copy / "root", disk=DyingDisk(number)), 1, acknowledge, journal=journal)

        acknowledged = in_child(work) | {"urn:t:0-0 v1", "urn:t:0-1 v1"}
        store = Store(copy / "root", disk=QuickDisk())
        killed_repairs(copy, number)
        store.repair()
        check(store, acknowledged, judge=number % 20 == 0)
        if journal:
            assert whole_or_nothing(store)
        with store.batch() as batch:
            batch.create("urn:t:9-9", bytes_of("urn:t:9-9 v1"), WHO)
        check(store, acknowledged | {"urn:t:9-9 v1"}, judge=False)
        shutil.rmtree(copy)


def whole_or_nothing(store: Store) -> bool:
    """Whether of the second batch with a journal all four versions are there, or none."""
    new = [os.path.exists(store.path(f"urn:t:1-{one}")) for one in range(2)]
    added = [os.path.exists(f"{store.path(f'urn:t:0-{one}')}/v2") for one in range(2)]
    return len({*new, *added}) == 1


def killed_repairs(home: Path, seed: int) -> None:
    """Repairs that are themselves killed, at two operations."""
    for number in (1 + seed % 3, 2 + seed % 7):

        def work(_acknowledge: Callable[[str], None], number: int = number) -> None:
            Store(home / "root", disk=DyingDisk(number)).repair()

        in_child(work)


def random_kills(home: Path, kills: int, chance: random.Random) -> None:
    acknowledged: set[str] = set()
    Store(home / "root", disk=QuickDisk())
    for kill in range(kills):

        def work(acknowledge: Callable[[str], None], kill: int = kill) -> None:
            store = Store(home / "root", disk=QuickDisk())
            store.repair()
            keys = [f"urn:t:{kill}-{one} v1" for one in range(2)]
            with store.batch() as batch:
                for key in keys:
                    batch.create(key.split()[0], bytes_of(key), WHO)
            for key in keys:
                acknowledge(key)
            for number in range(2, 60):
                keys = [f"urn:t:{kill}-{one} v{number}" for one in range(2)]
                with store.batch() as batch:
                    for key in keys:
                        batch.add_version(key.split()[0], Changes(put=bytes_of(key)), WHO)
                for key in keys:
                    acknowledge(key)

        acknowledged |= in_child(work, kill_after=(chance.randint(0, 6), chance.uniform(0, 0.02)))
    store = Store(home / "root", disk=QuickDisk())
    store.repair()
    check(store, acknowledged)
    assert len(acknowledged) > 2 * kills


def test_killed_at_random_moments(home: Path) -> None:
    random_kills(home, 25, random.Random(7))


@pytest.mark.full
def test_killed_500_times_at_random_moments(home: Path) -> None:
    random_kills(home, 500, random.Random(11))


def power_cuts(home: Path, cuts: int, chance: random.Random, *, journal: bool) -> None:
    base = home / "recorded"
    base.mkdir()
    disk = RecordingDisk(base)
    store = Store(base / "root", disk=disk)
    begun = len(disk.log)
    durable: list[tuple[int, str]] = []
    for number in range(3):
        deposit(store, number, lambda key: durable.append((len(disk.log), key)), journal=journal)
    check(store, {key for _at, key in durable})
    for cut in range(cuts):
        copy = home / f"cut{cut}"
        (copy / "root").mkdir(parents=True)
        (copy / "root.staging").mkdir()
        after = chance.randint(begun, len(disk.log))
        disk.cut(after, copy, chance, ordered=bool(cut % 2))
        again = Store(copy / "root", disk=QuickDisk())
        again.repair()
        check(again, {key for at, key in durable if at <= after}, judge=cut % 40 == 0)
        shutil.rmtree(copy)


@pytest.mark.parametrize("journal", [False, True])
def test_a_power_cut_takes_nothing_that_was_acknowledged(home: Path, journal: bool) -> None:
    power_cuts(home, 120, random.Random(3), journal=journal)


@pytest.mark.full
@pytest.mark.parametrize("journal", [False, True])
def test_3000_power_cuts(home: Path, journal: bool) -> None:
    power_cuts(home, 3000, random.Random(5), journal=journal)


def test_what_was_promised_is_told_once_and_settled_again_if_that_failed(home: Path) -> None:
    store = Store(home / "root", disk=QuickDisk())
    with store.batch(journal=True) as batch:
        batch.create("urn:t:0-0", bytes_of("urn:t:0-0 v1"), WHO)
        batch.commit("海河")
    batch.close()  # as a crash leaves it: the caller did not come to `settle`
    told: list[tuple[list[tuple[str, str]], str]] = []

    def failing(versions: list[tuple[str, str]], note: str) -> None:
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        store.repair(failing)
    for _twice in range(2):
        store.repair(lambda versions, note: told.append((versions, note)))
    assert told == [([("urn:t:0-0", "v1")], "海河")]
    check(store, {"urn:t:0-0 v1"})


def test_an_object_is_removed_for_ever(home: Path) -> None:
    store = Store(home / "root", disk=QuickDisk())
    deposit(store, 0)
    assert store.remove("urn:t:0-0") is True
    assert store.remove("urn:t:0-0") is False
    check(store, {"urn:t:0-1 v1"})


@pytest.mark.parametrize("for_ever", [False, True])
def test_a_disk_full_at_any_one_operation(home: Path, for_ever: bool) -> None:
    start = Store(home / "start" / "root", disk=QuickDisk())
    deposit(start, 0)
    for number in range(1, 200):
        copy = shutil.copytree(home / "start", home / f"at{number}")
        disk = FailingDisk(number, OSError(errno.ENOSPC, "No space left on device"), for_ever=for_ever)
        acknowledged = {"urn:t:0-0 v1", "urn:t:0-1 v1"}
        batch = None
        try:
            with Store(copy / "root", disk=disk).batch() as batch:
                for key in ("urn:t:1-0 v1", "urn:t:1-1 v1"):
                    batch.create(key.split()[0], bytes_of(key), WHO)
                batch.add_version("urn:t:0-0", Changes(put=bytes_of("urn:t:0-0 v2")), WHO)
        except NotStored:
            assert batch is None or batch.receipts == []
        else:
            assert len(batch.receipts) + len(batch.refused) == 3
        acknowledged |= {f"{one.id} {one.version}" for one in (batch.receipts if batch else [])}
        store = Store(copy / "root", disk=QuickDisk())
        store.repair()
        check(store, acknowledged, judge=number % 20 == 0)
        shutil.rmtree(copy)
        if disk.count < number:
            break
    else:
        pytest.fail("the batch never came to its end")


def test_a_file_beyond_the_limit_leaves_all_as_it_was(home: Path) -> None:
    """A real refusal of the kernel (EFBIG), in a process whose files may not grow beyond 30,000 bytes."""
    store = Store(home / "root", disk=QuickDisk())
    deposit(store, 0)
    before = sorted(str(path) for path in (home / "root").rglob("*"))
    (home / "source").write_bytes(bytes(3 << 20))

    def work(acknowledge: Callable[[str], None]) -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))
        for source in (bytes(100_000), home / "source"):
            try:
                with store.batch() as batch:
                    batch.create("urn:t:big", {"big": source}, WHO)
            except NotStored as error:
                acknowledge(str(error))

    said = in_child(work)
    assert len(said) == 1
    assert "File too large" in next(iter(said))
    assert sorted(str(path) for path in (home / "root").rglob("*")) == before
    check(store, {"urn:t:0-0 v1", "urn:t:0-1 v1"})
