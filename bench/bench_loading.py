"""Files of figures loaded: rows a second with every check, unique keys, Parquet and fsync; encodings; memory.

Each measurement runs in a process of its own, so that its memory is its own. Beside it DuckDB reads the same CSV as
text and writes it as Parquet, without any check: what the disk and the parsing alone cost.
"""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from figures import Figure
from haihe.tourism.domain.contracts.contract import read_contract

ROWS = 6_000_000
HEADER = "日期,口岸,方向,运输方式,旅客类别,国家（地区）,人次,班次\n"
MOST_MEGABYTES = 1500.0
ONE = """
import json, resource, sys, time
from datetime import date
from pathlib import Path
from haihe.tourism.domain.contracts.contract import read_contract
from haihe.tourism.domain.loading.loading import load
import polars, pyarrow.parquet
began = time.perf_counter()
made = load(Path(sys.argv[1]), read_contract("entry-exit"), Path(sys.argv[2]), today=date(2026, 11, 28))
took = time.perf_counter() - began
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"rows": made.rows, "accepted": made.accepted, "rejected": made.rejected, "took": took, "peak": peak}))
"""


def rows_of(count: int, name: bool = False) -> itertools.islice[str]:
    """Lines of 50 bytes, each key once."""
    ports = [("P01", "air"), ("P02", "sea"), ("P03", "sea")]
    if name:
        ports = [("海河国际机场", "航空"), ("望潮邮轮母港", "水路"), ("望潮客运港", "水路")]
    kinds = ["mainland", "foreign"]
    codes = read_contract("entry-exit").column("country").codes
    countries = [both[0] for both in codes.values()] if name else list(codes)

    def lines() -> itertools.chain[str]:
        for day in range(6000):
            when = (date(2010, 1, 1) + timedelta(days=day)).isoformat()
            for (port, mode), direction, kind in itertools.product(ports, ("in", "out"), kinds):
                start = f"{when},{port},{direction},{mode},{kind},"
                for number, country in enumerate(countries):
                    yield f"{start}{country},{100_000 + number * 37 % 9973},{1_000_000 + number}\n"

    return itertools.islice(lines(), count)  # type: ignore[arg-type]


def measured(file: Path, folder: Path) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-c", ONE, str(file), str(folder / "out")], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def run() -> list[Figure]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plain = folder / "plain.csv"
        with plain.open("w", encoding="utf-8") as out:
            out.write(HEADER)
            out.writelines(rows_of(ROWS))
        size = plain.stat().st_size / ROWS
        fast = measured(plain, folder)
        assert (fast["rows"], fast["rejected"]) == (ROWS, 0)
        peer = _raw(plain, folder / "raw.parquet")
        plain.unlink()
        chinese = folder / "chinese.csv"
        with chinese.open("w", encoding="gb18030") as out:
            out.write(HEADER)
            out.writelines(rows_of(1_800_000, name=True))
        megabytes = chinese.stat().st_size / 1e6
        old = measured(chinese, folder)
        assert old["rejected"] == 0
    rate = fast["rows"] / fast["took"]
    return [
        Figure(
            "loading: CSV of 8 columns, checked, unique, synced", rate, "rows/s", "DuckDB, unchecked", peer,
            bar="value >= 800000", note=f"{ROWS:,} rows of {size:.0f} bytes",
        ),
        Figure("loading: memory", fast["peak"], "MB", "limit", MOST_MEGABYTES, bar="ratio <= 1"),
        Figure(
            "loading: 100 MB in GB18030, names in place of codes", old["took"] * 100 / megabytes, "s", bar="value <= 6",
            note=f"{megabytes:.0f} MB in {old['took']:.1f} s",
        ),
    ]  # fmt: skip


def _raw(file: Path, into: Path) -> float:
    """Rows a second of DuckDB, which reads every cell as text and writes it out."""
    import duckdb

    began = time.perf_counter()
    with duckdb.connect(config={"threads": 2}) as connection:
        source = f"read_csv('{file}', all_varchar = true, header = true)"
        connection.execute(f"COPY (SELECT * FROM {source}) TO '{into}' (FORMAT parquet, COMPRESSION zstd)")  # noqa: S608
    return ROWS / (time.perf_counter() - began)
