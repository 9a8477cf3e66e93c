from __future__ import annotations

from datetime import UTC, datetime

import pytest

from haihe.newsroom.domain.readers.dates import parse_date


@pytest.mark.parametrize(
    ("raw", "language", "expected"),
    [
        ("Mon, 01 May 2023 12:00:00 +0800", "", datetime(2023, 5, 1, 4, tzinfo=UTC)),
        ("Mon, 01 May 2023 12:00:00 CST", "zh-cn", datetime(2023, 5, 1, 4, tzinfo=UTC)),
        ("Mon, 01 May 2023 12:00:00 CST", "en", datetime(2023, 5, 1, 18, tzinfo=UTC)),
        ("Mon May 01 12:00:00 CST 2023", "zh", datetime(2023, 5, 1, 4, tzinfo=UTC)),
        ("2023-05-01T12:00:00Z", "zh", datetime(2023, 5, 1, 12, tzinfo=UTC)),
        ("2023-05-01 12:00:00", "zh", datetime(2023, 5, 1, 4, tzinfo=UTC)),
        ("2023-05-01 12:00:00", "en", datetime(2023, 5, 1, 12, tzinfo=UTC)),
        ("2023/5/1 8:05", "zh", datetime(2023, 5, 1, 0, 5, tzinfo=UTC)),
        ("2023年5月1日", "", datetime(2023, 4, 30, 16, tzinfo=UTC)),
        ("2023年5月1日 下午3:20", "", datetime(2023, 5, 1, 7, 20, tzinfo=UTC)),
        ("2023-05-01T24:00:00Z", "", datetime(2023, 5, 2, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", "", datetime(2017, 1, 1, tzinfo=UTC)),
        ("2023-02-31T12:00:00Z", "", None),
        ("Fri, 31 Feb 2023 12:00:00 GMT", "", None),
        ("2023-05-01T25:00:00Z", "", None),
        ("0000-00-00 00:00:00", "", None),
        ("1970-01-01T00:00:00Z", "", None),
        ("99999-01-01T00:00:00Z", "", None),
        ("昨天", "zh", None),
        ("", "", None),
        ("9" * 5000, "", None),
        ("农历五月初五", "zh", None),
        ("农历2026年3月17日", "zh", None),
        ("阴历 2026-03-17 10:00", "zh", None),
        ("2026年3月17日（农历）", "zh", None),
        ("丙午年三月17", "zh", None),
        ("2026年5月3日（农历三月十七）", "zh", datetime(2026, 5, 2, 16, tzinfo=UTC)),
        ("2026-05-03 農曆丙午年三月十七", "zh", datetime(2026, 5, 2, 16, tzinfo=UTC)),
        ("2026年5月3日 某时", "zh", None),
    ],
)
def test_date_is_utc_or_none(raw: str, language: str, expected: datetime | None) -> None:
    assert parse_date(raw, language=language) == expected
