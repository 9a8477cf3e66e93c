"""Commands of baking."""

from haihe.base.command import Command

COMMANDS = [
    Command("bake", "[--all] [--check] [PATH…]", "bake pages again", "重新烘焙页面"),
    Command(
        "export nginx",
        "[--listen PORT] [--django ADDRESS]",
        "print an nginx configuration that serves the same baked pages",
        "输出 nginx 配置，直接提供同一批烘焙页面",
    ),
    Command("export static", "FOLDER", "copy all public pages into a folder", "把全部公开页面复制到一个目录"),
]
