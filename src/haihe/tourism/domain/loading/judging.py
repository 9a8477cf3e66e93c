"""The judge: what one cell means, or why it means nothing. Exact, slow, and the only place where that is decided.

The vectorised check (`checking`) lets pass only what the judge would let pass, and asks it about everything else.
"""

from __future__ import annotations

import difflib
import re
from datetime import date, timedelta
from typing import Any

from haihe.tourism.domain.contracts.contract import Column, Contract
from haihe.tourism.domain.loading.reasons import Reason

EARLIEST = date(2000, 1, 1)
LONGEST_TEXT = 200
MOST_DIGITS = 15
Value = date | int | float | str | None

_DATE = re.compile(r"(\d{4})([-/.年])(\d{1,2})([-/.月])(\d{1,2})(日?)(?:[ T]00:00(?::00(?:\.0+)?)?)?", re.A)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.A)
_INTEGER = re.compile(r"[+-]?\d+(?:\.0+)?", re.A)
_DECIMAL = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", re.A)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:[,，'’]\d{3})+(?:\.\d+)?")
_FULLWIDTH = {ord("０") + n: str(n) for n in range(10)} | {ord("．"): ".", ord("－"): "-"}
_CHINESE = "零〇一二三四五六七八九十百千两壹贰叁肆伍陆柒捌玖拾佰仟"
_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad]")
_CONTROL = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LUNAR = re.compile(r"农历|正月|腊月|冬月|初[一二三四五六七八九十]|廿|除夕|春节")
MISSING = {"-", "--", "—", "——", "/", "n/a", "na", "null", "none", "nan", "无", "缺", "暂无", "不详", "未报", "…", "*"}


class Judge:
    """Judges the lines of one contract.

    today   after which a day is still to come
    """

    def __init__(self, contract: Contract, today: date) -> None:
        self.contract, self.today = contract, today + timedelta(days=contract.ahead_days)

    def line(self, cells: dict[str, str]) -> dict[str, Value] | tuple[str, Reason]:
        """The values of a line by column; or the first column that is wrong, and why."""
        said = [cells.get(column.name, "").strip() for column in self.contract.columns]
        if wrong := self._no_data(said):
            return "", wrong
        values: dict[str, Value] = {}
        for column, cell in zip(self.contract.columns, said, strict=True):
            value = self.cell(column, cell)
            if isinstance(value, Reason):
                return column.name, value
            values[column.name] = value
        for first, second in self.contract.at_most:
            low, high = values[first], values[second]
            if isinstance(low, (int, float)) and isinstance(high, (int, float)) and low > high:
                labels = {name: self.contract.column(name).label for name in (first, second)}
                told = {"first": (labels[first], first), "second": (labels[second], second)}
                return first, Reason("above", told | {"value": f"{low:g}", "other": f"{high:g}"})
        return values

    def cell(self, column: Column, cell: str) -> Value | Reason:
        """The value of one cell, stripped of spaces at its ends."""
        cell = cell.strip()
        if not cell:
            return Reason("blank") if column.required else None
        if wrong := _characters(cell):
            return wrong
        match column.kind:
            case "date":
                return _day(cell, self.today)
            case "integer" | "decimal":
                return _number(column, cell)
            case "code":
                return column.by_name.get(cell) or _no_code(column, cell)
            case _:
                return _text(column, cell)

    def _no_data(self, said: list[str]) -> Reason | None:
        """Lines that are none of data: a second header, totals, notes."""
        filled = [cell for cell in said if cell]
        names = {name for column in self.contract.columns for name in (column.name, column.label)}
        if len(filled) > 1 and all(cell in names for cell in filled):
            return Reason("header_again")
        if re.match(r"(合\s*计|总\s*计|小\s*计|total|sum)\b|^(合计|总计|小计)", said[0], re.I):
            return Reason("total")
        if (
            len(filled) == 1
            and said[0]
            and re.match(r"(注|说明|备注|数据来源|来源|制表|填报|note|source)", said[0], re.I)
        ):
            return Reason("footnote")
        return None


def _characters(cell: str) -> Reason | None:
    shown = {"cell": cell}
    if "\0" in cell:
        return Reason("nul")
    if "\ufffd" in cell:
        return Reason("replaced")
    if _INVISIBLE.search(cell):
        return Reason("invisible")
    if _CONTROL.search(cell):
        return Reason("control")
    if cell[0] == "#" and re.match(r"#(REF|VALUE|DIV/0|NAME|N/A|NUM|NULL|SPILL)", cell, re.I):
        return Reason("spreadsheet_error", shown)
    if cell[0] in "=@" or (cell[0] in "+-" and re.search("[A-Za-z(]", cell)):
        return Reason("formula", shown)
    return None


def _day(cell: str, today: date) -> date | Reason:
    shown = {"cell": cell}
    found = _DATE.fullmatch(cell)
    if (
        found
        and (found[2] == found[4] or (found[2], found[4]) == ("年", "月"))
        and (found[6] == "" or found[2] == "年")
    ):
        parts = int(found[1]), int(found[3]), int(found[5])
    elif (compact := _COMPACT.fullmatch(cell)) and 1900 < int(compact[1]) < 2200:
        parts = int(compact[1]), int(compact[2]), int(compact[3])
    else:
        return Reason(_why_no_day(cell), shown)
    try:
        day = date(*parts)
    except ValueError:
        return Reason("date_impossible", shown)
    if day < EARLIEST:
        return Reason("date_early", shown)
    return day if day <= today else Reason("date_future", shown)


def _why_no_day(cell: str) -> str:
    if _LUNAR.search(cell):
        return "date_lunar"
    if re.match(r"民国", cell) or re.fullmatch(r"1[01]\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?", cell):
        return "date_minguo"
    if re.search(r"\d\s*(?:至|到|~|～|—)\s*\d", cell):
        return "date_span"
    if re.fullmatch(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{4}", cell):
        return "date_order"
    if re.fullmatch(r"\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}日?", cell):
        return "date_short_year"
    if re.fullmatch(r"[3-6]\d{4}(?:\.\d+)?", cell):
        return "date_serial"
    if re.fullmatch(r"\d{4}[-/.年]\d{1,2}月?|(?:19|20)\d{4}", cell):
        return "date_month"
    return "date_format"


def _number(column: Column, cell: str) -> int | float | Reason:
    shown: dict[str, Any] = {"cell": cell}
    if not _DECIMAL.fullmatch(cell):
        return _why_no_number(column, cell)
    if sum(character.isdigit() for character in cell.partition(".")[0]) > MOST_DIGITS:
        return Reason("number_long", shown)
    if column.kind == "integer" and not _INTEGER.fullmatch(cell):
        return Reason("integer_fraction", shown)
    value: int | float = int(cell.partition(".")[0] or 0) if column.kind == "integer" else float(cell)
    if column.low is not None and value < column.low:
        return Reason("negative", shown) if value < 0 <= column.low else Reason("too_low", shown | {"low": column.low})
    if column.high is not None and value > column.high:
        return Reason("too_high", shown | {"high": f"{column.high:g}" if column.high < 1e6 else int(column.high)})
    return value


def _why_no_number(column: Column, cell: str) -> Reason:
    shown = {"cell": cell, "unit": column.unit}
    if cell.lower() in MISSING:
        return Reason("number_missing", shown)
    if _THOUSANDS.fullmatch(cell):
        return Reason("number_thousands", shown | {"better": re.sub("[,，'’]", "", cell)})
    narrow = cell.translate(_FULLWIDTH)
    if narrow != cell and _DECIMAL.fullmatch(narrow):
        return Reason("number_fullwidth", shown | {"better": narrow})
    if re.fullmatch(r"[+-]?\d[\d\s\u00a0\u3000]+(?:\.\d+)?", cell):
        return Reason("number_spaces", shown | {"better": re.sub(r"\s", "", cell)})
    if re.fullmatch(r"[+-]?\d+,\d{1,2}", cell):
        return Reason("number_comma", shown)
    return Reason(_kind_of_no_number(cell), shown)


def _kind_of_no_number(cell: str) -> str:
    lower = cell.lower()
    if lower.lstrip("+-") in ("inf", "infinity", "nan", "∞"):
        return "number_infinite"
    if re.fullmatch(r"[+-]?\d+(?:\.\d+)?e[+-]?\d+", lower):
        return "number_scientific"
    if re.fullmatch(r"[¥￥$€£].*|.*(?:rmb|cny)", lower):
        return "number_currency"
    if re.fullmatch(r"[+-]?[\d.]+\s*[%％‰]", cell):
        return "number_percent"
    if re.fullmatch(r"[（(][\d.,]+[）)]", cell):
        return "number_brackets"
    if re.fullmatch(r"[+-]?[\d.,]+\s*[万亿].*", cell):
        return "number_wan"
    if all(character in _CHINESE + "万亿点" for character in cell):
        return "number_chinese"
    return "number_unit" if re.fullmatch(r"[+-]?[\d.,]+\s*[^\d.,\s]+", cell) else "number_format"


def _no_code(column: Column, cell: str) -> Reason:
    shown = {"cell": cell}
    for code in column.codes:
        if code.lower() == cell.lower():
            return Reason("code_case", shown | {"better": code})
    near = difflib.get_close_matches(cell, list(column.by_name), n=1, cutoff=0.6)
    return Reason("code_near", shown | {"better": near[0]}) if near else Reason("code_unknown", shown)


def _text(column: Column, cell: str) -> str | Reason:
    if len(cell) > LONGEST_TEXT:
        return Reason("text_long")
    if not column.accepted.fullmatch(cell):
        told = (column.pattern_zh or column.pattern, column.pattern_en or column.pattern)
        return Reason("text_pattern", {"cell": cell, "pattern": told})
    return cell
