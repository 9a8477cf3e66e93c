"""Which column of a file is which of the contract."""

from __future__ import annotations

import difflib
import itertools
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from haihe.tourism.domain.contracts.contract import Contract
from haihe.tourism.domain.loading.errors import FileRefused

MOST_TITLE_ROWS = 20
JOINT = " / "  # between a group of columns and one of them
_UNIT = re.compile(r"[（(\[【][^（()）\]】]*[)）\]】]")
_SPACE = re.compile(r"[\s\u3000_\-*：:]+")


@dataclass(frozen=True)
class Heading:
    """Where the columns of a contract stand in a file.

    row       of the header, from 1; rows before it are titles
    places    contract column -> position in the file, from 0
    names     the file's own names, by position
    unused    names of the file that no column of the contract took
    missing   required columns that the file lacks
    """

    row: int
    places: dict[str, int]
    names: tuple[str, ...]
    unused: tuple[str, ...]
    missing: tuple[str, ...]


def plain(name: str) -> str:
    """A heading without spaces, case and the unit in brackets."""
    return _SPACE.sub("", _UNIT.sub("", name)).lower()


def guess(names: Sequence[str], contract: Contract, chosen: Mapping[str, str] | None = None) -> dict[str, int]:
    """Contract column -> position, by name, label and alias; then by likeness; `chosen` (column -> name) goes first."""
    given = _readings(names)
    places: dict[str, int] = {}
    for wanted, name in (chosen or {}).items():
        at = next((at for at, read in enumerate(given) if name and plain(name) in read), None)
        if at is not None and wanted in contract.names:
            places[wanted] = at
    left = [column for column in contract.columns if column.name not in places and not (chosen or {}).get(column.name)]
    for column in left:
        for known in (column.name, column.label, *column.aliases):
            free = (at for at, read in enumerate(given) if plain(known) in read and at not in places.values())
            if (at := next(free, None)) is not None:
                places[column.name] = at
                break
    for column in (column for column in left if column.name not in places):
        by_reading = {name: at for at, read in enumerate(given) if at not in places.values() for name in read if name}
        near = difflib.get_close_matches(plain(column.label), by_reading, n=1, cutoff=0.75)
        if near:
            places[column.name] = by_reading[near[0]]
    return places


def _readings(names: Sequence[str]) -> list[list[str]]:
    """What each name may be read as. "Rooms / sold" is sold rooms, rooms sold, and sold where nothing else is sold."""
    parted = [name.rpartition(JOINT) for name in names]
    alone = Counter(plain(lower) for _upper, _joint, lower in parted)
    found = []
    for name, (upper, joint, lower) in zip(names, parted, strict=True):
        read = [plain(name)]
        if joint:
            read += [plain(lower + upper), plain(upper + lower)]
            read += [plain(lower)] if alone[plain(lower)] == 1 else []
        found.append(read)
    return found


def find(rows: Sequence[Sequence[str]], contract: Contract, chosen: Mapping[str, str] | None = None) -> Heading:
    """The heading among the first rows of a file: the row that names most columns of the contract.

    Raises FileRefused where none names half of those required, or a required one is missing or stands twice.
    """
    required = [column.name for column in contract.columns if column.required]
    best: tuple[int, int, dict[str, int]] = (0, 0, {})
    for at, row in enumerate(rows[:MOST_TITLE_ROWS]):
        places = guess(row, contract, chosen)
        if len(places) > best[0]:
            best = (len(places), at, places)
    count, at, places = best
    labels = "、".join(column.label for column in contract.columns if column.required)
    if count * 2 < len(required):
        raise FileRefused(
            f"前 {MOST_TITLE_ROWS} 行里找不到表头。“{contract.name}”需要的列：{labels}。",
            f"No header among the first {MOST_TITLE_ROWS} rows. {contract.name_en} needs: {', '.join(required)}.",
        )
    names = tuple(str(name).strip() for name in rows[at])
    twice = sorted({name for name in names if name and [plain(one) for one in names].count(plain(name)) > 1})
    if used := [name for name in twice if any(plain(names[place]) == plain(name) for place in places.values())]:
        told = "、".join(used)
        raise FileRefused(
            f"第 {at + 1} 行的表头中“{told}”出现了两次，请只留一列。",
            f"The header in row {at + 1} has {told} twice; keep one of them.",
        )
    missing = tuple(name for name in required if name not in places)
    unused = tuple(name for place, name in enumerate(names) if name and place not in places.values())
    return Heading(at + 1, places, names, unused, missing)


def complain_of_missing(heading: Heading, contract: Contract) -> None:
    """Raises FileRefused, naming the columns."""
    if heading.missing:
        labels = "、".join(contract.column(name).label for name in heading.missing)
        raise FileRefused(
            f"第 {heading.row} 行的表头缺少必需的列：{labels}。请补上，或在列对应里指明是哪一列。",
            f"The header in row {heading.row} lacks: {', '.join(heading.missing)}. Add them, or choose their columns.",
        )


def paired(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Each row and the one below it as one header: group and column joined where both say something."""
    return [_merged(upper, lower) for upper, lower in itertools.pairwise(rows)]


def _merged(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    both = itertools.zip_longest(upper, lower, fillvalue="")
    told = [(above.strip(), below.strip()) for above, below in both]
    return [JOINT.join(dict.fromkeys(one for one in names if one)) for names in told]
