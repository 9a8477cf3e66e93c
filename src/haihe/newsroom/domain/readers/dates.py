"""When an entry was published: from what feeds write to aware UTC.

A date without a zone is read as UTC, in a Chinese feed as Beijing time; "CST" in a Chinese feed is China Standard
Time. Impossible dates (31 February, 25 o'clock) and the epoch itself, which stands for "none", give None.
"""

from __future__ import annotations

import re
from calendar import timegm
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

BEIJING = timezone(timedelta(hours=8))
_ISO = re.compile(
    r"^\s*(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?\s*"
    r"(Z|UTC|GMT|[+-]\d{2}:?\d{2})?\s*$",
    re.IGNORECASE,
)
_CHINESE = re.compile(
    r"^\s*(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?\s*(?:星期.|周.)?\s*(上午|下午|中午|晚上|凌晨)?"
    r"\s*(?:(\d{1,2})\s*[::时点]\s*(?:(\d{1,2})\s*分?)?(?:[::]?\s*(\d{1,2})\s*秒?)?)?\s*$"
)
_ZONED = re.compile(r"(?:\b[A-Z]{1,5}|[+-]\d{1,2}:?\d{2}|\d[Zz])\s*$|\b(?:GMT|UTC|[A-Z]{3,4})\s+\d{4}\s*$")
_CST = re.compile(r"\bCST\b")
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_DAY = re.compile(rf"\b(\d{{1,2}})[\s-]+{_MONTH}|{_MONTH}\s+(\d{{1,2}})\b", re.IGNORECASE)
_LAST_YEAR = 2999
_LUNAR = re.compile(r"农历|農曆|阴历|陰曆|旧历|舊曆|夏历|夏曆|[甲乙丙丁戊己庚辛壬癸][子丑寅卯辰巳午未申酉戌亥]年")


def parse_date(raw: str, *, language: str = "") -> datetime | None:
    """A date as a feed writes it, as aware UTC to the second; None where there is none or it is impossible."""
    text = " ".join(raw.split())[:100]
    lunar = _LUNAR.search(text)
    if lunar:
        text = _beside_lunar(text, lunar)
    if not text or not any(c.isdigit() for c in text):
        return None
    chinese = language.lower().startswith("zh")
    readings: tuple[Callable[[str, bool], datetime | None], ...] = (_iso, _written_in_chinese, _rfc822, _any_other)
    for reading in readings:
        try:
            found = reading(text, chinese)
        except (ValueError, OverflowError, TypeError, IndexError, AttributeError, KeyError):
            found = None
        if found is not None:
            return None if found.timestamp() == 0 or found.year > _LAST_YEAR else found
    return None


def _beside_lunar(text: str, lunar: re.Match[str]) -> str:
    """What is written in front of a lunar date, which says the same day again; empty where the date itself is lunar:
    "2026年3月17日（农历）", "农历三月十七". Haihe does not convert: leap months and eras are too often left unsaid."""
    behind = text[lunar.end() :].strip(" )）]】")
    return text[: lunar.start()].rstrip(" (（[【,，;；/") if behind else ""


def _iso(text: str, chinese: bool) -> datetime | None:
    match = _ISO.match(text)
    if not match:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    zone = (match.group(7) or "").upper()
    if zone and zone[0] in "+-":
        sign = -1 if zone[0] == "-" else 1
        offset = timezone(sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:])))
    else:
        offset = BEIJING if chinese and not zone else UTC
    extra = timedelta(0)
    if hour == 24 and minute == second == 0:
        hour, extra = 0, timedelta(days=1)
    if second == 60:
        second, extra = 59, timedelta(seconds=1)
    return (datetime(year, month, day, hour, minute, second, tzinfo=offset) + extra).astimezone(UTC)


def _written_in_chinese(text: str, chinese: bool) -> datetime | None:
    match = _CHINESE.match(text)
    if not match:
        return None
    year, month, day = (int(part) for part in match.group(1, 2, 3))
    hour, minute, second = (int(part or 0) for part in match.group(5, 6, 7))
    if match.group(4) in ("下午", "晚上") and hour < 12:
        hour += 12
    return datetime(year, month, day, hour, minute, second, tzinfo=BEIJING).astimezone(UTC)


def _rfc822(text: str, chinese: bool) -> datetime | None:
    if not _DAY.search(text):
        return None
    parts = parsedate_tz(text)
    if parts is None:
        return None
    year, month, day, hour, minute, second = parts[:6]
    offset = parts[9]
    if chinese and (_CST.search(text) or not _ZONED.search(text)):
        offset = 8 * 3600
    if abs(offset or 0) > 15 * 3600:
        return None
    return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC) - timedelta(seconds=offset or 0)


def _any_other(text: str, chinese: bool) -> datetime | None:
    if _ISO.match(text) or _CHINESE.match(text) or "年" in text:
        return None  # of a known shape and impossible: no other reading may bend it into a date
    if _DAY.search(text) and parsedate_tz(text) is not None:
        return None
    from feedparser.datetimes import _parse_date  # heavy: only where none of the forms above fits

    parsed = _parse_date(text)
    if parsed is None:
        return None
    moment = datetime.fromtimestamp(timegm(parsed), tz=UTC)
    return moment - timedelta(hours=8) if chinese and not _ZONED.search(text) else moment
