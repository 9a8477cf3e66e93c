"""Numbers in Chinese text: Arabic with \u4e07 and \u4ebf, or written in Han."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

NUMBER = r"\d{1,15}(?:[,\uff0c]\d{3})*(?:\.\d{1,8})?"
SCALE = r"(?:[\u5341\u767e\u5343]?[\u4e07\u4ebf]|\u767e|\u5343)?"
SCALES = {
    "": Decimal(1),
    "百": Decimal(100),
    "千": Decimal(1000),
    "万": Decimal(10**4),
    "十万": Decimal(10**5),
    "百万": Decimal(10**6),
    "千万": Decimal(10**7),
    "亿": Decimal(10**8),
    "十亿": Decimal(10**9),
    "百亿": Decimal(10**10),
    "千亿": Decimal(10**11),
}
_DIGITS = {character: value for value, character in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2, "○": 0}
_STEPS = {"十": 10, "百": 100, "千": 1000}
HAN_NUMBER = "[〇零一二三四五六七八九十百千两]"
_PLAIN_COMMA = re.compile(r"[,\uff0c]")


def value_of(number: str, scale: str = "") -> Decimal:
    """The value of digits (with separators) and a scale such as 万."""
    try:
        return Decimal(_PLAIN_COMMA.sub("", number)) * SCALES[scale]
    except InvalidOperation:
        return Decimal(0)


def han_value(written: str) -> int | None:
    """The value of a number up to 9,999 written in Han, or of a year digit by digit; None: no number."""
    if written and all(character in _DIGITS for character in written):
        return int("".join(str(_DIGITS[character]) for character in written))
    total = digit = 0
    for character in written:
        if character in _STEPS:
            total += (digit or 1) * _STEPS[character]
            digit = 0
        elif character in _DIGITS:
            digit = _DIGITS[character]
        else:
            return None
    return total + digit if written else None


def whole_number(written: str) -> int | None:
    """The value of a short whole number in either writing."""
    return int(written) if written.isascii() and written.isdigit() else han_value(written)


def shown(value: Decimal) -> str:
    """A value for people: 12000 as 1.2万."""
    for scale in ("亿", "万"):
        if value >= SCALES[scale]:
            return f"{(value / SCALES[scale]).normalize():f}{scale}"
    return f"{value.normalize():f}"
