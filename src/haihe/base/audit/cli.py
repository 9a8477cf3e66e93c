"""Commands of the audit trail."""

from haihe.base.command import Command

COMMANDS = [
    Command(
        "audit verify",
        "[--json] [--expect NUMBER:HASH]",
        "walk the audit trail; 1: changed, removed or put in",
        "校验审计链;退出码 1 表示有改动、删除或插入",
    ),
    Command("audit export", "[--start NUMBER]", "the audit trail as lines of JSON", "以 JSON 行导出审计记录"),
]
