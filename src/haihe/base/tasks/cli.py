"""Commands of background work."""

from haihe.base.command import Command

COMMANDS = [
    Command(
        "worker",
        "[--crews quick,slow,heavy] [--once]",
        "run background work",
        "执行后台任务",
    ),
]
