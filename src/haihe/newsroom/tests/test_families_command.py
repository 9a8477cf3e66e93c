"""`haihe newsroom families` as a person calls it, and every line that is no text."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from haihe.newsroom.domain.families.command import main
from haihe.newsroom.domain.families.errors import FamiliesFileUnreadable

TITLE = "海河文化旅游节今晚在古文化街开幕 两岸灯光秀持续十天"
OTHER = "市图书馆周末延长开放时间 读者可凭身份证入馆"


def write(file: Path, *lines: bytes | object) -> Path:
    rows = [line if isinstance(line, bytes) else json.dumps(line, ensure_ascii=False).encode() for line in lines]
    file.write_bytes(b"\n".join(rows) + b"\n")
    return file


def said(file: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[list[dict[str, object]], list[str]]:
    assert main([str(file), *words]) == 0
    out, err = capsys.readouterr()
    prefix = f"haihe: {file}, "
    assert all(line.startswith(prefix) for line in err.splitlines())
    return [json.loads(line) for line in out.splitlines()], [line.removeprefix(prefix) for line in err.splitlines()]


def families(file: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "haihe", "newsroom", "families", str(file), *words]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


def test_families_prints_one_line_an_item_and_tells_of_bad_lines(tmp_path: Path) -> None:
    file = write(
        tmp_path / "a.jsonl",
        {"id": "甲", "text": TITLE},
        b"not json",
        {"id": 7, "text": OTHER},
        {"id": "b", "text": "快讯|" + TITLE.replace(" ", "!")},
    )
    done = families(file)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert rows == [{"id": "甲", "family": "甲"}, {"id": 7, "family": 7}, {"id": "b", "family": "甲"}]
    assert done.stderr == f"haihe: {file}, line 2 is not JSON; the line is left out.\n"
    assert done.returncode == 0


def test_file_that_cannot_be_read_is_said_in_one_line(tmp_path: Path) -> None:
    done = families(tmp_path / "none.jsonl")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "none.jsonl" in done.stderr
    with pytest.raises(FamiliesFileUnreadable):
        main([str(tmp_path)])


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"[1, 2]", "is no JSON object"),
        (b'"text"', "is no JSON object"),
        (b'{"id": "x", "text": "a"', "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b'{"id": "x", "text": "\xff\xfe"}', "is not UTF-8"),
        (b'{"id": ' + b"9" * 5000 + b', "text": "a"}', "is not JSON"),
        (b'{"text": "a"}', 'has no "id"'),
        (b'{"id": null, "text": "a"}', 'has no "id"'),
        (b'{"id": "", "text": "a"}', 'has an "id" that is neither text nor a whole number'),
        (b'{"id": true, "text": "a"}', 'has an "id" that is neither text nor a whole number'),
        (b'{"id": 1.5, "text": "a"}', 'has an "id" that is neither text nor a whole number'),
        (b'{"id": ["x"], "text": "a"}', 'has an "id" that is neither text nor a whole number'),
        (b'{"id": "x"}', 'has no "text"'),
        (b'{"id": "x", "text": null}', 'has a "text" that is no text'),
        (b'{"id": "x", "text": {"a": 1}}', 'has a "text" that is no text'),
        (b'{"id": "first", "text": "other"}', 'repeats the id "first" of an earlier line, which stands'),
    ],
)
def test_bad_line_is_left_out_and_the_rest_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: bytes, why: str
) -> None:
    file = write(tmp_path / "a.jsonl", {"id": "first", "text": TITLE}, line, {"id": "last", "text": TITLE})
    rows, told = said(file, capsys)
    assert rows == [{"id": "first", "family": "first"}, {"id": "last", "family": "first"}]
    assert told == [f"line 2 {why}; the line is left out."]


def test_line_of_a_hundred_megabytes_is_left_out_in_bounded_memory(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.jsonl"
    with file.open("wb") as stream:
        stream.write(b'{"id": "huge", "text": "')
        stream.seek(100 << 20)  # zeros that take no disk
        stream.write(b'"}\n' + json.dumps({"id": "last", "text": TITLE}).encode())
    rows, told = said(file, capsys)
    assert rows == [{"id": "last", "family": "last"}]
    assert told == ["line 1 is longer than 16 MB; the line is left out."]


def test_strange_but_readable_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(
        tmp_path / "a.jsonl",
        b'\xef\xbb\xbf{"id": "bom", "text": "' + TITLE.encode() + b'"}\r',
        b"",
        b'{"id": "half\\ud800", "text": "' + TITLE.encode() + b'\\udfff\\u0000\\u0007"}',
        {"id": "1", "text": OTHER},
        {"id": 1, "text": "\u202e" + OTHER},
        {"id": "empty", "text": ""},
        {"id": "blank", "text": " \n"},
        {"id": "when", "text": "完", "published": "yesterday", "outlet": 5},
    )
    rows, told = said(file, capsys)
    assert [(row["id"], row["family"]) for row in rows] == [
        ("bom", "bom"),
        ("half\ud800", "bom"),
        ("1", "1"),
        (1, "1"),
        ("empty", "empty"),
        ("blank", "blank"),
        ("when", "when"),
    ]
    assert told == [
        "line 6 has an empty text: a family of its own.",
        "line 7 has an empty text: a family of its own.",
        'line 8 "published" is no ISO 8601 time: its time counts as unknown.',
        'line 8 "outlet" is no text: its outlet counts as unknown.',
    ]


def test_empty_file_has_no_families(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"")
    assert said(tmp_path / "a.jsonl", capsys) == ([], [])


def test_final_family_is_printed_where_a_later_line_joined_two(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = "".join(chr(0x4E00 + 7 * n) for n in range(900))
    texts = [whole[:550], whole[-550:], whole]
    file = write(tmp_path / "a.jsonl", *({"id": n, "text": text} for n, text in enumerate(texts)))
    assert [row["family"] for row in said(file, capsys)[0]] == [0, 0, 0]


def test_spread_says_where_and_when(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(
        tmp_path / "a.jsonl",
        {"id": "a", "text": TITLE, "published": "2024-05-02T08:00:00+08:00", "outlet": "晚报"},
        {"id": "b", "text": OTHER},
        {"id": "c", "text": TITLE, "published": "2024-05-01", "outlet": "网站"},
    )
    rows, told = said(file, capsys, "--spread")
    assert told == []
    assert rows == [
        {
            "family": "a",
            "items": ["c", "a"],
            "first": "2024-05-01T00:00:00+00:00",
            "last": "2024-05-02T00:00:00+00:00",
            "outlets": {"网站": 1, "晚报": 1},
            "days": {"2024-05-01": 1, "2024-05-02": 1},
        },
        {"family": "b", "items": ["b"], "first": None, "last": None, "outlets": {}, "days": {}},
    ]
