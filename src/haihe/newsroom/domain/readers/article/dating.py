"""When a page was published, by what the page says: its metadata first, then what stands to be read on it.

A day without a time is taken as noon of the page's zone, so that it is the same day everywhere near. Dates of the
lunar calendar 农历 are no Gregorian dates and are passed over, also where they are written in figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from haihe.newsroom.domain.readers.dates import BEIJING, parse_date

_DIGITS = str.maketrans("\u3007\u25cb零\u4e00二三四五六七八九", "000123456789")
_TIME = (
    r"(?:\s*,?\s*(?:T|um|at|\u00e0|alle|ore|kl\.?)?\s*(?P<h>\d{1,2})[:\uff1a.](?P<i>\d{2})(?:[:\uff1a](?P<s>\d{2}))?"
    r"(?:\s*(?P<half>[ap]\.?m\.?))?)?"
)
_ZONE = r"(?:[.,]\d{1,6})?\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?"
_YMD = re.compile(
    r"(?<![\d.,/-])(?P<y>(?:19|20)\d{2})\s*(?P<sep>[-/.年\ub144])\s*(?P<m>\d{1,2})\s*(?:[-/.]|月|\uc6d4)\s*(?P<d>\d{1,2})(?![\d])\s*[日号]?"
    r"(?:\s*[(\uff08]?(?:星期|周|礼拜).[)\uff09]?)?\s*(?P<part>上午|下午|晚上|凌晨|中午)?" + _TIME + _ZONE
)
_HAN_YMD = re.compile(
    r"(?P<y>[二\u4e00][\u3007\u25cb零\u4e00-\u9fa5]{3})年(?P<m>[\u4e00-\u9fa5]{1,2})月(?P<d>[\u4e00-\u9fa5]{1,3})[日号]"
)
_DMY = re.compile(
    r"(?<![\d.,/-])(?P<d>\d{1,2})(?P<sep>[./-])\s?(?P<m>\d{1,2})(?P=sep)\s?(?P<y>(?:19|20)\d{2})(?![\d])\s*[,\u2013|-]?"
    + _TIME
)
_SHORT_YMD = re.compile(
    r"(?:发布时间|发布日期|发表时间|时间|日期)\s*[:\uff1a]\s*(?P<y>\d{2})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?!\d)" + _TIME
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january января  januar j\u00e4nner janvier enero gennaio janeiro januari styczeń stycznia",
            "feb february февраля  februar februari f\u00e9vrier febrero febbraio fevereiro",
            "mar march марта  m\u00e4rz maerz mars marzo mar\u00e7o maart",
            "apr april апреля  avril abril aprile",
            "may mai мая  mayo maggio maio mei maj",
            "jun june июня  juni juin junio giugno junho",
            "jul july июля  juli juillet julio luglio julho",
            "aug august августа  ao\u00fbt agosto augustus augusti",
            "sep sept сентября  september septembre septiembre settembre setembro",
            "oct october октября  okt oktober octobre octubre ottobre outubro",
            "nov november ноября  novembre noviembre novembro",
            "dec december декабря  dez dezember d\u00e9cembre diciembre dicembre dezembro",
        ),
        1,
    )
    for name in names.split()
}
_NAME = "|".join(sorted(map(re.escape, _MONTHS), key=len, reverse=True))
_DAY_NAME = re.compile(
    rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th|\.|er|\u00ba)?\s*(?:de\s+|-)?(?P<name>{_NAME})\.?,?\s*(?:de\s+|-)?(?P<y>(?:19|20)\d{{2}})(?!\d)\s*[,\u2013|-]?"
    + _TIME,
    re.IGNORECASE,
)
_NAME_DAY = re.compile(
    rf"\b(?P<name>{_NAME})\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>(?:19|20)\d{{2}})(?!\d)\s*[,\u2013|-]?"
    + _TIME,
    re.IGNORECASE,
)
_LUNAR = re.compile(r"(?:农历|農曆|阴历|陰曆|旧历|舊曆|夏历|夏曆)[\s:\uff1a]*$")
_LUNAR_AFTER = re.compile(r"^\s*[(\uff08]?\s*(?:农历|農曆|阴历|陰曆|旧历|夏历)\s*[)\uff09]")
_LABEL = re.compile(
    r"发布|发表|时间|日期|来源|时间|发布时间|發布|時間|publish|posted|veröffentlicht|erstellt|publi|date\b|stand\b",
    re.IGNORECASE,
)
_CHANGED = re.compile(
    r"更新|修改|修订|updat|modif|edited|bearbeitet|aktualisiert|"
    r"geändert|mis à jour|actualiz|aggiorn",
    re.IGNORECASE,
)
_IN_ADDRESS = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d{2})[/_-](?P<m>0?[1-9]|1[0-2])[/_-](?P<d>0?[1-9]|[12]\d|3[01])(?!\d)"
    r"|(?<!\d)(?P<y2>20\d{2})[/_-]?(?P<m2>0[1-9]|1[0-2])[/_-]?(?P<d2>0[1-9]|[12]\d|3[01])(?=\D|\d{0,12}(?:\D|$))"
)
_NO_DAY = re.compile(r"^\d{4}\D?(?:\d{1,2})?$|^\D+\d{4}$")
_ARCHIVED = re.compile(r"^https?://[^/]*/(?:web/)?\d{14}[a-z_]*/")
_VARIABLE = re.compile(
    r"""\b(?:data-)?_?(?:publish|published|pub|release|post|create|article|news|original)_?-?(?:ed|d)?_?-?(?:time|date|at|timestamp|on)\b["']?\s*[:=]\s*"""
    r"""(?:["']([12]\d{3}[-/.年][^"'<>]{3,30})["']|["']?(1[0-9]{9})(?:\d{3})?\b)""",
    re.IGNORECASE,
)
_EARLIEST = 1990  # the web is no older; what claims to be is a date in the text or a clock that never ran
_LONGEST_LINE, _SHORT_LINE = 300, 70


@dataclass(frozen=True)
class Moment:
    """A publish date: aware UTC, the day in the page's own zone, and how it was written."""

    at: datetime
    day: str
    raw: str


def first_said(raws: Iterable[str], language: str) -> Moment | None:
    """The first of the written dates that is one."""
    for raw in raws:
        moment = _said(raw, language)
        if moment is not None:
            return moment
    return None


def _said(raw: str, language: str) -> Moment | None:
    raw = " ".join(raw.split())[:100]
    for moment in _dates_in(raw, language):
        return moment
    at = parse_date(raw, language=language) if len(raw) >= 8 and not _NO_DAY.match(raw) else None
    return Moment(at, at.date().isoformat(), raw) if at and at.year >= _EARLIEST else None


def visible(lines: Sequence[str], language: str, address: str = "") -> Moment | None:
    """The publish date among lines near the title.

    The first labelled one, else the day in the address, else the first that does not speak of a change.
    """
    labelled: list[Moment] = []
    plain: list[Moment] = []
    changed: list[Moment] = []
    for line in lines:
        found = _dates_in(line[:_LONGEST_LINE], language)
        if not found:
            continue
        at_once = line.startswith(found[0].raw) or len(line) < _SHORT_LINE
        if len(line) <= _LONGEST_LINE and _CHANGED.search(line) and not _LABEL.search(line):
            changed += found
        elif len(line) <= 2 * _SHORT_LINE and _LABEL.search(line):
            labelled += found
        elif at_once:
            plain += found
    named = in_address(address)
    if named is not None and not labelled:
        return next((moment for moment in plain if moment.day == named.day), named)
    chosen = labelled or plain or changed
    return chosen[0] if chosen else None


def in_address(address: str) -> Moment | None:
    """The day in an address such as /2026/05/03/ or /t20260503_1.html."""
    for match in _IN_ADDRESS.finditer(_ARCHIVED.sub("", address).partition("?")[0][-300:]):
        year, month, day = (int(match.group(a) or match.group(a + "2")) for a in ("y", "m", "d"))
        made = _made(year, month, day, None, match.group(), "")
        if made is not None:
            return made
    return None


def scripted(page: str, language: str) -> Moment | None:
    """A publish date in a variable of a script or an attribute: publish_time = "2026-05-03", "pubTime":1777774800."""
    for match in _VARIABLE.finditer(page):
        text, seconds = match.groups()
        if text:
            moment = _said(text, language)
        else:
            at = datetime.fromtimestamp(int(seconds[:10]), tz=UTC)
            moment = Moment(
                at, at.astimezone(BEIJING if language.startswith("zh") else UTC).date().isoformat(), seconds
            )
        if moment is not None:
            return moment
    return None


def guessed(page: str, language: str) -> Moment | None:
    """What htmldate finds where nothing else was found; not for Chinese pages, where it is often another date."""
    if language.startswith("zh"):
        return None
    from htmldate import find_date

    try:
        found = find_date(page, original_date=True, outputformat="%Y-%m-%d")
    except Exception:  # a guess that fails is no guess
        return None
    return _said(found, language) if found else None


def _dates_in(text: str, language: str) -> list[Moment]:
    """Gregorian dates in a text, in their order; impossible and lunar ones left out."""
    found: list[tuple[int, Moment]] = []
    for pattern in (_YMD, _HAN_YMD, _NAME_DAY, _DAY_NAME, _DMY, _SHORT_YMD):
        for match in pattern.finditer(text[:2000]):
            if _LUNAR.search(text[max(0, match.start() - 8) : match.start()]):
                continue
            if _LUNAR_AFTER.match(text[match.end() : match.end() + 8]):
                continue
            moment = _of(match, language)
            if moment is not None:
                found.append((match.start(), moment))
    return [moment for _, moment in sorted(found, key=lambda one: one[0])]


def _of(match: re.Match[str], language: str) -> Moment | None:
    said = match.groupdict()
    if match.re is _HAN_YMD:
        year = said["y"].translate(_DIGITS)
        month, day = _han_number(said["m"]), _han_number(said["d"])
        return _made(int(year), month, day, None, match.group(), language) if year.isdigit() else None
    month = _MONTHS[said["name"].lower()] if said.get("name") else int(said["m"])
    year, day = int(said["y"]) + (2000 if match.re is _SHORT_YMD else 0), int(said["d"])
    if match.re is _DMY and said["sep"] == "/" and month > 12:
        month, day = day, month
    return _made(year, month, day, _time(said), match.group().strip(), language)


def _time(said: dict[str, str | None]) -> tuple[int, int, int, str] | None:
    if not said.get("h"):
        return None
    hour = int(said["h"] or 0)
    afternoon = (said.get("half") or "").lower().startswith("p") or said.get("part") in ("下午", "晚上")
    if afternoon and hour < 12:
        hour += 12
    return hour, int(said["i"] or 0), int(said.get("s") or 0), said.get("zone") or ""


def _made(
    year: int, month: int, day: int, time: tuple[int, int, int, str] | None, raw: str, language: str
) -> Moment | None:
    hour, minute, second, zone = time or (12, 0, 0, "")
    on = f"{year:04d}-{month:02d}-{day:02d}"
    at = parse_date(f"{on} {hour:02d}:{minute:02d}:{second:02d} {zone}".strip(), language=language)
    at = at or parse_date(f"{on} 12:00:00", language=language)
    if at is None or at.year < _EARLIEST:
        return None
    if zone in ("Z", "+00:00", "+0000") and (minute, second) == (0, 0):
        on = _midnight(at, language) or on
    return Moment(at, on, raw)


def _midnight(at: datetime, language: str) -> str:
    """The day that begins at this hour of UTC where the language is spoken; empty where none does."""
    zones = {"zh": (8,), "ja": (9,), "ko": (9,), "de": (1, 2), "fr": (1, 2), "it": (1, 2), "es": (1, 2), "nl": (1, 2)}
    for hours in zones.get(language[:2].lower(), ()):
        there = at + timedelta(hours=hours)
        if there.hour == 0:
            return there.date().isoformat()
    return ""


def _han_number(text: str) -> int:
    """ "十七" → 17, "三" → 3, "二十" → 20; 0 for the words of the lunar calendar (正, 腊, 初三, 廿一)."""
    if not re.fullmatch("[\u4e00二三四五六七八九十]{1,3}", text):
        return 0
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return int(text.translate(_DIGITS)) if len(text) == 1 else 0
    high = tens.translate(_DIGITS) or "1"
    low = ones.translate(_DIGITS) or "0"
    return int(high) * 10 + int(low) if high.isdigit() and low.isdigit() else 0
