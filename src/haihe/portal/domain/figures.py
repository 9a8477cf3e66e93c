"""Figures of a FactSheet as a front shows them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from haihe.portal.domain.sections import in_language
from haihe.releases.models import FactSheet

SHOWN = 4


@dataclass(frozen=True)
class Figure:
    """One number with its unit, and what it counts; all text, as its room wrote it."""

    name: str
    value: str
    unit: str
    period: str
    place: str


@dataclass(frozen=True)
class Figures:
    title: str
    figures: list[Figure]
    vouched_by: str
    made_at: dt.datetime
    sha256: str


def shown_figures(sheet: FactSheet | None) -> Figures | None:
    """The first figures of a sheet with who vouches for them; None without a sheet or where it is empty."""
    if sheet is None or not sheet.facts:
        return None
    parts = ("name", "value", "unit", "period", "place")
    shown = [Figure(**{part: str(fact.get(part, "")) for part in parts}) for fact in sheet.facts[:SHOWN]]
    who = in_language(sheet.organisation.name, sheet.organisation.name_en)
    return Figures(sheet.title, shown, who, sheet.made_at, sheet.sha256)
