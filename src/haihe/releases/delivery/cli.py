"""Commands of delivery."""

from haihe.base.command import Command

COMMANDS = [
    Command(
        "channels",
        "[--send] [--owed] [--replay OUTLET] [--json]",
        "what each channel got and owes; send what is due now",
        "各渠道已发与待发的稿件；立即发送到期的稿件",
    ),
]
