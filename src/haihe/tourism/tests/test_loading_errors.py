"""Every kind of error a file may hold is found: its line, its column, its reason; good lines beside it are kept."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest

from haihe.tourism.domain.contracts.contract import read_contract
from haihe.tourism.domain.loading.errors import FileRefused
from haihe.tourism.domain.loading.loading import Outcome, load
from haihe.tourism.domain.loading.reasons import words

TODAY = date(2026, 11, 28)
HEADER = "日期,单位代码,类别,区,可供出租客房,实际出租客房,住客人数,境外住客,住客夜数,客房收入"
PLACES = ["date", "house", "class", "district", "rooms_available", "rooms_sold", "guests", "guests_abroad", "nights"]
GOOD = ["2026-01-05", "H001", "star4", "D01", "100", "60", "90", "5", "90", "30000.50"]


def row(**changed: str) -> str:
    cells = dict(zip([*PLACES, "room_revenue"], GOOD, strict=True)) | changed
    return ",".join(cells.values())


# the fourth line of the file is the bad one: (bad line, column, reason)
SEEDED = {
    "blank": (row(guests=""), "guests", "blank"),
    "blank date": (row(date=""), "date", "blank"),
    "day month year": (row(date="05/01/2026"), "date", "date_order"),
    "two-digit year": (row(date="26-01-05"), "date", "date_short_year"),
    "Minguo year": (row(date="115/1/5"), "date", "date_minguo"),
    "Minguo in words": (row(date="民国115年1月5日"), "date", "date_minguo"),
    "lunar date": (row(date="农历正月初五"), "date", "date_lunar"),
    "lunar day": (row(date="2026年腊月廿三"), "date", "date_lunar"),
    "serial number": (row(date="46027"), "date", "date_serial"),
    "no such day": (row(date="2026-02-30"), "date", "date_impossible"),
    "month 13": (row(date="2026-13-01"), "date", "date_impossible"),
    "future": (row(date="2026-12-01"), "date", "date_future"),
    "too early": (row(date="1999-12-31"), "date", "date_early"),
    "a span": (row(date="2026-01-05至2026-01-07"), "date", "date_span"),
    "a month": (row(date="2026-01"), "date", "date_month"),
    "words for a date": (row(date="昨天"), "date", "date_format"),
    "thousands, quoted": (row(room_revenue='"30,000.50"'), "room_revenue", "number_thousands"),
    "thousands, bare": (row(room_revenue="30,000.50"), "", "cells_many"),
    "full-width": (row(guests="９０"), "guests", "number_fullwidth"),
    "Chinese numeral": (row(guests="九十"), "guests", "number_chinese"),
    "unit behind": (row(guests="90人"), "guests", "number_unit"),
    "ten thousands": (row(room_revenue="3万"), "room_revenue", "number_wan"),
    "per cent": (row(rooms_sold="60%"), "rooms_sold", "number_percent"),
    "currency": (row(room_revenue="¥30000"), "room_revenue", "number_currency"),
    "scientific": (row(room_revenue="3.0E+04"), "room_revenue", "number_scientific"),
    "infinite": (row(room_revenue="inf"), "room_revenue", "number_infinite"),
    "not a number": (row(room_revenue="NaN"), "room_revenue", "number_missing"),
    "brackets": (row(room_revenue="(300)"), "room_revenue", "number_brackets"),
    "decimal comma": (row(room_revenue='"30000,5"'), "room_revenue", "number_comma"),
    "spaces within": (row(room_revenue="30 000"), "room_revenue", "number_spaces"),
    "word for missing": (row(guests="暂无"), "guests", "number_missing"),
    "letters": (row(guests="abc"), "guests", "number_format"),
    "fraction": (row(guests="90.5"), "guests", "integer_fraction"),
    "too many digits": (row(guests="9" * 20), "guests", "number_long"),
    "negative guests": (row(guests="-90"), "guests", "negative"),
    "too high": (row(guests="70000"), "guests", "too_high"),
    "unknown code": (row(district="火星"), "district", "code_unknown"),
    "near code": (row(district="望潮新区"), "district", "code_near"),
    "case of a code": (row(district="d01"), "district", "code_case"),
    "pattern": (row(house="001"), "house", "text_pattern"),
    "long text": (row(house="H" * 201), "house", "text_long"),
    "occupancy of 140%": (row(rooms_sold="140"), "rooms_sold", "above"),
    "part above whole": (row(guests_abroad="91"), "guests_abroad", "above"),
    "too few cells": ("2026-01-05,H001,star4", "", "cells_few"),
    "too many cells": (row() + ",1", "", "cells_many"),
    "header again": (HEADER, "", "header_again"),
    "total": (row(date="合计"), "", "total"),
    "note": ("注：本表由各单位填报", "", "footnote"),
    "formula error": (row(guests="#REF!"), "guests", "spreadsheet_error"),
    "formula": (row(house="=cmd|' /C calc'!A0"), "house", "formula"),
    "invisible": (row(guests="9\u200b0"), "guests", "invisible"),
    "control": (row(house="H0\x0701"), "house", "control"),
    "lost letters": (row(district="\ufffd\ufffd区"), "district", "replaced"),
    "NUL": (row(house="H0\x0001"), "", "nul"),
    "open quotation mark": (row(house='"H001'), "", "quote"),
    "repeat": (row(house="H900"), "", "repeat"),
    "conflict": (row(house="H900", guests="91"), "", "conflict"),
}
AROUND = [row(house="H900"), row(house="H901"), row(house="H902"), row(house="H903")]


def file_of(folder: Path, bad: str, encoding: str = "utf-8") -> Path:
    path = folder / "住宿.csv"
    path.write_bytes("\n".join([HEADER, *AROUND[:2], bad, *AROUND[2:], ""]).encode(encoding))
    return path


def loaded(path: Path, stream: str = "lodging", **also: object) -> Outcome:
    return load(path, read_contract(stream), path.parent / "out", today=TODAY, **also)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", SEEDED)
def test_seeded_error_is_located(name: str, tmp_path: Path) -> None:
    bad, column, code = SEEDED[name]
    outcome = loaded(file_of(tmp_path, bad))
    found = [(reject.line, reject.column, reject.reason.code) for reject in outcome.rejects]
    if code == "conflict":
        assert sorted(found) == [(2, "", code), (4, "", code)]
    else:
        assert found == [(4, column, code)]
    assert outcome.accepted == (3 if code == "conflict" else 4)
    assert outcome.rejects[-1].raw == bad.replace("\0", "␀")[:2000]
    said = outcome.rejects[0].reason.say("zh-hans")
    assert "…" not in said.replace(outcome.rejects[0].raw, "")
    assert any("\u4e00" <= letter <= "\u9fff" for letter in said)


def test_there_are_fifty_kinds_of_them_in_gb18030_too(tmp_path: Path) -> None:
    """All of them in one file, in the encoding of old spreadsheets: every one on its own line."""
    assert len(SEEDED) >= 50
    kinds = {name: one for name, one in SEEDED.items() if one[2] not in ("quote", "replaced", "repeat", "conflict")}
    path = tmp_path / "住宿.csv"
    path.write_bytes("\n".join([HEADER, *(bad for bad, *_rest in kinds.values())]).encode("gb18030"))
    outcome = loaded(path)
    assert outcome.opened.encoding == "gb18030"
    assert [(one.line, one.column, one.reason.code) for one in sorted(outcome.rejects, key=lambda one: one.line)] == [
        (line, column, code) for line, (_bad, column, code) in enumerate(kinds.values(), start=2)
    ]
    assert outcome.accepted == 0


def test_every_reason_has_both_languages_and_is_seeded() -> None:
    assert {code for code, both in words().items() if len(both) != 2 or not all(both)} == set()
    seeded = {code for _bad, _column, code in SEEDED.values()}
    assert set(words()) - seeded == {"encoding", "too_low"}


def test_a_line_in_another_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "住宿.csv"
    good = [row(house=f"H{n:03}", district="望潮区") for n in range(5)]
    path.write_bytes("\n".join([HEADER, *good, ""]).encode() + row(house="H777", district="柳岸区").encode("gb18030"))
    outcome = loaded(path)
    assert [(one.line, one.reason.code) for one in outcome.rejects] == [(7, "encoding")]
    assert outcome.accepted == 5


def zipped(files: dict[str, bytes], times: int = 1) -> bytes:
    """A zip archive; with `times`, more files of the last one's bytes, which packed are next to nothing."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
        for number in range(times - 1):
            archive.writestr(f"xl/{number}", data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "空"),
        (b"   \n\n", "空"),
        (b"PK\x03\x04" + b"\0" * 40 + b"a.csv", "已损坏"),
        (zipped({"a.xlsx": zipped({"[Content_Types].xml": b"", "xl/workbook.xml": b""})}), "压缩包"),
        (zipped({"[Content_Types].xml": b"", "xl/workbook.xml": bytes(2**20)}, times=1100), "太大"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "xls"),
        (b"%PDF-1.7\n", "PDF"),
        (b"<html><table><tr><td>1</td></tr></table>", "网页"),
        (b"\x00\x01\x02\x03" * 500, "不是文本"),
        ("日期，单位代码，类别\n2026-01-05，H001，star4\n".encode(), "全角逗号"),
        (b"a,b,c\n1,2,3\n", "找不到表头"),
        (HEADER.replace("住客人数,", "").encode() + b"\n", "住客人数"),
        (HEADER.replace("境外住客", "住客人数").encode() + b"\n", "两次"),
        (b"[1, 2, 3]", "不是对象"),
        (b'{"rows": [', "读不通"),
    ],
)
def test_what_is_no_table_is_refused_in_words(content: bytes, word: str, tmp_path: Path) -> None:
    path = tmp_path / "住宿.csv"
    path.write_bytes(content)
    with pytest.raises(FileRefused) as refused:
        loaded(path)
    assert word in refused.value.say("zh-hans")
    assert not (tmp_path / "out").exists()


def test_exchanged_columns_are_named(tmp_path: Path) -> None:
    path = tmp_path / "住宿.csv"
    swapped = HEADER.replace("类别,区", "区,类别")
    path.write_text("\n".join([swapped, *(row(house=f"H{n:03}") for n in range(30))]), encoding="utf-8")
    outcome = loaded(path)
    assert outcome.accepted == 0
    assert any("对调" in chinese for chinese, _english in outcome.notes)
