"""Punctuation marks: GB/T 15834-2011. What stands in pairs is in `pairs`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from haihe.newsroom.domain.proofreading.checks import Check
from haihe.newsroom.domain.proofreading.document import Document
from haihe.newsroom.domain.proofreading.findings import Finding, Severity
from haihe.newsroom.domain.proofreading.settings import Settings

_HAN = "\u4e00-\u9fff"
_WIDE = {
    ",": "\uff0c",
    ";": "\uff1b",
    ":": "\uff1a",
    "?": "\uff1f",
    "!": "\uff01",
    "(": "\uff08",
    ")": "\uff09",
    ".": "\u3002",
}
_CLOSING = "\u201d\u2019\u300b\uff09\u3011\u300d\u300f"
_STOPS = "\uff0c\u3002\uff1b\uff1a\u3001"


@dataclass(frozen=True)
class Form:
    """One way of going wrong."""

    kind: str
    severity: Severity
    pattern: re.Pattern[str]
    zh: str
    en: str
    instead: Callable[[re.Match[str]], str]


def _widened(match: re.Match[str]) -> str:
    return "".join(_WIDE.get(one, one) for one in match.group())


FORMS = (
    Form(
        "half_width",
        Severity.NOTE,
        re.compile(rf"(?<=[{_HAN}{_CLOSING}])(?:[,;!?]+|:(?!//|\d))(?=\s*[{_HAN}\u201c\u2018\u300a]|[ \t]*$)", re.M),
        "中文里应用全角标点",
        "Chinese text takes full-width marks",
        _widened,
    ),
    Form(
        "half_width",
        Severity.NOTE,
        re.compile(rf"(?<=[{_HAN}{_CLOSING}])\.(?=\s*[{_HAN}\u201c\u300a]|[ \t]*$)", re.M),
        "中文里应用全角句号",
        "Chinese text takes the full-width stop",
        _widened,
    ),
    Form(
        "half_width_brackets",
        Severity.NOTE,
        re.compile(rf"\((?P<inside>[{_HAN}][^()\n]{{0,80}})\)|(?<=[{_HAN}])\((?P<other>[^()\n]{{0,80}}[{_HAN}])\)"),
        "中文里应用全角括号",
        "Chinese text takes full-width brackets",
        lambda match: "\uff08" + match.group()[1:-1] + "\uff09",
    ),
    Form(
        "full_width_in_number",
        Severity.WARNING,
        re.compile(
            r"(?<![\d\uff0c])\d{1,3}(?:\uff0c\d{3})+(?![\d\uff0c])(?=[\u4e07\u4ebf\u5143\u4eba\u540d\u4e2a])|(?<!\d)\d{1,15}\uff0e\d{1,15}"
        ),
        "数字中应用半角",
        "Inside a number marks are half-width",
        lambda match: match.group().replace("\uff0c", ",").replace("\uff0e", "."),
    ),
    Form(
        "doubled",
        Severity.ERROR,
        re.compile(r"(?P<mark>[\uff0c\uff1b\uff1a\u3001])(?P=mark)+|(?<!\u3002)\u3002\u3002(?!\u3002)"),
        "标点重复",
        "A mark stands twice",
        lambda match: match.group()[0],
    ),
    Form(
        "clashing",
        Severity.ERROR,
        re.compile(
            r"(?P<first>[\uff0c\u3001\uff1b\uff1a])(?!(?P=first))[\u3002\uff0c\uff1b\uff01\uff1f\u3001]|\u3002[\uff0c\u3001\uff1b\uff1a]|[\uff01\uff1f][\u3002\uff0c\u3001]"
        ),
        "标点连用不当",
        "Two marks that cannot stand together",
        lambda match: match.group()[0] if match.group()[0] in "\u3002\uff01\uff1f" else match.group()[1],
    ),
    Form(
        "too_many",
        Severity.WARNING,
        re.compile(r"[\uff01!]{4,}|[\uff1f?]{4,}"),
        "叹号、问号叠用不超过三个",
        "At most three of these marks stand in a row",
        lambda match: match.group()[:3],
    ),
    Form(
        "ellipsis",
        Severity.NOTE,
        re.compile(
            rf"(?<=[{_HAN}{_CLOSING}\uff0c])(?:\.{{3,}}|\u3002{{3,}}|\u00b7{{3,}}|\uff0e{{3,}}|(?<!\u2026)\u2026(?!\u2026)|\u2026{{3}}(?!\u2026))"
        ),
        "省略号为六连点“\u2026\u2026”",
        "The ellipsis is six dots",
        lambda match: "\u2026\u2026",
    ),
    Form(
        "ellipsis_and_so_on",
        Severity.WARNING,
        re.compile(
            r"\u2026\u2026(?P<more>\u7b49\u7b49|\u7b49)(?=[\u3002\uff0c\uff1b])|(?P<more2>\u7b49\u7b49|\u7b49)\u2026\u2026"
        ),
        "省略号与“等”重复",
        "The ellipsis and 等 say the same",
        lambda match: "\u2026\u2026",
    ),
    Form(
        "dash",
        Severity.NOTE,
        re.compile(
            rf"(?<=[{_HAN}{_CLOSING}])(?:-{{2,4}}|(?<!\u2014)\u2014(?!\u2014)(?=[\uff0c\u3002]))(?=[{_HAN}\u201c])"
        ),
        "破折号为“\u2014\u2014”",
        "The dash is two ems",
        lambda match: "\u2014\u2014",
    ),
    Form(
        "range",
        Severity.NOTE,
        re.compile(
            r"(?<![\d.\-:/])\d{1,6}(?:\.\d{1,4})?%--\d{1,6}(?:\.\d{1,4})?%|(?<![\d\-])\d{1,4}年?--\d{1,4}年?(?![\d\-])"
        ),
        "起止、数值范围用一字线“\u2014”或浪纹线“\uff5e”",
        "A range takes one em dash or the wave dash",
        lambda match: match.group().replace("--", "\u2014"),
    ),
    Form(
        "range",
        Severity.NOTE,
        re.compile(r"(?<=[年月日时])-(?=\d{1,4}[年月日时])"),
        "起止用一字线“\u2014”或“至”",
        "From one date to another takes an em dash",
        lambda match: "\u2014",
    ),
    Form(
        "between_titles",
        Severity.NOTE,
        re.compile(r"(?<=\u300b)\u3001(?=\u300a)"),
        "书名号之间通常不用顿号",
        "Between titles in 《》 no mark is needed",
        lambda match: "",
    ),
    Form(
        "between_quotes",
        Severity.NOTE,
        re.compile(r"(?<=[\u4e00-\u9fff]\u201d)\u3001(?=\u201c[\u4e00-\u9fff]{1,10}\u201d)"),
        "引号之间通常不用顿号",
        "Between words in quotation marks no mark is needed",
        lambda match: "",
    ),
    Form(
        "comma_before_and_so_on",
        Severity.WARNING,
        re.compile(
            rf"(?<=[{_HAN}])\u3001(?!\u7b49[\u5f85\u5019\u7ea7\u4e8e\u540c\u989d])"
            rf"(?=\u7b49(?:\u7b49)?(?:[{_HAN}]{{2,6}})?[\u3002\uff0c\uff1b])"
        ),
        "“等”之前不用顿号",
        "No mark stands before 等",
        lambda match: "",
    ),
    Form(
        "starts_line",
        Severity.NOTE,
        re.compile(rf"^[ \t\u3000]*[{_STOPS}](?=[{_HAN}])", re.M),
        "点号不出现在一行之首",
        "No stop begins a line",
        lambda match: "",
    ),
    Form(
        "space_before",
        Severity.NOTE,
        re.compile(rf"(?<=[{_HAN}])[ \t]+(?=[{_STOPS}\uff01\uff1f])"),
        "标点之前不空格",
        "No space stands before a mark",
        lambda match: "",
    ),
)


def look(document: Document, _settings: Settings) -> Iterator[Finding]:
    for form in FORMS:
        for match in form.pattern.finditer(document.text):
            yield Finding(
                "punctuation",
                form.kind,
                form.severity,
                match.start(),
                len(match.group()),
                match.group(),
                f"{form.zh}（GB/T 15834）",
                f"{form.en} (GB/T 15834)",
                (form.instead(match),),
            )


CHECK = Check("punctuation", "标点符号", "punctuation marks", look)
