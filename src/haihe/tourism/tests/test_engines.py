"""Every indicator on other engines: the same expressions, the same numbers; where an engine would estimate, exact."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ibis
import polars as pl
import pytest

from haihe.tourism.domain.facts.asking import connect
from haihe.tourism.domain.facts.engines import NotExact, exact
from haihe.tourism.domain.indicators.computing import compute
from haihe.tourism.domain.indicators.formulas import aggregate
from haihe.tourism.tests.test_indicators import GOLDEN, golden_frame, golden_values, named

MANY = 150_000  # values, enough for an estimate to miss


def many() -> pl.DataFrame:
    """Distinct houses, and rooms whose median lies between two values."""
    numbers = range(MANY)
    return pl.DataFrame(
        {"house": [f"H{n * 7919 % 1_000_003}" for n in numbers], "rooms": [n % 997 + 1 for n in numbers]}
    )


@pytest.fixture(scope="module")
def clickhouse() -> Iterator[Any]:
    """A real ClickHouse in this process, as Ibis sees it."""
    pytest.importorskip("chdb", reason="chDB is not installed")
    import clickhouse_connect

    client = clickhouse_connect.get_client(interface="chdb")
    connection = exact(ibis.clickhouse.from_connection(client))

    def table(name: str, frame: pl.DataFrame, folder: Path) -> Any:
        file = folder / f"{name}.parquet"
        frame.write_parquet(file)
        made = f"CREATE OR REPLACE TABLE {name} ENGINE = MergeTree ORDER BY tuple()"
        client.command(f"{made} AS SELECT * FROM file('{file}', Parquet)")  # noqa: S608  names of the test's own
        return connection.table(name)

    yield table
    client.close()


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """A local Spark, where its package and a Java are there."""
    pytest.importorskip("pyspark", reason="Spark is not installed")
    if shutil.which("java") is None:
        pytest.skip("no Java for Spark")
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    connection = exact(ibis.pyspark.connect(session))

    def table(name: str, frame: pl.DataFrame, folder: Path) -> Any:
        file = folder / f"{name}.parquet"
        frame.write_parquet(file)
        return connection.read_parquet(str(file), table_name=name)

    yield table
    session.stop()
    logging.getLogger("py4j.clientserver").disabled = True  # it would tell its end to a stream that is closed by then


def is_equal(stream: str, table: Any) -> None:
    for grain in ("day", "month"):
        here = {named(value): value.value for value in golden_values(stream, grain)}
        there = {named(value): value.value for value in compute(table, stream, grain)}
        close = {name: value if value is None else pytest.approx(value, rel=1e-9) for name, value in here.items()}
        assert there == close


def counts_exactly(table: Any, folder: Path) -> None:
    here = connect().read_parquet(str(folder / "many.parquet"))
    for formula in ("nunique(house)", "median(rooms)", "nunique(house, where=rooms > 500)"):
        true, found = (aggregate(formula, one).execute() for one in (here, table))
        assert (formula, float(found)) == (formula, float(true))


@pytest.mark.parametrize("stream", GOLDEN["facts"])
def test_clickhouse_says_the_same_of_every_indicator(stream: str, clickhouse: Any, tmp_path: Path) -> None:
    is_equal(stream, clickhouse(stream.replace("-", "_"), golden_frame(stream), tmp_path))


def test_clickhouse_counts_exactly(clickhouse: Any, tmp_path: Path) -> None:
    """As Ibis compiles them for it, distinct counts would be estimates and medians other ones."""
    counts_exactly(clickhouse("many", many(), tmp_path), tmp_path)


@pytest.mark.parametrize("stream", GOLDEN["facts"])
def test_spark_says_the_same_of_every_indicator(stream: str, spark: Any, tmp_path: Path) -> None:
    is_equal(stream, spark(stream.replace("-", "_"), golden_frame(stream), tmp_path))


def test_spark_counts_exactly(spark: Any, tmp_path: Path) -> None:
    counts_exactly(spark("many", many(), tmp_path), tmp_path)


def test_an_engine_that_nobody_looked_at_is_refused() -> None:
    with pytest.raises(NotExact):
        exact(ibis.sqlite.connect())
