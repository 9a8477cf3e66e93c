"""What `haihe` says at a terminal is in one language, chosen by one rule."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from haihe.base.words import columns, padded, terminal_language
from haihe.house.messages import compile_messages
from haihe.house.tests.conftest import HAIHE, plain_environment

CHINESE = re.compile("[\u4e00-\u9fff]")
ENGLISH = re.compile(r"[A-Za-z]{3,} [a-z]{2,} [a-z]{2,}")  # three words in a row: a sentence, no name and no path


@pytest.fixture(scope="module", autouse=True)
def compiled_messages() -> None:
    compile_messages()


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh-hans"),
        ({"LANG": "zh_TW.Big5"}, "zh-hans"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, "zh-hans"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": ""}, "en"),
        ({}, "zh-hans"),
        ({"HAIHE_LANGUAGES": "en"}, "en"),
        ({"HAIHE_LANGUAGES": "en,zh-hans"}, "en"),
        ({"HAIHE_LANGUAGES": "klingon"}, "zh-hans"),
    ],
)
def test_terminal_language_is_the_environments_then_the_citys(
    environment: dict[str, str], language: str, tmp_path: Path
) -> None:
    assert terminal_language({"HAIHE_HOME": str(tmp_path), **environment}) == language


def test_padding_counts_columns() -> None:
    assert (columns("数据目录"), padded("数据", 6), padded("abcdef", 4)) == (8, "数据  ", "abcdef")


COMMANDS = [
    "--help",
    "doctor",
    "prepare --no-demo",
    "audit verify",
    "archive deposit nowhere --organisation nobody",
    "archive rebuild",
    "archive move nowhere",
    "archive s3key nobody",
    "archive export nothing x",
    "archive verify",
    "bake",
    "trace nothing-of-that-name",
    "collect --source nobody",
    "apitoken nobody",
    "export static .",
    "reindex",
    "demo --remove",
    "worker --crews wrong",
]
# One process for all of them: it is the language of the words that is looked at, not how each command starts.
ALL = """
import sys
from haihe.house.cli import main
for command in sys.argv[1:]:
    print("\\n§", command, flush=True)
    try:
        main(command.split())
    except SystemExit as end:
        print(end.code if isinstance(end.code, str) else "", flush=True)
"""
TO_TYPE = re.compile(r"haihe [a-z]+(?: [a-z]+)?")  # a command named in words is the same in every language
NAMES = re.compile(r"^.*(house\.registered|house\.settings|newsroom\.readers|tasks\.registered).*$", re.M)


def _said(home: Path, language: str) -> dict[str, str]:
    """What each command says in an environment of this language, without lists of names and without the home."""
    done = subprocess.run(
        [*HAIHE[:1], "-c", ALL, *COMMANDS],
        env=plain_environment(HAIHE_HOME=str(home), LANG=language),
        cwd=home,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    parts = (part.partition("\n") for part in done.stdout.split("\n§ ")[1:])
    return {command: NAMES.sub("", words).replace(str(home), "").strip() for command, _end, words in parts}


def test_commands_speak_one_language(home: Path) -> None:
    in_chinese, in_english = _said(home, "zh_CN.UTF-8"), _said(home, "en_GB.UTF-8")
    assert [list(in_chinese), list(in_english)] == [COMMANDS, COMMANDS]
    for command in COMMANDS:
        chinese, english = TO_TYPE.sub("", in_chinese[command]), in_english[command]
        assert "Traceback" not in chinese + english, chinese + english
        assert (command, bool(CHINESE.search(chinese)), ENGLISH.findall(chinese)) == (command, True, [])
        assert (command, bool(english), CHINESE.findall(english)) == (command, True, [])


def test_settings_are_refused_in_the_terminals_language(tmp_path: Path) -> None:
    env = plain_environment(HAIHE_HOME=str(tmp_path), HAIHE_BIND="nowhere", LANG="zh_CN.UTF-8")
    done = subprocess.run([*HAIHE, "doctor"], env=env, capture_output=True, text=True)
    assert "bind 应为形如 127.0.0.1:8000 的地址与端口，而不是 'nowhere'。" in done.stdout
