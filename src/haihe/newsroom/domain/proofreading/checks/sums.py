"""A total and its parts that do not add up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from haihe.newsroom.domain.proofreading.checks import Check
from haihe.newsroom.domain.proofreading.document import Document
from haihe.newsroom.domain.proofreading.findings import Finding, Severity
from haihe.newsroom.domain.proofreading.numbers import NUMBER, SCALE, shown, value_of
from haihe.newsroom.domain.proofreading.settings import Settings

_SENTENCE = re.compile(r"[^\u3002\uff01\uff1f;\uff1b!?\n]{4,400}")
_ABOUT = r"(?:约|近|超过?|逾|不足|至少|大约|将近|接近|多达|高达|超过)"
_UNIT = r"[名人个位户家件项次台辆套座栋间张份篇所条幅组支场种亩吨元棵株本册例起头只天公顷平方米里千瓦时]{1,4}"
_FIGURE = re.compile(rf"(?P<about>{_ABOUT})?(?P<number>{NUMBER})(?P<scale>{SCALE})(?P<more>[多余几])?(?P<unit>{_UNIT})")
_PARTS_FOLLOW = re.compile(r"[,\uff0c]?\s?其中[:\uff1a,\uff0c]?")
_REST = ("其余", "剩余", "其他", "另外", "另有")
# Parts that leave nothing over.
_WHOLE = (
    ("男", "女"),
    ("城镇", "农村"),
    ("城市", "农村"),
    ("境内", "境外"),
    ("国内", "国外"),
    ("成人", "儿童"),
    ("上半年", "下半年"),
    ("本地", "外地"),
    ("市内", "市外"),
    ("省内", "省外"),
    ("公办", "民办"),
    ("出口", "进口"),
    ("线上", "线下"),
)


def look(document: Document, _settings: Settings) -> Iterator[Finding]:
    for sentence in _SENTENCE.finditer(document.text):
        figures = [match for match in _FIGURE.finditer(sentence.group()) if not (match["about"] or match["more"])]
        if 3 <= len(figures) <= 40:
            yield from _total_first(sentence.group(), sentence.start(), figures)
            yield from _total_last(sentence.group(), sentence.start(), figures)


def _total_first(words: str, offset: int, figures: list[re.Match[str]]) -> Iterator[Finding]:
    for place, total in enumerate(figures[:-2]):
        follows = _PARTS_FOLLOW.match(words, total.end())
        if follows is None:
            continue
        parts = _same_unit(total, figures[place + 1 :])
        if len(parts) < 2:
            return
        said, added = _value(total), sum(map(_value, parts), Decimal(0))
        between = words[follows.end() : parts[-1].end()]
        whole = any(a in between and b in between for a, b in _WHOLE) and len(parts) == 2
        rest = any(one in between for one in _REST)
        if "包括" in between or _nested(between):
            return
        if added > said or ((whole or rest) and added != said):
            yield _finding(total, offset, said, added, parts)
        return


def _total_last(words: str, offset: int, figures: list[re.Match[str]]) -> Iterator[Finding]:
    for place, total in enumerate(figures):
        if place < 2 or not re.search(r"(?:合计|共计|总计|总共|一共|共)[为是有]?$", words[: total.start()]):
            continue
        parts = _same_unit(total, figures[:place])
        if len(parts) != place:
            return
        if any(
            re.search(r"(?:共|总|合计|其中|比|增|减|同比|上年|去年)[^\d,\uff0c]{0,8}$", words[: one.start()])
            for one in parts
        ):
            return
        said, added = _value(total), sum(map(_value, parts), Decimal(0))
        if added != said:
            yield _finding(total, offset, said, added, parts)
        return


def _same_unit(total: re.Match[str], figures: list[re.Match[str]]) -> list[re.Match[str]]:
    return [one for one in figures if one["unit"] == total["unit"]]


def _nested(between: str) -> bool:
    """Growth, comparison or a second breakdown: the figures are not parts of one whole."""
    return bool(re.search(r"同比|环比|增长|增加|下降|减少|其中|占|平均|人均|每|超过|比上|较", between))


def _value(figure: re.Match[str]) -> Decimal:
    return value_of(figure["number"], figure["scale"])


def _finding(total: re.Match[str], offset: int, said: Decimal, added: Decimal, parts: list[re.Match[str]]) -> Finding:
    unit = total["unit"]
    listed = "+".join(one["number"] + one["scale"] for one in parts[:8])
    return Finding(
        "sums",
        "parts_and_total",
        Severity.ERROR,
        offset + total.start(),
        len(total.group()),
        total.group(),
        f"分项与总数不符：{listed}={shown(added)}{unit}，文中总数为{shown(said)}{unit}",
        f"Parts and total disagree: {listed} make {shown(added)}, the text says {shown(said)}",
        (shown(added) + unit,),
    )


CHECK = Check("sums", "分项与总数", "parts and totals", look)
