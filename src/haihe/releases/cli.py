"""Commands of releases."""

from haihe.base.command import Command

COMMANDS = [
    Command(
        "trace",
        "RELEASE|FILE|URL [--json]",
        "walk what is public back to the bytes it came from",
        "把公开的内容一步步追溯到采集来的原始字节",
    ),
]
