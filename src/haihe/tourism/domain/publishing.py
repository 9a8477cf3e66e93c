"""Counts for publication under differential privacy: noise, a budget for each stream and month, and a ledger of it.

A stream's month has one budget of epsilon. Each table of it costs what it was made with; when the budget is spent, no
further table of that month can be made. A table that was made is given again as it is.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy

from haihe.base.audit import record
from haihe.base.errors import HaiheError
from haihe.tourism.domain import places
from haihe.tourism.domain.counting.noising import noised
from haihe.tourism.domain.indicators.indicator import Indicator, indicator
from haihe.tourism.models import Figure, NoisyTable

if TYPE_CHECKING:
    from haihe.city.models import Organisation, Person

BUDGET = Decimal(2)  # of epsilon, a stream and month
USUAL = Decimal("0.5")
MOST = 10_000  # contributions of one person that can be protected together


class NotACount(HaiheError):
    """Only counts can be published with noise."""

    permanent = True
    says = gettext_lazy("Only plain counts of persons can be published with noise, broken down by codes.")
    hint = gettext_lazy("Choose an indicator that is a sum of persons, and a column that breaks it down.")


class BudgetSpent(HaiheError):
    """The budget of this month is spent."""

    permanent = True
    says = gettext_lazy("The privacy budget of this stream and month is spent.")
    hint = gettext_lazy("Publish what was made already, or ask for a smaller epsilon while some budget is left.")


class NoSuchMonth(HaiheError):
    """This month has no figures."""

    permanent = True
    says = gettext_lazy("There are no figures of this month.")
    hint = gettext_lazy("Choose a month whose files are loaded.")


@dataclass(frozen=True)
class Budget:
    """What a stream's month has left of epsilon."""

    spent: Decimal

    @property
    def left(self) -> Decimal:
        return max(BUDGET - self.spent, Decimal(0))


def columns_of(one: Indicator) -> list[str]:
    """Columns by which an indicator can be published; none where it is no plain count of persons."""
    if not one.stream or one.scale != 1 or one.unit not in ("人次", "人"):
        return []
    tree = ast.parse(one.formula, mode="eval").body
    if not (isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id == "sum"):
        return []
    if not isinstance(tree.args[0], ast.Name):
        return []
    contract = places.contract(one.stream)
    return [name for name in one.by if contract.column(name).codes]


def budget(organisation: Organisation, stream: str, month: date) -> Budget:
    rows = NoisyTable.objects.filter(organisation=organisation, stream=stream, month=month)
    return Budget(rows.aggregate(spent=Sum("epsilon"))["spent"] or Decimal(0))


def publishable(
    organisation: Organisation, name: str, by: str, month: date, *, epsilon: Decimal, most: int, person: Person | None
) -> NoisyTable:
    """The counts of a month with noise; those made before where there are such.

    Raises IndicatorUnknown, NotACount, NoSuchMonth, BudgetSpent, NoiseAskedWrongly.
    """
    one = indicator(name)
    if by not in columns_of(one):
        raise NotACount(thing=name)
    month = month.replace(day=1)
    with places.alone(f"noise-{organisation.pk}"), transaction.atomic():
        made = NoisyTable.objects.filter(organisation=organisation, indicator=name, by=by, month=month).first()
        if made is not None:
            return made
        counts = _counts(organisation, one, by, month)
        if budget(organisation, one.stream, month).left < epsilon:
            raise BudgetSpent(thing=f"{month:%Y-%m}")
        told = noised(counts, Fraction(epsilon), most=min(most, MOST))
        detail = {"indicator": name, "by": by, "month": f"{month:%Y-%m}", "epsilon": str(epsilon)}
        made = NoisyTable.objects.create(
            organisation=organisation,
            stream=one.stream,
            indicator=name,
            by=by,
            month=month,
            epsilon=epsilon,
            most=told.most,
            told={"counts": told.counts, "within": told.within},
            person=person,
        )
        record("tourism.publish_counts", by=person, thing=made, organisation=organisation.pk, detail=detail)
        return made


def _counts(organisation: Organisation, one: Indicator, by: str, month: date) -> dict[str, int]:
    """Every code of the column, those that nobody came from included."""
    rows = Figure.objects.filter(organisation=organisation, grain=Figure.Grain.MONTH, period=month, indicator=one.id)
    if not rows.filter(by="").exists():
        raise NoSuchMonth(thing=f"{month:%Y-%m}")
    known = dict(rows.filter(by=by).values_list("key", "value"))
    codes = places.contract(one.stream).column(by).codes
    return {code: round(known.get(code) or 0) for code in codes}
