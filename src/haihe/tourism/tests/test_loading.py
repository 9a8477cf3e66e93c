"""Loading files of every kind by one path; equal to the judge; nothing half-loaded."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from haihe.tourism.domain.contracts.contract import all_contracts, read_contract
from haihe.tourism.domain.loading import keeping
from haihe.tourism.domain.loading.checking import Checker
from haihe.tourism.domain.loading.errors import FileChanged, FileRefused
from haihe.tourism.domain.loading.loading import load
from haihe.tourism.domain.loading.reading import LINE, Batch
from haihe.tourism.domain.loading.reasons import read_rejects
from haihe.tourism.tests.test_loading_errors import GOOD, HEADER, PLACES, TODAY, loaded, row

NAMES = [*PLACES, "room_revenue"]


def kept(folder: Path) -> list[dict[str, Any]]:
    return pl.read_parquet(sorted((folder / "out").glob("*.parquet"))).sort(LINE).to_dicts()


EXPECTED = {
    "date": date(2026, 1, 5), "house": "H001", "class": "star4", "district": "D01", "rooms_available": 100,
    "rooms_sold": 60, "guests": 90, "guests_abroad": 5, "nights": 90, "room_revenue": 30000.5,
}  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_csv_in_every_encoding(encoding: str, end: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(end.join([HEADER, row(), row(house="H002", district="柳岸区"), ""]).encode(encoding))
    assert loaded(path).accepted == 2
    assert kept(tmp_path) == [EXPECTED | {LINE: 2}, EXPECTED | {LINE: 3, "house": "H002", "district": "D02"}]


def test_rare_letters_of_gb18030_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("\n".join([HEADER + ",备注", row() + ",䶮𠮷"]).encode("gb18030"))
    assert loaded(path).accepted == 1


@pytest.mark.parametrize("separator", ["\t", ";", "|"])
def test_other_separators(separator: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join([HEADER, row()]).replace(",", separator), encoding="utf-8")
    assert loaded(path).accepted == 1


def test_countries_may_be_written_in_either_language(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    lines = ["日期,口岸,方向,运输方式,旅客类别,国家（地区）,人次,班次"]
    names = ("韩国", "South Korea", "KOR")
    lines += [f"2026-01-0{at},P01,入境,航空,外国人,{name},10,1" for at, name in enumerate(names, 1)]
    lines += ["2026-01-04,P01,入境,航空,外国人,XYZ,10,1", "2026-01-05,P01,入境,航空,外国人,kor,10,1"]
    path.write_text("\n".join(lines), encoding="utf-8")
    outcome = load(path, read_contract("entry-exit"), tmp_path / "out", today=TODAY)
    assert [one["country"] for one in kept(tmp_path)] == ["KOR"] * 3
    assert [(one.line, one.column, one.reason.code) for one in outcome.rejects] == [
        (5, "country", "code_unknown"),
        (6, "country", "code_case"),
    ]


def test_quoted_cells_with_line_breaks_keep_line_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    lines = [
        HEADER + ",备注",
        row() + ',"第一行\n第二行"',
        row(house="H002", guests="x") + ",",
        row(house="H003") + ",",
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    outcome = loaded(path)
    assert [(one.line, one.column) for one in outcome.rejects] == [(4, "guests")]
    assert [one[LINE] for one in kept(tmp_path)] == [2, 5]


def test_titles_and_other_ways_of_writing_are_understood(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    ways = ["2026/1/5", "2026.01.05", "2026年1月5日", "20260105", "2026-01-05 00:00:00", " 2026-01-05 "]
    rows = [row(date=day, house=f"H{n:03}", guests="90.0", **{"class": "四星级"}) for n, day in enumerate(ways)]
    titled = [
        "海河市住宿业日报,,,,,,,,,",
        "填报：文旅局,,,,,,,,,",
        HEADER.replace("客房收入", "客房收入（元）"),
        *rows,
        "",
    ]
    path.write_text("\n".join(titled), encoding="utf-8")
    outcome = loaded(path)
    assert (outcome.accepted, outcome.rejects) == (6, [])
    assert {(one["date"], one["class"], one["guests"]) for one in kept(tmp_path)} == {(date(2026, 1, 5), "star4", 90)}


def test_xlsx_with_titles_and_merged_headers(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("日报")
    sheet.merge_range(0, 0, 0, 9, "海河市住宿业日报")
    for at, name in enumerate(["日期", "单位代码", "类别", "区"]):
        sheet.merge_range(1, at, 2, at, name)
    sheet.merge_range(1, 4, 1, 5, "客房")
    sheet.write_row(2, 4, ["可供出租客房", "实际出租客房"])
    sheet.merge_range(1, 6, 1, 8, "住客")
    sheet.write_row(2, 6, ["住客人数", "境外住客", "住客夜数"])
    sheet.merge_range(1, 9, 2, 9, "客房收入（元）")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for at, house in enumerate(["H001", "H002"], start=3):
        sheet.write_datetime(at, 0, __import__("datetime").datetime(2026, 1, 5), day)
        sheet.write_row(at, 1, [house, "四星级", "D01", 100, 60, 90 if at == 3 else -90, 5, 90, 30000.5])
    book.close()
    outcome = loaded(path)
    assert kept(tmp_path) == [EXPECTED | {LINE: 4}]
    assert [(one.line, one.column, one.reason.code) for one in outcome.rejects] == [(5, "guests", "negative")]


def grouped(path: Path, abroad: str) -> None:
    """A sheet whose columns have short names under a merged group."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    for at, name in [(0, "日期"), (1, "单位代码"), (2, "类别"), (3, "区"), (8, "住客夜数"), (9, "客房收入（元）")]:
        sheet.merge_range(0, at, 1, at, name)
    sheet.merge_range(0, 4, 0, 5, "客房")
    sheet.merge_range(0, 6, 0, 7, "住客")
    sheet.write_row(1, 4, ["可供出租", "实际出租", "人数", abroad])
    sheet.write_row(2, 0, ["2026-01-05", "H001", "四星级", "D01", 100, 60, 90, 5, 90, 30000.5])
    book.close()


def test_short_names_below_a_group_are_read_with_it(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    grouped(path, "境外")
    assert loaded(path).heading.names[4:8] == ("客房 / 可供出租", "客房 / 实际出租", "住客 / 人数", "住客 / 境外")
    assert kept(tmp_path) == [EXPECTED | {LINE: 3}]


def test_a_name_that_stands_below_one_group_twice_is_not_taken_by_chance(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    grouped(path, "人数")
    with pytest.raises(FileRefused, match="guests_abroad"):
        loaded(path)


def test_json_lines_of_json_and_parquet(tmp_path: Path) -> None:
    rows = [
        dict(zip(NAMES, GOOD, strict=True)),
        dict(zip(NAMES, GOOD, strict=True)) | {"house": "H002", "guests": "-1"},
    ]
    (tmp_path / "a.json").write_text(json.dumps(rows), encoding="utf-8")
    (tmp_path / "b.json").write_text(json.dumps({"rows": rows}), encoding="utf-8")
    (tmp_path / "c.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    pl.DataFrame([one | {"guests": int(one["guests"]), "date": date(2026, 1, 5)} for one in rows]).write_parquet(
        tmp_path / "d.parquet"
    )
    for name in ("a.json", "b.json", "c.jsonl", "d.parquet"):
        outcome = loaded(tmp_path / name)
        assert (name, outcome.accepted, [one.column for one in outcome.rejects]) == (name, 1, ["guests"])
        assert kept(tmp_path) == [EXPECTED | {LINE: 2}]


def test_columns_may_be_chosen_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join([HEADER.replace("住客人数", "X7"), row()]), encoding="utf-8")
    assert loaded(path, chosen={"guests": "X7"}).accepted == 1


def test_dry_run_keeps_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join([HEADER, row(), row(guests="x")]), encoding="utf-8")
    outcome = loaded(path, dry=True)
    assert (outcome.accepted, outcome.rejected, outcome.parts) == (1, 1, [])
    assert not (tmp_path / "out").exists()


def test_rows_of_several_months_and_repeats_far_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    days = [f"2026-{month:02}-{day:02}" for month in range(1, 11) for day in range(1, 29)]
    rows = [row(date=day, house=f"H{house:03}") for day in days for house in range(100)]
    path.write_text("\n".join([HEADER, *rows, rows[0], rows[5].replace(",90,5,", ",91,5,")]), encoding="utf-8")
    outcome = loaded(path)
    assert outcome.reasons == {"repeat": 1, "conflict": 2}
    assert sorted(one.line for one in outcome.rejects) == [7, len(rows) + 2, len(rows) + 3]
    assert outcome.accepted == len(kept(tmp_path)) == len(rows) - 1
    assert [part.month for part in outcome.parts] == [f"2026-{month:02}" for month in range(1, 11)]
    assert sum(part.rows for part in outcome.parts) == outcome.accepted
    assert len(list(read_rejects(tmp_path / "out"))) == 3


def test_repeats_are_found_also_where_hashes_are_gone_through_in_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "MOST_HASHES", 70)
    monkeypatch.setattr(keeping, "HASHES_AT_ONCE", 16)
    path = tmp_path / "a.csv"
    rows = [row(house=f"H{n:03}") for n in range(500)]
    path.write_text("\n".join([HEADER, *rows, *rows[::7]]), encoding="utf-8")
    outcome = loaded(path)
    assert outcome.reasons == {"repeat": len(rows[::7])}
    assert outcome.accepted == 500


def test_a_file_that_grows_while_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join([HEADER, *(row(house=f"H{n:05}") for n in range(2000))]), encoding="utf-8")

    def grow(_done: int, _all: int) -> None:
        with path.open("a", encoding="utf-8") as more:
            more.write(row(house="H99999") + "\n")

    with pytest.raises(FileChanged):
        loaded(path, told=grow)
    assert not (tmp_path / "out").exists()


def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    """The process may write 8 kB a file, as on a full disk; what it began is gone."""
    path = tmp_path / "a.csv"
    lines = (row(date=f"2026-0{1 + n % 9}-01", house=f"H{n:06}", guests=str(n * 7919 % 60000)) for n in range(60000))
    path.write_text("\n".join([HEADER, *lines]), encoding="utf-8")
    code = (
        "import resource, signal, sys; from pathlib import Path; from datetime import date\n"
        "import polars, pyarrow.parquet; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "from haihe.tourism.domain.contracts.contract import read_contract\n"
        "from haihe.tourism.domain.loading.loading import load\n"
        "import polars, pyarrow.parquet\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))\n"
        "try: load(Path(sys.argv[1]), read_contract('lodging'), Path(sys.argv[2]), today=date(2026, 11, 28))\n"
        "except OSError as error: print('refused', error.errno)\n"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", code, str(path), str(tmp_path / "out")], env=env, capture_output=True, text=True
    )
    assert done.stdout.strip() == "refused 27", done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.full
def test_five_gigabytes_are_loaded_in_bounded_memory(tmp_path: Path) -> None:
    """A hundred million lines, one of them wrong; 1.5 GB of memory at most."""
    kinds = [(code, district) for code in ("star5", "star3") for district in ("D01", "D02")]
    day = "".join(
        f"@,H{at:05},{kinds[at % 4][0]},{kinds[at % 4][1]},{100 + at % 400},{80 + at % 20},{120 + at % 50},{at % 90},"
        f"{200 + at % 97},{40_000 + at % 9973}.{10 + at % 90}\n"
        for at in range(20_000)
    )
    path, days = tmp_path / "a.csv", 5_000
    with path.open("w", encoding="utf-8") as out:
        out.write("date,house,class,district,rooms_available,rooms_sold,guests,guests_abroad,nights,room_revenue\n")
        for step in range(days):
            out.write(day.replace("@", str(date(2012, 1, 1) + timedelta(days=step))))
        out.write("2025-12-01,H00001,star5,D01,-3,0,0,0,0,0\n")
    assert path.stat().st_size > 5e9
    code = (
        "import json, resource, sys; from pathlib import Path; from datetime import date\n"
        "from haihe.tourism.domain.contracts.contract import read_contract\n"
        "from haihe.tourism.domain.loading.loading import load\n"
        "made = load(Path(sys.argv[1]), read_contract('lodging'), Path(sys.argv[2]), today=date(2026, 11, 28))\n"
        "peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024\n"
        "print(json.dumps([made.rows, made.accepted, made.rejected, peak]))\n"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", code, str(path), str(tmp_path / "out")]
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    path.unlink()
    shutil.rmtree(tmp_path / "out", ignore_errors=True)
    assert done.returncode == 0, done.stderr
    rows, accepted, rejected, peak = json.loads(done.stdout)
    whole = days * 20_000
    assert (rows, accepted, rejected) == (whole + 1, whole, 1)
    assert peak <= 1500


WRITTEN = st.one_of(
    st.sampled_from(
        [*GOOD, "", " 60 ", "+5", "-0", "00012", "1.0", "2026/1/5", "+2026-1-5", "2026-1-05", "四星级", "D9"]
    ),
    st.from_regex(r"\A[+-]?[0-9]{0,18}(\.[0-9]{0,3})?([eE][0-9])?\Z"),
    st.from_regex(r"\A[12][0-9]{3}[-/.年]?[0-9]{1,2}[-/.月]?[0-9]{1,2}日?\Z"),
    st.text(max_size=6),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.fixed_dictionaries(dict.fromkeys(NAMES, WRITTEN)), min_size=1, max_size=4), st.booleans())
@example([dict.fromkeys(NAMES, "+2026-1-5")], True)
def test_the_fast_check_lets_pass_exactly_what_the_judge_does(rows: list[dict[str, str]], nearly_good: bool) -> None:
    """Also where one cell alone is odd, which random rows hardly ever are."""
    good = dict(zip(NAMES, GOOD, strict=True))
    if nearly_good:
        rows = [good | {name: one[name]} for one in rows for name in NAMES]
    contract = read_contract("lodging")
    checker = Checker(contract, TODAY)
    judged = {}
    for line, cells in enumerate(rows):
        said = checker.judge.line(cells)
        if isinstance(said, dict):
            judged[line] = said
    frame = pl.DataFrame(rows, schema=dict.fromkeys(NAMES, pl.String)).with_columns(
        pl.int_range(len(rows), dtype=pl.Int64).alias(LINE)
    )
    quick, left = checker._at_once(frame)
    tidied, _left = checker._at_once(checker._tidied(left), left)
    for one in (*quick.to_dicts(), *tidied.to_dicts()):
        assert judged[one.pop(LINE)] == one
    taken, rejects = checker.check(Batch(frame, lambda line: ""))
    assert {one.pop(LINE): one for one in taken.to_dicts()} == judged
    assert len(rejects) + len(judged) == len(rows)


def test_every_contract_reads() -> None:
    contracts = all_contracts()
    assert len(contracts) >= 9
    for contract in contracts:
        assert contract.columns[0].name == "date"
        assert load


def test_an_operators_contract_stands_in_place_of_ours(tmp_path: Path) -> None:
    (tmp_path / "codes.toml").write_text('[district]\nX1 = ["和平区", "Heping"]\n', encoding="utf-8")
    assert list(read_contract("lodging", tmp_path).column("district").codes) == ["X1"]
    assert "D01" in read_contract("lodging").column("district").codes
