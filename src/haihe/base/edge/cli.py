from haihe.base.command import Command

COMMANDS = [
    Command(
        "edge",
        "[--bind ADDRESS] [--django SOCKET]",
        "run the edge alone, in front of a running Django",
        "只运行前端，后面接正在运行的 Django",
        run="haihe.base.edge.__main__:main",
    )
]
