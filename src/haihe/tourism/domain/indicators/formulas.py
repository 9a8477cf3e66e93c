"""Formulas: read as Python expressions of a few kinds, never run as Python; compiled to Ibis, or valued."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from haihe.base.errors import HaiheError

if TYPE_CHECKING:
    import ibis

_ARITHMETIC: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
}
AGGREGATES = ("sum", "mean", "median", "min", "max", "nunique")
_COMPARISONS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


class FormulaBad(HaiheError):
    """A formula says something that formulas cannot say."""

    permanent = True
    hint = "The head of indicators.toml lists what they can."


def names_in(formula: str) -> set[str]:
    """Names of columns or indicators in a formula."""
    tree = ast.parse(formula, mode="eval")
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called}


def aggregate(formula: str, table: ibis.Table) -> ibis.Value:
    """One aggregate over a table, null where it would divide by nothing. Distinct counts and medians are exact.

    Raises FormulaBad.
    """
    return _Aggregate(table).visit(ast.parse(formula, mode="eval").body)


def prepared(table: ibis.Table, formulas: Sequence[str]) -> ibis.Table:
    """The table with a column for every `once(x, a, b)`: x shared out evenly among the rows of (a, b)."""
    made = {}
    for node in (node for formula in formulas for node in ast.walk(ast.parse(formula, mode="eval"))):
        match node:
            case ast.Call(func=ast.Name(id="once"), args=[ast.Name(id=name), *keys]):
                groups = [table[key.id] for key in keys if isinstance(key, ast.Name)]
                same = {"group_by": groups}
                made[f"_once_{name}"] = table[name].max().over(**same).cast("float64") / table.count().over(**same)
    return table.mutate(**made) if made else table


def calls_in(formula: str) -> list[str]:
    """Every aggregate of a formula, once, as text that `aggregate` reads."""
    found: dict[str, None] = {}
    for node in ast.walk(ast.parse(formula, mode="eval")):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in AGGREGATES:
            found[ast.unparse(node)] = None
    return list(found)


def row_value(text: str, table: ibis.Table) -> Any:
    """An expression over the columns of one row, or its constant. Raises FormulaBad."""
    return _Aggregate(table).row(ast.parse(text, mode="eval").body)


def assembled(formula: str, known: Mapping[str, float | None]) -> float | None:
    """The value of a formula whose aggregates are known by the text of `calls_in`; None as `aggregate` would be null.

    Raises FormulaBad, KeyError.
    """
    try:
        return _assembled(ast.parse(formula, mode="eval").body, known)
    except (_Missing, ZeroDivisionError):
        return None


def _assembled(node: ast.expr, known: Mapping[str, float | None]) -> float:
    match node:
        case ast.BinOp(left, ast.Div(), right):
            return float(_assembled(left, known)) / _assembled(right, known)
        case ast.BinOp(left, op, right) if type(op) in _ARITHMETIC:
            return _ARITHMETIC[type(op)](_assembled(left, known), _assembled(right, known))
        case ast.Constant(value) if isinstance(value, (int, float)):
            return value
        case ast.Call():
            found = known[ast.unparse(node)]
            if found is None:
                raise _Missing
            return found
    raise FormulaBad(thing=ast.unparse(node))


class _Aggregate:
    """Quotients and differences of aggregates."""

    def __init__(self, table: ibis.Table) -> None:
        self.table = table

    def visit(self, node: ast.expr) -> Any:
        match node:
            case ast.BinOp(left, ast.Div(), right):
                below = self.visit(right)
                return self.visit(left).cast("float64") / below.nullif(0)
            case ast.BinOp(left, op, right) if type(op) in _ARITHMETIC:
                return _ARITHMETIC[type(op)](self.visit(left), self.visit(right))
            case ast.Constant(value) if isinstance(value, (int, float)):
                import ibis

                return ibis.literal(value)
            case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords):
                return self._call(name, args, {word.arg: word.value for word in keywords})
        raise FormulaBad(thing=ast.unparse(node))

    def _call(self, name: str, args: list[ast.expr], words: dict[str | None, ast.expr]) -> Any:
        where = self.row(words["where"]) if "where" in words else None
        if name in AGGREGATES and len(args) == 1:
            made = getattr(self.row(args[0]), name)(where=where)
            return made.fill_null(0) if name == "sum" else made
        raise FormulaBad(thing=name)

    def row(self, node: ast.expr) -> Any:
        """An expression over the columns of one row."""
        match node:
            case ast.Name(id=name) if name in self.table.columns:
                return self.table[name]
            case ast.Call(func=ast.Name(id="once"), args=[ast.Name(id=name), *_keys]):
                return self.table[f"_once_{name}"]
            case ast.Constant(value):
                return value
            case ast.BinOp(left, ast.Div(), right):
                return self.row(left).cast("float64") / self.row(right)
            case ast.BinOp(left, op, right) if type(op) in _ARITHMETIC:
                return _ARITHMETIC[type(op)](self.row(left), self.row(right))
            case ast.Compare(left, [op], [right]) if type(op) in _COMPARISONS:
                return _COMPARISONS[type(op)](self.row(left), self.row(right))
        raise FormulaBad(thing=ast.unparse(node))


def compose(formula: str, values: Mapping[str, float | None], ago: Callable[[str, str], float | None]) -> float | None:
    """The value of a composed indicator; None where a part is missing or it would divide by nothing.

    values   indicator -> value of this period
    ago      ("year_ago" or "lunar_ago", indicator) -> its value then

    Raises FormulaBad.
    """
    try:
        return _valued(ast.parse(formula, mode="eval").body, values, ago)
    except (_Missing, ZeroDivisionError):
        return None


class _Missing(Exception):
    pass


def _valued(node: ast.expr, values: Mapping[str, float | None], ago: Callable[[str, str], float | None]) -> float:
    match node:
        case ast.BinOp(left, ast.Div(), right):
            return _valued(left, values, ago) / _valued(right, values, ago)
        case ast.BinOp(left, (ast.Add() | ast.Sub() | ast.Mult()) as op, right):
            return float(_ARITHMETIC[type(op)](_valued(left, values, ago), _valued(right, values, ago)))
        case ast.Constant(value) if isinstance(value, (int, float)):
            return float(value)
        case ast.Name(id=name):
            found = values.get(name)
        case ast.Call(func=ast.Name(id=("year_ago" | "lunar_ago") as when), args=[ast.Name(id=name)], keywords=[]):
            found = ago(when, name)
        case _:
            raise FormulaBad(thing=ast.unparse(node))
    if found is None:
        raise _Missing
    return found
