"""How a room declares its commands: a file `cli.py` in its folder that imports nothing but this.

    from haihe.base.command import Command

    COMMANDS = [
        Command("read", "FILE|URL", "read a feed and print it as one JSON object", "读取订阅源,输出一个 JSON 对象",
                run="haihe.newsroom.domain.reading:main"),
        Command("collect", "", "visit every source that is due", "采集所有到期的来源"),
    ]

With `run` the command starts without Django: `module:function`, called with the words after the name, returns the
exit status. Without `run` it is the Django management command of the same name (its first word, where it has two).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Command:
    """One command of `haihe`.

    name       one or two words: "read", "audit verify"
    arguments  as the help shows them: "FILE|URL"
    help       one line in English; help_zh the same in Chinese
    run        "module:function" of an engine; empty: a management command
    """

    name: str
    arguments: str
    help: str
    help_zh: str
    run: str = ""
