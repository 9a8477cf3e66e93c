from haihe.base.command import Command

COMMANDS = [
    Command("demo", "[--remove]", "build the demonstration city, or take it away", "建立演示城市，或将其移除"),
]
