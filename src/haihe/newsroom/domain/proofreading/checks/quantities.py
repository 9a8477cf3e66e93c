"""The same quantity given twice with different numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from haihe.newsroom.domain.proofreading.checks import Check
from haihe.newsroom.domain.proofreading.document import Document
from haihe.newsroom.domain.proofreading.findings import Finding, Severity
from haihe.newsroom.domain.proofreading.numbers import NUMBER, SCALE, shown, value_of
from haihe.newsroom.domain.proofreading.settings import Settings

# Measures that a thing has once; a name must stand before them, so that it is the same thing.
_MEASURE = (
    "总投资|投资总额|总面积|占地面积|建筑面积|总建筑面积|占地|全长|总长|总里程|总人口|常住人口|户籍人口|总产值|地区生产总值|"
    "总收入|总支出|总高度|海拔|参展企业|参会人数|参赛人数|展览面积|注册资本|馆藏文物|藏书|座位|床位|车位|总工期|跨度"
)
_SAID = re.compile(
    rf"(?P<name>[\u4e00-\u9fffA-Za-z0-9\u201c\u201d\u300a\u300b]{{2,16}}?)的?(?P<measure>{_MEASURE})"
    rf"(?:为|是|达到?|约|共|有|合计|:|\uff1a){{0,2}}(?P<about>超过?|逾|近|约|不低于|至少)?"
    rf"(?P<number>{NUMBER})(?P<scale>{SCALE})(?P<more>[多余])?(?P<unit>[\u4e00-\u9fff]{{1,3}})"
)
_UNITS = (
    "平方公里",
    "平方千米",
    "平方米",
    "公里",
    "千米",
    "公顷",
    "亩",
    "米",
    "元",
    "人",
    "家",
    "件",
    "册",
    "个",
    "张",
    "户",
)
_CHANGING = (
    "一期",
    "二期",
    "三期",
    "四期",
    "去年",
    "上年",
    "今年",
    "往年",
    "同期",
    "计划",
    "原",
    "预计",
    "目标",
    "截至",
    "年",
    "月",
)


def look(document: Document, _settings: Settings) -> Iterator[Finding]:
    first: dict[tuple[str, str, str], tuple[Decimal, str]] = {}
    for match in _SAID.finditer(document.text):
        unit = next((one for one in _UNITS if match["unit"].startswith(one)), "")
        name = match["name"]
        if not unit or match["about"] or match["more"] or any(one in name for one in _CHANGING):
            continue
        key = (_thing(name), match["measure"], unit)
        value = value_of(match["number"], match["scale"])
        known = first.setdefault(key, (value, match["number"] + match["scale"]))
        if known[0] != value:
            written = match["number"] + match["scale"]
            yield Finding(
                "quantities",
                "different_numbers",
                Severity.WARNING,
                match.start("number"),
                len(written),
                written,
                f"前后不一致：{key[0]}的{key[1]}前文为{shown(known[0])}{unit}，此处为{shown(value)}{unit}",
                f"{key[1]} of {key[0]} was {shown(known[0])} before and is {shown(value)} here",
                (known[1],),
            )


def _thing(name: str) -> str:
    """The last characters of the name, by which it is the same thing."""
    return name[-6:]


CHECK = Check("quantities", "同一数据前后不一致", "the same quantity with different numbers", look)
