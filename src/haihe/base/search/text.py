"""How text is read for searching: folding, units, grams and words. Plain Python; knows no Django and no index.

*Folding* makes forms meet that a reader takes for the same: full-width and half-width, capital and small, accented and
plain, traditional and simplified. It goes character by character and never looks around, so that a part of a text
folds like the whole: what is searched for is found wherever it stands.

A *unit* is one Han character (kana, hangul), one run of letters, or one run of digits. Units *touch* when nothing
stands between them, or only a space between units of different kinds ("5G 网络" is "5G网络"). Anything else between
two units parts them.

A *gram* is a unit with the one that touches it behind, `中国`, `5_g`; the last of a row stands alone, `国_`. There is
exactly one gram for every unit, so grams in order are the text itself, and a phrase of grams is a substring.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from operator import add
from typing import Any

# Scripts whose characters are units of their own: Han with radicals, 々〇, kana, bopomofo, hangul.
HAN = (
    "\u2e80-\u2fdf\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u31a0-\u31bf"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)
LETTER = rf"[^\W\d_{HAN}]"
_LONGEST = 64  # letters or digits in one unit; what is longer is no word and is read in pieces
_UNIT = re.compile(rf"[{HAN}]|\d{{1,{_LONGEST}}}|{LETTER}{{1,{_LONGEST}}}")
_ROW = re.compile(r"[^\W_]+")
_LOOSE_SPACE = re.compile(
    rf"(?<=[{HAN}]) +(?=[^\W_{HAN}])|(?<=\d) +(?=[^\W\d_])|(?<={LETTER}) +(?=[\d{HAN}])",
)
_HAN_ONLY = re.compile(rf"[{HAN}]+")
_ACCENTED = ("LATIN", "GREEK", "CYRILLIC")


class _Folds(dict[int, str]):
    """What each character folds to, worked out when it is first met."""

    def __init__(self) -> None:
        super().__init__()
        self.uneven: set[str] = set()  # characters that fold to none or to several

    def __missing__(self, code: int) -> str:
        character = chr(code)
        folded = self[code] = _fold_character(character)
        if len(folded) != 1:
            self.uneven.add(character)
        return folded


_folds = _Folds()


@cache
def _simplifier() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


def _fold_character(character: str) -> str:
    if unicodedata.category(character) in ("Mn", "Cf", "Cs"):  # accents apart, invisible marks, half characters
        return ""
    folded = unicodedata.normalize("NFKC", character).lower()
    if unicodedata.name(character, "").startswith(_ACCENTED):
        folded = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    if _HAN_ONLY.fullmatch(folded):
        simple = _simplifier().convert(folded)
        folded = simple if len(simple) == len(folded) else folded
    return " " if folded in ("\t", "\xa0") else folded


def fold(text: str) -> str:
    """The text in the one form in which it is compared."""
    return text.translate(_folds)


def fold_with_origins(text: str) -> tuple[str, list[int] | range]:
    """The folded text, and for each of its characters the place in `text` it comes from (one more, for the end)."""
    folded = fold(text)
    if _folds.uneven.isdisjoint(text):
        return folded, range(len(text) + 1)
    origins = [place for place, character in enumerate(text) for _ in _folds[ord(character)]]
    return folded, [*origins, len(text)]


Row = str | list[str]  # units that touch; a row of Han characters alone is simply the text


def rows(folded: str) -> list[Row]:
    """The units of a folded text, in rows of those that touch."""
    if " " in folded:
        folded = _LOOSE_SPACE.sub("", folded)
    return [row if _HAN_ONLY.fullmatch(row) else _UNIT.findall(row) for row in _ROW.findall(folded)]


def gram(unit: str, following: str) -> str:
    """What stands in the index for a unit and the one that touches it behind ("" where none does)."""
    return unit + following if is_han(unit) and following and is_han(following) else f"{unit}_{following}"


def grams(in_rows: list[Row]) -> list[str]:
    """One gram for every unit, in order."""
    found: list[str] = []
    for row in in_rows:
        if isinstance(row, str):
            found.extend(map(add, row, row[1:] + "_"))
        else:
            found.extend(map(gram, row, [*row[1:], ""]))
    return found


def words(folded: str) -> list[str]:
    """Chinese words of two characters or more, as the dictionary sees them. For weighing only: finding is by grams."""
    import rjieba

    cut = rjieba.cut_for_search(folded)
    return [word for word in cut if len(word) > 1 and (word[0] > "⺀" or word[-1] > "⺀") and word.isalnum()]


def is_han(unit: str) -> bool:
    return unit[0] > "⺀" and _HAN_ONLY.fullmatch(unit) is not None


def contains(folded_term: str, *, prefix: bool = False) -> re.Pattern[str] | None:
    """The pattern of a term in folded text: the same substring rule as the index's, for marking what matched.

    prefix    the last unit may go on (what somebody is still typing)
    returns   None where the term has no unit
    """
    pieces: list[str] = []
    last = ""
    for row in rows(folded_term):
        for place, unit in enumerate(row):
            if last:
                pieces.append(_between(last, unit) if place else r"[\W_]+?")
            pieces.append(re.escape(unit))
            last = unit
    if not pieces:
        return None
    first = rows(folded_term)[0][0]
    before = "" if is_han(first) else rf"(?<!{_kind(first)})"
    after = "" if is_han(last) or prefix else rf"(?!{_kind(last)})"
    return re.compile(before + "".join(pieces) + after)


def _between(one: str, other: str) -> str:
    return "" if _kind(one) == _kind(other) else " *"


def _kind(unit: str) -> str:
    return f"[{HAN}]" if is_han(unit) else r"\d" if unit[0].isdecimal() else LETTER
