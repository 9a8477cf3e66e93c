"""Figures as an SDMX-JSON 2.0 data message, as statistical offices exchange them: series by frequency and breakdown."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from haihe.tourism.domain.indicators.indicator import Indicator

MEDIA_TYPE = "application/vnd.sdmx.data+json; version=2.0.0; charset=utf-8"
SCHEMA = "https://json.sdmx.org/2.0.0/sdmx-json-data-schema.json"
TOTAL = "_T"
FREQUENCIES = {"day": ("D", "每日", "Daily"), "month": ("M", "每月", "Monthly")}
_PLAIN = re.compile(r"[A-Za-z0-9_@$-]+")


class _Dimension:
    """The values of one dimension in the order they are met."""

    def __init__(self, name: str, zh: str, en: str, shown: Callable[[str], dict[str, Any]]) -> None:
        self.name, self.zh, self.en, self.shown = name, zh, en, shown
        self.places: dict[str, int] = {}

    def place(self, value: str) -> int:
        return self.places.setdefault(value, len(self.places))

    def told(self, position: int) -> dict[str, Any]:
        names = {"zh": self.zh, "en": self.en}
        values = [self.shown(value) for value in self.places]
        return {"id": self.name, "name": self.zh, "names": names, "keyPosition": position, "values": values}


def as_sdmx(one: Indicator, rows: Sequence[Sequence[Any]]) -> bytes:
    """The message. rows as `exporting.HEADER` names them; a figure that must not be told is an observation of null."""
    series = [
        _Dimension("FREQ", "频度", "Frequency", _frequency),
        _Dimension("INDICATOR", "指标", "Indicator", lambda _id: _named(one.id, one.name, one.name_en)),
        _Dimension("BREAKDOWN", "分组", "Breakdown", _code),
        _Dimension("KEY", "分组取值", "Key", _code),
    ]
    time = _Dimension("TIME_PERIOD", "时期", "Period", _period)
    told: dict[str, Any] = {}
    for _id, _name, grain, period, by, key, value, _unit in rows:
        names = (grain, one.id, by or TOTAL, key or TOTAL)
        place = ":".join(str(dimension.place(name)) for dimension, name in zip(series, names, strict=True))
        when = time.place(str(period)[:7] if grain == "month" else str(period)[:10])
        told.setdefault(place, {"observations": {}})["observations"][str(when)] = [value]
    structure = {
        "dataSets": [0],
        "name": one.name,
        "names": {"zh": one.name, "en": one.name_en},
        "dimensions": {
            "series": [dimension.told(at) for at, dimension in enumerate(series)] if told else [],
            "observation": [time.told(len(series))] if told else [],
        },
        "measures": {"observation": [{"id": "OBS_VALUE", "name": "数值", "names": {"zh": "数值", "en": "Value"}}]},
        "attributes": {"dataSet": [_attribute(*told_) for told_ in _attributes(one)]},
    }
    urn = f"urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow=HAIHE:TOURISM_{one.id.upper()}(1.0.0)"
    links = [{"rel": "dataflow", "urn": urn}]
    data_set = {"structure": 0, "action": "Replace", "links": links, "series": told}
    data_set["attributes"] = [0] * len(_attributes(one))
    meta = {
        "schema": SCHEMA,
        "id": f"{one.id}-{datetime.now(UTC):%Y%m%d%H%M%S}",
        "prepared": datetime.now(UTC).isoformat(timespec="seconds"),
        "contentLanguages": ["zh", "en"],
        "sender": {"id": "HAIHE"},
    }
    message = {"meta": meta, "data": {"structures": [structure], "dataSets": [data_set]}}
    return json.dumps(message, ensure_ascii=False, indent=1).encode()


def _attributes(one: Indicator) -> list[tuple[str, str, str, str, str]]:
    """What stands with every export: id, names of the attribute, its value in Chinese and English."""
    return [
        ("UNIT_MEASURE", "计量单位", "Unit", one.unit, one.measured_in("en")),
        ("DEFINITION", "指标定义", "Definition", one.about, one.about_en),
        ("FORMULA", "公式", "Formula", one.formula, one.formula),
        ("STANDARD", "依据", "Standard", one.standard, one.standard),
    ]


def _attribute(name: str, zh: str, en: str, value: str, value_en: str) -> dict[str, Any]:
    names = {"zh": zh, "en": en}
    values = [{"value": {"zh": value, "en": value_en}}]
    return {"id": name, "name": zh, "names": names, "relationship": {"dataflow": {}}, "values": values}


def _frequency(grain: str) -> dict[str, Any]:
    return _named(*FREQUENCIES[grain])


def _named(code: str, zh: str, en: str) -> dict[str, Any]:
    return {"id": code, "name": zh, "names": {"zh": zh, "en": en}}


def _code(key: str) -> dict[str, Any]:
    if key == TOTAL:
        return _named(TOTAL, "全部", "Total")
    return _named(key, key, key) if _PLAIN.fullmatch(key) else {"value": key}


def _period(period: str) -> dict[str, Any]:
    first = date.fromisoformat(f"{period}-01"[:10])
    last = first if len(period) == 10 else (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return {"value": period, "start": f"{first}T00:00:00Z", "end": f"{last}T23:59:59Z"}
