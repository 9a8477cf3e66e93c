"""The operator's own arrangement of a year: `calendar/<year>.json` in the home folder.

{
  "year": 2027,
  "source": "国务院办公厅关于2027年部分节假日安排的通知",
  "days": [
    {"date": "2027-01-01", "kind": "holiday", "name": "元旦", "name_en": "New Year's Day"},
    {"date": "2027-02-14", "kind": "workday", "name": "春节", "name_en": "Chinese New Year"}
  ]
}

`days` names every day that is not what its weekday says: holidays, also those on a weekend, and weekend days that are
worked. Days of the December before may stand in it. A file is read again when it changes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from haihe.city.errors import CalendarFileBad

_MOST = 256 * 1024  # bytes; a real file has some five thousand
_KEYS = {"date", "kind", "name", "name_en"}


@dataclass(frozen=True)
class FileDay:
    works: bool
    name: str
    name_en: str


@dataclass(frozen=True)
class YearFile:
    year: int
    source: str
    days: dict[date, FileDay]


def read_year_file(path: Path, year: int) -> YearFile | None:
    """The file's arrangement; None when there is no file. Raises CalendarFileBad, naming the line or the day."""
    try:
        state = path.stat()
    except FileNotFoundError:
        return None
    return _read(path, year, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=32)
def _read(path: Path, year: int, changed: int, size: int) -> YearFile:
    if size > _MOST:
        raise CalendarFileBad(_("The file is larger than %(most)s bytes.") % {"most": _MOST}, thing=path)
    try:
        text = path.read_text(encoding="utf-8-sig")
        content = json.loads(text)
    except UnicodeDecodeError as error:
        raise CalendarFileBad(
            _("The file is not UTF-8 at byte %(byte)s.") % {"byte": error.start}, thing=path
        ) from None
    except json.JSONDecodeError as error:
        raise CalendarFileBad(
            _("Line %(line)s: %(problem)s.") % {"line": error.lineno, "problem": error.msg}, thing=path
        ) from None
    except RecursionError:
        raise CalendarFileBad(_("The file is nested too deep."), thing=path) from None
    return _Checked(path, text, year).year_file(content)


class _Checked:
    def __init__(self, path: Path, text: str, year: int) -> None:
        self.path, self.lines, self.year = path, text.splitlines(), year

    def year_file(self, content: Any) -> YearFile:
        if not isinstance(content, dict) or set(content) - {"year", "source", "days"}:
            raise self.bad(_('The file must be one object with "year", "source" and "days" and nothing else.'))
        if content.get("year") != self.year:
            raise self.bad(
                _('"year" is %(found)s, the file is named %(year)s.')
                % {"found": content.get("year"), "year": self.year}
            )
        if not isinstance(content.get("source", ""), str):
            raise self.bad(_('"source" must be text.'))
        entries = content.get("days")
        if not isinstance(entries, list) or not entries:
            raise self.bad(_('"days" must be a list of at least one day.'))
        days: dict[date, FileDay] = {}
        for number, entry in enumerate(entries, 1):
            day, known = self.day(number, entry)
            if day in days:
                raise self.bad_day(number, entry, _("It stands there twice."))
            days[day] = known
        return YearFile(self.year, content.get("source", ""), days)

    def day(self, number: int, entry: Any) -> tuple[date, FileDay]:
        if not isinstance(entry, dict):
            raise self.bad(_("Day %(number)s of the list is no object.") % {"number": number})
        unknown = set(entry) - _KEYS
        if unknown:
            raise self.bad_day(number, entry, _("It has the unknown key “%(key)s”.") % {"key": min(unknown)})
        try:
            day = date.fromisoformat(entry["date"])
        except (KeyError, TypeError, ValueError):
            raise self.bad_day(number, entry, _('It needs a "date" like 2027-01-01.')) from None
        if day.year != self.year and (day.year, day.month) != (self.year - 1, 12):
            raise self.bad_day(
                number, entry, _("It lies outside %(year)s and the December before.") % {"year": self.year}
            )
        if entry.get("kind") not in ("holiday", "workday"):
            raise self.bad_day(number, entry, _('"kind" must be "holiday" or "workday".'))
        works = entry["kind"] == "workday"
        if works and day.weekday() < 5:
            raise self.bad_day(number, entry, _("It is no weekend day, so it cannot be a make-up day."))
        name, name_en = entry.get("name"), entry.get("name_en", "")
        if not isinstance(name, str) or not name.strip() or not isinstance(name_en, str):
            raise self.bad_day(number, entry, _('It needs a "name" as text.'))
        return day, FileDay(works, name.strip(), name_en.strip())

    def bad_day(self, number: int, entry: dict[str, Any], why: str) -> CalendarFileBad:
        text = str(entry.get("date", ""))
        line = next((n for n, one in enumerate(self.lines, 1) if text and f'"{text}"' in one), None)
        if line:
            where = _("Line %(line)s, day %(day)s:") % {"line": line, "day": text}
        else:
            where = _("Day %(number)s of the list:") % {"number": number}
        return self.bad(f"{where} {why}")

    def bad(self, why: str) -> CalendarFileBad:
        return CalendarFileBad(why, thing=self.path)
