"""A stream's facts as a table that any engine of Ibis may hold; DuckDB over Parquet files by default."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from haihe.tourism.domain.contracts.contract import Contract

if TYPE_CHECKING:
    import ibis

MEMORY = "1GB"
THREADS = 2


def connect() -> Any:
    """DuckDB in memory, with bounded memory and no way to the network or to extensions."""
    import ibis

    connection = ibis.duckdb.connect(threads=THREADS, memory_limit=MEMORY)
    connection.raw_sql(
        f"SET temp_directory = '{tempfile.gettempdir()}/haihe-facts'"
    )  # else the folder it is started in
    connection.raw_sql("SET autoinstall_known_extensions = false; SET autoload_known_extensions = false")
    return connection


def facts(connection: Any, contract: Contract, files: Sequence[Path]) -> ibis.Table:
    """The rows of some files of one stream; of no files an empty table of the same columns."""
    if files:
        table = connection.read_parquet([str(file) for file in files])
        return table.select(*contract.names)
    import ibis

    kinds = {"date": "date", "integer": "int64", "decimal": "float64"}
    schema = {column.name: kinds.get(column.kind, "string") for column in contract.columns}
    return ibis.memtable([], schema=ibis.schema(schema))
