"""Objects of three files of 20 kB written and judged, beside ocfl-py.

On the disk that holds the temporary folder (TMPDIR). Durable means: two syncs of the file system for each batch of
200 objects, the same for both. ocfl-py writes with the layout of our root, so that both make the same folders.
BENCH_ROUNDS are the rounds.

ext4 passes over every file deleted in the last six minutes, one by one, whenever it makes a new one (`recently_deleted`
in fs/ext4/ialloc.c): a quarter of our processor time in a profile taken after other runs. It waits BENCH_WAIT seconds.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from ocfl import Object, StorageRoot, VersionMetadata

from figures import Figure
from haihe.archive.domain.ocfl.changes import Metadata
from haihe.archive.domain.ocfl.disk import Disk
from haihe.archive.domain.ocfl.store import DEFAULT, Store
from haihe.archive.domain.ocfl.validating import validate

FILES, SIZE, BATCH = 3, 20_000, 200
WARM = 5  # batches of each beforehand: until then a file system reads its own maps for the first time
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "7"))
WAIT = float(os.environ.get("BENCH_WAIT", "365"))
WHO = Metadata("Bench", "Bench", "mailto:bench@example.org")
THEIR_WHO = VersionMetadata(message="Bench", name="Bench", address="mailto:bench@example.org")


class Work:
    """Two storage roots side by side, and the files of one batch."""

    def __init__(self, folder: Path) -> None:
        self.sources = [folder / "sources" / str(number) for number in range(BATCH)]
        for source in self.sources:
            source.mkdir(parents=True)
            for number in range(FILES):
                (source / f"{number}.bin").write_bytes(os.urandom(SIZE))
        self.store = Store(folder / "ours")
        self.theirs = str(folder / "theirs")
        self.their_root = StorageRoot(root=self.theirs, layout_name="0003-hash-and-id-n-tuple-storage-layout")
        self.their_root.initialize(layout_params=json.dumps(DEFAULT.config()))
        self.count = 0
        self.stored = 0

    def ours(self) -> None:
        with self.store.batch() as batch:
            for source in self.sources:
                batch.create(self._identifier(), self._files(source), WHO)
        if len(batch.receipts) != BATCH:
            raise AssertionError("not every object was acknowledged")
        self.stored += BATCH

    def ocfl_py(self, *, durable: bool) -> None:
        for source in self.sources:
            identifier = self._identifier()
            place = os.path.join(self.theirs, self.their_root.object_path(identifier))
            os.makedirs(os.path.dirname(place), exist_ok=True)
            Object(identifier=identifier).create(srcdir=str(source), metadata=THEIR_WHO, objdir=place)
        if durable:
            Disk().sync(self.theirs)
            Disk().sync(self.theirs)

    def _identifier(self) -> str:
        self.count += 1
        return f"urn:bench:{self.count}"

    def _files(self, source: Path) -> dict[str, str]:
        return {f"{number}.bin": f"{source}/{number}.bin" for number in range(FILES)}


def run() -> list[Figure]:
    logging.disable(logging.CRITICAL)
    folder = Path(tempfile.mkdtemp(prefix="haihe-bench-ocfl-"))
    try:
        work = Work(folder)
        time.sleep(WAIT)
        figures = _writing(work)
        return figures + _validating(work)
    finally:
        shutil.rmtree(folder)
        logging.disable(logging.NOTSET)


def taken_in_turns(calls: dict[str, Callable[[], object]]) -> dict[str, list[tuple[float, float]]]:
    """Wall and processor seconds of each call, in turns; the order is turned from round to round."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in calls}
    names = list(calls)
    for _round in range(ROUNDS):
        names.append(names.pop(0))
        for name in names:
            Disk().sync(tempfile.gettempdir())
            wall, cpu = time.perf_counter(), _processor()
            calls[name]()
            taken[name].append((time.perf_counter() - wall, _processor() - cpu))
    return taken


def _processor() -> float:
    """Seconds of this process and of those it waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def rate_of(taken: list[tuple[float, float]], objects: int) -> tuple[float, float]:
    """Objects a second, by the clock and by processor time (medians)."""
    return (
        objects / statistics.median(wall for wall, _cpu in taken),
        objects / max(1e-9, statistics.median(cpu for _wall, cpu in taken)),
    )


def _writing(work: Work) -> list[Figure]:
    for _batch in range(WARM):
        work.ours()
        work.ocfl_py(durable=True)
    taken = taken_in_turns(
        {
            "ours": work.ours,
            "durable": lambda: work.ocfl_py(durable=True),
            "shipped": lambda: work.ocfl_py(durable=False),
        }
    )
    ours, our_processor = rate_of(taken["ours"], BATCH)
    figures = []
    for name, peer, bar in (
        ("durable", "ocfl-py, same syncs", "ratio >= 3"),
        ("shipped", "ocfl-py as shipped", "ratio >= 1"),
    ):
        theirs, their_processor = rate_of(taken[name], BATCH)
        note = f"by processor time {our_processor / their_processor:.1f} x; batches of {BATCH}, {ROUNDS} rounds"
        figures.append(Figure("objects written durably", ours, "objects/s", peer, theirs, bar=bar, note=note))
    return figures


def _validating(work: Work) -> list[Figure]:
    while work.stored < 1000:
        work.ours()
    objects = work.stored
    jobs = os.cpu_count() or 1

    def theirs() -> None:
        root = StorageRoot(root=work.store.root)
        if not root.validate() or root.good_objects != objects:
            raise AssertionError("ocfl-py does not find our root valid")

    def ours(jobs: int) -> None:
        report = validate(work.store.root, jobs=jobs, starting="fork")
        if report.valid is not True or report.objects != objects:
            raise AssertionError("we do not find our own root valid")

    taken = taken_in_turns({"ours": lambda: ours(jobs), "one process": lambda: ours(1), "theirs": theirs})
    rate, their_processor = rate_of(taken["theirs"], objects)
    figures = []
    for name, bar in (("ours", "ratio >= 5"), ("one process", "")):
        our_rate, our_processor = rate_of(taken[name], objects)
        ratio = our_processor / their_processor
        note = f"{objects} objects, {jobs if name == 'ours' else 1} process(es); by processor time {ratio:.1f} x"
        figures.append(
            Figure(f"objects validated ({name})", our_rate, "objects/s", "ocfl-py", rate, bar=bar, note=note)
        )
    return figures


if __name__ == "__main__":
    for figure in run():
        print(figure.as_json())
