"""Shares of a whole above 100%, and decreases by more than all there was."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from haihe.newsroom.domain.proofreading.checks import Check
from haihe.newsroom.domain.proofreading.document import Document
from haihe.newsroom.domain.proofreading.findings import Finding, Severity
from haihe.newsroom.domain.proofreading.settings import Settings

_SHARE = re.compile(
    r"(?:占比|占(?:总[^\d%,\uff0c\u3002]{1,6}|全[^\d%,\uff0c\u3002]{1,6}|[^\d%,\uff0c\u3002]{0,8})的?|"
    r"(?<!拨备)(?<!保障)(?<!利息)(?<!流动性)(?:合格|及格|优秀|优良|覆盖|普及|出勤|到岗|到课|满意|入住|上座|参与|就业|入学|升学|治愈|命中|识别|准确|正确|中签|"
    r"接种|参保|参会|出席|投票|投票率|支持|通过|空置|失业|死亡|致死|存活|成活|绿化|森林覆盖|城镇化|回收|利用|中奖|好评)率)"
    r"(?:约?为|达到?了?|高达|超过?|仅为|只有|是)?(?:约|近)?(?P<share>\d{1,6}(?:\.\d{1,4})?)[%\uff05]"
)
_DECREASE = re.compile(
    r"(?:下降|减少|降低|下跌|缩小|回落|跌去|下滑|减产|锐减)了?(?:约|近|超过?)?"
    r"(?:(?P<share>\d{1,6}(?:\.\d{1,4})?)[%\uff05]|(?P<times>[\d一二两三四五六七八九十]{1,4}(?:\.\d{1,2})?倍))"
)
_LIST = re.compile(
    r"(?:(?:分别|各|依次)占[^\d%\u3002]{0,12})(?P<shares>(?:\d{1,3}(?:\.\d{1,4})?[%\uff05][\u3001\uff0c,和及与]?){2,12})"
)
_SHARES = re.compile(
    r"(?:(?:其中[\uff0c,]?)?[\u4e00-\u9fff]{2,10}占(?:比)?\d{1,3}(?:\.\d{1,4})?[%\uff05][\uff0c,\u3001\uff1b;]?){2,12}"
)
_PART = re.compile(r"([\u4e00-\u9fff]{2,10})占(?:比)?(\d{1,3}(?:\.\d{1,4})?)[%\uff05]")
_ONE = re.compile(r"\d{1,3}(?:\.\d{1,4})?(?=[%\uff05])")


def look(document: Document, _settings: Settings) -> Iterator[Finding]:
    text = document.text
    for match in _SHARE.finditer(text):
        if Decimal(match["share"]) > 100 and "同期" not in match.group() and "增" not in match.group():
            yield _finding(
                "share_above_all",
                match.start("share"),
                match["share"] + "%",
                "占比或比率不会超过100%",
                "No share exceeds 100%",
            )
    for match in _DECREASE.finditer(text):
        if match["times"]:
            yield _finding(
                "decrease_by_times",
                match.start(),
                match.group(),
                "减少不能用倍数表示，应写百分数或几分之几",
                "A decrease cannot be given as a multiple; give a percentage or a fraction",
                Severity.WARNING,
            )
        elif Decimal(match["share"]) > 100:
            yield _finding(
                "decrease_above_all",
                match.start(),
                match.group(),
                "下降不会超过100%",
                "Nothing falls by more than 100%",
                Severity.WARNING,
            )
    for match in _LIST.finditer(text):
        total = sum((Decimal(one) for one in _ONE.findall(match["shares"])), Decimal(0))
        if total > Decimal("100.5"):
            yield _finding(
                "shares_above_all",
                match.start("shares"),
                match["shares"].rstrip("\u3001\uff0c,和及与"),
                f"各部分占比合计{total}%，超过100%",
                f"The shares make {total}% together",
            )
    yield from _parts(text)


def _parts(text: str) -> Iterator[Finding]:
    """Shares in a row, of things of one kind: their names end alike."""
    for match in _SHARES.finditer(text):
        parts = _PART.findall(match.group())
        total = sum((Decimal(share) for _name, share in parts), Decimal(0))
        if total > Decimal("100.5") and len({name[-1] for name, _share in parts}) == 1:
            yield _finding(
                "shares_above_all",
                match.start(),
                match.group(),
                f"各部分占比合计{total}%，超过100%",
                f"The shares make {total}% together",
                Severity.WARNING,
            )


def _finding(kind: str, start: int, found: str, zh: str, en: str, severity: Severity = Severity.ERROR) -> Finding:
    return Finding("percentages", kind, severity, start, len(found), found, zh, en)


CHECK = Check("percentages", "百分比", "percentages", look)
