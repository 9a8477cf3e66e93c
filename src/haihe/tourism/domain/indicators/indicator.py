"""Indicators read from their data files."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from haihe.base.errors import HaiheError

FOLDER = Path(__file__).resolve().parent
MODULES = {
    "industry": ("产业监测", "Industry"),
    "flow": ("游客流量", "Visitor flow"),
    "satisfaction": ("满意度", "Satisfaction"),
    "spending": ("旅游消费", "Spending"),
    "promotion": ("旅游营销", "Promotion"),
    "media": ("网络和新媒体", "Media"),
    "fusion": ("文旅融合", "Culture and tourism"),
}
UNITS = {
    "%": "%",
    "万元": "10,000 yuan",
    "个": "in all",
    "个百分点": "percentage points",
    "人": "persons",
    "人夜": "person-nights",
    "人次": "person-times",
    "份": "sheets",
    "元": "yuan",
    "分": "points",
    "夜": "nights",
    "家": "establishments",
    "座": "seats",
    "次": "times",
    "班次": "services",
    "笔": "payments",
    "间夜": "room-nights",
}


class IndicatorUnknown(HaiheError):
    """There is no indicator of this name."""

    permanent = True
    hint = "The page of indicators lists them."


@dataclass(frozen=True)
class Indicator:
    """One indicator.

    stream    whose facts it is made of; empty where it is composed of other indicators
    formula   see indicators.toml and composed.toml
    scale     what the value of the formula is multiplied with, 100 for per cent
    digits    shown after the point
    by        columns it is broken down by, by month; daily_by: also by day
    """

    id: str
    name: str
    name_en: str
    module: str
    formula: str
    unit: str
    about: str
    about_en: str
    standard: str
    stream: str = ""
    scale: float = 1
    digits: int = 0
    grains: tuple[str, ...] = ("day", "month")
    by: tuple[str, ...] = ()
    daily_by: tuple[str, ...] = ()

    def title(self, language: str) -> str:
        return self.name if language.startswith("zh") else self.name_en

    def measured_in(self, language: str) -> str:
        return self.unit if language.startswith("zh") else UNITS.get(self.unit, self.unit)

    def shown(self, value: float | None) -> str:
        return "–" if value is None else f"{value:,.{self.digits}f}"


@lru_cache
def indicators() -> dict[str, Indicator]:
    """Every indicator by its id, those over streams first."""
    found = {}
    for file in ("indicators.toml", "composed.toml"):
        for name, entry in tomllib.loads((FOLDER / file).read_text(encoding="utf-8")).items():
            found[name] = _indicator(name, entry)
    return found


def indicator(name: str) -> Indicator:
    """Raises IndicatorUnknown."""
    try:
        return indicators()[name]
    except KeyError:
        raise IndicatorUnknown(thing=name) from None


def _indicator(name: str, entry: dict[str, Any]) -> Indicator:
    listed = {key: tuple(value) for key, value in entry.items() if isinstance(value, list)}
    return Indicator(id=name, **(entry | listed))
