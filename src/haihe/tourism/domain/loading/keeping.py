"""Rows as Parquet, one file a month, and the proof that no two of them share a key."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from haihe.tourism.domain.contracts.contract import Contract
from haihe.tourism.domain.loading.reading import LINE

if TYPE_CHECKING:
    import polars as pl
    import pyarrow.parquet as pq

SEED = 20251127
MOST_OPEN = 400


@dataclass(frozen=True)
class Part:
    """One file: the rows of one month."""

    month: str  # 2026-01
    file: Path
    rows: int
    size: int


class Keeper:
    """Writes the rows of one load into a folder; nothing of it counts before `finish`, which syncs it to the disk."""

    def __init__(self, folder: Path, contract: Contract) -> None:
        self.folder, self.contract = folder, contract
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._rows: dict[str, int] = {}
        self._hashes: list[np.ndarray[Any, Any]] = []
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, rows: pl.DataFrame) -> None:
        if not rows.height:
            return
        self._hashes.append(rows.select(key_hash(self.contract)).to_series().to_numpy())
        first, last = rows["date"].min(), rows["date"].max()
        assert isinstance(first, date)
        assert isinstance(last, date)
        if (first.year, first.month) == (last.year, last.month):
            self._write(f"{first:%Y-%m}", rows)
            return
        import polars as pl

        months = rows.with_columns(_month=pl.col("date").dt.strftime("%Y-%m"))
        for (month,), part in months.partition_by("_month", as_dict=True, include_key=False).items():
            self._write(str(month), part)

    def _write(self, month: str, rows: pl.DataFrame) -> None:
        import pyarrow.parquet as pq

        table = as_arrow(rows)
        if month not in self._writers:
            if len(self._writers) >= MOST_OPEN:
                raise OSError(24, "months of one file")
            plain = [name for name in (LINE, *self.contract.values) if name in table.column_names]
            dictionary = [name for name in table.column_names if name not in plain]
            self._writers[month] = pq.ParquetWriter(
                self.folder / f"{month}.parquet",
                table.schema,
                compression="zstd",
                compression_level=1,
                use_dictionary=dictionary,
            )
            self._rows[month] = 0
        self._writers[month].write_table(table)
        self._rows[month] += rows.height

    def close(self) -> None:
        for writer in self._writers.values():
            writer.close()

    def repeated(self) -> np.ndarray[Any, Any]:
        """Hashes of keys that stand more than once (or, once in an age, of two keys that share a hash)."""
        if not self._hashes:
            return np.array([], np.uint64)
        hashes = np.concatenate(self._hashes)
        self._hashes = []
        hashes.sort()
        return np.unique(hashes[1:][hashes[1:] == hashes[:-1]])

    def rows_of(self, hashes: np.ndarray[Any, Any]) -> pl.DataFrame:
        """All rows with one of these hashes, in the order of their lines."""
        import polars as pl

        wanted = pl.Series(hashes, dtype=pl.UInt64).implode()
        parts = [rows.filter(key_hash(self.contract).is_in(wanted)) for rows in self._read()]
        return pl.concat(parts).sort(LINE)

    def without(self, lines: set[int]) -> None:
        """Write the files again without some lines."""
        import polars as pl

        for month in list(self._rows):
            file = self.folder / f"{month}.parquet"
            rows = typed(pl.read_parquet(file), self.contract)
            kept = rows.filter(~pl.col(LINE).is_in(list(lines)))
            if kept.height != rows.height:
                file.unlink()
                del self._rows[month], self._writers[month]
                if kept.height:
                    self._write(month, kept)
                    self._writers[month].close()

    def _read(self) -> Iterator[pl.DataFrame]:
        import polars as pl

        for month in self._rows:
            yield typed(pl.read_parquet(self.folder / f"{month}.parquet"), self.contract)

    def finish(self) -> list[Part]:
        """The files, synced to the disk."""
        made = []
        for month, rows in sorted(self._rows.items()):
            file = self.folder / f"{month}.parquet"
            sync(file)
            made.append(Part(month, file, rows, file.stat().st_size))
        sync(self.folder)
        return made


def as_arrow(rows: pl.DataFrame) -> Any:
    """An Arrow table with codes as dictionaries of text, as every engine reads them."""
    import pyarrow as pa

    table = rows.to_arrow(compat_level=None)
    fields = [
        pa.field(field.name, pa.dictionary(pa.int32(), pa.string()))
        if pa.types.is_dictionary(field.type)
        else pa.field(
            field.name,
            pa.string() if pa.types.is_large_string(field.type) or field.type == pa.string_view() else field.type,
        )
        for field in table.schema
    ]
    return table.cast(pa.schema(fields))


def typed(rows: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """Rows read back from a file, with codes as enumerations again."""
    import polars as pl

    codes = [column for column in contract.columns if column.kind == "code"]
    return rows.with_columns(pl.col(column.name).cast(pl.Enum(list(column.codes))) for column in codes)


def key_hash(contract: Contract) -> pl.Expr:
    """64 bits of a row's key; equal for equal keys, whatever batch they stand in."""
    import polars as pl

    kinds = {column.name: column.kind for column in contract.columns}
    parts = [pl.col(name).to_physical() if kinds[name] in ("code", "date") else pl.col(name) for name in contract.key]
    return pl.struct(parts).hash(SEED).alias("_hash")


def sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
