"""Which rows of a load still hold: a later load replaces the slices it brings, whole, and nothing else.

The facts of a stream are a pure function of its loads in their order. What a load brought stays in its files; what of
it still holds are these files, or copies without the replaced slices. Rolling a load back is making them again for the
loads before it.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from haihe.tourism.domain.contracts.contract import Contract
from haihe.tourism.domain.loading.keeping import Part, as_arrow, sync

if TYPE_CHECKING:
    import polars as pl


def surviving(original: Sequence[Path], later: Iterable[Path], contract: Contract, into: Path) -> list[Part]:
    """What holds of the files of one load, given all files of later loads; new files where a slice was replaced.

    original   files of the load, one a month
    later      files of live loads after it
    into       folder for the files that must be written
    """
    import polars as pl

    by_month: dict[str, list[Path]] = {}
    for file in later:
        by_month.setdefault(file.name[:7], []).append(file)
    kept = []
    for file in original:
        over = by_month.get(file.name[:7], [])
        rows = pl.read_parquet(file)
        if over:
            keys = list(contract.slices)
            replaced = pl.concat(plain(pl.read_parquet(one, columns=keys), contract).unique() for one in over).unique()
            left = plain(rows, contract).join(replaced, on=keys, how="anti")
            if left.height != rows.height:
                if left.height:
                    kept.append(_written(left, file.name[:7], into))
                continue
        kept.append(Part(file.name[:7], file, rows.height, file.stat().st_size))
    return kept


def plain(rows: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """Codes as text: files written at different times number them differently."""
    import polars as pl

    codes = [column.name for column in contract.columns if column.kind == "code" and column.name in rows.columns]
    return rows.with_columns(pl.col(name).cast(pl.String) for name in codes)


def _written(rows: pl.DataFrame, month: str, into: Path) -> Part:
    import pyarrow.parquet as pq

    into.mkdir(parents=True, exist_ok=True)
    file = into / f"{month}-{uuid.uuid4().hex[:12]}.parquet"
    pq.write_table(as_arrow(rows), file, compression="zstd", compression_level=1)
    sync(file)
    sync(into)
    return Part(month, file, rows.height, os.path.getsize(file))
