"""Figures as files for others: with their definition, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from haihe.tourism.domain.indicators.indicator import Indicator
from haihe.tourism.domain.sdmx import MEDIA_TYPE as SDMX
from haihe.tourism.domain.sdmx import as_sdmx

HEADER = ["indicator", "name", "grain", "period", "by", "key", "value", "unit"]
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
Row = Sequence[Any]


def inert(cell: Any) -> Any:
    """A text that a spreadsheet takes as text, whatever it begins with; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.lstrip(" \u3000").startswith(_STARTS) else cell


def defined(one: Indicator) -> dict[str, str]:
    """What stands with every export."""
    return {
        "indicator": one.id,
        "name": one.name,
        "name_en": one.name_en,
        "definition": one.about,
        "definition_en": one.about_en,
        "formula": one.formula,
        "stream": one.stream,
        "unit": one.unit,
        "standard": one.standard,
    }


def as_csv(one: Indicator, rows: Sequence[Row]) -> bytes:
    """UTF-8 with a byte order mark, so that spreadsheets read it; the definition in lines that begin with #."""
    text = io.StringIO()
    for name, value in defined(one).items():
        text.write(f"# {name}: {value}\n")
    write = csv.writer(text)
    write.writerow(HEADER)
    write.writerows([inert(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(one: Indicator, rows: Sequence[Row]) -> bytes:
    """Two sheets: figures, definition. Text is written as text and never as a formula or a link."""
    import xlsxwriter

    out = io.BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, plain)
    bold = book.add_format({"bold": True})
    sheet = book.add_worksheet("figures")
    sheet.write_row(0, 0, HEADER, bold)
    for at, row in enumerate(rows, start=1):
        sheet.write_row(at, 0, ["" if cell is None else cell for cell in row])
    sheet.set_column(0, 7, 16)
    about = book.add_worksheet("definition")
    for at, (name, value) in enumerate(defined(one).items()):
        about.write_string(at, 0, name, bold)
        about.write_string(at, 1, value)
    about.set_column(1, 1, 80)
    book.close()
    return out.getvalue()


def as_parquet(one: Indicator, rows: Sequence[Row]) -> bytes:
    """The definition stands in the file's metadata under `haihe.definition`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = [[row[at] for row in rows] for at in range(len(HEADER))]
    kinds = [pa.float64() if name == "value" else pa.string() for name in HEADER]
    table = pa.table({name: pa.array(column, kind) for name, column, kind in zip(HEADER, columns, kinds, strict=True)})
    table = table.replace_schema_metadata({"haihe.definition": json.dumps(defined(one), ensure_ascii=False)})
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()


FORMS = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "xlsx": (as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "parquet": (as_parquet, "application/vnd.apache.parquet"),
    "sdmx": (as_sdmx, SDMX),
}
ENDINGS = {"sdmx": "sdmx.json"}
