"""One contract: columns with types, units and code lists; the key; what is expected when; whose it is."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal

from haihe.base.errors import HaiheError

FOLDER = Path(__file__).resolve().parent
CODES = "codes.toml"
Kind = Literal["date", "integer", "decimal", "code", "text"]
Codes = dict[str, tuple[str, str]]  # code -> Chinese, English


class ContractUnknown(HaiheError):
    """There is no stream of this name."""

    permanent = True
    hint = "`haihe tourism streams` lists them."


class ContractBad(HaiheError):
    """The file of a contract cannot be read."""

    permanent = True
    hint = "Mend the file, or take it out of the home's folder tourism/contracts: then the one that came along holds."


@dataclass(frozen=True)
class Column:
    """One column of a stream.

    kind      date, integer, decimal, code (of `codes`) or text (after `pattern`)
    unit      as the numbers are to be delivered
    low, high what a value may be, both included
    """

    name: str
    label: str
    kind: Kind
    unit: str = ""
    required: bool = True
    low: float | None = None
    high: float | None = None
    pattern: str = ""
    pattern_zh: str = ""
    pattern_en: str = ""
    aliases: tuple[str, ...] = ()
    codes: Codes = field(default_factory=dict)

    def title(self, language: str) -> str:
        """In English its name, which a file may hold as well."""
        return self.label if language.startswith("zh") else self.name

    @cached_property
    def by_name(self) -> dict[str, str]:
        """Everything a cell may say -> code."""
        names = {name: code for code, both in self.codes.items() for name in both}
        return names | {code: code for code in self.codes}

    @cached_property
    def accepted(self) -> re.Pattern[str]:
        return re.compile(self.pattern or ".{1,200}")


@dataclass(frozen=True)
class Contract:
    """What a stream delivers.

    key        columns that name a row; no two rows of the stream share one
    slices     columns that name what one delivery stands for: a later file replaces whole slices, nothing else
    at_most    pairs of columns of which the first is never above the second
    asked      columns by which questions are narrowed (a place, a channel); all columns of codes where it says nothing
    expected   "day" or "month": how often something comes; due_days: days after which it is late
    ahead_days days from today that a row may lie in the future (reservations); none where it says nothing
    """

    id: str
    name: str
    name_en: str
    about: str
    about_en: str
    owner: str
    licence: str
    standard: str
    expected: str
    due_days: int
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    slices: tuple[str, ...]
    at_most: tuple[tuple[str, str], ...]
    asked: tuple[str, ...] = ()
    ahead_days: int = 0

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    @property
    def values(self) -> list[str]:
        return [name for name in self.names if name not in self.key]


def read_contract(name: str, folder: Path | None = None) -> Contract:
    """The contract of a stream. Raises ContractUnknown, ContractBad.

    folder   the operator's own contracts and code lists; a file there stands in place of ours of the same name
    """
    return _read(name, folder, _stamp(folder))


def all_contracts(folder: Path | None = None) -> list[Contract]:
    """Every contract there is; those of this folder first, in the order of their names."""
    names = {file.stem for where in (FOLDER, folder) if where and where.is_dir() for file in where.glob("*.toml")}
    first = ["entry-exit", "transport", "lodging", "consumption", "visits", "gates", "reservations", "survey"]
    first += ["media", "industry", "weather"]
    rest = sorted(names - {Path(CODES).stem} - set(first))
    return [read_contract(name, folder) for name in [*first, *rest]]


def _stamp(folder: Path | None) -> tuple[tuple[str, int], ...]:
    """So that a contract that was changed is read again."""
    if folder is None or not folder.is_dir():
        return ()
    return tuple(sorted((file.name, file.stat().st_mtime_ns) for file in folder.glob("*.toml")))


@lru_cache(maxsize=64)
def _read(name: str, folder: Path | None, stamp: tuple[tuple[str, int], ...]) -> Contract:
    own = folder / f"{name}.toml" if folder else None
    file = own if own is not None and own.is_file() else FOLDER / f"{name}.toml"
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,39}", name) or name == Path(CODES).stem or not file.is_file():
        raise ContractUnknown(thing=name)
    codes = _toml(FOLDER / CODES)
    if folder and (folder / CODES).is_file():
        codes |= _toml(folder / CODES)
    told = _toml(file)
    try:
        columns = tuple(_column(entry, codes) for entry in told["column"])
        rules = tuple((rule["at_most"][0], rule["at_most"][1]) for rule in told.get("rule", []))
        plain = {key: told[key] for key in ("name", "name_en", "about", "about_en", "owner", "licence", "standard")}
        made = Contract(
            id=name,
            **plain,
            expected=told["expected"],
            due_days=int(told["due_days"]),
            ahead_days=int(told.get("ahead_days", 0)),
            columns=columns,
            key=tuple(told["key"]),
            slices=tuple(told["slice"]),
            at_most=rules,
            asked=tuple(told.get("asked", [column.name for column in columns if column.kind == "code"])),
        )
    except (KeyError, TypeError, ValueError, IndexError, re.error) as error:
        raise ContractBad(f"It lacks a part, or has a wrong one: {error}.", thing=file) from error
    known = set(made.names)
    wrong = {*made.key, *made.slices, *made.asked, *(name for pair in rules for name in pair)} - known
    if wrong or made.columns[0].name != "date" or "date" not in made.slices or not set(made.slices) <= set(made.key):
        raise ContractBad(f"Key, slice and rules name its columns, the first is date: {sorted(wrong)}.", thing=file)
    return made


def _column(entry: dict[str, Any], codes: dict[str, Any]) -> Column:
    listed = {code: (both[0], both[1]) for code, both in codes[entry["codes"]].items()} if "codes" in entry else {}
    return Column(
        name=entry["name"],
        label=entry["label"],
        kind=entry["kind"],
        unit=entry.get("unit", ""),
        required=entry.get("required", True),
        low=entry.get("min"),
        high=entry.get("max"),
        pattern=entry.get("pattern", ""),
        pattern_zh=entry.get("pattern_zh", ""),
        pattern_en=entry.get("pattern_en", ""),
        aliases=tuple(entry.get("aliases", ())),
        codes=listed,
    )


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ContractBad(f"It is no TOML: {error}.", thing=file) from error
