import json
from datetime import date, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from haihe.city.domain.calendar import Kind, WorkingCalendar, lunar_date
from haihe.city.errors import CalendarFileBad, YearOutOfRange

plain = WorkingCalendar()


def days(year, *texts):
    """ "1.26 2.8" and "1.28-2.4" as dates."""
    found = []
    for text in " ".join(texts).split():
        first, _, last = text.partition("-")
        start = date(year, *map(int, first.split(".")))
        end = date(year, *map(int, (last or first).split(".")))
        found += [start + timedelta(days=n) for n in range((end - start).days + 1)]
    return found


# 国务院办公厅关于…年部分节假日安排的通知, State Council Gazette: www.gov.cn/gongbao/content/2023/content_5736714.htm,
# /gongbao/2023/issue_10806/202311/content_6913823.html, /gongbao/2024/issue_11726/202411/content_6989767.html,
# /gongbao/2025/issue_12406/202511/content_7048922.html.
# year: (days off as the notice lists them, make-up days)
NOTICES = {
    2023: ("1.1-1.2 1.21-1.27 4.5 4.29-5.3 6.22-6.24 9.29-10.6", "1.28 1.29 4.23 5.6 6.25 10.7 10.8"),
    2024: ("1.1 2.10-2.17 4.4-4.6 5.1-5.5 6.10 9.15-9.17 10.1-10.7", "2.4 2.18 4.7 4.28 5.11 9.14 9.29 10.12"),
    2025: ("1.1 1.28-2.4 4.4-4.6 5.1-5.5 5.31-6.2 10.1-10.8", "1.26 2.8 4.27 9.28 10.11"),
    2026: ("1.1-1.3 2.15-2.23 4.4-4.6 5.1-5.5 6.19-6.21 9.25-9.27 10.1-10.7", "1.4 2.14 2.28 5.9 9.20 10.10"),
}


@pytest.mark.parametrize("year", NOTICES)
def test_whole_year_is_as_the_notice_says(year):
    off, worked = (set(days(year, text)) for text in NOTICES[year])
    for one in plain.days_of(year):
        expected = one.date in worked or (one.date.weekday() < 5 and one.date not in off)
        assert one.works is expected, one
        assert plain.is_working_day(one.date) is expected
    assert {one.date for one in plain.days_of(year) if one.kind is Kind.MAKE_UP} == worked
    assert plain.is_provisional(year) is False


def test_make_up_day_in_the_december_before_belongs_to_that_december():
    assert plain.day_kind(date(2011, 12, 31)).kind is Kind.MAKE_UP


def test_day_kind_names_the_holiday_in_chinese_and_english():
    first = plain.day_kind(date(2026, 2, 17))
    bridge = plain.day_kind(date(2026, 2, 20))
    paid = plain.day_kind(date(2026, 2, 28))
    assert (first.kind, first.name, first.lunar) == (Kind.HOLIDAY, "春节", "二〇二六年正月初一")
    assert (bridge.kind, bridge.name) == (Kind.HOLIDAY, "春节")
    assert (paid.kind, paid.name, paid.name_en) == (Kind.MAKE_UP, "春节", "Chinese New Year (Spring Festival)")
    ordinary = plain.day_kind(date(2026, 3, 3))
    assert (ordinary.kind, ordinary.name, ordinary.name_en) == (Kind.WORKDAY, "", "")


def test_year_without_a_notice_is_provisional_with_holidays_but_no_make_up_days():
    year = plain.days_of(2098)
    assert {one.provisional for one in year} == {True}
    assert [one for one in year if one.kind is Kind.MAKE_UP] == []
    assert {one.name for one in year if one.date in days(2098, "10.1-10.3")} == {"国庆节"}


@pytest.mark.parametrize(
    ("start", "n", "expected"),
    [
        ("2026-02-13", 1, "2026-02-14"),  # Saturday worked
        ("2026-02-14", 1, "2026-02-24"),  # over the whole holiday
        ("2026-02-24", -1, "2026-02-14"),
        ("2026-09-30", 3, "2026-10-10"),
        ("2026-02-17", 0, "2026-02-24"),
        ("2026-03-03", 0, "2026-03-03"),
        ("2025-12-31", 1, "2026-01-04"),
    ],
)
def test_add_working_days(start, n, expected):
    assert plain.add_working_days(date.fromisoformat(start), n) == date.fromisoformat(expected)


@given(st.dates(date(2020, 1, 1), date(2026, 6, 1)), st.integers(1, 60))
def test_add_working_days_goes_there_and_back(start, n):
    there = plain.add_working_days(start, n)
    assert plain.is_working_day(there)
    assert plain.working_days_between(start, there) == n
    back = plain.add_working_days(there, -n)
    assert plain.working_days_between(back, there) == n


@pytest.mark.parametrize("day", [date(1949, 12, 31), date(2100, 1, 1), date(1, 1, 1), date(9999, 12, 31)])
def test_year_out_of_range_is_refused(day):
    with pytest.raises(YearOutOfRange):
        plain.is_working_day(day)


def test_lunar_date_knows_leap_months():
    assert lunar_date(date(2025, 7, 25)) == "二〇二五年闰六月初一"


def write(folder, year, content):
    text = content if isinstance(content, (str, bytes)) else json.dumps(content, ensure_ascii=False, indent=1)
    (folder / f"{year}.json").write_bytes(text if isinstance(text, bytes) else text.encode())


ENTRY = {"date": "2098-01-04", "kind": "workday", "name": "元旦", "name_en": "New Year's Day"}  # a Saturday
HOLIDAY = {"date": "2098-01-02", "kind": "holiday", "name": "元旦"}


def test_operators_file_holds_for_its_year_and_the_december_before(tmp_path):
    december = {"date": "2097-12-28", "kind": "workday", "name": "元旦"}
    write(tmp_path, 2098, {"year": 2098, "source": "通知", "days": [december, ENTRY, HOLIDAY]})
    calendar = WorkingCalendar(tmp_path)
    assert (calendar.is_provisional(2098), calendar.source(2098)) == (False, "通知")
    assert calendar.day_kind(date(2098, 1, 4)).kind is Kind.MAKE_UP
    assert calendar.day_kind(date(2098, 1, 2)).kind is Kind.HOLIDAY
    assert calendar.day_kind(date(2097, 12, 28)).kind is Kind.MAKE_UP
    assert calendar.day_kind(date(2098, 10, 1)).kind is Kind.WORKDAY  # the file holds for all of its year
    assert calendar.is_provisional(2097) is True


def test_operators_file_is_read_again_when_it_changes(tmp_path):
    calendar = WorkingCalendar(tmp_path)
    assert calendar.is_working_day(date(2098, 1, 4)) is False
    write(tmp_path, 2098, {"year": 2098, "days": [ENTRY]})
    assert calendar.is_working_day(date(2098, 1, 4)) is True
    write(tmp_path, 2098, {"year": 2098, "days": [ENTRY | {"kind": "holiday"}, HOLIDAY]})
    assert calendar.is_working_day(date(2098, 1, 4)) is False


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{"year": 2098,\n "days": [\n  oops]}', "Line 3"),
        ("", "Line 1"),
        (b"\xff\xfe\x00", "not UTF-8 at byte 0"),
        ("[" * 100_000, "nested too deep"),
        (" " * 300_000, "larger than"),
        ([], "must be one object"),
        ({"year": 2098, "days": [ENTRY], "extra": 1}, "must be one object"),
        ({"year": 2097, "days": [ENTRY]}, '"year" is 2097'),
        ({"year": 2098, "days": []}, "at least one day"),
        ({"year": 2098, "days": "all"}, "at least one day"),
        ({"year": 2098, "days": [7]}, "Day 1 of the list is no object"),
        ({"year": 2098, "days": [HOLIDAY, ENTRY | {"date": "2098-13-01"}]}, "day 2098-13-01"),
        ({"year": 2098, "days": [ENTRY | {"date": "2099-01-03"}]}, "Line 5, day 2099-01-03: It lies outside"),
        ({"year": 2098, "days": [ENTRY | {"kind": "off"}]}, '"kind" must be'),
        ({"year": 2098, "days": [ENTRY | {"date": "2098-01-03"}]}, "no weekend day"),
        ({"year": 2098, "days": [ENTRY | {"name": " "}]}, 'needs a "name"'),
        ({"year": 2098, "days": [ENTRY | {"note": "x"}]}, "unknown key “note”"),
        ({"year": 2098, "days": [ENTRY, ENTRY]}, "stands there twice"),
    ],
)
def test_bad_file_is_told_with_its_line_or_day_and_leaves_other_years_alone(tmp_path, content, told):
    write(tmp_path, 2098, content)
    calendar = WorkingCalendar(tmp_path)
    with translation.override("en"), pytest.raises(CalendarFileBad) as caught:
        calendar.is_working_day(date(2098, 6, 2))
    assert told in str(caught.value)
    assert "2098.json" in str(caught.value)
    assert calendar.is_working_day(date(2026, 2, 14)) is True
