"""How numbers are written: GB/T 15835-2011."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from haihe.newsroom.domain.proofreading.checks import Check
from haihe.newsroom.domain.proofreading.document import Document
from haihe.newsroom.domain.proofreading.findings import Finding, Severity
from haihe.newsroom.domain.proofreading.settings import Settings

_HAN_DIGITS = "〇一二三四五六七八九"


@dataclass(frozen=True)
class Form:
    kind: str
    severity: Severity
    pattern: re.Pattern[str]
    zh: str
    en: str
    instead: Callable[[re.Match[str]], str]


def _year(match: re.Match[str]) -> str:
    digits = (str(_HAN_DIGITS.find(one)) if one in _HAN_DIGITS else one for one in match["year"])
    return "".join("0" if one in ("零", "○", "-1", "O", "o") else one for one in digits) + "年"


def _rough(match: re.Match[str]) -> str:
    return "".join(_HAN_DIGITS[int(one)] for one in (match["low"], match["high"])) + match["unit"]


def _mixed(match: re.Match[str]) -> str:
    return f"{match['big']}.{match['small']}{match['scale']}"


def _han(match: re.Match[str]) -> str:
    number = int(match["number"])
    tens, ones = divmod(number, 10)
    written = ("" if tens < 2 else _HAN_DIGITS[tens]) + ("十" if tens else "") + (_HAN_DIGITS[ones] if ones else "")
    return match.group().replace(match["number"], written or match["number"])


FORMS = (
    Form(
        "mixed_year",
        Severity.ERROR,
        re.compile(
            r"(?<![\d〇零一二三四五六七八九])(?P<year>(?=[\d〇零○一二三四五六七八九]{0,3}\d)(?=\d{0,3}[〇零○一二三四五六七八九])"
            r"[12一二][\d〇零○一二三四五六七八九]{3})年"
        ),
        "年份中阿拉伯数字与汉字混用",
        "A year mixes Arabic and Han digits",
        _year,
    ),
    Form(
        "zero_in_year",
        Severity.NOTE,
        re.compile(r"(?<![\u4e00-\u9fff\d])(?P<zero>[一二](?=.{0,2}零)[零〇一二三四五六七八九]{3})年"),
        "汉字年份中的“零”写作“〇”",
        "Years in Han digits take 〇",
        lambda match: match.group().replace("零", "〇"),
    ),
    Form(
        "rough_number",
        Severity.WARNING,
        re.compile(r"(?<![\d.、])(?P<low>[1-9])、(?P<high>[1-9])(?P<unit>[个天年人次岁名位件种])(?!、)"),
        "相邻两数连用表示概数应用汉字，中间不用顿号",
        "Two neighbouring numbers for a rough one are written in Han, without a mark between",
        _rough,
    ),
    Form(
        "mixed_scale",
        Severity.WARNING,
        re.compile(r"(?<![\d.])(?P<big>\d{1,4})(?P<scale>[万亿])(?P<small>\d)[千百](?:万)?(?![\d])"),
        "一个数中阿拉伯数字与“万”“亿”以外的数位词混用",
        "Apart from 万 and 亿 no place word goes with Arabic digits",
        _mixed,
    ),
    Form(
        "mixed_rough",
        Severity.WARNING,
        re.compile(r"(?<!\d)(?P<tens>\d)0几(?=[个天年人次岁名位件种])|(?<!\d)几(?P<more>10)(?=[个天年人次岁名位件种])"),
        "带“几”字的概数应用汉字",
        "Rough numbers with 几 are written in Han",
        lambda match: (
            ("" if match["tens"] == "1" else _HAN_DIGITS[int(match["tens"])]) + "十几" if match["tens"] else "几十"
        ),
    ),
    Form(
        "weekday",
        Severity.WARNING,
        re.compile(r"(?:星期|礼拜)(?P<number>[1-6])(?!\d)"),
        "星期几应用汉字",
        "Weekdays are written in Han",
        _han,
    ),
    Form(
        "lunar",
        Severity.WARNING,
        re.compile(r"(?:正月|腊月|冬月|农历[一二三四五六七八九十]{1,2}月)(?:初)?(?P<number>[1-3]?\d)(?!\d|[年月]|多)"),
        "农历日期应用汉字",
        "Dates of the lunar calendar are written in Han",
        _han,
    ),
    Form(
        "range_of_percents",
        Severity.NOTE,
        re.compile(r"(?<![\d.%])(?P<low>\d{1,3}(?:\.\d{1,3})?)(?P<to>[~\uff5e])(?P<high>\d{1,3}(?:\.\d{1,3})?)%"),
        "百分数范围前后都应带百分号",
        "Both ends of a range of percentages carry the sign",
        lambda match: f"{match['low']}%{match['to']}{match['high']}%",
    ),
    Form(
        "about_and_or_so",
        Severity.WARNING,
        re.compile(r"(?:大约|约|近|将近|接近)有?\d{1,10}(?:\.\d+)?[万亿]?[\u4e00-\u9fff]{1,3}(?P<more>左右|上下)"),
        "“约”与“左右”重复",
        "Both say roughly: one of them is enough",
        lambda match: match.group().removesuffix(match["more"]),
    ),
)


def look(document: Document, _settings: Settings) -> Iterator[Finding]:
    for form in FORMS:
        for match in form.pattern.finditer(document.text):
            instead = form.instead(match)
            if instead == match.group() or not _is_rough(match):
                continue
            yield Finding(
                "numerals",
                form.kind,
                form.severity,
                match.start(),
                len(match.group()),
                match.group(),
                f"{form.zh}（GB/T 15835）",
                f"{form.en} (GB/T 15835)",
                (instead,),
            )


def _is_rough(match: re.Match[str]) -> bool:
    """Two digits in a row are a rough number only where they are neighbours."""
    groups = match.groupdict()
    if "unit" not in groups:
        return True
    return int(groups["high"]) == int(groups["low"]) + 1


CHECK = Check("numerals", "数字用法", "numerals", look)
