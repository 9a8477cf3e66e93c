"""Other engines for the same expressions, made to count exactly.

Ibis compiles `nunique` for ClickHouse to `uniq`, which estimates, and `median` to a form that interpolates in another
way than DuckDB, PostgreSQL and Spark do; the median of some rows it compiles to what Spark refuses. An official figure
must not change with the engine it is asked of.
"""

from __future__ import annotations

from typing import Any

from haihe.base.errors import HaiheError


class NotExact(HaiheError):
    """Nobody has shown that this engine counts exactly."""

    permanent = True
    hint = "Facts are asked of DuckDB, PostgreSQL, ClickHouse or Spark."


def exact(connection: Any) -> Any:
    """The same connection of Ibis, whose distinct counts and medians are those of every other engine.

    Returned as it is where its engine counts exactly already. Raises NotExact where it is not known to.
    """
    if connection.name == "clickhouse":
        connection.compiler = _clickhouse()
    elif connection.name == "pyspark":
        connection.compiler = _spark()
    elif connection.name not in ("duckdb", "postgres"):
        raise NotExact(thing=connection.name)
    return connection


def _clickhouse() -> Any:
    import ibis.expr.operations as ops
    from ibis.backends.sql.compilers.clickhouse import ClickHouseCompiler

    class ExactCompiler(ClickHouseCompiler):
        SIMPLE_OPS = {ops.CountDistinct: "uniqExact", ops.Median: "quantileExactInclusive"}

        def visit_Quantile(self, op: Any, *, arg: Any, quantile: Any, where: Any) -> Any:
            return self._visit_quantile("quantileExactInclusive", arg, quantile, where)

        def visit_MultiQuantile(self, op: Any, *, arg: Any, quantile: Any, where: Any) -> Any:
            return self._visit_quantile("quantilesExactInclusive", arg, quantile, where)

    return ExactCompiler()


def _spark() -> Any:
    from ibis.backends.sql.compilers.pyspark import PySparkCompiler

    class ExactCompiler(PySparkCompiler):
        def visit_Median(self, op: Any, *, arg: Any, where: Any) -> Any:
            return self.visit_Quantile(op, arg=arg, quantile=0.5, where=where)

    return ExactCompiler()
