"""`haihe`: one screen of help in two languages, engines without Django, errors in one line."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from haihe.base.words import columns
from haihe.house.cli import commands, overview
from haihe.house.tests.conftest import plain_environment

SOURCE = Path(__file__).resolve().parents[2]
ENGINES = sorted({command.run.partition(":")[0] for command in commands() if command.run})


@pytest.mark.parametrize("chinese", [False, True])
def test_help_fits_one_screen_and_names_every_command(chinese: bool) -> None:
    lines = overview(chinese).splitlines()
    assert len(lines) <= 40
    named = [line.strip() for line in lines if line.startswith("  ")]
    words = {line.split()[0] for line in named if line.split()[1] == "..."}
    for command in commands():
        word, _, rest = command.name.partition(" ")
        if word in words:
            [line] = [line for line in named if line.startswith(f"{word} ...")]
            assert rest in line.split("...", 1)[1].strip().split(", ")
        else:
            assert any(line.startswith(command.name) for line in named)
    for word in words:
        inner = [line.strip() for line in overview(chinese, word).splitlines() if line.startswith("  ")]
        of_it = [command for command in commands() if command.name.split()[0] == word]
        assert len(of_it) >= 2
        assert inner[1::2] == [command.help_zh if chinese else command.help for command in of_it]
        assert all(line.startswith(command.name) for line, command in zip(inner[::2], of_it, strict=True))
        lines += overview(chinese, word).splitlines()
    assert max(map(columns, lines)) <= 120


def test_help_speaks_the_language_of_the_environment(haihe) -> None:
    assert haihe("--help", LANG="zh_CN.UTF-8").stdout.startswith("海河")
    assert haihe("--help", LANG="en_GB.UTF-8").stdout.startswith("Haihe: ")
    assert haihe("--help", LANG="en_GB.UTF-8", LC_ALL="zh_CN.UTF-8").stdout.startswith("海河")
    assert re.search("[\u4e00-\u9fff]", haihe("--help", LANG="C").stdout) is None


def test_commands_are_declared_once_in_both_languages() -> None:
    names = [command.name for command in commands()]
    assert sorted(set(names)) == sorted(names)
    assert [command.name for command in commands() if not re.search("[\u4e00-\u9fff]", command.help_zh)] == []
    assert [command.name for command in commands() if not command.help] == []


def test_commands_declare_every_management_command_of_ours() -> None:
    files = [*SOURCE.glob("*/management/commands/*.py"), *SOURCE.glob("*/*/management/commands/*.py")]
    # One that stands in for a command of a library keeps that library's name and its place under `haihe help`.
    stand_ins = {"rebuild_modelsearch_index", "update_index", "flush"}
    ours = {file.stem for file in files if not file.stem.startswith("_")} - stand_ins
    declared = {command.name.split()[0] for command in commands() if not command.run}
    assert declared == ours


@pytest.mark.parametrize("module", ENGINES)
def test_engine_starts_without_django(module: str) -> None:
    code = f"import sys, {module}; sys.exit(sorted(name for name in sys.modules if name == 'django') != [])"
    done = subprocess.run([sys.executable, "-c", code], env=plain_environment(), capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_error_is_one_line_and_status_2(haihe) -> None:
    done = haihe("prepare", HAIHE_CITY_NAM="x")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        "haihe: environment: unknown key 'HAIHE_CITY_NAM'; did you mean 'HAIHE_CITY_NAME'? "
        "Every key stands in docs/settings.md."
    ]


def test_error_in_a_management_command_is_one_line_too(haihe, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("bind = 5")
    done = haihe("migrate", HAIHE_CONFIG=str(tmp_path / "bad.toml"))
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "bind must be a text, not 5." in done.stderr


def test_unknown_command_is_refused(haihe) -> None:
    done = haihe("proofred")
    assert done.returncode != 0
    assert "Unknown command: 'proofred'" in done.stderr


def test_version_is_said(haihe) -> None:
    assert re.fullmatch(r"haihe \d+\.\d+\.\d+\n", haihe("--version").stdout)
