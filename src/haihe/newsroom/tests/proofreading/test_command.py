"""`haihe newsroom proofread` as its user meets it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from haihe.base.errors import HaiheError
from haihe.newsroom.domain.proofreading.command import main


def test_the_command_prints_json(tmp_path: Path) -> None:
    file, words, people = tmp_path / "稿件.txt", tmp_path / "词表.tsv", tmp_path / "名录.tsv"
    file.write_text("第一行。\n市长李常河因该到蓝海看看。", encoding="utf-8")
    words.write_text("# 词\n蓝海\terror\t碧海\t\t蓝海战略\n", encoding="utf-8")
    people.write_text("李长河\t市长|市委副书记\t1\n", encoding="utf-8")
    ran = subprocess.run(
        [
            sys.executable,
            "-m",
            "haihe",
            "newsroom",
            "proofread",
            str(file),
            "--words",
            str(words),
            "--directory",
            str(people),
        ],
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    said = json.loads(ran.stdout)
    assert [
        (one["check"], one["line"], one["column"], one["found"], one["suggestions"]) for one in said["findings"]
    ] == [
        ("names", 2, 3, "李常河", ["李长河"]),
        ("spelling", 2, 6, "因该", ["应该"]),
        ("wordlists", 2, 9, "蓝海", ["碧海"]),
    ]
    assert said["characters"] == 15
    assert said["corrected"] == "第一行。\n市长李常河应该到蓝海看看。"


def test_json_documents_and_gb18030_are_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = tmp_path / "a.json"
    document.write_text(json.dumps({"blocks": [{"type": "picture", "alt": "海河"}]}), encoding="utf-8")
    assert main([str(document), "--json"]) == 0
    assert [one["kind"] for one in json.loads(capsys.readouterr().out)["findings"]] == ["no_credit"]
    old = tmp_path / "old.txt"
    old.write_bytes("我们因该走。".encode("gb18030"))
    assert main([str(old), "--text"]) == 0
    assert capsys.readouterr().out.startswith("1:3\twarning\t因该\t应该\t")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("missing.txt", None),
        ("binary.txt", b"\x00\x01\x02\xff\xfe"),
        ("broken.json", b"{"),
        ("list.json", b"[1, 2]"),
        ("deep.json", b"[" * 100_000),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, name: str, content: bytes | None) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(HaiheError):
        main([str(file)])


@pytest.mark.parametrize(
    ("option", "name", "content"),
    [
        ("--words", "a.tsv", ""),
        ("--words", "a.toml", "term = ["),
        ("--words", "a.tsv", "长" * 300),
        ("--directory", "a.tsv", "李长河\t市长\t一"),
        ("--directory", "a.toml", "[[person]]\nrank = 1"),
    ],
)
def test_unreadable_lists_are_said(tmp_path: Path, option: str, name: str, content: str) -> None:
    text, given = tmp_path / "text.txt", tmp_path / name
    text.write_text("好。", encoding="utf-8")
    given.write_text(content, encoding="utf-8")
    with pytest.raises(HaiheError):
        main([str(text), option, str(given)])


def test_toml_lists_are_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text, words, people = tmp_path / "text.txt", tmp_path / "w.toml", tmp_path / "p.toml"
    text.write_text("蓝海战略与蓝海，赵敏市长。", encoding="utf-8")
    words.write_text('[[term]]\nterm = "蓝海"\nlevel = "note"\nexcept = ["蓝海战略"]\n', encoding="utf-8")
    people.write_text('[[person]]\nname = "赵敏"\ntitles = ["副市长"]\nrank = 3\n', encoding="utf-8")
    assert main([str(text), "--words", str(words), "--directory", str(people)]) == 0
    made = json.loads(capsys.readouterr().out)["findings"]
    assert [(one["check"], one["start"], one["severity"]) for one in made] == [
        ("wordlists", 5, "note"),
        ("names", 10, "error"),
    ]
