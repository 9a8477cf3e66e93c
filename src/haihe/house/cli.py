"""The command `haihe`. Engines run without Django; everything else is a management command of its room."""

from __future__ import annotations

import importlib
import os
import runpy
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import cast

from haihe import __version__
from haihe.base.command import Command
from haihe.base.errors import HaiheError
from haihe.base.words import CHINESE, columns, padded, terminal_language
from haihe.house.database import setup

SERVICES = ("worker", "indexer")  # what they write down is for the city: they keep its language
WIDEST = 40  # columns of a command with its arguments, beyond which what it does stands where it ends
SOURCE = Path(__file__).resolve().parent.parent
HOUSE = [
    Command(
        "up",
        "",
        "run the city: edge, Django, worker, indexer",
        "启动整座城市:前端、Django、后台任务、索引",
        "haihe.house.up:main",
    ),
    Command(
        "prepare",
        "[--no-demo]",
        "make or update the home folder",
        "建立或更新数据目录",
        "haihe.house.prepare:main",
    ),
    Command("doctor", "[--json]", "what is wrong, and what to do", "检查哪里不对，该怎么办", "haihe.house.doctor:main"),
]
TITLE = ("Haihe: a city's culture online", "海河:一座城市的文化在线")
USAGE = ("usage: haihe COMMAND [ARGUMENTS]", "用法:haihe 命令 [参数]")
MORE = (
    "`haihe COMMAND --help` says more, `haihe WORD` lists what begins so; `haihe help`: Django's and Wagtail's own.",
    "“haihe 命令 --help”有详细说明，“haihe 名称”列出其下的命令；“haihe help”列出 Django 与 Wagtail 自带的命令。",
)


def main(argv: Sequence[str] | None = None) -> None:
    """Run one command and exit: 0 done, 1 it says no, 2 an error said in one line."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        status = dispatch(words)
    except HaiheError as error:
        print(f"haihe: {_one_line(str(error))}", file=sys.stderr)
        status = 2
    except KeyboardInterrupt:
        status = 130
    except BrokenPipeError:  # the reader of a pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    sys.exit(status)


def dispatch(words: list[str]) -> int:
    """Run the command that `words` name; returns its exit status. Raises HaiheError."""
    if not words or words[0] in ("--help", "-h"):
        print(overview(terminal_language() == CHINESE))
        return 0
    if words[1:] in ([], ["--help"], ["-h"]) and words[0] in _together():
        print(overview(terminal_language() == CHINESE, words[0]))
        return 0
    if words[0] == "--version":
        print(f"haihe {__version__}")
        return 0
    engine = _engine(words)
    if engine:
        module, _, function = engine.run.partition(":")
        run = getattr(importlib.import_module(module), function)
        return cast(int, run(words[len(engine.name.split()) :]))
    return _manage(words)


@cache
def commands() -> tuple[Command, ...]:
    """Every declared command, the house's first. Rooms' `cli.py` is read by path, so that no room is imported."""
    files = sorted([*SOURCE.glob("*/cli.py"), *SOURCE.glob("*/*/cli.py")])
    rooms = [command for file in files if file.parent.name != "house" for command in _declared(file)]
    return (*HOUSE, *rooms)


def overview(chinese: bool, about: str = "") -> str:
    """The help on one screen: each command, those that begin with the same word in one line.

    about   such a word: its commands, each with what it does
    """
    known = [command for command in commands() if not about or command.name.split()[0] == about]
    together = {} if about else _together()
    shown: dict[str, str] = {}
    for command in known:
        word = command.name.split()[0]
        if word in together:
            shown[f"{word} ..."] = ", ".join(together[word])
        else:
            shown[f"{command.name} {command.arguments}".rstrip()] = command.help_zh if chinese else command.help
    column = min(max(map(columns, shown)), WIDEST) + 2
    lines = [TITLE[chinese], "", USAGE[chinese], ""]
    for left, says in shown.items():
        if about:
            lines += [f"  {left}", f"      {says}"]
        else:
            lines.append("  " + padded(left, max(column, columns(left) + 2)) + says)
    return "\n".join([*lines, "", MORE[chinese]])


def _together() -> dict[str, list[str]]:
    """First words that several commands share, and what follows in each."""
    found: dict[str, list[str]] = {}
    for command in commands():
        word, _, rest = command.name.partition(" ")
        if rest:
            found.setdefault(word, []).append(rest)
    return {word: rests for word, rests in found.items() if len(rests) > 1}


def _engine(words: list[str]) -> Command | None:
    fitting = [
        command for command in commands() if command.run and words[: len(command.name.split())] == command.name.split()
    ]
    return max(fitting, key=lambda command: len(command.name), default=None)


def _manage(words: list[str]) -> int:
    from django.core.management import execute_from_command_line
    from django.utils import translation

    setup()
    if words[0] not in SERVICES:
        translation.activate(terminal_language())
    execute_from_command_line(["haihe", *words])
    return 0


def _declared(file: Path) -> list[Command]:
    return cast("list[Command]", runpy.run_path(str(file))["COMMANDS"])


def _one_line(text: str) -> str:
    return " ".join(text.split())
