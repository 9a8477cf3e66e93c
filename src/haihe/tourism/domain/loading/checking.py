"""Checks whole batches at once; what does not pass goes to the judge, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from haihe.tourism.domain.contracts.contract import Column, Contract
from haihe.tourism.domain.loading.judging import EARLIEST, MOST_DIGITS, Judge
from haihe.tourism.domain.loading.reading import LINE, Batch
from haihe.tourism.domain.loading.reasons import Reject

if TYPE_CHECKING:
    import polars as pl

DATE_FORMATS = ("%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d", "%Y-%m-%d 00:00:00")
PLAIN_TEXT = "[0-9A-Za-z\u4e00-\u9fff][0-9A-Za-z\u4e00-\u9fff ._-]{0,199}"
WORTH_A_SECOND_LOOK = 500
LOOKED_AT = 200  # rows that tell whether a column of codes is filled with their names


class Checker:
    """Turns batches of text into typed rows and rejects."""

    def __init__(self, contract: Contract, today: date) -> None:
        self.contract, self.judge = contract, Judge(contract, today)
        self.today = self.judge.today
        self._named: set[str] = set()

    def check(self, batch: Batch) -> tuple[pl.DataFrame, list[Reject]]:
        """(rows of the contract's types with `_line`, in the order of their lines; what was not taken)."""
        import polars as pl

        self._named = self._by_name(batch.frame)
        good, left = self._at_once(batch.frame)
        parts = [good]
        if left.height > WORTH_A_SECOND_LOOK:
            tidied, left = self._at_once(self._tidied(left), left)
            parts.append(tidied)
        rejects = list(batch.rejects)
        if left.height:
            judged, refused = self._one_by_one(left, batch)
            parts.append(judged)
            rejects += refused
        if len([part for part in parts if part.height]) > 1:
            return pl.concat(parts).sort(LINE), rejects
        return next((part for part in parts if part.height), good), rejects

    def _at_once(self, frame: pl.DataFrame, before: pl.DataFrame | None = None) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Rows that pass as they stand, typed; and the rest as text (of `before`, where that is given)."""

        typed = frame.lazy().select(LINE, *(self._typed(column) for column in self.contract.columns))
        checked = typed.with_columns(_ok=self._passes()).collect()
        ok = checked["_ok"]
        checked = checked.drop("_ok")
        if ok.all():
            return checked, frame.clear()
        # an empty cell became null as an unreadable one did: only columns that may be empty can pass as null
        return checked.filter(ok), (frame if before is None else before).filter(~ok)

    def _typed(self, column: Column) -> pl.Expr:
        import polars as pl

        cell = pl.col(column.name)
        match column.kind:
            case "date":
                plain = (cell.str.len_bytes() == 10) & cell.str.starts_with("20")
                return pl.when(plain).then(cell).str.to_date("%Y-%m-%d", strict=False).alias(column.name)
            case "integer":
                short = cell.str.len_bytes() <= MOST_DIGITS
                return self._or_mark(column, pl.when(short).then(cell).cast(pl.Int64, strict=False), -(2**62))
            case "decimal":
                plain = (cell.str.len_bytes() <= MOST_DIGITS) & ~cell.str.contains("[eEnN]")
                number = pl.when(plain).then(cell).cast(pl.Float64, strict=False)
                return self._or_mark(column, number, -1e300)
            case "code" if column.name in self._named:
                known = {name: code for name, code in column.by_name.items() if name}
                code = cell.replace_strict(known, default=None, return_dtype=self.enum(column))
                return code.alias(column.name)
            case "code":
                return cell.cast(self.enum(column), strict=False)
            case _:
                fits = cell.str.contains(f"^(?:{column.pattern or PLAIN_TEXT})$")
                return pl.when(fits).then(cell).alias(column.name)

    def _by_name(self, frame: pl.DataFrame) -> set[str]:
        """Columns of codes that are filled with names of them: looked up, which costs more than a plain code."""
        first = frame.head(LOOKED_AT)
        return {
            column.name
            for column in self.contract.columns
            if column.kind == "code" and not set(first[column.name]) - {None, ""} <= set(column.codes)
        }

    def _or_mark(self, column: Column, number: pl.Expr, mark: float) -> pl.Expr:
        """Of a column that may be empty: what is filled and no number becomes a value that no range holds."""
        import polars as pl

        if column.required:
            return number.alias(column.name)
        filled = pl.col(column.name).fill_null("") != ""
        return pl.when(filled & number.is_null()).then(pl.lit(mark)).otherwise(number).alias(column.name)

    def _passes(self) -> pl.Expr:
        import polars as pl

        tests = []
        for column in self.contract.columns:
            value = pl.col(column.name)
            if column.kind == "date":
                tests.append(value.is_between(EARLIEST, self.today))
            elif column.kind in ("integer", "decimal"):
                low = column.low if column.low is not None else -1e15
                high = column.high if column.high is not None else 1e15
                inside = value.is_between(low, high)
                tests.append(inside if column.required else inside | value.is_null())
            else:
                tests.append(value.is_not_null())
        for first, second in self.contract.at_most:
            tests.append((pl.col(first) <= pl.col(second)).fill_null(True))
        return pl.all_horizontal(tests).fill_null(False)

    def _tidied(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Without spaces at the ends; other ways of writing a date and names of codes brought to one form."""
        import polars as pl

        made = []
        for column in self.contract.columns:
            cell = pl.col(column.name).str.strip_chars(" \t\u3000")
            if column.kind == "date":
                cell = pl.when(cell.str.contains(r"^\d")).then(cell)  # polars would take a sign before a year
                tries = [cell.str.to_date(form, strict=False) for form in ("%Y-%m-%d", *DATE_FORMATS)]
                cell = pl.coalesce(tries).dt.strftime("%Y-%m-%d")
            elif column.kind == "code":
                cell = cell.replace_strict(column.by_name, default=None, return_dtype=pl.String)
            elif column.kind == "integer":
                cell = cell.str.replace(r"\.0+$", "")
            made.append(cell.alias(column.name))
        return frame.select(LINE, *made)

    def _one_by_one(self, left: pl.DataFrame, batch: Batch) -> tuple[pl.DataFrame, list[Reject]]:
        import polars as pl

        rows: list[dict[str, Any]] = []
        rejects = []
        for cells in left.iter_rows(named=True):
            line = cells.pop(LINE)
            said = self.judge.line({name: cell or "" for name, cell in cells.items()})
            if isinstance(said, dict):
                rows.append({LINE: line, **said})
            else:
                rejects.append(Reject(line, said[0], batch.raw(line), said[1]))
        return pl.DataFrame(rows, schema=self.schema()), rejects

    def schema(self) -> dict[str, Any]:
        """Types of the rows."""
        import polars as pl

        kinds = {"date": pl.Date, "integer": pl.Int64, "decimal": pl.Float64, "text": pl.String}
        columns = {column.name: kinds.get(column.kind) or self.enum(column) for column in self.contract.columns}
        return {LINE: pl.Int64, **columns}

    def enum(self, column: Column) -> Any:
        import polars as pl

        return pl.Enum(list(column.codes))

    def swapped(self, batch: Batch) -> tuple[str, str] | None:
        """Two columns whose cells fit each other's place better than their own, where most of a batch is refused."""
        sample = batch.frame.head(200).rows(named=True)
        columns = self.contract.columns
        fits = {
            (of.name, place.name): sum(self._fits(place, row[of.name] or "") for row in sample)
            for of in columns
            for place in columns
        }
        for first, second in _pairs(columns):
            own = fits[first.name, first.name] + fits[second.name, second.name]
            other = fits[first.name, second.name] + fits[second.name, first.name]
            if sample and other > 1.8 * len(sample) and own < 0.4 * len(sample):
                return first.name, second.name
        return None

    def _fits(self, column: Column, cell: str) -> bool:
        from haihe.tourism.domain.loading.reasons import Reason

        return not isinstance(self.judge.cell(column, cell), Reason)


def _pairs(columns: tuple[Column, ...]) -> Iterator[tuple[Column, Column]]:
    for at, first in enumerate(columns):
        for second in columns[at + 1 :]:
            yield first, second
