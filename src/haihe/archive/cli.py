from haihe.base.command import Command

COMMANDS = [
    Command("archive verify", "[--json]", "hash every Blob again", "重新校验每一份原始数据"),
]
