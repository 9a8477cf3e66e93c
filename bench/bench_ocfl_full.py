"""Whether a full storage root costs more: a batch in one of BENCH_OBJECTS (100,000) objects of three files of
20 kB beside a nearly empty one, on the disk that holds the temporary folder (TMPDIR). Filling it takes minutes.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from bench_ocfl import BATCH, Work, rate_of, taken_in_turns
from figures import Figure

OBJECTS = int(os.environ.get("BENCH_OBJECTS", "100000"))


def run() -> list[Figure]:
    folder = Path(tempfile.mkdtemp(prefix="haihe-bench-ocfl-"))
    try:
        return _figures(Work(folder))
    finally:
        shutil.rmtree(folder)


def _figures(work: Work) -> list[Figure]:
    """What a batch costs in a root of some hundred objects and in one of OBJECTS, in turns."""
    small = Work(Path(tempfile.mkdtemp(dir=Path(work.store.root).parent)))
    small.ours()
    while work.stored < OBJECTS:
        work.ours()
    taken = taken_in_turns({"full": work.ours, "small": small.ours})
    (full, full_processor), (few, few_processor) = (rate_of(taken[name], BATCH) for name in ("full", "small"))
    return [
        Figure(
            f"cost of object {work.stored:,} beside object 100",
            1e3 / full,
            "ms",
            "a nearly empty root",
            1e3 / few,
            bar="ratio <= 1.1",
            note=f"by processor time {few_processor / full_processor:.2f} x",
        )
    ]


if __name__ == "__main__":
    for figure in run():
        print(figure.as_json())
