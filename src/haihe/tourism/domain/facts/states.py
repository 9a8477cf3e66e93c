"""What of an aggregate can be kept for a day and a place and be put together again for any span and any places.

Sums, counts, least and greatest values add up. Distinct codes are kept as sets of bits. Other distinct values are kept
as a sample of their hashes, one in 2**k, which is all of them where there are few (k = 0); beside it stand the exact
counts of every calendar day and month. Medians are kept as values with how often each stands.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from haihe.tourism.domain.contracts.contract import Contract
from haihe.tourism.domain.indicators.formulas import calls_in

VERSION = 1
BITS = 60  # codes a column of bits holds
MOST_CODES = 960
Kind = Literal["sum", "mean", "min", "max", "once", "bits", "distinct", "median"]


@dataclass(frozen=True)
class State:
    """One aggregate of a formula.

    call      its text
    name      of its columns in a rollup
    of        what it aggregates, as text over the columns of a row; of `once` the column that counts once
    where     condition over the columns of a row, or nothing
    keys      of `once`: the columns for whose values it counts once
    """

    call: str
    name: str
    kind: Kind
    of: str
    where: str = ""
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What is kept of a stream.

    asked    columns that questions may name
    states   one for each aggregate of its indicators
    """

    contract: Contract
    states: tuple[State, ...]

    @property
    def asked(self) -> tuple[str, ...]:
        return self.contract.asked

    @cached_property
    def by_call(self) -> dict[str, State]:
        return {state.call: state for state in self.states}

    @cached_property
    def stamp(self) -> str:
        """Changes whenever rollups made before would mean something else."""
        import duckdb  # whose hashes are kept

        codes = {column.name: list(column.codes) for column in self.contract.columns}
        told = [VERSION, duckdb.__version__, codes, self.asked, [(one.call, one.kind) for one in self.states]]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()

    def of_kind(self, *kinds: Kind) -> list[State]:
        return [state for state in self.states if state.kind in kinds]


def plan(contract: Contract, formulas: Iterable[str]) -> Plan:
    """What must be kept of a stream so that these formulas can be answered."""
    calls = dict.fromkeys(call for formula in formulas for call in calls_in(formula))
    states = [_state(call, f"s{number}", contract) for number, call in enumerate(calls)]
    return Plan(contract, tuple(state for state in states if _keepable(state, contract)))


def _keepable(state: State, contract: Contract) -> bool:
    """What counts once for columns that are not kept apart, or only some rows of it, is asked of the facts."""
    return state.kind != "once" or (not state.where and set(state.keys) <= {"date", *contract.asked})


def _state(call: str, name: str, contract: Contract) -> State:
    node = ast.parse(call, mode="eval").body
    assert isinstance(node, ast.Call)
    assert isinstance(node.func, ast.Name)
    where = next((ast.unparse(word.value) for word in node.keywords if word.arg == "where"), "")
    of, verb = node.args[0], node.func.id
    match of:
        case ast.Call(func=ast.Name(id="once"), args=[ast.Name(id=column), *keys]):
            return State(call, name, "once", column, where, tuple(ast.unparse(key) for key in keys))
    text = ast.unparse(of)
    if verb == "nunique":
        column_of = next((column for column in contract.columns if column.name == text), None)
        few = column_of is not None and column_of.kind == "code" and len(column_of.codes) <= MOST_CODES
        return State(call, name, "bits" if few else "distinct", text, where)
    kinds: dict[str, Kind] = {"sum": "sum", "mean": "mean", "min": "min", "max": "max", "median": "median"}
    return State(call, name, kinds[verb], text, where)


def bit_columns(state: State, contract: Contract) -> list[str]:
    """Names of the columns that hold the bits of a set of codes."""
    count = -(-len(contract.column(state.of).codes) // BITS)
    return [f"{state.name}_{number}" for number in range(count)]
