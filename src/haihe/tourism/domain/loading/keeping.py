"""Rows as Parquet, one file a month, and the proof that no two of them share a key."""

from __future__ import annotations

import os
import tempfile
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
MOST_HASHES = 40_000_000
HASHES_AT_ONCE = 1 << 20


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
        folder.mkdir(parents=True, exist_ok=True)
        self._hashes = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  it lives as long as this does

    def add(self, rows: pl.DataFrame) -> None:
        if not rows.height:
            return
        self._hashes.write(rows.select(key_hash(self.contract)).to_series().to_numpy().tobytes())
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
                column_encoding={LINE: "DELTA_BINARY_PACKED"},
                write_statistics=["date"],
            )
            self._rows[month] = 0
        self._writers[month].write_table(table)
        self._rows[month] += rows.height

    def close(self) -> None:
        for writer in self._writers.values():
            writer.close()

    def repeated(self) -> np.ndarray[Any, Any]:
        """Hashes of keys that stand more than once (or, once in an age, of two keys that share a hash).

        Whatever the size of the load, at most about MOST_HASHES are held: the range of hashes is gone through in parts.
        """
        count = self._hashes.tell() // 8
        parts = -(-count // MOST_HASHES) or 1
        found = [_twice(self._between(part, parts)) for part in range(parts)]
        self._hashes.close()
        return np.concatenate(found)

    def _between(self, part: int, parts: int) -> np.ndarray[Any, Any]:
        self._hashes.seek(0)
        if parts == 1:
            return np.frombuffer(bytearray(self._hashes.read()), np.uint64)
        low, high = (np.uint64(min(2**64 * edge // parts, 2**64 - 1)) for edge in (part, part + 1))
        kept = []
        while piece := self._hashes.read(HASHES_AT_ONCE * 8):
            hashes = np.frombuffer(piece, np.uint64)
            inside = (hashes >= low) & ((hashes < high) if part + 1 < parts else (hashes <= high))
            kept.append(hashes[inside])
        return np.concatenate(kept)

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


def _twice(hashes: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    hashes.sort()
    return np.unique(hashes[1:][hashes[1:] == hashes[:-1]])


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
